"""What an engine is: it finds speech and hears words. One file an engine; heavy imports live inside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of speech in seconds."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A recognised word with times in seconds from the start of what was heard, and its probability, 0 to 1."""

    text: str
    start_s: float
    end_s: float
    probability: float


class Engine(Protocol):
    """A speech recogniser. Samples: float32, one channel, 16 kHz."""

    @property
    def id(self) -> str: ...

    def speech(self, samples: Any) -> list[Region]:
        """Where somebody speaks, in order."""
        ...

    def hear(self, samples: Any) -> Iterator[Heard]:
        """The words of a window of at most 30 s."""
        ...
