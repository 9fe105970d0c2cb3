"""Trends as pages show them: drawings, what has changed, and which practice would help."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from coach.practice.scenarios import Scenario
from coach.storage.tables import User
from coach.trends import Change, CountedCall, Rate, Step, Trend, most_in_need, trends
from coach.web.practising import scenarios

STEP_NAMES = {Step.WEEK: "按周", Step.MONTH: "按月"}
CHANGE_NAMES = {
    Change.FEWER: "比以前少了",
    Change.MORE: "比以前多了",
    Change.UNCLEAR: "看不出变化",
    Change.TOO_FEW: "话太少，看不出",
    Change.OTHER_RULES: "规则变过，不能比",
}
WIDTH, HEIGHT = 300, 80
_LEAST_TOP = 5.0
"""The scale of a drawing reaches at least this rate, so that one slip is no mountain."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A period in a drawing of WIDTH and HEIGHT: its place, the heights of its value and of the ends of its range."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A trend with its drawing: a mark a period, None where too little was said. `top` is the scale's upper end."""

    trend: Trend
    marks: tuple[Mark | None, ...]
    top: float


@dataclass(frozen=True, slots=True)
class Person:
    """What is said of somebody: how much there is to count, what has changed, and what he could practise."""

    user: User
    calls: int
    turns: int
    is_thin: bool
    changed: tuple[Trend, ...]
    need: Trend | None
    scenario: Scenario | None
    is_asked: bool


def drawn(found: Sequence[Trend]) -> tuple[Drawn, ...]:
    """The habits that were found at all, the most frequent now first."""
    shown = [one for one in found if one.now.found or one.before.found]
    return tuple(_drawn(one) for one in sorted(shown, key=lambda one: -(one.now.value or 0.0)))


def person_of(user: User, calls: Sequence[CountedCall], first_days: Sequence[date], asked: Set[str]) -> Person:
    """What is said of somebody with these calls; `asked` are the scenarios that he is asked to practise already."""
    found = trends(calls, first_days)
    need = most_in_need(found)
    scenario = None if need is None else scenario_for(need.code, scenarios(), asked)
    return Person(
        user=user,
        calls=len(calls),
        turns=sum(call.turns for call in calls),
        is_thin=found[0].now.is_thin,
        changed=tuple(one for one in found if one.change in (Change.FEWER, Change.MORE)),
        need=need,
        scenario=scenario,
        is_asked=scenario is not None and scenario.id in asked,
    )


def scenario_for(code: str, known: Mapping[str, Scenario], asked: Set[str] = frozenset()) -> Scenario | None:
    """A scenario that provokes a habit: one that he is asked to practise already, else the first; None if there is none."""
    fitting = [one for one in known.values() if code in one.provokes]
    return next((one for one in fitting if one.id in asked), fitting[0] if fitting else None)


def _drawn(trend: Trend) -> Drawn:
    rates = [period.rate for period in trend.periods]
    top = max([_LEAST_TOP, *(rate.high for rate in rates if not rate.is_thin)])
    step = WIDTH / len(rates)
    marks = tuple(_mark(rate, round((at + 0.5) * step, 1), top) for at, rate in enumerate(rates))
    return Drawn(trend, marks, round(top, 1))


def _mark(rate: Rate, x: float, top: float) -> Mark | None:
    if rate.is_thin or rate.value is None:
        return None
    y, low, high = (round(HEIGHT * (1 - value / top), 1) for value in (rate.value, rate.low, rate.high))
    return Mark(x, y, low, high)
