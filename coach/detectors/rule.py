"""The rule detector: the rules of the rule book over every rep turn that contains what they need."""

from collections.abc import Iterator
from dataclasses import replace

from coach.detectors.guards import exemption
from coach.detectors.needs import Index
from coach.detectors.view import CallView, TurnView
from coach.findings import Evidence, Exemption
from coach.rulefiles import Rule, RuleBook
from coach.transcript import Span


class RuleDetector:
    """Rules as a detector. One rule yields at most one piece of evidence a turn."""

    id = "rules"

    def __init__(self, book: RuleBook) -> None:
        self.digest = book.digest
        self._rules = book.rules
        self._guides = book.guides
        self._index = Index([rule.condition.needs for rule in book.rules])

    def detect(self, call: CallView) -> Iterator[Evidence]:
        for view in call.rep_turns:
            for at in self._index.met_by(view.folded):
                evidence = judge(self._rules[at], view)
                if evidence is not None:
                    yield self._with_instead(evidence)

    def _with_instead(self, evidence: Evidence) -> Evidence:
        """Evidence of a rule that suggests nothing of its own gets what fits the habit anywhere."""
        if evidence.instead:
            return evidence
        return replace(evidence, instead=self._guides[evidence.code].instead_at(evidence.turn))


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
            return Exemption("context", f"说了「{view.quote(span)}」，但一起说了「{beside}」，意思不同")
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
