"""Files: written whole or not at all, and named after a call."""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, making its folder; whoever reads it meanwhile sees the old content or the new. Text as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def file_name(call_id: str) -> str:
    """A call's id as a file's name, without path separators or control characters."""
    safe = "".join(mark if mark.isalnum() or mark in "-_. ()()" else "_" for mark in call_id).strip(". ")
    return safe[:80] or "call"
