"""Trains what tells the rep from the customer, and measures it on passes it never saw."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize

from coach.classify.roles import LONGEST_GRAM, RoleModel, chances
from coach.classify.said import Said
from coach.classify.stored import CARD_FILE, MODEL_FILE
from coach.roles import SURE
from coach.training.corpus import LabelledCall
from coach.transcript import Speaker

_LEAST_TURNS = 4
_FOLDS = 6
_SOFTNESS = 0.3
_DIALOGUE = 8


@dataclass(frozen=True, slots=True)
class RoleFigures:
    """Dialogues (8 turns or more, shortened to `turns`) of passes not learnt from: how many, how many told surely, and
    how many of those rightly.
    """

    turns: int
    dialogues: int
    sure: int
    right: int


def train_roles(calls: Sequence[LabelledCall]) -> RoleModel:
    """A model from every turn of the calls."""
    texts, reps = _turns(calls)
    vectorizer = CountVectorizer(
        analyzer="char", ngram_range=(1, LONGEST_GRAM), min_df=_LEAST_TURNS, binary=True, lowercase=False
    )
    features: Any = normalize(vectorizer.fit_transform(texts).astype(float))
    model = LogisticRegression(C=_SOFTNESS, max_iter=500, class_weight="balanced").fit(features, reps)
    weights = {gram: float(model.coef_[0, at]) for gram, at in vectorizer.vocabulary_.items()}
    return RoleModel(weights, float(model.intercept_[0]))


def measure_roles(calls: Sequence[LabelledCall], shortened_to: Sequence[int] = (4, 8, 1_000)) -> list[RoleFigures]:
    """The figures on dialogues, each judged by a model that never saw its pass."""
    authors = numpy.array([call.author for call in calls])
    judged: list[tuple[LabelledCall, RoleModel]] = []
    for learnt, kept in GroupKFold(min(_FOLDS, len(set(authors)))).split(authors, groups=authors):
        model = train_roles([calls[at] for at in learnt])
        judged += [(calls[at], model) for at in kept if len(calls[at].transcript.turns) >= _DIALOGUE]
    figures = []
    for turns in shortened_to:
        told = [_chance_of_rep(call, model, turns) for call, model in judged]
        sure = sum(chance >= SURE or chance <= 1 - SURE for chance in told)
        figures.append(RoleFigures(turns, len(told), sure, sum(chance >= SURE for chance in told)))
    return figures


def put_roles_in_place(calls: Sequence[LabelledCall], target: Path) -> list[RoleFigures]:
    """Train, measure and write the model with its card."""
    figures = measure_roles(calls)
    target.mkdir(parents=True, exist_ok=True)
    digest = train_roles(calls).save(target / MODEL_FILE)
    card = {
        "digest": digest,
        "passes": sorted({call.author for call in calls}),
        "turns": len(_turns(calls)[0]),
        "unseen_passes": [asdict(one) for one in figures],
    }
    (target / CARD_FILE).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return figures


def _turns(calls: Sequence[LabelledCall]) -> tuple[list[str], list[bool]]:
    turns = [turn for call in calls for turn in call.transcript.turns]
    return [Said(turn.text).spoken for turn in turns], [turn.speaker is Speaker.REP for turn in turns]


def _chance_of_rep(call: LabelledCall, model: RoleModel, most: int) -> float:
    texts: dict[str, list[str]] = {speaker.value: [] for speaker in (Speaker.REP, Speaker.CUSTOMER)}
    for turn in call.transcript.turns[:most]:
        texts[turn.speaker.value].append(turn.text)
    return chances(model, texts)[Speaker.REP.value]
