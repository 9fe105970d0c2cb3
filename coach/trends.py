"""How often a habit shows over time: rates per 100 turns with the range they may really be in, and whether they changed.

Turns of one call are not independent: who promises too much once does so again. The ranges are therefore as wide as the
calls differ from each other, and where there is too little to count, nothing is claimed.
"""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from coach.agreement import difference, wilson
from coach.habits import HABITS

FEWEST_TURNS = 50
FEWEST_CALLS = 3
"""With less than this, nothing is said of a rate."""

_SURE_OF_A_CHANGE = 2.576
"""Standard deviations for 99 in 100: seventeen habits are compared at a time, and at 95 one of them would seem to change
by mere chance about every time.
"""


class Step(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"


class Change(StrEnum):
    """What can be said of a habit against the same person's own past."""

    FEWER = "fewer"
    MORE = "more"
    UNCLEAR = "unclear"
    TOO_FEW = "too_few"
    OTHER_RULES = "other_rules"


@dataclass(frozen=True, slots=True)
class CountedCall:
    """What of a call counts: whose it is, the day it was made, his judged turns, the turns with each habit, and the digest
    of the rules behind that.
    """

    owner_id: str
    day: date
    turns: int
    found: Mapping[str, int]
    judged_with: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over some calls: how many they are, their turns n and n². `found` has, by habit, the sums of the turns with it c,
    of c·n and of c²; from these follow its rate and how much the calls differ.
    """

    calls: int
    turns: int
    turns_squared: int
    found: Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Rate:
    """A habit in some calls: `value` per 100 turns (None: no turns), and the range from `low` to `high` at 95 percent."""

    calls: int
    turns: int
    found: int
    value: float | None
    low: float
    high: float

    @property
    def is_thin(self) -> bool:
        """Whether there is too little to say anything."""
        return self.turns < FEWEST_TURNS or self.calls < FEWEST_CALLS


@dataclass(frozen=True, slots=True)
class Period:
    """A habit in one week or month, which begins on `start`."""

    start: date
    rate: Rate


@dataclass(frozen=True, slots=True)
class Trend:
    """A habit over the periods, and its latest third against the time before it."""

    code: str
    periods: tuple[Period, ...]
    now: Rate
    before: Rate
    change: Change


def starts(step: Step, today: date, number: int = 12) -> tuple[date, ...]:
    """The first days of the last periods, the present one included, oldest first; weeks begin on Monday.

    >>> starts(Step.MONTH, date(2026, 2, 10), 3)
    (datetime.date(2025, 12, 1), datetime.date(2026, 1, 1), datetime.date(2026, 2, 1))
    """
    if step is Step.WEEK:
        monday = today - timedelta(days=today.weekday())
        return tuple(monday - timedelta(weeks=ago) for ago in reversed(range(number)))
    months = 12 * today.year + today.month - 1
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(months - number + 1, months + 1))


def trends(calls: Sequence[CountedCall], first_days: Sequence[date]) -> tuple[Trend, ...]:
    """Every habit over periods that begin on `first_days`, in the order of the catalogue; earlier calls do not count."""
    periods: list[list[CountedCall]] = [[] for _ in first_days]
    for call in calls:
        if (place := bisect(first_days, call.day)) > 0:
            periods[place - 1].append(call)
    alike = were_judged_alike(call for period in periods for call in period)
    tallies = [tally(period) for period in periods]
    return tuple(_trend(code, first_days, tallies, alike=alike) for code in HABITS)


def tally(calls: Iterable[CountedCall]) -> Tally:
    """The sums over some calls; a turn counts once for a habit."""
    number = turns = turns_squared = 0
    found: dict[str, tuple[int, int, int]] = {}
    for call in calls:
        number += 1
        turns += call.turns
        turns_squared += call.turns**2
        for code, count in call.found.items():
            once = min(count, call.turns)
            before = found.get(code, (0, 0, 0))
            found[code] = (before[0] + once, before[1] + once * call.turns, before[2] + once**2)
    return Tally(number, turns, turns_squared, found)


def were_judged_alike(calls: Iterable[CountedCall]) -> bool:
    """Whether the same rules and models judged all the calls, so that their rates can be compared."""
    return len({call.judged_with for call in calls}) <= 1


def most_in_need(found: Iterable[Trend]) -> Trend | None:
    """The habit to work on first: one that has become more frequent, else the one that is surely the most frequent."""
    told = [one for one in found if not one.now.is_thin and one.now.found > 1]
    return max(told, key=lambda one: (one.change is Change.MORE, one.now.low), default=None)


def rate_of(counted: Tally, code: str, *, spread: float = 1.0) -> Rate:
    """The rate of a habit in some calls; its range is that of `spread` times fewer turns."""
    found = counted.found.get(code, (0, 0, 0))[0]
    low, high = wilson(found / spread, counted.turns / spread)
    value = round(100 * found / counted.turns, 2) if counted.turns else None
    return Rate(counted.calls, counted.turns, found, value, round(100 * low, 2), round(100 * high, 2))


def spread_of(counted: Tally, code: str) -> float:
    """How many times the variance of the share of turns with a habit is that of turns drawn one by one; at least 1.

    The design effect of a sample of clusters, with the share as a ratio of sums: Kish (1965), Survey Sampling, chapter 6.
    """
    found, product, found_squared = counted.found.get(code, (0, 0, 0))
    if counted.calls < 2 or not 0 < found < counted.turns:
        return 1.0
    share = found / counted.turns
    between = found_squared - 2 * share * product + share**2 * counted.turns_squared  # the sum of (c - share·n)²
    between *= counted.calls / (counted.calls - 1)
    return max(1.0, between / (counted.turns * share * (1 - share)))


def _trend(code: str, first_days: Sequence[date], periods: Sequence[Tally], *, alike: bool) -> Trend:
    spread = spread_of(_together(periods), code)
    latest = max(1, len(periods) // 3)
    now = rate_of(_together(periods[-latest:]), code, spread=spread)
    before = rate_of(_together(periods[:-latest]), code, spread=spread)
    shown = tuple(
        Period(start, rate_of(period, code, spread=spread)) for start, period in zip(first_days, periods, strict=True)
    )
    return Trend(code, shown, now, before, _change(now, before, spread=spread, alike=alike))


def _change(now: Rate, before: Rate, *, spread: float, alike: bool) -> Change:
    if now.is_thin or before.is_thin:
        return Change.TOO_FEW
    if not alike:
        return Change.OTHER_RULES
    low, high = difference(
        (now.found / spread, now.turns / spread),
        (before.found / spread, before.turns / spread),
        deviations=_SURE_OF_A_CHANGE,
    )
    if high < 0:
        return Change.FEWER
    return Change.MORE if low > 0 else Change.UNCLEAR


def _together(tallies: Sequence[Tally]) -> Tally:
    found: dict[str, tuple[int, int, int]] = {}
    for one in tallies:
        for code, (turns, product, squared) in one.found.items():
            before = found.get(code, (0, 0, 0))
            found[code] = (before[0] + turns, before[1] + product, before[2] + squared)
    return Tally(
        calls=sum(one.calls for one in tallies),
        turns=sum(one.turns for one in tallies),
        turns_squared=sum(one.turns_squared for one in tallies),
        found=found,
    )
