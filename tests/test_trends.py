"""Rates over time: how wide their ranges are, when a change is told, and when nothing is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from coach.trends import Change, CountedCall, Step, Trend, most_in_need, rate_of, spread_of, starts, tally, trends

TODAY = date(2026, 3, 4)
CODE = "overpromising"


def calls(ago_days: int, number: int, *, turns: int = 20, found: int = 0, code: str = CODE) -> list[CountedCall]:
    return [CountedCall("rep", TODAY - timedelta(days=ago_days), turns, {code: found}) for _ in range(number)]


def trend(counted: list[CountedCall], code: str = CODE) -> Trend:
    return next(one for one in trends(counted, starts(Step.WEEK, TODAY)) if one.code == code)


def test_weeks_begin_on_monday_and_the_present_one_is_the_last() -> None:
    weeks = starts(Step.WEEK, TODAY)
    assert len(weeks) == 12
    assert weeks[-1] == date(2026, 3, 2)
    assert {day.weekday() for day in weeks} == {0}
    assert starts(Step.WEEK, date(2026, 3, 8))[-1] == date(2026, 3, 2), "a Sunday belongs to the week before"


def test_a_rate_counts_turns_and_leaves_out_what_is_earlier() -> None:
    told = trend([*calls(1, 10, found=2), *calls(200, 10, found=20)])
    assert (told.now.turns, told.now.found, told.now.value) == (200, 20, 10.0)
    assert told.before.turns == 0
    assert [period.rate.turns for period in told.periods] == [0] * 11 + [200]
    assert told.now.low < 10 < told.now.high


def test_too_little_says_nothing() -> None:
    few_turns = trend([*calls(1, 4, turns=10, found=1), *calls(50, 30)])
    few_calls = trend([*calls(1, 2, turns=100, found=50), *calls(50, 30)])
    assert few_turns.change is few_calls.change is Change.TOO_FEW
    assert few_turns.now.is_thin
    assert most_in_need([few_turns, few_calls]) is None


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(1, 6, Change.FEWER), (6, 1, Change.MORE), (3, 3, Change.UNCLEAR), (3, 4, Change.UNCLEAR)],
)
def test_a_change_is_told_only_when_it_is_clear(now: int, before: int, change: Change) -> None:
    assert trend([*calls(1, 10, found=now), *calls(50, 20, found=before)]).change is change


def test_calls_that_differ_much_widen_the_range() -> None:
    even = tally(calls(1, 20, turns=20, found=2))
    uneven = tally([*calls(1, 2, turns=20, found=20), *calls(1, 18, turns=20, found=0)])
    assert spread_of(even, CODE) == 1.0
    assert spread_of(uneven, CODE) > 10
    narrow = rate_of(even, CODE, spread=spread_of(even, CODE))
    wide = rate_of(uneven, CODE, spread=spread_of(uneven, CODE))
    assert narrow.value == wide.value == 10.0
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_the_spread_is_that_of_the_calls() -> None:
    """By hand: three calls of 10, 20 and 30 turns with 1, 0 and 5, the share being 0.1."""
    counted = [CountedCall("rep", TODAY, turns, {CODE: found}) for turns, found in ((10, 1), (20, 0), (30, 5))]
    between = (0**2 + 2**2 + 2**2) * 3 / 2
    assert spread_of(tally(counted), CODE) == pytest.approx(between / (60 * 0.1 * 0.9))


def test_one_bad_call_is_no_change() -> None:
    """Twenty findings in one call out of ten are one event, not twenty."""
    one_bad = [*calls(1, 1, found=15), *calls(1, 9, found=0), *calls(50, 20, found=0)]
    assert trend(one_bad).change is Change.UNCLEAR


def test_nothing_is_compared_across_rules() -> None:
    newer = [replace(call, judged_with="newer") for call in calls(1, 10, found=6)]
    assert trend([*newer, *calls(50, 20, found=1)]).change is Change.OTHER_RULES
    assert trend(newer).change is Change.TOO_FEW


def test_a_turn_counts_once() -> None:
    assert rate_of(tally(calls(1, 5, turns=10, found=12)), CODE).value == 100.0


def test_a_habit_that_grew_is_worked_on_before_one_that_is_merely_frequent() -> None:
    grown = [*calls(1, 10, found=6), *calls(50, 20, found=1)]
    frequent = [*calls(1, 10, found=9, code="boasting"), *calls(50, 20, found=9, code="boasting")]
    both = [
        CountedCall(one.owner_id, one.day, one.turns, {**one.found, **other.found})
        for one, other in zip(grown, frequent, strict=True)
    ]
    assert most_in_need(trends(both, starts(Step.WEEK, TODAY))).code == CODE
    assert most_in_need(trends(frequent, starts(Step.WEEK, TODAY))).code == "boasting"
