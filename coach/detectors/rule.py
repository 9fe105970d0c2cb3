"""The rule detector: every rule of the rule book over every rep turn, in one pass for their gates."""

from collections.abc import Iterator, Sequence

import re2

from coach.detectors.guards import exemption
from coach.detectors.view import CallView, TurnView
from coach.findings import Evidence, Exemption
from coach.rulefiles import Rule, RuleBook
from coach.transcript import Span

_GATE_MEMORY = 256 << 20


class RuleDetector:
    """Rules as a detector. One rule yields at most one piece of evidence a turn."""

    id = "rules"

    def __init__(self, book: RuleBook) -> None:
        self.digest = book.digest
        self._rules = book.rules
        self._ungated = [at for at, rule in enumerate(book.rules) if not rule.condition.gate]
        self._gated = [at for at, rule in enumerate(book.rules) if rule.condition.gate]
        self._gates = _compile_gates([str(book.rules[at].condition.gate) for at in self._gated])

    def detect(self, call: CallView) -> Iterator[Evidence]:
        for view in call.rep_turns:
            for rule in self._candidates(view):
                evidence = judge(rule, view)
                if evidence is not None:
                    yield evidence

    def _candidates(self, view: TurnView) -> Iterator[Rule]:
        opened = [self._gated[at] for at in self._gates.Match(view.folded) or ()] if self._gates else []
        return (self._rules[at] for at in sorted(opened + self._ungated))


def judge(rule: Rule, view: TurnView) -> Evidence | None:
    """What one rule says of one turn: evidence, exempted evidence, or nothing.

    The first place that no guard speaks for counts; if all are exempted, the first of those is told.
    """
    if not rule.low <= view.size <= rule.high or not _in_position(rule, view):
        return None
    exempted: Evidence | None = None
    for span in rule.condition.find(view):
        excuse = _excuse(rule, view, span)
        evidence = _evidence(rule, view, span, excuse)
        if excuse is None:
            return evidence
        exempted = exempted or evidence
    return exempted


def _in_position(rule: Rule, view: TurnView) -> bool:
    match rule.position:
        case "opening":
            return view.is_opening
        case "closing":
            return view.is_closing
        case _:
            return True


def _excuse(rule: Rule, view: TurnView, span: Span) -> Exemption | None:
    for phrases, scope in ((rule.unless, view.sentence_of(span)), (rule.unless_turn, Span(0, len(view.folded)))):
        found = phrases.found_in(scope.of(view.folded)) if phrases is not None else None
        if found is not None:
            beside = found.of(scope.of(view.turn.text))
            return Exemption("context", f"说了「{view.quote(span)}」,但一起说了「{beside}」,意思不同")
    return exemption(view, span, rule.guards)


def _evidence(rule: Rule, view: TurnView, span: Span, excuse: Exemption | None) -> Evidence:
    whole = span == Span(0, len(view.folded))
    quote = view.quote(span)
    return Evidence(
        code=rule.code,
        turn=view.turn.index,
        span=None if whole else span,
        quote=quote,
        detector=f"rule:{rule.name}",
        score=rule.confidence,
        severity=rule.severity,
        reason=rule.reason.replace("{match}", quote),
        instead=rule.instead,
        exemption=excuse,
    )


def _compile_gates(gates: Sequence[str]) -> "re2.Set | None":
    if not gates:
        return None
    options = re2.Options()
    options.max_mem = _GATE_MEMORY
    options.log_errors = False
    gate_set = re2.Set.SearchSet(options)
    for gate in gates:
        gate_set.Add(gate)
    gate_set.Compile()
    return gate_set
