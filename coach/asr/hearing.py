"""Words from speech: regions packed into blocks of a few minutes, heard, and put back at their times.

A block is long enough for the recogniser to follow its own text from one window to the next (on the recorded samples 5.5 %
character errors in place of 8.1 % with single windows), and short enough to keep memory flat. Before a block the
recogniser is told the hot words. That brings the words of a trade (of two calls full of them, 66 of 92 were heard so, 15
without), but now and then it stops after the first sentence of the window and goes on with the next window, up to twenty
seconds later; what was left out so is heard again, after the words before it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy

from coach.asr.audio import SAMPLE_RATE, Audio, Floats
from coach.asr.engine import Engine, Heard, Region
from coach.asr.guards import is_invented
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


def hear(
    audio: Audio,
    speech: Sequence[Sequence[Region]],
    engine: Engine,
    progress: Callable[[float], None],
    *,
    hotwords: str = "",
) -> tuple[list[Utterance], float]:
    """What every channel says in its speech, in order of time, and the seconds of long speech without any words.

    `hotwords`: words to listen for, separated by 、.
    """
    blocks = [(channel, block) for channel, regions in enumerate(speech) for block in _blocks(regions)]
    whole_s = sum(region.length_s for _, block in blocks for region in block) or 1.0
    utterances: list[Utterance] = []
    lost_s = done_s = 0.0
    for channel, block in blocks:
        heard = _hear_block(audio, channel, block, engine, _part(progress, done_s, whole_s), hotwords)
        for region, words in heard:
            if words:
                utterances.append(Utterance(channel, region.start_s, region.end_s, words))
            if _is_lost(region, words):
                lost_s += region.length_s
            done_s += region.length_s
        progress(done_s / whole_s)
    return sorted(utterances, key=lambda one: (one.start_s, one.channel)), lost_s


def _part(progress: Callable[[float], None], done_s: float, whole_s: float) -> Callable[[float], None]:
    """Progress of one block in the whole."""
    return lambda at_s: progress((done_s + at_s) / whole_s)


def _blocks(regions: Sequence[Region]) -> Iterator[list[Region]]:
    """Regions packed into blocks; longer regions are cut."""
    block: list[Region] = []
    length = 0.0
    for region in _cut(regions):
        if block and length + region.length_s > _BLOCK_S:
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
    progress: Callable[[float], None],
    hotwords: str,
) -> list[tuple[Region, tuple[Heard, ...]]]:
    """The words of each region of a block, at their times in the recording; progress in seconds of the block."""
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
    for heard in _heard_whole(engine, numpy.concatenate(pieces), hotwords, progress):
        at = max(0, bisect_right(offsets, (heard.start_s + heard.end_s) / 2) - 1)
        region, shift = block[at], block[at].start_s - offsets[at]
        start, end = (min(max(time + shift, region.start_s), region.end_s) for time in (heard.start_s, heard.end_s))
        words[at].append(replace(heard, start_s=start, end_s=end))
    return [(region, tuple(found)) for region, found in zip(block, words, strict=True)]


def _heard_whole(engine: Engine, samples: Floats, hotwords: str, progress: Callable[[float], None]) -> list[Heard]:
    """What is said in a block, what the engine left out at first included."""
    words = list(_heard(engine, samples, _told(hotwords), progress))
    for start_s, end_s in _left_out(words, len(samples) / SAMPLE_RATE):
        before = "".join(word.text for word in words if word.end_s <= start_s)
        again = samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
        words += [
            replace(word, start_s=word.start_s + start_s, end_s=word.end_s + start_s)
            for word in _heard(engine, again, before[-_CHARACTERS_BEFORE:], lambda _done: None)
        ]
    return sorted(words, key=lambda word: word.start_s)


def _heard(engine: Engine, samples: Floats, after: str, progress: Callable[[float], None]) -> Iterator[Heard]:
    for segment in engine.hear(samples, after=after):
        progress(segment.words[-1].end_s if segment.words else 0.0)
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
