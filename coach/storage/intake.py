"""Files into the library: what kind they are, and what their names tell of whose calls they are and when they were made."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any

from coach.asr.decode import is_recording
from coach.asr.naming import channel_of, fields_of
from coach.errors import EmptyCallError, InputError
from coach.imports import LARGEST_FILE, parse, read_text
from coach.roles import exchanged
from coach.storage.accounts import Visitor
from coach.storage.library import About, Library
from coach.storage.recordings import Readable
from coach.storage.tables import User

_HEAD = 16
_NUMBERS = re.compile(r"\d+")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever hands in a call says of it; the file's name adds what is missing.

    `pattern` reads file names (see `coach.asr.naming`), `rep` is the rep's name in a typed conversation, `listening` holds
    fields of `coach.asr.Listening`, `once` makes that the same thing is taken in once. `owner_id` empty: his own call.
    """

    owner_id: str = ""
    title: str = ""
    customer: str = ""
    made_at: datetime | None = None
    source: str = "upload"
    pattern: str = ""
    rep: str | None = None
    once: str | None = None
    listening: dict[str, Any] = field(default_factory=dict)


def take_in(
    library: Library, visitor: Visitor, reps: Iterable[User], file_name: str, content: Readable, told: Told
) -> list[str]:
    """The calls made of a file, one or, of labelled calls, several; their ids. `reps` are those whose calls he may add.

    Raises InputError for what is neither a recording nor a conversation, or whose name tells what cannot be; NotFoundError
    for an owner that is not his to give calls to; StorageError where there is no room.
    """
    name = clean_name(file_name)
    about = _about(visitor, reps, name, told)
    head = _read(content, _HEAD)
    if not head:
        raise EmptyCallError(f"「{name}」是空文件（0 字节），请重新导出。")
    if is_recording(name, head):
        return [library.add_recording(visitor, about, _Whole(head, content), PurePath(name).suffix[:10])]
    raw = head + _read(content, LARGEST_FILE)
    if len(raw) > LARGEST_FILE:
        raise InputError(f"「{name}」超过 50 MB，不像是文字对话。如果是录音，请保留原来的后缀。")
    transcripts = list(parse(raw, file_name=name, rep=told.rep))
    several = len(transcripts) > 1
    ids = []
    for number, transcript in enumerate(transcripts):
        once = f"{about.once}#{number}" if several and about.once else about.once
        title = transcript.call_id if several else about.title
        transcript = exchanged(transcript) if told.listening.get("swap") else transcript
        one = About(about.owner_id, title, about.customer, about.source, about.made_at, once)
        ids.append(library.add_transcript(visitor, one, transcript))
    return ids


def take_in_text(library: Library, visitor: Visitor, text: str, told: Told) -> str:
    """The call made of a pasted conversation; its id. Raises InputError, NotFoundError."""
    transcript = read_text(text, rep=told.rep)
    title = told.title.strip() or transcript.turns[0].text[:20]
    about = About(told.owner_id or visitor.id, title, told.customer, told.source, told.made_at, told.once)
    return library.add_transcript(visitor, about, transcript)


def clean_name(file_name: str) -> str:
    """A file's name without folders and control characters, as long as a name should be.

    >>> clean_name("../../a\\x00b\\\\小王 11月3日.wav")
    '小王 11月3日.wav'
    """
    name = re.split(r"[/\\]", file_name)[-1]
    path = PurePath("".join(mark for mark in name if mark.isprintable()).strip(". ") or "未命名")
    return path.stem[:_LONGEST_NAME] + path.suffix[:20]


def moment_of(day: str, time: str = "") -> datetime | None:
    """The time in a file's name, by this machine's clock; None where it tells no day.

    >>> moment_of("20261103", "15-30").strftime("%Y-%m-%d %H:%M")
    '2026-11-03 15:30'
    """
    numbers = _numbers(day, (4, 2, 2))
    if len(numbers) != 3:
        return None
    try:
        year, month, date = numbers
        hour, minute, second, *_ = *_numbers(time, (2, 2, 2)), 0, 0, 0
        return datetime(year, month, date, hour, minute, second).astimezone()
    except ValueError:
        return None


def _read(content: Readable, size: int) -> bytes:
    """That many bytes, or all there are."""
    blocks: list[bytes] = []
    while size > 0 and (block := content.read(size)):
        blocks.append(block)
        size -= len(block)
    return b"".join(blocks)


def _numbers(text: str, widths: tuple[int, ...]) -> list[int]:
    """The numbers in a text, or the parts of one long one."""
    found = _NUMBERS.findall(text)
    if len(found) == 1 and len(found[0]) > widths[0]:
        run, found = found[0], []
        for width in widths:
            if run:
                found.append(run[:width])
                run = run[width:]
    return [int(one) for one in found]


def _about(visitor: Visitor, reps: Iterable[User], name: str, told: Told) -> About:
    """What is said of a file, by whoever hands it in and by its name."""
    named = fields_of(name, told.pattern) if told.pattern else {}
    if not named and visitor.leads and not told.owner_id and "{rep}" in told.pattern:
        raise InputError(
            f"「{name}」和文件名样式「{told.pattern}」对不上，不知道是谁的通话。请改文件名，或者选好客户经理再传。"
        )
    made_at = told.made_at
    if made_at is None and named.get("date"):
        made_at = moment_of(named["date"], named.get("time", ""))
        if made_at is None:
            raise InputError(f"「{name}」的文件名里，「{named['date']}」不是日期，请检查文件名样式。")
    listening = dict(told.listening)
    channel = channel_of(named.get("rep_channel", ""))
    if channel is not None:
        listening.setdefault("rep_channel", channel)
    return About(
        owner_id=told.owner_id or _owner(visitor, reps, name, named.get("rep")),
        title=told.title.strip() or PurePath(name).stem,
        customer=told.customer.strip() or named.get("customer", ""),
        source=told.source,
        made_at=made_at,
        once=told.once,
        listening=listening,
    )


def _owner(visitor: Visitor, reps: Iterable[User], name: str, rep: str | None) -> str:
    if rep is None:
        return visitor.id
    owner = next((one.id for one in reps if one.name == rep), None)
    if owner is None:
        raise InputError(f"「{name}」的文件名说这是「{rep}」的通话，但您的团队里没有这个账号。")
    return owner


class _Whole:
    """A stream of which the first bytes were read, as if they had not been."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size` and what is left of the head."""
        head, self._head = self._head, b""
        return head + self._rest.read(size)
