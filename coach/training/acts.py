"""Trains what recognises the rep's dialogue acts, and measures it on sentences of passes it never saw."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy
from sklearn.linear_model import LogisticRegression

from coach.classify.encoder import SentenceEncoder
from coach.classify.stored import CARD_FILE, MODEL_FILE
from coach.errors import InputError
from coach.practice.recogniser import LEARNT, NUMBER, Recogniser, features, new_vectorizer
from coach.text import fold

ACTS = (*LEARNT, NUMBER)
SPLITS = {"a03": "dev", "a04": "test", "a07": "test"}
"""Passes held out; all others train."""

_LEAST_SENTENCES = 2
_SOFTNESS = 4.0


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence of a rep with all the acts it shows. `author` is the writing pass."""

    text: str
    acts: frozenset[str]
    author: str


@dataclass(frozen=True, slots=True)
class ActFigures:
    """How well one act is recognised: sentences labelled, found, and found rightly."""

    act: str
    labelled: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Of those found, how many are labelled."""
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        """Of those labelled, how many are found."""
        return self.right / max(self.labelled, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(self.labelled + self.found, 1)


def read_sentences(source: Path, split: str) -> tuple[LabelledSentence, ...]:
    """The sentences of a folder that belong to train, dev or test. Raises InputError that names file, line and mistake."""
    return tuple(
        sentence
        for path in sorted(source.glob("*.jsonl"))
        if SPLITS.get(path.stem, "train") == split
        for sentence in _read(path)
    )


def train_acts(sentences: Sequence[LabelledSentence]) -> Recogniser:
    """One logistic regression an act, on all sentences."""
    texts = [one.text for one in sentences]
    vectorizer = new_vectorizer(min_df=_LEAST_SENTENCES).fit([fold(text) for text in texts])
    encoder = SentenceEncoder(threads=2)
    read = features(texts, vectorizer, encoder)
    weights, intercepts = [], []
    for act in LEARNT:
        fitted = LogisticRegression(C=_SOFTNESS, class_weight="balanced", max_iter=1_000).fit(
            read, [act in one.acts for one in sentences]
        )
        weights.append(fitted.coef_[0])
        intercepts.append(fitted.intercept_[0])
    return Recogniser(vectorizer, numpy.stack(weights, axis=1), numpy.array(intercepts), encoder)


def measure_acts(recogniser: Recogniser, sentences: Sequence[LabelledSentence]) -> list[ActFigures]:
    """The figures of each act on labelled sentences."""
    found = recogniser.acts([one.text for one in sentences])
    return [
        ActFigures(
            act,
            labelled=sum(act in one.acts for one in sentences),
            found=sum(act in acts for acts in found),
            right=sum(act in acts and act in one.acts for acts, one in zip(found, sentences, strict=True)),
        )
        for act in ACTS
    ]


def put_acts_in_place(source: Path, target: Path) -> list[ActFigures]:
    """Train on the passes that are not held out, measure on the development pass, write the model with its card.

    Raises InputError if there is nothing to learn from.
    """
    learnt, kept = read_sentences(source, "train"), read_sentences(source, "dev")
    if not learnt:
        raise InputError(f"{source} 里没有可以训练的标注句子。")
    recogniser = train_acts(learnt)
    figures = measure_acts(recogniser, kept)
    target.mkdir(parents=True, exist_ok=True)
    card = {
        "digest": recogniser.save(target / MODEL_FILE),
        "passes": sorted({one.author for one in learnt}),
        "sentences": len(learnt),
        "development": [asdict(one) | {"f1": round(one.f1, 3)} for one in figures],
    }
    (target / CARD_FILE).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return figures


def _read(path: Path) -> Iterable[LabelledSentence]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        try:
            value = json.loads(line)
            acts = frozenset(value["acts"])
            unknown = acts - set(ACTS)
            if unknown:
                raise ValueError(f"不认识的动作 {'、'.join(sorted(unknown))}")
            yield LabelledSentence(str(value["text"]), acts, path.stem)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}:{number}: 标注: 这一行不是标注好的句子（{error}）") from error
