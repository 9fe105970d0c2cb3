"""Who speaks when: pace, pauses, waits and cut-ins, from the times of words alone.

A recogniser's word times are right to about a third of a second, so nothing shorter counts here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from coach.text import size
from coach.transcript import Speaker, Transcript, Turn

CUT_IN_S = 1.0
"""Two must speak at once for this long before it is an interruption."""

_SHORTEST_PACED = 15
_BRIEF = 4
_PAUSE_S = 1.0
_WINDOW_S = 30.0


@dataclass(frozen=True, slots=True)
class CutIn:
    """`turn` begins while the other still speaks in `into`; both speak for `overlap_s` seconds."""

    turn: Turn
    into: Turn
    overlap_s: float


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a recording in seconds and the pace in it, in characters a minute."""

    start_s: float
    end_s: float
    pace: float


def clock(at_s: float) -> str:
    """`1:05`."""
    return f"{int(at_s) // 60}:{int(at_s) % 60:02d}"


def spoken(turn: Turn) -> tuple[float, float] | None:
    """From the first word to the last one, in seconds; None where words carry no times."""
    return (turn.words[0].start_s, turn.words[-1].end_s) if turn.words else None


def pace(turn: Turn) -> float | None:
    """Characters a minute in one turn, its pauses included; None for turns too short to say."""
    times = spoken(turn)
    said = size(turn.text)
    if times is None or said < _SHORTEST_PACED or times[1] <= times[0]:
        return None
    return 60 * said / (times[1] - times[0])


def seconds(turns: Iterable[Turn]) -> float:
    """How long these turns take together, from first to last word of each."""
    return sum(times[1] - times[0] for turn in turns if (times := spoken(turn)))


def fastest(turns: Iterable[Turn]) -> Window | None:
    """The half minute of one speaker's own talk with most characters; the time between his turns does not count."""
    said = [one for turn in turns for one in _steps(turn)]
    best: Window | None = None
    first = 0
    talked = characters = 0.0
    for step in said:
        talked += step.length_s
        characters += step.characters
        while talked - said[first].length_s >= _WINDOW_S:
            talked -= said[first].length_s
            characters -= said[first].characters
            first += 1
        if talked >= _WINDOW_S and (best is None or 60 * characters / talked > best.pace):
            best = Window(said[first].start_s, step.start_s + step.length_s, 60 * characters / talked)
    return best


def pauses(turns: Iterable[Turn]) -> list[float]:
    """Seconds of every pause of a second or more inside these turns."""
    gaps = (later.start_s - word.end_s for turn in turns for word, later in pairwise(turn.words))
    return [gap for gap in gaps if gap >= _PAUSE_S]


def longest_silence(transcript: Transcript) -> tuple[float, float] | None:
    """The longest time in which nobody says a word, from and to, in seconds; None without times."""
    words = sorted((word.start_s, word.end_s) for turn in transcript.turns for word in turn.words)
    longest: tuple[float, float] | None = None
    until = words[0][1] if words else 0.0
    for start_s, end_s in words:
        if start_s > until and (longest is None or start_s - until > longest[1] - longest[0]):
            longest = (until, start_s)
        until = max(until, end_s)
    return longest


def waits(transcript: Transcript) -> list[float]:
    """Seconds between a customer's last word and the rep's first one after it, at every answer; below 0 he cut in."""
    gaps = []
    for before, turn in pairwise(transcript.turns):
        ended, began = spoken(before), spoken(turn)
        if before.speaker is Speaker.CUSTOMER and turn.speaker is Speaker.REP and ended and began:
            gaps.append(began[0] - ended[1])
    return gaps


def cut_ins(transcript: Transcript) -> Iterator[CutIn]:
    """Every interruption, in order. Only two channels show them: on one, voices that overlap cannot be told apart.

    A brief word of listening (嗯, 对的) is none, and neither is one said into it.
    """
    if not transcript.two_channels:
        return
    for at, turn in enumerate(transcript.turns):
        own = spoken(turn)
        if own is None or size(turn.text) < _BRIEF:
            continue
        for other in reversed(transcript.turns[max(0, at - 3) : at]):
            theirs = spoken(other)
            if other.speaker is turn.speaker or theirs is None or size(other.text) < _BRIEF:
                continue
            overlap_s = min(own[1], theirs[1]) - own[0]
            if own[0] > theirs[0] and overlap_s >= CUT_IN_S:
                yield CutIn(turn, other, overlap_s)
                break


@dataclass(frozen=True, slots=True)
class _Step:
    """From the start of a word to that of the next in the same turn."""

    start_s: float
    length_s: float
    characters: int


def _steps(turn: Turn) -> Iterator[_Step]:
    for word, later in zip_longest(turn.words, turn.words[1:]):
        end_s = later.start_s if later else word.end_s
        yield _Step(word.start_s, end_s - word.start_s, size(word.span.of(turn.text)))
