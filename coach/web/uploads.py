"""What a browser sends, as a file for as long as it is needed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import UploadFile

_BLOCK = 1 << 20


@contextmanager
def as_file(upload: UploadFile, suffix: str) -> Iterator[Path]:
    """The upload as a file with this suffix, streamed to disk; gone when the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{suffix}"
        with path.open("wb") as copy:
            shutil.copyfileobj(upload.file, copy, _BLOCK)
        yield path
