"""Merging, thresholds and order of evidence."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coach.findings import Evidence, Exemption, Policy, gather
from coach.transcript import Span

ONE = Evidence("rude", 2, Span(0, 2), "快点", "rule:rude/a", 0.4, 2, "原因", "换种说法")


def test_two_weak_signs_make_a_finding_and_one_does_not() -> None:
    other = replace(ONE, detector="rule:rude/b", severity=3)
    assert gather("c", [ONE], policy=Policy()).findings == ()
    (finding,) = gather("c", [ONE, other], policy=Policy()).findings
    assert (finding.score, finding.severity, len(finding.evidence)) == (0.64, 3, 2)


def test_the_same_detector_counts_once() -> None:
    assert gather("c", [ONE, replace(ONE, span=Span(3, 5))], policy=Policy()).findings == ()


def test_exempted_evidence_is_kept_apart() -> None:
    exempted = replace(ONE, score=0.9, exemption=Exemption("negation", "说了「快点」,但这是否定的说法"))
    gathered = gather("c", [exempted], policy=Policy())
    assert (gathered.findings, gathered.exempted) == ((), (exempted,))


def test_a_code_may_have_its_own_threshold() -> None:
    assert gather("c", [ONE], policy=Policy(thresholds={"rude": 0.3})).findings


def test_rebutting_becomes_graver_from_the_third() -> None:
    evidence = [replace(ONE, code="rebutting", turn=turn, score=0.9, severity=1) for turn in (1, 3, 5)]
    assert [one.severity for one in gather("c", evidence, policy=Policy()).findings] == [1, 1, 2]


def test_the_id_outlives_other_evidence() -> None:
    strong = replace(ONE, score=0.9)
    (first,) = gather("c", [strong], policy=Policy()).findings
    (second,) = gather("c", [strong, replace(ONE, detector="x")], policy=Policy()).findings
    assert first.id == second.id


@given(st.permutations([replace(ONE, detector=f"rule:rude/{n}", score=0.2 + n / 10) for n in range(4)]))
def test_order_of_evidence_does_not_matter(evidence: list[Evidence]) -> None:
    ordered = sorted(evidence, key=lambda one: one.detector)
    assert gather("c", evidence, policy=Policy()) == gather("c", ordered, policy=Policy())


def test_a_strength_that_was_exempted_is_not_told() -> None:
    exempted = replace(ONE, code="greeting", exemption=Exemption("quotation", "说了「您好」，但这是引述的话"))
    assert gather("c", [exempted], policy=Policy()).exempted == ()
