"""`coach watch`: hands the files that appear in a folder to the service."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from coach.asr.decode import RECORDING_SUFFIXES
from coach.client import CoachClient, RemoteError
from coach.errors import CoachError, InputError
from coach.files import write_whole
from coach.imports import TEXT_SUFFIXES
from coach.settings import read_settings

DONE, REFUSED = "已上传", "没成功"
_KEY = "COACH_API_KEY"
_BUSY = (0, 429, 500, 502, 503, 504)
"""Answers after which the same file is tried again later."""


@dataclass
class Watched:
    """A folder whose files are handed in, and moved into one of two folders in it: 已上传, or 没成功 with the reason beside.

    A file is handed in once it has not grown between two looks.
    """

    folder: Path
    client: CoachClient
    pattern: str = ""
    _seen: dict[Path, tuple[int, float]] = field(default_factory=dict)

    def look(self) -> Iterator[str]:
        """Look once; what was done, a sentence a file. Raises RemoteError where the service cannot be reached."""
        sizes = {path: _size(path) for path in sorted(self.folder.rglob("*")) if self._is_wanted(path)}
        ready = [path for path, size in sizes.items() if self._seen.get(path) == size]
        self._seen = sizes
        for path in ready:
            yield self._handed_in(path)

    def _is_wanted(self, path: Path) -> bool:
        inside = path.relative_to(self.folder).parts
        hidden = any(part.startswith(".") for part in inside)
        return (
            not hidden
            and inside[0] not in (DONE, REFUSED)
            and path.suffix.lower() in RECORDING_SUFFIXES | TEXT_SUFFIXES
            and path.is_file()
        )

    def _handed_in(self, path: Path) -> str:
        try:
            self.client.upload(path, pattern=self.pattern, source="watch")
        except CoachError as error:
            if isinstance(error, RemoteError) and (error.status in _BUSY or error.status in (401, 403)):
                raise
            refused = self._moved(path, REFUSED)
            write_whole(refused.with_name(f"{refused.name}.原因.txt"), f"{error}\n")
            return f"没成功 {path.name}：{error}"
        self._moved(path, DONE)
        return f"已上传 {path.name}"

    def _moved(self, path: Path, into: str) -> Path:
        target = self.folder / into / path.relative_to(self.folder)
        number = 1
        while target.exists():
            number += 1
            target = target.with_name(f"{path.stem} ({number}){path.suffix}")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        return target


def watch(
    folder: Annotated[Path, typer.Argument(help="要看着的文件夹，如电话系统导出录音的地方", metavar="DIR")],
    url: Annotated[str, typer.Option(help="服务的地址；默认用 COACH_PUBLIC_URL")] = "",
    file_pattern: Annotated[str, typer.Option(help="文件名的样式，如 {date}_{rep}_{customer}")] = "",
    every: Annotated[float, typer.Option(help="隔几秒看一次", min=0.1)] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="把现在有的上传完就结束")] = False,
) -> None:
    """看着一个文件夹，有新录音或对话就上传。密钥在账号页生成，放进环境变量 COACH_API_KEY。"""
    if not folder.is_dir():
        raise InputError(f"没有「{folder}」这个文件夹。")
    key = os.environ.get(_KEY, "")
    if not key:
        raise InputError(f"请先在账号页生成一个可以写「对话」的密钥，放进环境变量 {_KEY}。")
    watched = Watched(folder, CoachClient(url or read_settings().public_url, key), file_pattern)
    typer.echo(f"正在看着 {folder}，按 Ctrl-C 停止。", err=True)
    looks = 0
    while True:
        try:
            for sentence in watched.look():
                typer.echo(sentence)
        except RemoteError as error:
            if once or error.status in (401, 403):
                raise
            typer.echo(f"等一会儿再试：{error}", err=True)
        looks += 1
        if once and looks == 2:
            return
        time.sleep(every)


def _size(path: Path) -> tuple[int, float]:
    """What changes while a file is written."""
    known = path.stat()
    return known.st_size, known.st_mtime
