"""Conversations in: files and pasted text become transcripts. One file a format; who is the rep is told in `roles`."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from coach.errors import EmptyCallError, InputError
from coach.imports import labelled, plain, subtitles, table
from coach.imports.decoding import decode
from coach.imports.lines import Conversation, to_transcript
from coach.roles import assign_roles
from coach.transcript import Transcript

LARGEST_FILE = 50 << 20
"""Bytes; a typed conversation is never larger."""

_Reader = Callable[[str, str], Conversation]


def _plain(text: str, _file_name: str) -> Conversation:
    return plain.read(text)


FORMATS: Mapping[str, _Reader] = {
    ".txt": _plain,
    ".md": _plain,
    ".log": _plain,
    ".srt": lambda text, file_name: subtitles.read(text, file_name=file_name),
    ".vtt": lambda text, file_name: subtitles.read(text, file_name=file_name),
    ".csv": lambda text, file_name: table.read(text, file_name=file_name),
    ".tsv": lambda text, file_name: table.read(text, file_name=file_name),
}
"""How a file is read, by its suffix; labelled calls (`.jsonl`) hold several calls and are read apart."""

LABELLED_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})
TEXT_SUFFIXES = frozenset(FORMATS) | LABELLED_SUFFIXES


def read_calls(path: Path, *, rep: str | None = None) -> Iterator[Transcript]:
    """The calls in a file. Raises InputError or EmptyCallError with what is wrong and what to do."""
    if path.stat().st_size > LARGEST_FILE:
        raise InputError(f"「{path.name}」超过 50 MB，不像是文字对话。如果是录音，请保留原来的后缀。")
    yield from parse(path.read_bytes(), file_name=path.name, rep=rep)


def parse(raw: bytes, *, file_name: str, rep: str | None = None) -> Iterator[Transcript]:
    """The calls in a file's bytes; the format is told by the name's suffix, else by the text."""
    text = decode(raw, file_name=file_name)
    if not text.strip():
        raise EmptyCallError(f"「{file_name}」是空的，没有可以分析的对话。")
    suffix = Path(file_name).suffix.lower()
    if suffix in LABELLED_SUFFIXES:
        yield from (assign_roles(call, rep=rep) for call in labelled.read(_one_line(text), file_name=file_name))
        return
    reader = FORMATS.get(suffix) or _told_from(text)
    yield _transcript(reader(text, file_name), call_id=Path(file_name).stem, rep=rep)


def read_text(text: str, *, name: str = "粘贴的对话", rep: str | None = None) -> Transcript:
    """A pasted conversation."""
    if not text.strip():
        raise EmptyCallError("还没有内容。请粘贴一段对话，每句前写上称呼，例如「销售：……」「客户：……」。")
    return _transcript(_told_from(text)(text, name), call_id=name, rep=rep)


def _told_from(text: str) -> _Reader:
    return FORMATS[".srt"] if subtitles.looks_like(text) else _plain


def _transcript(conversation: Conversation, *, call_id: str, rep: str | None) -> Transcript:
    transcript = to_transcript(conversation, call_id=call_id)
    if not transcript.turns:
        raise EmptyCallError(f"「{call_id}」里没有读到任何人说的话。请检查文件内容。")
    return assign_roles(transcript, rep=rep)


def _one_line(text: str) -> str:
    """A single call that was saved over several lines, as one."""
    stripped = text.strip()
    return " ".join(stripped.splitlines()) if stripped.startswith(("{\n", "{\r")) else text
