"""Which dialogue acts a sentence shows: a linear score an act over its character n-grams, its meaning and the cues.

Stored as plain numpy arrays (`model.npz`, read without pickle) beside its card, which pins the digest. Figures and how the
acts are labelled: models/README.md, samples/acts/README.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from coach.classify.encoder import SentenceEncoder
from coach.classify.stored import read_verified, write_arrays
from coach.practice.cues import cues, tells_a_figure
from coach.resources import folder
from coach.text import fold

LEARNT = ("greet", "acknowledge", "ask", "offer", "promise", "check", "refuse", "apologise", "next_step")
NUMBER = "number"
"""By rule alone."""

_SURE = 0.5
_CUE_WEIGHT = 0.5
_MEANING_WEIGHT = 1.0
_SEPARATOR = "\x00"


@dataclass(frozen=True)
class Recogniser:
    """`weights` has shape (features, acts), `intercepts` (acts,); acts in the order of `LEARNT`."""

    vectorizer: TfidfVectorizer
    weights: Any
    intercepts: Any
    encoder: SentenceEncoder

    def acts(self, sentences: Sequence[str]) -> list[frozenset[str]]:
        """The acts of each sentence."""
        if not sentences:
            return []
        scores = numpy.asarray(features(sentences, self.vectorizer, self.encoder) @ self.weights) + self.intercepts
        sure = 1 / (1 + numpy.exp(-scores)) >= _SURE
        return [
            frozenset(act for act, shown in zip(LEARNT, row, strict=True) if shown)
            | ({NUMBER} if tells_a_figure(sentence) else frozenset())
            for sentence, row in zip(sentences, sure, strict=True)
        ]

    def save(self, path: Path) -> str:
        """Write the arrays; their SHA-256."""
        grams = sorted(self.vectorizer.vocabulary_, key=self.vectorizer.vocabulary_.__getitem__)
        return write_arrays(
            path,
            grams=numpy.frombuffer(_SEPARATOR.join(grams).encode(), dtype=numpy.uint8),
            idf=self.vectorizer.idf_.astype(numpy.float32),
            weights=self.weights.astype(numpy.float16),
            intercepts=self.intercepts.astype(numpy.float32),
        )


def new_vectorizer(**options: Any) -> TfidfVectorizer:
    """Character n-grams with their idf."""
    return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, lowercase=False, **options)


def features(sentences: Sequence[str], vectorizer: TfidfVectorizer, encoder: SentenceEncoder) -> Any:
    """Sentences as numbers, shape (sentences, n-grams + cues + 512), CSR."""
    return sparse.hstack(
        [
            vectorizer.transform([fold(one) for one in sentences]),
            _CUE_WEIGHT * numpy.array([cues(one) for one in sentences]),
            _MEANING_WEIGHT * encoder.encode(sentences),
        ]
    ).tocsr()


@lru_cache(maxsize=2)
def load_recogniser(place: Path | None = None) -> Recogniser:
    """The shipped model, or one in a folder. Raises ModelError if it is missing or not what its card says."""
    place = place or folder("models") / "acts"
    stored = read_verified(place, what="听懂对话动作")
    with numpy.load(BytesIO(stored), allow_pickle=False) as arrays:
        grams = bytes(arrays["grams"]).decode().split(_SEPARATOR)
        vectorizer = new_vectorizer(vocabulary={gram: at for at, gram in enumerate(grams)})
        vectorizer.idf_ = arrays["idf"].astype(numpy.float64)
        return Recogniser(vectorizer, arrays["weights"].astype(numpy.float32), arrays["intercepts"], SentenceEncoder())
