"""Recordings as files, named by what is in them, so that the same one is kept once."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from coach.errors import StorageError

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Recordings:
    """Recordings in a folder. A recording's name is its SHA-256 and its ending."""

    folder: Path

    @contextmanager
    def kept(self, content: IO[bytes], suffix: str) -> Iterator[str]:
        """Stream a recording to disk and give its name; if the block raises and nobody had it before, it is gone again.

        Raises StorageError if it cannot be written.
        """
        try:
            name, is_new = self._written(content, suffix)
        except OSError as error:
            raise StorageError(f"录音存不下（{error.strerror}），请清理磁盘后重新上传。") from error
        try:
            yield name
        except BaseException:
            if is_new:
                self.path(name).unlink(missing_ok=True)
            raise

    def path(self, name: str) -> Path:
        """Where a recording is."""
        return self.folder / name[:2] / name

    def forget(self, name: str) -> None:
        """Delete a recording from the disk."""
        self.path(name).unlink(missing_ok=True)

    def _written(self, content: IO[bytes], suffix: str) -> tuple[str, bool]:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".upload-")
        try:
            digest = hashlib.sha256()
            with os.fdopen(handle, "wb") as file:
                while block := content.read(_BLOCK):
                    digest.update(block)
                    file.write(block)
            name = digest.hexdigest() + suffix
            is_new = not self.path(name).exists()
            self.path(name).parent.mkdir(exist_ok=True)
            Path(temporary).replace(self.path(name))
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name, is_new
