"""Trains the classifiers from labelled calls, repeatably: the same calls and seed give the same scores.

Two views are trained one against all: a linear support vector machine on n-grams and a logistic regression on
sentence meaning. Passes are scored by models that never saw them (cross-fitting by pass); from those scores the
blend is fitted, which also calibrates it (Platt scaling), and the thresholds are chosen.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from coach.classify.encoder import SentenceEncoder, context_features
from coach.classify.features import Lexical
from coach.classify.model import Exemplar, Exemplars, Linear, Model, blended
from coach.classify.said import Said
from coach.habits import HABITS
from coach.text import Segmenter
from coach.training.corpus import LabelledCall, LabelledTurn

CODES = tuple(HABITS)
ALARMS = 0.9
"""False alarms that the classifiers may raise on 100 harmless turns of plain service talk, at most: the rules raise some
more there, and the whole tool is to raise 1.5 at most.
"""

_FOLDS = 5
_SEED = 7
_LEAST_POSITIVES = 4
_STRICTEST = 0.97
_LOOSEST = 0.6
"""Below this near misses and difficult talk, of which plain talk has little, raise too many alarms."""


@dataclass(frozen=True)
class Training:
    """A trained model, and the probabilities of turns that its parts never saw (cross-fitted), with their labels."""

    model: Model
    turns: tuple[LabelledTurn, ...]
    unseen: Any
    plain: Any


def train(
    calls: Sequence[LabelledCall],
    segmenter: Segmenter,
    *,
    alarms: float = ALARMS,
    told: Callable[[str], None] = lambda _line: None,
) -> Training:
    """A model from calls; `told` hears what is being done. Needs turns of at least two passes."""
    turns = tuple(turn for call in calls for turn in call.turns)
    authors = numpy.array([call.author for call in calls for _ in call.turns])
    labels = numpy.array([[code in turn.labels for code in CODES] for turn in turns])
    plain = numpy.isin(authors, plain_authors(calls))
    said = [turn.said for turn in turns]
    told(f"{len(turns)} 轮销售的话，{len(set(authors))} 批；计算句义……")
    encoder = SentenceEncoder(threads=2)
    vectors, meaning = _meaning(said, encoder)
    told("交叉训练……")
    unseen_lexical = numpy.zeros(labels.shape)
    unseen_meaning = numpy.zeros(labels.shape)
    folds = GroupKFold(min(_FOLDS, len(set(authors)))).split(labels, groups=authors)
    for learnt, kept in folds:
        lexical, scores, meaning_scores = _views(
            [said[at] for at in learnt], meaning[learnt], labels[learnt], segmenter
        )
        unseen_lexical[kept] = scores.scores(lexical.transform([said[at] for at in kept]))
        unseen_meaning[kept] = meaning_scores.scores(meaning[kept])
    told("校准和阈值……")
    blend = _fit_blend(unseen_lexical, unseen_meaning, labels)
    unseen = blended(unseen_lexical, unseen_meaning, blend)
    thresholds = choose_thresholds(unseen, labels, plain, alarms=alarms)
    told("最后训练……")
    lexical, scores, meaning_scores = _views(said, meaning, labels, segmenter)
    model = Model(
        codes=CODES,
        lexical=lexical,
        lexical_scores=scores,
        meaning_scores=meaning_scores,
        blend=blend,
        thresholds=thresholds,
        exemplars=_exemplars(turns, vectors),
        encoder=encoder,
    )
    return Training(model, turns, unseen, plain)


def plain_authors(calls: Sequence[LabelledCall]) -> list[str]:
    """The passes of plain service talk: those in which fewer than one turn in ten carries a habit."""
    counts: dict[str, list[int]] = {}
    for call in calls:
        for turn in call.turns:
            total = counts.setdefault(call.author, [0, 0])
            total[0] += 1
            total[1] += bool(turn.labels)
    return [author for author, (turns, positive) in counts.items() if positive * 10 < turns]


def choose_thresholds(probabilities: Any, labels: Any, plain: Any, *, alarms: float) -> Any:
    """By habit the lowest probability at which it is told, shape (habits,), so that plain service talk gets at most `alarms`
    false alarms in 100 harmless turns.

    Every habit may raise the same share of them, the largest that all together allow. Most habits are never heard in plain
    talk and stay at the loosest; the few that scripts and refusals sound like are held back. One threshold for all cost two
    points of F1 at as many alarms.
    """
    harmless = plain & ~labels.any(axis=1)
    steps = numpy.arange(_LOOSEST, _STRICTEST, 0.01)
    if not harmless.any():
        return numpy.full(labels.shape[1], _LOOSEST)
    raised = numpy.stack([100 * (probabilities[harmless] >= step).mean(axis=0) for step in steps])
    chosen = numpy.full(labels.shape[1], _STRICTEST)
    for share in numpy.arange(0.0, alarms, 0.01):
        allowed = raised <= share
        thresholds = numpy.where(allowed.any(axis=0), steps[allowed.argmax(axis=0)], _STRICTEST)
        if 100 * (probabilities[harmless] >= thresholds).any(axis=1).mean() <= alarms:
            chosen = thresholds
    return numpy.round(chosen, 2)


def _meaning(said: Sequence[Said], encoder: SentenceEncoder) -> tuple[Any, Any]:
    vectors = encoder.encode([one.text for one in said])
    return vectors, context_features(vectors, encoder.encode([one.before for one in said]))


def _views(said: Sequence[Said], meaning: Any, labels: Any, segmenter: Segmenter) -> tuple[Lexical, Linear, Linear]:
    """Both views, trained on the same turns."""
    lexical = Lexical.fit(said, segmenter)
    features = lexical.transform(said)
    with ThreadPoolExecutor(2) as pool:
        by_words = list(pool.map(lambda column: _by_words(features, column), labels.T))
        by_meaning = list(pool.map(lambda column: _by_meaning(meaning, column), labels.T))
    return lexical, _stack(by_words), _stack(by_meaning)


def _by_words(features: Any, column: Any) -> tuple[Any, float]:
    if column.sum() < _LEAST_POSITIVES:
        return numpy.zeros(features.shape[1]), -1.0
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=_SEED).fit(features, column)
    return machine.coef_[0], float(machine.intercept_[0])


def _by_meaning(features: Any, column: Any) -> tuple[Any, float]:
    if column.sum() < _LEAST_POSITIVES:
        return numpy.zeros(features.shape[1]), -1.0
    regression = LogisticRegression(C=0.1, class_weight="balanced", max_iter=500, random_state=_SEED)
    regression.fit(features, column)
    return regression.coef_[0], float(regression.intercept_[0])


def _stack(pairs: Sequence[tuple[Any, float]]) -> Linear:
    return Linear(
        numpy.stack([weights for weights, _ in pairs], axis=1).astype(numpy.float32),
        numpy.array([intercept for _, intercept in pairs], dtype=numpy.float32),
    )


def _fit_blend(lexical: Any, meaning: Any, labels: Any) -> Any:
    """Platt scaling of both views' scores together: shape (habits, 3)."""
    rows = []
    for at in range(labels.shape[1]):
        scores = numpy.stack([lexical[:, at], meaning[:, at]], axis=1)
        if labels[:, at].sum() < _LEAST_POSITIVES:
            rows.append([0.0, 0.0, -9.0])
            continue
        fitted = LogisticRegression(C=100.0, random_state=_SEED).fit(scores, labels[:, at])
        rows.append([*fitted.coef_[0], fitted.intercept_[0]])
    return numpy.array(rows)


def _exemplars(turns: Sequence[LabelledTurn], vectors: Any) -> Exemplars:
    known: list[Exemplar] = []
    places: list[int] = []
    for at, turn in enumerate(turns):
        if not turn.instead:
            continue
        for code in sorted(turn.labels):
            known.append(Exemplar(code, turn.severity, turn.instead))
            places.append(at)
    return Exemplars(tuple(known), vectors[places])
