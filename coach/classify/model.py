"""A trained model: two views of a turn, its n-grams and its meaning, blended into one probability a habit.

It is stored as plain numpy arrays (`model.npz`, read without pickle) beside its card (`card.json`), which pins the
digest: a file with another digest is refused.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

from coach.classify.encoder import SentenceEncoder, context_features
from coach.classify.features import Arrays, Lexical
from coach.classify.said import Said
from coach.errors import ModelError
from coach.text import Segmenter

MODEL_FILE = "model.npz"
CARD_FILE = "card.json"
_SCALE = 127.0
_LEAST_ADDED = 0.05
_PROMISING = 1.0
"""A meaning score that about half of the positives of unseen passes reach."""

_UNPROMISING = -3.0
"""A meaning score usual in harmless turns; stands in where meaning is not asked."""


@dataclass(frozen=True)
class Linear:
    """One linear score a habit: weights of shape (features, habits), intercepts of shape (habits,)."""

    weights: Any
    intercepts: Any

    def scores(self, features: Any) -> Any:
        """Shape (turns, habits)."""
        return numpy.asarray(features @ self.weights) + self.intercepts


@dataclass(frozen=True)
class Exemplar:
    """A labelled turn of the corpus: its habit, how grave it was, and what could have been said."""

    code: str
    severity: int
    instead: str


@dataclass(frozen=True)
class Exemplars:
    """Labelled turns to compare with; `vectors` has shape (exemplars, 512)."""

    known: tuple[Exemplar, ...]
    vectors: Any

    def nearest(self, vector: Any, code: str, *, most: int) -> list[tuple[Exemplar, float]]:
        """The exemplars of a habit nearest in meaning with their cosine, nearest first."""
        places = [at for at, one in enumerate(self.known) if one.code == code]
        if not places:
            return []
        likeness = self.vectors[places] @ vector
        order = numpy.argsort(-likeness, kind="stable")[:most]
        return [(self.known[places[at]], float(likeness[at])) for at in order]


@dataclass(frozen=True)
class Model:
    """Everything a trained model knows.

    `blend` has shape (habits, 3): how much the lexical score, the meaning score and 1 add to the log-odds.
    `thresholds` are the probabilities from which a habit is told, by code, at balanced strictness.
    """

    codes: tuple[str, ...]
    lexical: Lexical
    lexical_scores: Linear
    meaning_scores: Linear
    blend: Any
    thresholds: Any
    exemplars: Exemplars
    encoder: SentenceEncoder
    digest: str = ""

    def probabilities(self, turns: Sequence[Said]) -> Any:
        """For each turn and habit a calibrated probability, shape (turns, habits).

        Meaning costs most of the time, so it is asked only of turns whose words leave some habit possible: one that
        would come half way to its threshold if the meaning spoke for it as it does in most positives.
        """
        if not turns:
            return numpy.zeros((0, len(self.codes)))
        words = self.word_scores(turns)
        meaning = numpy.full_like(words, _UNPROMISING)
        possible = (blended(words, _PROMISING, self.blend) >= self.thresholds / 2).any(axis=1)
        asked = [turn for turn, wanted in zip(turns, possible, strict=True) if wanted]
        if asked:
            meaning[possible] = self.meaning_scores.scores(
                context_features(
                    self.encoder.encode([turn.text for turn in asked]),
                    self.encoder.encode([turn.before for turn in asked]),
                )
            )
        return blended(words, meaning, self.blend)

    def scores(self, turns: Sequence[Said]) -> Any:
        """Probabilities stretched so that each habit's threshold lies at one half, shape (turns, habits)."""
        return stretched(self.probabilities(turns), self.thresholds)

    def word_scores(self, turns: Sequence[Said]) -> Any:
        """What the words alone say, without the meaning: scores of shape (turns, habits), cheap to have."""
        return self.lexical_scores.scores(self.lexical.transform(turns))

    def weightiest(self, text: str, *, column: int, most: int) -> list[str]:
        """The telling words of a text whose n-grams add most to its lexical score for a habit, in their order."""
        added = self.lexical.added_by_words(text, self.lexical_scores.weights[:, column])
        heaviest = sorted((one for one in added if one[1] >= _LEAST_ADDED), key=lambda one: -one[1])[:most]
        return [word for word, _ in added if word in dict(heaviest)]


def blended(lexical: Any, meaning: Any, blend: Any) -> Any:
    """The probability from both views' scores."""
    return 1 / (1 + numpy.exp(-(lexical * blend[:, 0] + meaning * blend[:, 1] + blend[:, 2])))


def stretched(probabilities: Any, thresholds: Any) -> Any:
    """Piecewise linear: 0 stays 0, the threshold becomes 0.5, 1 stays 1."""
    below = 0.5 * probabilities / thresholds
    above = 0.5 + 0.5 * (probabilities - thresholds) / (1 - thresholds)
    return numpy.where(probabilities < thresholds, below, above)


def save(model: Model, path: Path) -> str:
    """Write the arrays; the SHA-256 of the file."""
    arrays: Arrays = {
        **model.lexical.arrays(),
        "codes": numpy.array(model.codes),
        "lexical.weights": model.lexical_scores.weights.astype(numpy.float16),
        "lexical.intercepts": model.lexical_scores.intercepts.astype(numpy.float32),
        "meaning.weights": model.meaning_scores.weights.astype(numpy.float16),
        "meaning.intercepts": model.meaning_scores.intercepts.astype(numpy.float32),
        "blend": model.blend.astype(numpy.float32),
        "thresholds": model.thresholds.astype(numpy.float32),
        "exemplars.vectors": numpy.round(model.exemplars.vectors * _SCALE).astype(numpy.int8),
        "exemplars.texts": numpy.frombuffer(
            json.dumps(
                [(one.code, one.severity, one.instead) for one in model.exemplars.known], ensure_ascii=False
            ).encode(),
            dtype=numpy.uint8,
        ),
    }
    with path.open("wb") as file:
        numpy.savez_compressed(file, **arrays)
    return digest_of(path)


def load(folder: Path, segmenter: Segmenter) -> Model:
    """The model in a folder, verified against its card.

    Raises ModelError where a file is missing, damaged or not the one that the card describes.
    """
    try:
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        path = folder / MODEL_FILE
        if digest_of(path) != card["digest"]:
            raise ModelError(f"模型文件 {path} 与说明卡的校验和不符，可能已损坏或被改动，没有使用。")
        with numpy.load(path, allow_pickle=False) as arrays:
            return _restored({name: arrays[name] for name in arrays.files}, segmenter, digest=card["digest"])
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"分类模型 {folder} 读不出来（{error}）。请重新安装，或运行 coach train。") from error


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _restored(arrays: Arrays, segmenter: Segmenter, *, digest: str) -> Model:
    texts = json.loads(bytes(arrays["exemplars.texts"]).decode())
    return Model(
        codes=tuple(str(code) for code in arrays["codes"]),
        lexical=Lexical.restore(arrays, segmenter),
        lexical_scores=Linear(arrays["lexical.weights"].astype(numpy.float32), arrays["lexical.intercepts"]),
        meaning_scores=Linear(arrays["meaning.weights"].astype(numpy.float32), arrays["meaning.intercepts"]),
        blend=arrays["blend"],
        thresholds=arrays["thresholds"],
        exemplars=Exemplars(
            tuple(Exemplar(*one) for one in texts), arrays["exemplars.vectors"].astype(numpy.float32) / _SCALE
        ),
        encoder=SentenceEncoder(),
        digest=digest,
    )
