"""What an engine is: it hears words and tells languages apart. One file an engine; heavy imports live inside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of speech in seconds."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Heard:
    """A recognised word with times in seconds from the start of what was heard, and its probability, 0 to 1."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Words that a recogniser gives together, and what it thinks of them itself.

    `no_speech`: the chance that nobody spoke; `mean_logarithm`: of the words' probabilities, natural; `compression`: how
    many times smaller the text is when compressed.
    """

    words: tuple[Heard, ...]
    no_speech: float = 0.0
    mean_logarithm: float = 0.0
    compression: float = 1.0


class Engine(Protocol):
    """A speech recogniser. Samples: float32, one channel, 16 kHz."""

    @property
    def id(self) -> str:
        """Engine and model, for the report."""
        ...

    @property
    def workers(self) -> int:
        """How many pieces of speech it hears at the same time, each in a thread of the caller's; more wait their turn."""
        ...

    def language(self, samples: Any, /) -> tuple[str, float]:
        """The most likely language of at most 30 s (its ISO 639 code) and its probability."""
        ...

    def hear(self, samples: Any, /, *, after: str = "") -> Iterator[Segment]:
        """What is said in some minutes of speech on end, `after` what was said before, as it is recognised; each window
        follows the one before. Times in seconds from the first sample.
        """
        ...
