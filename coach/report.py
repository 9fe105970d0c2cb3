"""The feedback report: what was found, what was good, how the call went, and what exactly was checked.

`build_report()` only arranges; it judges nothing. The same parts always make the same report, byte for byte, so it
carries no time of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from coach.findings import Evidence, Finding, Gathered, Strength
from coach.habits import DECK, HABITS, Guide, codes_of
from coach.transcript import Speaker, Transcript

SCHEMA_VERSION = 1
SEVERITY_NAMES = {1: "轻微", 2: "明显", 3: "严重"}
_PENALTY = {1: 1.0, 2: 3.0, 3: 8.0}
_SHORTEST_CALL = 10
_MOST_PRIORITIES = 3


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of the call. `low` and `high` bound what is recommended (None: open on that side).

    `value` is None where it has no meaning; `source` says where the range comes from. A metric without a unit is a
    yes (1) or no (0).
    """

    code: str
    name: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    source: str
    explanation: str

    @property
    def verdict(self) -> str:
        """unknown, below, above or within."""
        if self.value is None:
            return "unknown"
        if self.low is not None and self.value < self.low:
            return "below"
        if self.high is not None and self.value > self.high:
            return "above"
        return "within"


@dataclass(frozen=True, slots=True)
class Observation:
    """Something about the call as a whole, told under a deck habit's number; never a finding in a turn."""

    code: str
    habit: int
    text: str
    advice: str


@dataclass(frozen=True, slots=True)
class CodeSummary:
    """How often one code was found and how grave at worst (0: not found), with what the deck says of it."""

    code: str
    name: str
    count: int
    severity: int
    guide: Guide


@dataclass(frozen=True, slots=True)
class HabitSummary:
    """One of the deck's ten habits; always in the report, found or not. `looked_for`: some detector could find it."""

    number: int
    name: str
    count: int
    severity: int
    looked_for: bool
    codes: tuple[CodeSummary, ...]


@dataclass(frozen=True, slots=True)
class Priority:
    """One of the things to work on next, with the clearest example where there is one."""

    code: str
    name: str
    count: int
    advice: str
    finding_id: str | None


@dataclass(frozen=True, slots=True)
class Ran:
    """A detector that ran, and the digest of all its judgement depends on."""

    detector: str
    digest: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A detector that did not run, and why, in Chinese."""

    detector: str
    reason: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """The receipt: what was checked with what. The same digests and version give the same report.

    `codes` are those the report was limited to (empty: all); the digests are SHA-256 in hexadecimal.
    """

    version: str
    input_digest: str
    policy_digest: str
    ran: tuple[Ran, ...]
    skipped: tuple[Skipped, ...]
    judged_turns: int
    unjudged_turns: int
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything said about one call."""

    schema_version: int
    call_id: str
    score: int
    transcript: Transcript
    findings: tuple[Finding, ...]
    strengths: tuple[Strength, ...]
    exempted: tuple[Evidence, ...]
    habits: tuple[HabitSummary, ...]
    priorities: tuple[Priority, ...]
    metrics: tuple[Metric, ...]
    observations: tuple[Observation, ...]
    guides: Mapping[str, Guide]
    analysis: Analysis


def build_report(
    transcript: Transcript,
    gathered: Gathered,
    *,
    metrics: Sequence[Metric],
    observations: Iterable[Observation],
    guides: Mapping[str, Guide],
    analysis: Analysis,
) -> Report:
    """Arrange what was gathered into a report."""
    observed = tuple(observations)
    rep_turns = sum(1 for turn in transcript.turns if turn.speaker is Speaker.REP)
    return Report(
        schema_version=SCHEMA_VERSION,
        call_id=transcript.call_id,
        score=score_of(gathered.findings, rep_turns=rep_turns),
        transcript=transcript,
        findings=gathered.findings,
        strengths=gathered.strengths,
        exempted=gathered.exempted,
        habits=tuple(_summary(number, gathered.findings, guides, analysis) for number in DECK),
        priorities=_priorities(gathered.findings, observed, guides),
        metrics=tuple(metrics),
        observations=observed,
        guides=guides,
        analysis=analysis,
    )


def score_of(findings: Iterable[Finding], *, rep_turns: int) -> int:
    """0 to 100: `100 · exp(−P / (10 · √(n / 10)))`, rounded.

    P sums 1, 3 or 8 for a finding of severity 1, 2 or 3; n is the number of rep turns, at least 10. One more or one
    graver finding never raises the score, and one slip weighs less in a long call.

    >>> score_of([], rep_turns=12)
    100
    """
    penalty = sum(_PENALTY[finding.severity] for finding in findings)
    length = sqrt(max(rep_turns, _SHORTEST_CALL) / 10)
    return round(100 * exp(-penalty / (10 * length)))


def _summary(number: int, findings: Sequence[Finding], guides: Mapping[str, Guide], analysis: Analysis) -> HabitSummary:
    codes = tuple(_code_summary(code, findings, guides) for code in codes_of(number))
    wanted = set(analysis.codes) or set(HABITS)
    return HabitSummary(
        number=number,
        name=DECK[number],
        count=sum(one.count for one in codes),
        severity=max(one.severity for one in codes),
        looked_for=bool(analysis.ran) and any(one.code in wanted for one in codes),
        codes=codes,
    )


def _code_summary(code: str, findings: Sequence[Finding], guides: Mapping[str, Guide]) -> CodeSummary:
    severities = [finding.severity for finding in findings if finding.code == code]
    return CodeSummary(code, HABITS[code].name, len(severities), max(severities, default=0), guides[code])


def _priorities(
    findings: Sequence[Finding], observations: Sequence[Observation], guides: Mapping[str, Guide]
) -> tuple[Priority, ...]:
    """The habits that weigh most, then what the call as a whole lacks; three at most."""
    weight: dict[str, float] = {}
    for finding in findings:
        weight[finding.code] = weight.get(finding.code, 0.0) + _PENALTY[finding.severity]
    heaviest = sorted(weight, key=lambda code: (-weight[code], list(HABITS).index(code)))
    chosen: list[Priority] = []
    for code in heaviest:
        own = [finding for finding in findings if finding.code == code]
        clearest = max(own, key=lambda finding: (finding.severity, finding.score, -finding.turn))
        chosen.append(Priority(code, HABITS[code].name, len(own), guides[code].advice, clearest.id))
    chosen += [Priority(one.code, one.text, 1, one.advice, None) for one in observations]
    return tuple(chosen[:_MOST_PRIORITIES])
