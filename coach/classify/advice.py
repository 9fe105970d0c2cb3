"""What to say instead, where a classifier found a habit: the suggestion of the most similar known case.

Known cases are the hits of the rules, whose suggestions fit any trade, and the corpus's labelled turns, whose
suggestions belong to their call and are taken only where the case is nearly the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy

from coach.classify.encoder import SentenceEncoder
from coach.classify.model import Exemplar

_NEARLY_THE_SAME = 0.85
_ALIKE = 0.6


@dataclass(frozen=True)
class Suggestion:
    """A sentence that carries a habit, and what could have been said."""

    text: str
    instead: str


class Suggestions:
    """The known cases of one habit."""

    def __init__(self, cases: Sequence[Suggestion], encoder: SentenceEncoder) -> None:
        self._cases = cases
        self._encoder = encoder

    def nearest(self, vector: Any, *, labelled: Sequence[tuple[Exemplar, float]]) -> str | None:
        """What to say instead of a sentence with this vector, or None where no known case is like it.

        `labelled` are corpus turns with their likeness.
        """
        if labelled and labelled[0][1] >= _NEARLY_THE_SAME:
            return labelled[0][0].instead
        if not self._cases:
            return None
        likeness = self._vectors @ vector
        best = int(numpy.argmax(likeness))
        return self._cases[best].instead if likeness[best] >= _ALIKE else None

    @cached_property
    def _vectors(self) -> Any:
        return self._encoder.encode([case.text for case in self._cases])
