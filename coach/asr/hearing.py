"""Words from speech: regions packed into windows of the recogniser's length, heard, and put back at their times.

What a recogniser says into silence or in a loop is left out here, whichever engine says it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy

from coach.asr.audio import SAMPLE_RATE, Audio
from coach.asr.engine import Engine, Heard, Region
from coach.text import simplified

WINDOW_S = 28.0
_MOST_CONTEXT = 200
_SURE = 0.5
_PHANTOMS = re.compile(
    r"请不吝|点赞.{0,4}订阅|订阅.{0,4}转发|字幕(?:由|志愿者|制作|提供|by)|明镜|谢谢(?:大家)?(?:观看|收看)|下期(?:再见|视频)|Amara",
    re.IGNORECASE,
)
_LOOP = re.compile(r"(.{1,12}?)\1{5,}")
"""The same few characters six times on end."""

_LEAST_CHARACTERS_A_SECOND = 0.5
_MOST_CHARACTERS_A_SECOND = 14.0
_LONG_S = 1.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one channel says in one stretch of speech; word times are from the start of the recording."""

    channel: int
    start_s: float
    end_s: float
    words: tuple[Heard, ...]


def hear(
    audio: Audio, speech: Sequence[Sequence[Region]], engine: Engine, progress: Callable[[float], None]
) -> tuple[list[Utterance], float]:
    """What every channel says in its speech, in order of time, and the seconds of long speech without any words."""
    windows = [(channel, window) for channel, regions in enumerate(speech) for window in _windows(regions)]
    whole_s = sum(region.length_s for _, window in windows for region in window) or 1.0
    utterances: list[Utterance] = []
    lost_s = done_s = 0.0
    before = [""] * audio.channels
    for channel, window in windows:
        heard = _hear_window(audio, channel, window, engine, before[channel])
        before[channel] = _context([word for _, words in heard for word in words])
        for region, words in heard:
            if words:
                utterances.append(Utterance(channel, region.start_s, region.end_s, words))
            if _is_lost(region, words):
                lost_s += region.length_s
            done_s += region.length_s
        progress(done_s / whole_s)
    return sorted(utterances, key=lambda one: (one.start_s, one.channel)), lost_s


def _windows(regions: Sequence[Region]) -> Iterator[list[Region]]:
    """Regions packed so that each window fits the recogniser; longer regions are cut."""
    window: list[Region] = []
    length = 0.0
    for region in _cut(regions):
        needed = region.length_s
        if window and length + needed > WINDOW_S:
            yield window
            window, length = [], 0.0
        window.append(region)
        length += needed
    if window:
        yield window


def _cut(regions: Sequence[Region]) -> Iterator[Region]:
    for region in regions:
        start = region.start_s
        while region.end_s - start > WINDOW_S:
            yield Region(start, start + WINDOW_S)
            start += WINDOW_S
        yield Region(start, region.end_s)


def _context(words: Sequence[Heard]) -> str:
    """The end of what was heard, for the next window to follow on; nothing where it was not heard surely."""
    sure = words and sum(word.probability for word in words) / len(words) >= _SURE
    return "".join(word.text for word in words)[-_MOST_CONTEXT:] if sure else ""


def _hear_window(
    audio: Audio, channel: int, window: Sequence[Region], engine: Engine, before: str
) -> list[tuple[Region, tuple[Heard, ...]]]:
    """The words of each region of a window, at their times in the recording."""
    pieces = []
    offsets: list[float] = []
    length = 0
    for region in window:
        piece = audio.read(channel, region.start_s, region.end_s)
        offsets.append(length / SAMPLE_RATE)
        pieces.append(piece)
        length += len(piece)
    words: list[list[Heard]] = [[] for _ in window]
    for heard in engine.hear(numpy.concatenate(pieces), before):
        middle = (heard.start_s + heard.end_s) / 2
        at = max(index for index, offset in enumerate(offsets) if index == 0 or offset <= middle)
        shift = window[at].start_s - offsets[at]
        start, end = (
            min(max(time + shift, window[at].start_s), window[at].end_s) for time in (heard.start_s, heard.end_s)
        )
        words[at].append(replace(heard, text=simplified(heard.text), start_s=start, end_s=end))
    return [
        (region, () if _is_invented(region, found) else tuple(found))
        for region, found in zip(window, words, strict=True)
    ]


def _is_invented(region: Region, words: Sequence[Heard]) -> bool:
    """A film credit, a loop, or more than anyone can say in the time: nothing that was spoken."""
    text = "".join(word.text for word in words).strip()
    too_fast = region.length_s >= _LONG_S and len(text) > _MOST_CHARACTERS_A_SECOND * region.length_s
    return not text or too_fast or _PHANTOMS.search(text) is not None or _LOOP.search(text) is not None


def _is_lost(region: Region, words: Sequence[Heard]) -> bool:
    """Long speech with next to no words."""
    said = sum(len(word.text) for word in words)
    return region.length_s >= _LONG_S and said < _LEAST_CHARACTERS_A_SECOND * region.length_s
