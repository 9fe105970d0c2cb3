"""Words from speech: regions packed into blocks of a few minutes, heard, and put back at their times.

A block is long enough for the recogniser to follow its own text from one window to the next (on the recorded samples 5.5 %
character errors in place of 8.1 % with single windows), and short enough to keep memory flat. Before a block the
recogniser is told the hot words. That brings the words of a trade (of two calls full of them, 66 of 92 were heard so, 15
without), but now and then it stops after the first sentence of the window and goes on with the next window, up to twenty
seconds later; what was left out so is heard again, after the words before it.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy

from coach.asr.audio import SAMPLE_RATE, Audio, Floats
from coach.asr.engine import Engine, Heard, Region
from coach.asr.guards import is_invented
from coach.asr.workers import Tell
from coach.text import simplified

_BLOCK_S = 240.0
_KEPT_PAUSE_S = 1.0
"""On one channel pauses up to this length stay in a block, else the recogniser mistakes more characters. On two they hold
the other's echo.
"""

_LEFT_OUT_S = 2.0
_CHARACTERS_BEFORE = 60
_LEAST_CHARACTERS_A_SECOND = 0.5
_LONG_S = 1.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one channel says in one stretch of speech; word times are from the start of the recording."""

    channel: int
    start_s: float
    end_s: float
    words: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is said in speech, and the seconds of long speech without any words."""

    utterances: tuple[Utterance, ...]
    lost_s: float


def hear(
    audio: Audio,
    speech: Sequence[Sequence[Region]],
    engine: Engine,
    *,
    hotwords: str = "",
) -> list[Callable[[Tell], Hearing]]:
    """The work of hearing every channel's speech, a block each; told are the seconds of speech done in it.

    `hotwords`: words to listen for, separated by 、.
    """
    return [
        partial(_hear_block, audio, channel, block, engine, hotwords)
        for channel, regions in enumerate(speech)
        for block in _blocks(regions)
    ]


def together(hearings: Iterable[Hearing]) -> Hearing:
    """Everything heard, in order of time."""
    parts = list(hearings)
    utterances = sorted((one for part in parts for one in part.utterances), key=lambda one: (one.start_s, one.channel))
    return Hearing(tuple(utterances), sum(part.lost_s for part in parts))


def _blocks(regions: Sequence[Region]) -> Iterator[list[Region]]:
    """Regions packed into blocks of about the same length; longer regions are cut."""
    whole_s = sum(region.length_s for region in regions)
    wanted_s = whole_s / max(1, math.ceil(whole_s / _BLOCK_S))
    block: list[Region] = []
    length = 0.0
    for region in _cut(regions):
        if block and length + region.length_s / 2 > wanted_s:
            yield block
            block, length = [], 0.0
        block.append(region)
        length += region.length_s
    if block:
        yield block


def _cut(regions: Sequence[Region]) -> Iterator[Region]:
    for region in regions:
        start = region.start_s
        while region.end_s - start > _BLOCK_S:
            yield Region(start, start + _BLOCK_S)
            start += _BLOCK_S
        yield Region(start, region.end_s)


def _hear_block(
    audio: Audio,
    channel: int,
    block: Sequence[Region],
    engine: Engine,
    hotwords: str,
    tell: Tell,
) -> Hearing:
    """What is said in a block, at its times in the recording."""
    pieces: list[Floats] = []
    offsets: list[float] = []
    length = 0
    for at, region in enumerate(block):
        pause_s = region.start_s - block[at - 1].end_s if at else 0.0
        if audio.channels == 1 and 0 < pause_s <= _KEPT_PAUSE_S:
            pieces.append(audio.read(channel, block[at - 1].end_s, region.start_s))
            length += len(pieces[-1])
        offsets.append(length / SAMPLE_RATE)
        pieces.append(audio.read(channel, region.start_s, region.end_s))
        length += len(pieces[-1])
    words: list[list[Heard]] = [[] for _ in block]
    for heard in _heard_whole(engine, numpy.concatenate(pieces), hotwords, tell):
        at = max(0, bisect_right(offsets, (heard.start_s + heard.end_s) / 2) - 1)
        region, shift = block[at], block[at].start_s - offsets[at]
        start, end = (min(max(time + shift, region.start_s), region.end_s) for time in (heard.start_s, heard.end_s))
        words[at].append(replace(heard, start_s=start, end_s=end))
    return Hearing(
        tuple(
            Utterance(channel, region.start_s, region.end_s, tuple(found))
            for region, found in zip(block, words, strict=True)
            if found
        ),
        sum(region.length_s for region, found in zip(block, words, strict=True) if _is_lost(region, found)),
    )


def _heard_whole(engine: Engine, samples: Floats, hotwords: str, tell: Tell) -> list[Heard]:
    """What is said in a block, what the engine left out at first included."""
    words = list(_heard(engine, samples, _told(hotwords), tell))
    length_s = len(samples) / SAMPLE_RATE
    for start_s, end_s in _left_out(words, length_s):
        before = "".join(word.text for word in words if word.end_s <= start_s)
        again = samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
        words += [
            replace(word, start_s=word.start_s + start_s, end_s=word.end_s + start_s)
            for word in _heard(engine, again, before[-_CHARACTERS_BEFORE:], lambda _: tell(length_s))
        ]
    tell(length_s)
    return sorted(words, key=lambda word: word.start_s)


def _heard(engine: Engine, samples: Floats, after: str, tell: Tell) -> Iterator[Heard]:
    for segment in engine.hear(samples, after=after):
        tell(segment.words[-1].end_s if segment.words else 0.0)
        if not is_invented(segment):
            yield from (replace(word, text=simplified(word.text)) for word in segment.words)


def _told(hotwords: str) -> str:
    """Words to listen for, as a sentence that could have been said before.

    Given anew before every window (faster-whisper's `hotwords`) they made base invent text, depending on how they are
    written: 5.8 % character errors as a list with a full stop, 8.3 with spaces, 10.4 in a sentence, 32.7 with commas.
    """
    return f"{hotwords.strip()}。" if hotwords.strip() else ""


def _left_out(words: Sequence[Heard], length_s: float) -> list[tuple[float, float]]:
    """Stretches of a block without any words."""
    ends = [0.0, *(word.end_s for word in words)]
    starts = [*(word.start_s for word in words), length_s]
    return [(end, start) for end, start in zip(ends, starts, strict=True) if start - end > _LEFT_OUT_S]


def _is_lost(region: Region, words: Sequence[Heard]) -> bool:
    """Long speech with next to no words."""
    said = sum(len(word.text) for word in words)
    return region.length_s >= _LONG_S and said < _LEAST_CHARACTERS_A_SECOND * region.length_s
