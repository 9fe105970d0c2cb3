"""An engine for tests: hears given words where the samples are loud."""

from collections.abc import Iterator, Sequence
from typing import Any

from coach.asr.audio import SAMPLE_RATE
from coach.asr.engine import Heard, Region, Segment

_LOUD = 0.05


class FakeEngine:
    """Each block is heard as the next of the given texts, evenly spread; the language is what it is told. `told` keeps what
    was said before each block.
    """

    id = "fake"
    workers = 1

    def __init__(self, texts: Sequence[str], language: str = "zh") -> None:
        self._texts = iter(texts)
        self._language = language
        self.told: list[str] = []

    def language(self, _samples: Any) -> tuple[str, float]:
        return self._language, 0.9

    def hear(self, samples: Any, *, after: str = "") -> Iterator[Segment]:
        self.told.append(after)
        duration = len(samples) / SAMPLE_RATE
        text = next(self._texts, "")
        step = duration / max(len(text), 1)
        if text:
            yield Segment(tuple(Heard(mark, at * step, (at + 1) * step, 0.9) for at, mark in enumerate(text)))


def loud_parts(samples: Any) -> list[Region]:
    """Speech is where samples are louder than 0.05, in steps of a tenth of a second."""
    regions: list[Region] = []
    step = SAMPLE_RATE // 10
    for start in range(0, len(samples), step):
        if abs(samples[start : start + step]).max() > _LOUD:
            begin, end = start / SAMPLE_RATE, (start + step) / SAMPLE_RATE
            if regions and begin - regions[-1].end_s < 0.05:
                regions[-1] = Region(regions[-1].start_s, end)
            else:
                regions.append(Region(begin, end))
    return regions
