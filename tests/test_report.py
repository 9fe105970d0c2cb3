"""The score, the ten habits, and what to work on next."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coach.findings import Finding
from coach.habits import DECK
from coach.imports import read_text
from coach.pipeline import Coach
from coach.report import score_of

FINDING = Finding("0" * 12, "rude", 0, 1, 0.9, ())
severities = st.lists(st.integers(1, 3), max_size=12)


def findings(values: list[int]) -> list[Finding]:
    return [replace(FINDING, turn=at, severity=severity) for at, severity in enumerate(values)]


@given(severities, st.integers(1, 3), st.integers(1, 60))
def test_one_more_finding_never_raises_the_score(values: list[int], more: int, rep_turns: int) -> None:
    before = score_of(findings(values), rep_turns=rep_turns)
    assert 0 <= score_of(findings([*values, more]), rep_turns=rep_turns) <= before <= 100


@given(severities.filter(bool), st.integers(1, 60))
def test_a_graver_finding_never_raises_the_score(values: list[int], rep_turns: int) -> None:
    graver = [min(3, values[0] + 1), *values[1:]]
    assert score_of(findings(graver), rep_turns=rep_turns) <= score_of(findings(values), rep_turns=rep_turns)


def test_a_longer_call_forgives_more() -> None:
    assert score_of([FINDING], rep_turns=60) >= score_of([FINDING], rep_turns=10)


def test_all_ten_habits_are_told_even_when_none_was_found(coach: Coach) -> None:
    report = coach.analyse(read_text("销售:李老板您好。\n客户:你好。"))
    assert [habit.number for habit in report.habits] == list(DECK)
    assert all(habit.looked_for and habit.count == 0 for habit in report.habits)


def test_a_limited_report_says_what_was_not_looked_for(coach: Coach) -> None:
    report = coach.analyse(read_text("销售:包在我身上。\n客户:好。"), only=["rude"])
    assert report.findings == ()
    assert [habit.number for habit in report.habits if habit.looked_for] == [2]


def test_priorities_name_the_gravest_habit_first(coach: Coach) -> None:
    report = coach.analyse(
        read_text("销售:这事包在我身上。\n客户:嗯。\n销售:你耳朵是摆设啊。\n客户:你!\n销售:你耳朵聋啊。")
    )
    assert report.priorities[0].code == "rude"
    assert len(report.priorities) <= 3
    assert report.priorities[0].finding_id in {finding.id for finding in report.findings}
