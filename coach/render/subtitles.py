"""A recorded call as subtitles (SRT, WebVTT) and as tiers for phonetic annotation (Praat TextGrid).

Raises InputError for a call without times. A cue ends at a full stop or at a pause, and holds two lines at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from coach.errors import InputError
from coach.render.words import SPEAKER_NAMES
from coach.transcript import Transcript, Turn, Word

_LONGEST = 36
_PAUSE_S = 0.8
_FULL = 18
_ENDS = "。！？!?"
_PARTS = "，；,;"


@dataclass(frozen=True, slots=True)
class Cue:
    """Words shown together, in seconds from the start of the recording."""

    start_s: float
    end_s: float
    speaker: str
    text: str


def srt(transcript: Transcript) -> str:
    """SubRip."""
    blocks = (
        f"{number}\n{_time(cue.start_s, ',')} --> {_time(cue.end_s, ',')}\n{cue.speaker}：{cue.text}\n"
        for number, cue in enumerate(cues(transcript), start=1)
    )
    return "\n".join(blocks)


def vtt(transcript: Transcript) -> str:
    """WebVTT with the speaker as voice."""
    blocks = (
        f"{_time(cue.start_s, '.')} --> {_time(cue.end_s, '.')}\n<v {cue.speaker}>{escape(cue.text, quote=False)}\n"
        for cue in cues(transcript)
    )
    return "WEBVTT\n\n" + "\n".join(blocks)


def textgrid(transcript: Transcript) -> str:
    """Praat's long text format, one interval tier a speaker."""
    every = list(cues(transcript))
    end_s = max([transcript.duration_s or 0.0, *(cue.end_s for cue in every)])
    tiers = {
        name: [cue for cue in every if cue.speaker == name] for name in dict.fromkeys(cue.speaker for cue in every)
    }
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {end_s:.2f}",
        "tiers? <exists>",
        f"size = {len(tiers)}",
        "item []:",
    ]
    for number, (name, own) in enumerate(tiers.items(), start=1):
        intervals = list(_tiled(own, end_s))
        lines += [
            f"    item [{number}]:",
            '        class = "IntervalTier"',
            f'        name = "{name}"',
            "        xmin = 0",
            f"        xmax = {end_s:.2f}",
            f"        intervals: size = {len(intervals)}",
        ]
        for at, (start_s, stop_s, text) in enumerate(intervals, start=1):
            lines += [
                f"        intervals [{at}]:",
                f"            xmin = {start_s:.2f}",
                f"            xmax = {stop_s:.2f}",
                f'            text = "{text.replace(chr(34), chr(34) * 2)}"',
            ]
    return "\n".join(lines) + "\n"


def cues(transcript: Transcript) -> Iterator[Cue]:
    """Cues in order of time."""
    if not any(turn.start_s is not None for turn in transcript.turns):
        raise InputError("这通对话没有时间（不是录音转写的），不能导出字幕。请换一种格式。")
    found = [cue for turn in transcript.turns for cue in _cues_of(turn)]
    return iter(sorted(found, key=lambda cue: (cue.start_s, cue.end_s)))


def _cues_of(turn: Turn) -> Iterator[Cue]:
    name = SPEAKER_NAMES[turn.speaker] if turn.speaker.value != "unknown" else turn.name or SPEAKER_NAMES[turn.speaker]
    if not turn.words:
        if turn.start_s is not None and turn.end_s is not None:
            yield Cue(turn.start_s, turn.end_s, name, turn.text)
        return
    first = 0
    for at, (word, later) in enumerate(pairwise((*turn.words, None))):
        if word is not None and (later is None or _ends(turn, turn.words[first], word, later)):
            begun = turn.words[first]
            yield Cue(begun.start_s, word.end_s, name, turn.text[begun.span.start : word.span.end].strip())
            first = at + 1


def _ends(turn: Turn, first: Word, word: Word, later: Word) -> bool:
    """Whether a cue that began with `first` ends after `word`."""
    last = word.span.of(turn.text)[-1:]
    return (
        last in _ENDS
        or (last in _PARTS and word.span.end - first.span.start >= _FULL)
        or later.start_s - word.end_s >= _PAUSE_S
        or later.span.end - first.span.start > _LONGEST
    )


def _tiled(own: list[Cue], end_s: float) -> Iterator[tuple[float, float, str]]:
    """Intervals that cover a tier without gap or overlap."""
    at = 0.0
    for cue in own:
        start_s = max(round(cue.start_s, 2), at)
        stop_s = round(cue.end_s, 2)
        if stop_s <= start_s:
            continue
        if start_s > at:
            yield at, start_s, ""
        yield start_s, stop_s, cue.text
        at = stop_s
    if end_s > at:
        yield at, end_s, ""


def _time(at_s: float, mark: str) -> str:
    thousandths = round(at_s * 1000)
    seconds, rest = divmod(thousandths, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{rest:03d}"
