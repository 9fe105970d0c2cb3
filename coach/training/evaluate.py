"""How well a coach finds what people heard: precision, recall and F1 a habit, and false alarms on harmless turns.

Intervals are percentile bootstraps over calls (Efron 1979), since turns of one call are not independent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from coach.findings import Finding
from coach.habits import HABITS
from coach.pipeline import Coach
from coach.training.corpus import LabelledCall

CODES = tuple(HABITS)
_SAMPLES = 400
_SEED = 11
_LEVEL = 95


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the range it falls into in 95 of 100 resampled sets of calls."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CodeScore:
    """One habit's figures; `positives` is how often people heard it."""

    code: str
    positives: int
    found: int
    alarms: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one set of calls. `macro_f1` is over the codes that occur in it.

    `alarms_per_100` counts harmless turns with any finding, per 100 harmless turns; `severe_precision` is the
    precision of findings of severity 3.
    """

    calls: int
    turns: int
    harmless: int
    macro_f1: Interval
    alarms_per_100: Interval
    severe_precision: float | None
    codes: tuple[CodeScore, ...]


@dataclass(frozen=True)
class Outcome:
    """What was heard and what was found in one call: boolean arrays of shape (labelled turns, habits)."""

    call: LabelledCall
    heard: Any
    found: Any
    severe: Any


def outcomes(coach: Coach, calls: Sequence[LabelledCall]) -> list[Outcome]:
    """Analyse calls as a user would, and lay findings beside labels."""
    return [outcome(call, coach.analyse(call.transcript).findings) for call in calls]


def outcome(call: LabelledCall, findings: Iterable[Finding]) -> Outcome:
    """Findings laid beside the labels; those in turns that nobody has labelled are left out."""
    rows = {turn.index: row for row, turn in enumerate(call.turns)}
    shape = (len(call.turns), len(CODES))
    heard = numpy.array([[code in turn.labels for code in CODES] for turn in call.turns], dtype=bool).reshape(shape)
    found = numpy.zeros(shape, dtype=bool)
    severe = numpy.zeros(shape, dtype=bool)
    for finding in findings:
        if finding.turn in rows:
            place = rows[finding.turn], CODES.index(finding.code)
            found[place] = True
            severe[place] = finding.severity == 3
    return Outcome(call, heard, found, severe)


def evaluate(laid: Sequence[Outcome]) -> Evaluation:
    """The figures of calls already analysed."""
    heard, found, severe = (
        numpy.concatenate(parts) for parts in zip(*((o.heard, o.found, o.severe) for o in laid), strict=True)
    )
    counts = numpy.array([_counts(one.heard, one.found) for one in laid])
    random = numpy.random.default_rng(_SEED)
    samples = [counts[random.integers(0, len(laid), len(laid))].sum(axis=0) for _ in range(_SAMPLES)]
    harmless = ~heard.any(axis=1)
    severe_found = int(severe.sum())
    return Evaluation(
        calls=len(laid),
        turns=len(heard),
        harmless=int(harmless.sum()),
        macro_f1=_interval(_macro_f1, counts.sum(axis=0), samples),
        alarms_per_100=_interval(_alarms, counts.sum(axis=0), samples),
        severe_precision=round(float((severe & heard).sum() / severe_found), 4) if severe_found else None,
        codes=tuple(_code_score(at, heard, found) for at in range(len(CODES))),
    )


def grouped(laid: Sequence[Outcome], by: str) -> Mapping[str, list[Outcome]]:
    """Outcomes by `style`, `domain` or `author` of their call."""
    groups: dict[str, list[Outcome]] = {}
    for one in laid:
        groups.setdefault(str(getattr(one.call, by)) or "（未注明）", []).append(one)
    return dict(sorted(groups.items()))


def _counts(heard: Any, found: Any) -> Any:
    """Per code: both, heard, found; then harmless turns with an alarm, and harmless turns."""
    harmless = ~heard.any(axis=1)
    per_code = numpy.concatenate([(heard & found).sum(axis=0), heard.sum(axis=0), found.sum(axis=0)])
    return numpy.concatenate([per_code, [(harmless & found.any(axis=1)).sum(), harmless.sum()]])


def _macro_f1(counts: Any) -> float:
    both, heard, found = numpy.split(counts[:-2], 3)
    occurs = heard > 0
    return float((2 * both[occurs] / (heard[occurs] + found[occurs])).mean()) if occurs.any() else 0.0


def _alarms(counts: Any) -> float:
    return float(100 * counts[-2] / counts[-1]) if counts[-1] else 0.0


def _interval(figure: Callable[[Any], float], counts: Any, samples: Sequence[Any]) -> Interval:
    low, high = numpy.percentile([figure(one) for one in samples], [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2])
    return Interval(round(figure(counts), 4), round(float(low), 4), round(float(high), 4))


def _code_score(at: int, heard: Any, found: Any) -> CodeScore:
    both, positives, told = (int(one.sum()) for one in (heard[:, at] & found[:, at], heard[:, at], found[:, at]))
    return CodeScore(
        code=CODES[at],
        positives=positives,
        found=both,
        alarms=told - both,
        precision=round(both / told, 4) if told else 0.0,
        recall=round(both / positives, 4) if positives else 0.0,
        f1=round(2 * both / (told + positives), 4) if told + positives else 0.0,
    )
