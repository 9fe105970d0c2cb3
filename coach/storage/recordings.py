"""Recordings as files, named by what is in them, so that the same one is kept once."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from coach.errors import StorageError

_BLOCK = 1 << 20


class Readable(Protocol):
    """Where the bytes of a recording come from; no bytes: that is all."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Recordings:
    """Recordings in a folder. A recording's name is its SHA-256 and its ending."""

    folder: Path

    def keep(self, content: Readable, suffix: str) -> str:
        """Stream a recording to disk, whole or not at all; its name. Raises StorageError if it cannot be written."""
        try:
            return self._written(content, suffix)
        except OSError as error:
            raise StorageError(f"录音存不下（{error.strerror}），请清理磁盘后重新上传。") from error

    def path(self, name: str) -> Path:
        """Where a recording is."""
        return self.folder / name[:2] / name

    def sound(self, call_id: str) -> Path:
        """Where the sound of a call is as browsers play it: AAC in MP4, one channel, personal numbers silenced."""
        return self.folder / "sounds" / f"{call_id}.m4a"

    def forget(self, name: str, is_used: Callable[[], bool]) -> None:
        """Delete a recording from the disk unless it is used; somebody may upload the same one at this very time, so it is
        put aside, looked up again, and only then deleted.
        """
        aside = self.path(name).with_name(f".gone-{name}")
        if is_used() or not self.path(name).exists():
            return
        self.path(name).replace(aside)
        if is_used() and not self.path(name).exists():
            aside.replace(self.path(name))
        aside.unlink(missing_ok=True)

    def _written(self, content: Readable, suffix: str) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".upload-")
        try:
            digest = hashlib.sha256()
            with os.fdopen(handle, "wb") as file:
                while block := content.read(_BLOCK):
                    digest.update(block)
                    file.write(block)
            name = digest.hexdigest() + suffix
            self.path(name).parent.mkdir(exist_ok=True)
            Path(temporary).replace(self.path(name))
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name
