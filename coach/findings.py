"""From what detectors saw to what is said of a turn.

Detectors yield `Evidence` and know nothing of each other. `gather()` alone decides: it sets aside what a guard
exempted, merges evidence for the same habit in the same turn, applies the thresholds and orders the rest.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import prod

from coach.habits import HABITS
from coach.transcript import Span


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why evidence does not count: the guard's name, and a Chinese sentence such as 说了「保证」,但这是否定句。"""

    guard: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One detector's sign of a habit or a strength in one turn.

    `code` is a habit's or a strength's; `quote` equals the turn's text in `span` (None: the whole turn).
    `score` is 0 to 1, `severity` 1 to 3 (0 for a strength). `reason` says what was said and why it hurts,
    `instead` what could be said in its place. `supporting` evidence adds to other evidence and makes no finding alone.
    """

    code: str
    turn: int
    span: Span | None
    quote: str
    detector: str
    score: float
    severity: int
    reason: str
    instead: str = ""
    exemption: Exemption | None = None
    supporting: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A habit found in a turn, with everything that speaks for it; the strongest evidence comes first.

    `id` depends on call, turn and habit alone, so that a review outlives a second analysis.
    """

    id: str
    code: str
    turn: int
    severity: int
    score: float
    evidence: tuple[Evidence, ...]

    @property
    def lead(self) -> Evidence:
        """The evidence that speaks for the finding."""
        return self.evidence[0]

    @property
    def spans(self) -> tuple[Span, ...]:
        """The marked words, in order of the text."""
        return tuple(sorted({e.span for e in self.evidence if e.span is not None}))


@dataclass(frozen=True, slots=True)
class Strength:
    """Good practice seen in a turn."""

    code: str
    turn: int
    evidence: Evidence


GRAVEST = 3

_NAMES_ITS_REASON = "rule:"

STRICTNESS: dict[str, float] = {"strict": 0.8, "balanced": 0.5, "thorough": 0.35}
"""How sure a finding must be, by name: `strict` shows fewer, `thorough` more."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How evidence becomes a finding.

    `threshold` (0 to 1) applies to every code that `thresholds` does not name. A habit in `repeats` becomes one
    step graver from its n-th finding in a call: one rebuttal happens, several are a habit.
    """

    threshold: float = 0.5
    thresholds: Mapping[str, float] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=lambda: {"rebutting": 3, "other.unconfident": 4})

    def accepts(self, code: str, score: float) -> bool:
        """Whether a score is enough for a finding."""
        return score >= self.thresholds.get(code, self.threshold)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is said of a call: findings, strengths, and evidence that a guard exempted."""

    findings: tuple[Finding, ...]
    strengths: tuple[Strength, ...]
    exempted: tuple[Evidence, ...]


def gather(call_id: str, evidence: Iterable[Evidence], *, policy: Policy) -> Gathered:
    """Merge, threshold and order evidence; see the module's docstring."""
    by_place: dict[tuple[int, str], list[Evidence]] = defaultdict(list)
    exempted: list[Evidence] = []
    for one in evidence:
        if one.exemption is None:
            by_place[one.turn, one.code].append(one)
        elif one.code in HABITS:  # a strength that does not count needs no defence
            exempted.append(one)
    findings: list[Finding] = []
    strengths: list[Strength] = []
    for (turn, code), group in sorted(by_place.items(), key=_reading_order):
        ranked = tuple(sorted(group, key=_weight, reverse=True))
        if code not in HABITS:
            strengths.append(Strength(code=code, turn=turn, evidence=ranked[0]))
            continue
        if all(one.supporting for one in ranked):
            continue
        score = _together(ranked)
        if policy.accepts(code, score):
            severity = max(one.severity for one in ranked)
            findings.append(Finding(finding_id(call_id, turn, code), code, turn, severity, score, ranked))
    found = {(finding.turn, finding.code) for finding in findings}
    return Gathered(
        findings=_graver_when_repeated(findings, policy),
        strengths=tuple(strengths),
        exempted=tuple(one for one in exempted if (one.turn, one.code) not in found),
    )


def without_detector(findings: Iterable[Finding], detector: str, *, policy: Policy) -> tuple[Finding, ...]:
    """What is left of findings if one detector had said nothing. Severities that grew by repetition stay as they are."""
    left: list[Finding] = []
    for finding in findings:
        evidence = tuple(one for one in finding.evidence if one.detector != detector)
        score = _together(evidence)
        if not all(one.supporting for one in evidence) and policy.accepts(finding.code, score):
            left.append(replace(finding, evidence=evidence, score=score))
    return tuple(left)


def finding_id(call_id: str, turn: int, code: str) -> str:
    """Twelve hexadecimal digits that name a finding for good."""
    return hashlib.sha256(f"{call_id}\n{turn}\n{code}".encode()).hexdigest()[:12]


def _together(evidence: Iterable[Evidence]) -> float:
    """Noisy or: independent signs add up, and none makes another weaker. Rounded, so that order cannot matter."""
    strongest: dict[str, float] = {}
    for one in evidence:
        strongest[one.detector] = max(one.score, strongest.get(one.detector, 0.0))
    return round(1 - prod(sorted(1 - score for score in strongest.values())), 4)


def _weight(one: Evidence) -> tuple[bool, float, int, int, str]:
    """What names its reason leads: a rule that suffices by itself, then whatever is surest."""
    return (
        one.detector.startswith(_NAMES_ITS_REASON) and one.score >= 0.5,
        one.score,
        one.severity,
        -(one.span.start if one.span else 0),
        one.detector,
    )


def _reading_order(place: tuple[tuple[int, str], list[Evidence]]) -> tuple[int, int]:
    turn, code = place[0]
    return turn, list(HABITS).index(code) if code in HABITS else len(HABITS)


def _graver_when_repeated(findings: list[Finding], policy: Policy) -> tuple[Finding, ...]:
    seen: Counter[str] = Counter()
    graver: list[Finding] = []
    for finding in findings:
        seen[finding.code] += 1
        limit = policy.repeats.get(finding.code)
        if limit and seen[finding.code] >= limit:
            finding = replace(finding, severity=min(GRAVEST, finding.severity + 1))
        graver.append(finding)
    return tuple(graver)
