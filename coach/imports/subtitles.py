"""SRT and WebVTT with the speaker before a colon or in a `<v Name>` tag; times are kept."""

import re

from coach.errors import InputError
from coach.imports.lines import Conversation, Line
from coach.text import fold

_CUE = re.compile(r"^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_VOICE = re.compile(r"^\s*<v(?:\.[^\s>]+)*\s+([^>]+)>\s*(.*)$", re.IGNORECASE)
_PREFIX = re.compile(r"^\s*[\[【(]?([^\s:\]】)]{1,20})[\]】)]?\s*:\s*(.*)$")
_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)


def looks_like(text: str) -> bool:
    """Whether a text has cues."""
    return any(_CUE.match(line) for line in text.splitlines()[:50])


def read(text: str, *, file_name: str) -> Conversation:
    """Cues in order; a cue without a speaker belongs to the one before."""
    lines: list[Line] = []
    times: tuple[float, float] | None = None
    name = ""
    for raw in text.splitlines():
        cue = _CUE.match(raw)
        if cue is not None:
            times = (_seconds(cue.group(1)), _seconds(cue.group(2)))
        elif not raw.strip():
            times = None
        elif times is not None:
            name, said = _speaker(raw, name)
            if said:
                lines.append(Line(name, said, *times))
    if not lines:
        raise InputError(
            f"「{file_name}」里没有读到字幕。SRT 或 VTT 的每条要有「00:00:01,000 --> 00:00:03,000」这样的时间行。"
        )
    return Conversation(tuple(lines), "字幕")


def _speaker(raw: str, last: str) -> tuple[str, str]:
    voice = _VOICE.match(raw)
    if voice is not None:
        return voice.group(1).strip(), _TAG.sub("", voice.group(2)).strip()
    plain = _TAG.sub("", raw)
    prefix = _PREFIX.match(fold(plain))
    if prefix is not None:
        return plain[prefix.start(1) : prefix.end(1)].strip(), plain[prefix.start(2) :].strip()
    return last, plain.strip()


def _seconds(stamp: str) -> float:
    parts = [float(part) for part in stamp.replace(",", ".").split(":")]
    return round(float(sum(part * 60**power for power, part in enumerate(reversed(parts)))), 3)
