"""Which of two speakers is the rep, from what each says: a linear score of a turn's character n-grams.

Every n-gram that a turn holds counts once, and a turn's length does not count, so that neither does who talks more.
Stored like the habits' model: plain arrays, with the digest pinned in the card beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import exp, sqrt
from pathlib import Path

import numpy

from coach.classify.said import Said
from coach.classify.stored import read_verified, write_arrays
from coach.resources import folder

LONGEST_GRAM = 3
_SEPARATOR = "\n"
_MOST_A_TURN = 3.0


@dataclass(frozen=True)
class RoleModel:
    """Weights by n-gram; positive speaks for the rep."""

    weights: Mapping[str, float]
    intercept: float

    def score(self, text: str) -> float:
        """Log-odds, within ±3, that a turn is the rep's; 0 for an empty one."""
        grams = grams_of(text)
        if not grams:
            return 0.0
        known = [self.weights[gram] for gram in grams if gram in self.weights]
        score = self.intercept + sum(known) / sqrt(len(known)) if known else 0.0
        return max(-_MOST_A_TURN, min(_MOST_A_TURN, score))

    def save(self, path: Path) -> str:
        """Write the arrays; their SHA-256."""
        grams = sorted(self.weights)
        return write_arrays(
            path,
            grams=numpy.frombuffer(_SEPARATOR.join(grams).encode(), dtype=numpy.uint8),
            weights=numpy.array([self.weights[gram] for gram in grams], dtype=numpy.float16),
            intercept=numpy.array([self.intercept], dtype=numpy.float32),
        )


def grams_of(text: str) -> set[str]:
    """The distinct runs of one to three characters of a turn, marks left out."""
    spoken = Said(text).spoken
    return {spoken[at : at + length] for length in range(1, LONGEST_GRAM + 1) for at in range(len(spoken) - length + 1)}


@lru_cache(maxsize=2)
def load_roles(place: Path | None = None) -> RoleModel:
    """The shipped model, or one in a folder. Raises ModelError if it is missing or not what its card says."""
    place = place or folder("models") / "roles"
    stored = read_verified(place, what="分辨销售和客户")
    with numpy.load(BytesIO(stored), allow_pickle=False) as arrays:
        grams = bytes(arrays["grams"]).decode().split(_SEPARATOR)
        weights = dict(zip(grams, (float(one) for one in arrays["weights"]), strict=True))
        return RoleModel(weights, float(arrays["intercept"][0]))


def chances(model: RoleModel, texts: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """For each speaker, from the turns he says, the probability that he is the rep; they sum to 1."""
    scores = {name: sum(model.score(text) for text in said) for name, said in texts.items()}
    top = max(scores.values(), default=0.0)
    odds = {name: exp(score - top) for name, score in scores.items()}
    whole = sum(odds.values())
    return {name: odd / whole for name, odd in odds.items()}
