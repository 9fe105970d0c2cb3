"""The words of the trade in `rules/dictionary.txt`: one a line, `word [frequency] [tag]`, `#` begins a note.

The format is jieba's (https://github.com/fxsjy/jieba), so that lists made for it can be used as they are.
"""

from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

_LONGEST_WORD = 20
_DEFAULT_TAG = "n"
LISTENED_FOR = "nz"


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, how frequent it is (None: as frequent as it must be to stay whole), and its part of speech."""

    word: str
    frequency: int | None
    tag: str

    @property
    def listened_for(self) -> bool:
        """Whether a recogniser should listen for the word: those tagged as names of the trade (`nz`)."""
        return self.tag == LISTENED_FOR


def read_dictionary(path: Path, problems: list[str], *, shown_as: str) -> tuple[Entry, ...]:
    """The entries of a dictionary; mistakes go to `problems` as `path:line: word: what is wrong`."""
    if not path.is_file():
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        problems.append(f"{shown_as}:1: 文件: 不是 UTF-8 编码，请用 UTF-8 另存")
        return ()
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=1):
        parts = line.split("#")[0].split()
        if not parts:
            continue
        mistake = _mistake(parts, known=entries)
        if mistake:
            problems.append(f"{shown_as}:{number}: {parts[0]}: {mistake}")
        else:
            entries[parts[0]] = _entry(parts)
    return tuple(entries.values())


def _entry(parts: list[str]) -> Entry:
    frequency = next((int(part) for part in parts[1:] if part.isdigit()), None)
    tag = next((part for part in parts[1:] if not part.isdigit()), _DEFAULT_TAG)
    return Entry(parts[0], frequency, tag)


def _mistake(parts: list[str], *, known: dict[str, Entry]) -> str | None:
    word, *rest = parts
    if len(word) > _LONGEST_WORD:
        return f"一个词最多 {_LONGEST_WORD} 个字，每行只写一个词"
    if word in known:
        return "这个词写了两遍"
    if len(rest) > 2 or sum(part.isdigit() for part in rest) > 1:
        return "写法应为「词 频次 词性」，后两项可以省略，如「细支烟 20000 n」"
    for part in rest:
        if not part.isdigit() and (not part.isascii() or part[0] not in ascii_lowercase):
            return f"词性「{part}」不认识，常用的有 n 名词、v 动词、a 形容词、l 习用语"
    return None
