"""An engine for tests: hears given words where the samples are loud."""

from collections.abc import Iterator, Sequence
from typing import Any

from coach.asr.decode import SAMPLE_RATE
from coach.asr.engine import Heard, Region

_LOUD = 0.05


class FakeEngine:
    """Speech is where samples are louder than 0.05; each window is heard as the next of the given texts."""

    id = "fake"

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = iter(texts)

    def speech(self, samples: Any) -> list[Region]:
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

    def hear(self, samples: Any) -> Iterator[Heard]:
        duration = len(samples) / SAMPLE_RATE
        text = next(self._texts, "")
        for at, mark in enumerate(text):
            yield Heard(mark, at * duration / len(text), (at + 1) * duration / len(text), 0.9)
