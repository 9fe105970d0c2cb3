"""How a practice went: the usual report of the talk, and what only practice can tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coach.habits import name_of
from coach.pipeline import Coach
from coach.practice.customer import AGREEMENT, OPEN, POSTPONED, WALKED_AWAY
from coach.practice.judging import facts_of, judge
from coach.practice.scenarios import Scenario
from coach.practice.session import Exchange, Session, transcript_of
from coach.report import Report

END_NAMES = {AGREEMENT: "谈成了", POSTPONED: "改天再谈", WALKED_AWAY: "谈崩了", OPEN: "还没谈完"}
_MOST_TO_TRY = 3


@dataclass(frozen=True, slots=True)
class Resistance:
    """How often a habit was provoked and how often the rep gave in; `unprovoked`: shown without any bait; `repaired`: put
    right at once.
    """

    code: str
    name: str
    baited: int
    gave_in: int
    unprovoked: int
    repaired: int


@dataclass(frozen=True, slots=True)
class Debrief:
    """What a rep reads at the end. `trust`: after each of his turns, 0 to 100; `to_try`: numbers of exchanges, from 0."""

    report: Report
    end: str
    trust: tuple[float, ...]
    resistance: tuple[Resistance, ...]
    best: str
    to_try: tuple[int, ...]
    next_scenario: str | None


def debrief(coach: Coach, scenario: Scenario, session: Session, scenarios: Mapping[str, Scenario]) -> Debrief:
    """The end report of a session, also of one that is not over. Raises EmptyCallError if nothing was said."""
    exchanges = session.exchanges
    return Debrief(
        report=judge(coach, facts_of(coach, scenario.facts), transcript_of(session, scenario)),
        end=session.state.end,
        trust=tuple(exchange.trust for exchange in exchanges),
        resistance=tuple(_resistance(code, exchanges) for code in scenario.provokes),
        best=_best(exchanges),
        to_try=_to_try(exchanges),
        next_scenario=_next(scenario, session, scenarios),
    )


def _resistance(code: str, exchanges: tuple[Exchange, ...]) -> Resistance:
    slipped = [exchange for exchange in exchanges if any(hint.code == code for hint in exchange.hints)]
    gave_in = sum(exchange.provoked for exchange in slipped)
    return Resistance(
        code=code,
        name=name_of(code),
        baited=sum(exchange.provoked for exchange in exchanges),
        gave_in=gave_in,
        unprovoked=len(slipped) - gave_in,
        repaired=sum(bool(exchange.first_try) for exchange in slipped),
    )


def _best(exchanges: Iterable[Exchange]) -> str:
    """The sentence with most good practice and nothing wrong; empty where there is none."""
    clean = [exchange for exchange in exchanges if exchange.strengths and (not exchange.hints or exchange.first_try)]
    return max(clean, key=lambda exchange: (len(exchange.strengths), exchange.provoked)).rep if clean else ""


def _to_try(exchanges: tuple[Exchange, ...]) -> tuple[int, ...]:
    """The gravest exchanges that were not put right."""
    slipped = [at for at, exchange in enumerate(exchanges) if exchange.hints and not exchange.first_try]
    gravest = sorted(slipped, key=lambda at: (-max(hint.severity for hint in exchanges[at].hints), at))
    return tuple(sorted(gravest[:_MOST_TO_TRY]))


def _next(scenario: Scenario, session: Session, scenarios: Mapping[str, Scenario]) -> str | None:
    """Another scenario for the habit shown most, else the next one in the list; None if this is the only one."""
    shown = [hint.code for exchange in session.exchanges for hint in exchange.hints]
    others = [one for one in scenarios.values() if one.id != scenario.id]
    for code in sorted(set(shown), key=lambda one: -shown.count(one)):
        fitting = [one for one in others if code in one.provokes]
        if fitting:
            return next((one.id for one in fitting if one.domain == scenario.domain), fitting[0].id)
    later = [one.id for one in others if one.id > scenario.id]
    return later[0] if later else next((one.id for one in others), None)
