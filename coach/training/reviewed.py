"""What a team's own reviews say of the tool: precision and recall a habit, how far reviewers agree, and whether new rules
do worse on the reviewed calls than the old ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy

from coach.agreement import kappa, wilson
from coach.classify.said import Said
from coach.findings import Finding
from coach.habits import HABITS
from coach.review import Decision, Review
from coach.training.corpus import LabelledCall, LabelledTurn
from coach.training.evaluate import CODES, outcome
from coach.transcript import Speaker, Transcript

FEW = 10
"""Fewer cases than this say too little to show a figure without a warning."""

_SAMPLES = 400
_SEED = 11


@dataclass(frozen=True, slots=True)
class Share:
    """A share of 0 to 1 counted in `cases`, and the range it may really be in at 95 percent; value None: no case."""

    value: float | None
    low: float
    high: float
    cases: int

    @property
    def is_thin(self) -> bool:
        """Whether there are too few cases to say much."""
        return self.cases < FEW


@dataclass(frozen=True, slots=True)
class HabitFigures:
    """One habit in the reviews.

    `precision`: how many decided findings were agreed with. `recall`: how much of what reviewers hear was found, with the
    misses in the sampled turns counted for all turns they stand for. `kappa`: agreement between two reviewers over
    `twice` turns that both looked at.
    """

    code: str
    precision: Share
    recall: Share
    kappa: float | None
    twice: int


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """The figures of a set of settled reviews: how many, of how many calls, how many of these reviewed twice."""

    reviews: int
    calls: int
    twice: int
    sampled_turns: int
    kappa: float | None
    habits: tuple[HabitFigures, ...]


def figures_of(reviews: Sequence[Review]) -> ReviewFigures:
    """The figures of settled reviews; several of one call are several opinions."""
    by_call: dict[str, list[Review]] = {}
    for review in reviews:
        by_call.setdefault(review.call_id, []).append(review)
    pairs = [pair for same in by_call.values() for pair in combinations(same, 2)]
    both = {code: _labels_of_both(pairs, code) for code in HABITS}
    pooled = [label for labels in both.values() for label in labels]
    recalls = _recalls([review for review in reviews if _sample_is_done(review)])
    return ReviewFigures(
        reviews=len(reviews),
        calls=len(by_call),
        twice=sum(1 for same in by_call.values() if len(same) > 1),
        sampled_turns=sum(len(review.sampled) for review in reviews if _sample_is_done(review)),
        kappa=_kappa(pooled),
        habits=tuple(
            HabitFigures(code, _precision(reviews, code), recalls[code], _kappa(both[code]), len(both[code]))
            for code in HABITS
        ),
    )


def labelled(transcript: Transcript, review: Review, *, author: str) -> LabelledCall:
    """A reviewed call as training and evaluation see one, with everything its transcript knows."""
    turns = transcript.turns
    return LabelledCall(
        transcript=transcript,
        turns=tuple(
            LabelledTurn(
                call_id=review.call_id,
                index=at,
                said=Said(
                    turns[at].text, turns[at - 1].text if at and turns[at - 1].speaker is Speaker.CUSTOMER else ""
                ),
                labels=review.habits_in(at),
                severity=max((one.severity for one in review.verdicts if one.turn == at and one.heard), default=0),
                instead="",
            )
            for at in sorted(review.looked_at)
            if at < len(turns) and turns[at].speaker is Speaker.REP
        ),
        style="reviewed",
        domain=transcript.domain,
        author=author,
    )


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What reviewers hear and a set of findings lacks (`missed`), and what it has and they do not hear (`alarms`)."""

    missed: int = 0
    alarms: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.missed + self.alarms

    def __add__(self, other: "Mistakes") -> "Mistakes":
        return Mistakes(self.missed + other.missed, self.alarms + other.alarms)


def mistakes(call: LabelledCall, findings: Iterable[Finding]) -> Mapping[str, Mistakes]:
    """The mistakes of findings in the turns of a reviewed call that were looked at, by habit; only habits with some."""
    laid = outcome(call, findings)
    missed = (laid.heard & ~laid.found).sum(axis=0)
    alarms = (laid.found & ~laid.heard).sum(axis=0)
    return {
        code: Mistakes(int(missed[at]), int(alarms[at])) for at, code in enumerate(CODES) if missed[at] or alarms[at]
    }


def add_mistakes(totals: dict[str, Mistakes], more: Mapping[str, Mistakes]) -> None:
    """Add the mistakes of one more call to the totals by habit."""
    for code, one in more.items():
        totals[code] = totals.get(code, Mistakes()) + one


def _precision(reviews: Iterable[Review], code: str) -> Share:
    on_findings = (Decision.AGREE, Decision.REJECT, Decision.CHANGE)
    decisions = [
        one.decision
        for review in reviews
        for one in review.verdicts
        if one.code == code and one.decision in on_findings
    ]
    agreed = decisions.count(Decision.AGREE)
    low, high = wilson(agreed, len(decisions))
    return Share(agreed / len(decisions) if decisions else None, low, high, len(decisions))


def _recalls(reviews: Sequence[Review]) -> Mapping[str, Share]:
    """By habit: found / (found + missed), each miss in a sampled turn weighing as many turns as it stands for.

    Intervals are percentile bootstraps over reviews (Efron 1979), since the turns of a call are not independent.
    """
    nothing = numpy.zeros((2, len(CODES)))
    counts = numpy.stack([_found_and_missed(review) for review in reviews] or [nothing])
    random = numpy.random.default_rng(_SEED)
    drawn = random.integers(0, len(counts), (_SAMPLES, len(counts)))
    resampled = [_share(counts[one].sum(axis=0)) for one in drawn]
    low, high = numpy.nanpercentile(numpy.nan_to_num(numpy.stack(resampled), nan=1.0), [2.5, 97.5], axis=0)
    total = counts.sum(axis=0)
    value = _share(total)
    heard = numpy.stack([_heard(review) for review in reviews] or [nothing[0]]).sum(axis=0)
    shares: dict[str, Share] = {}
    for at, code in enumerate(CODES):
        cases = int(heard[at])
        if not cases:
            shares[code] = Share(None, 0.0, 1.0, 0)
            continue
        # A few cases that are all alike resample to themselves: the interval is no narrower than that of the count.
        least, most = wilson(round(float(value[at]) * cases), cases)
        shares[code] = Share(round(float(value[at]), 4), min(float(low[at]), least), max(float(high[at]), most), cases)
    return shares


def _share(counts: Any) -> Any:
    found, missed = counts
    heard = found + missed
    return numpy.divide(found, heard, out=numpy.full(len(found), numpy.nan), where=heard > 0)


def _found_and_missed(review: Review) -> Any:
    """Shape (2, habits). Turns with findings are all looked at; of those without, a sample is."""
    weight = review.unflagged / len(review.sampled) if review.sampled else 0.0
    counts = numpy.zeros((2, len(CODES)))
    flagged = _flagged(review)
    for verdict in review.verdicts:
        if not verdict.heard:
            continue
        column = CODES.index(verdict.heard)
        if verdict.decision is Decision.AGREE:
            counts[0, column] += 1
        elif verdict.turn in flagged:
            counts[1, column] += 1
        elif verdict.turn in review.sampled:
            counts[1, column] += weight
    return counts


def _heard(review: Review) -> Any:
    """How often each habit was heard in turns that count for the recall."""
    counted = _flagged(review) | set(review.sampled)
    heard = [one.heard for one in review.verdicts if one.heard and one.turn in counted]
    return numpy.array([heard.count(code) for code in CODES], dtype=float)


def _flagged(review: Review) -> set[int]:
    """The turns in which something was found."""
    return {one.turn for one in review.verdicts if one.decision not in (Decision.MISSED, Decision.CLEAR)}


def _sample_is_done(review: Review) -> bool:
    """Whether all turns that were drawn were looked at: half a sample would hold the conspicuous half."""
    return set(review.sampled) <= review.looked_at and (bool(review.sampled) or not review.unflagged)


def _labels_of_both(pairs: Iterable[tuple[Review, Review]], code: str) -> list[tuple[bool, bool]]:
    return [
        (code in one.habits_in(turn), code in other.habits_in(turn))
        for one, other in pairs
        for turn in sorted(one.looked_at & other.looked_at)
    ]


def _kappa(labels: Sequence[tuple[bool, bool]]) -> float | None:
    return kappa([ours for ours, _ in labels], [theirs for _, theirs in labels]) if labels else None
