"""One practice talk: what was said, the hints, second tries, and where the customer stands. A session is plain data: it can
be stored after every turn and taken up again.
"""

import re
from dataclasses import dataclass, replace
from uuid import uuid4

from coach.errors import InputError
from coach.findings import Finding
from coach.habits import name_of
from coach.pipeline import Coach
from coach.practice.acts import Act, Done, done_by
from coach.practice.customer import LEVELS, OPEN, State, begin, forgive, hear
from coach.practice.scenarios import Scenario
from coach.text import said
from coach.transcript import Speaker, Transcript, Turn

HINTS = {"now": "马上提示", "end": "结束时再说", "severe": "只提示严重的"}
_SEVERE = 3
_LONGEST_TURN = 2_000
_NUMBERS = re.compile(
    r"[0-9]+(?:\.[0-9]+)?|[一二三四五六七八九十百千万两半]+(?=[块元条包箱天个成折号点分年月周次家度吨])(?!分之)"
)


@dataclass(frozen=True, slots=True)
class Hint:
    """A habit that slipped out: the words, why they hurt, what to say instead."""

    code: str
    name: str
    severity: int
    quote: str
    reason: str
    instead: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn of the rep, what was found in it, and the customer's answer; `first_try` is what he said before he put it
    right, `provoked`: the customer had just baited him; `trust` after it.
    """

    rep: str
    customer: str
    hints: tuple[Hint, ...]
    strengths: tuple[str, ...]
    trust: float
    provoked: bool = False
    first_try: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A talk with one scenario's customer."""

    id: str
    scenario: str
    level: int
    hints: str
    opening: str
    state: State
    exchanges: tuple[Exchange, ...] = ()
    version: int = 1

    @property
    def is_over(self) -> bool:
        """Whether the customer has ended the talk."""
        return self.state.end != OPEN

    @property
    def can_try_again(self) -> bool:
        """Whether the last turn slipped and has not been said anew."""
        return bool(self.exchanges and self.exchanges[-1].hints and not self.exchanges[-1].first_try)


@dataclass(frozen=True, slots=True)
class SecondTry:
    """Whether a sentence said anew is better: no habit left (`hints`), no fact lost (`missing`)."""

    good: bool
    hints: tuple[Hint, ...]
    missing: tuple[str, ...]


def start(scenario: Scenario, *, level: int = 1, hints: str = "now", session_id: str | None = None) -> Session:
    """A new session. Raises InputError for an unknown level or kind of hints."""
    if level not in LEVELS:
        raise InputError("难度只有 1、2、3 三级。")
    if hints not in HINTS:
        raise InputError(f"提示方式只有：{'、'.join(HINTS)}。")
    return Session(
        id=session_id or uuid4().hex,
        scenario=scenario.id,
        level=level,
        hints=hints,
        opening=scenario.opening,
        state=begin(scenario, level),
    )


def say(coach: Coach, scenario: Scenario, session: Session, text: str) -> Session:
    """The rep says something and the customer answers. Raises InputError for nothing or far too much, or after the end."""
    if session.is_over:
        raise InputError("这次练习已经结束了，可以看报告，或者再练一次。")
    text = _spoken(text)
    done = done_by(coach, (*_turns(session), _rep_turn(session, text)), scenario.facts)
    state, answer = hear(scenario, session.state, done, session.id)
    exchange = Exchange(
        rep=text,
        customer=answer,
        hints=_hints(done),
        strengths=done.strengths,
        trust=round(state.trust, 1),
        provoked=session.state.said[-1] in (scenario.opening, *scenario.baits),
    )
    return replace(session, state=state, exchanges=(*session.exchanges, exchange))


def say_again(coach: Coach, scenario: Scenario, session: Session, text: str) -> tuple[Session, SecondTry]:
    """The last turn said anew: judged in its place; if it keeps the facts and loses the habit, the slip is forgiven.

    Raises InputError when there is nothing to say anew, or for nothing or far too much.
    """
    if not session.can_try_again:
        raise InputError("上一句没有要改的地方。")
    text = _spoken(text)
    before = replace(session, exchanges=session.exchanges[:-1])
    last = session.exchanges[-1]
    done = done_by(coach, (*_turns(before), _rep_turn(before, text)), scenario.facts)
    missing = tuple(number for number in dict.fromkeys(_NUMBERS.findall(last.rep)) if number not in text)
    tried = SecondTry(not done.findings and not missing and Act.STRANGE not in done.acts, _hints(done), missing)
    if not tried.good:
        return session, tried
    state = forgive(session.state)
    better = replace(last, rep=text, first_try=last.rep, strengths=done.strengths, trust=round(state.trust, 1))
    return replace(session, state=state, exchanges=(*session.exchanges[:-1], better)), tried


def shown(session: Session, hints: tuple[Hint, ...]) -> tuple[Hint, ...]:
    """The hints to show during the talk, as the rep has set it."""
    if session.hints == "end":
        return ()
    return tuple(hint for hint in hints if session.hints == "now" or hint.severity >= _SEVERE)


def transcript_of(session: Session, scenario: Scenario) -> Transcript:
    """The talk as a call, with the sentences as they were said at first."""
    return Transcript(
        f"练习：{scenario.title}",
        _turns(session, at_first=True, name=scenario.name),
        channel="roleplay",
        domain=scenario.domain,
        source="角色扮演",
    )


def _spoken(text: str) -> str:
    """What the rep said, if it is something and not far too much."""
    if not said(text):
        raise InputError("还没有说话。打一句或者说一句再发。")
    if len(text) > _LONGEST_TURN:
        raise InputError(f"一次最多 {_LONGEST_TURN} 字，像真的打电话一样，一句一句说。")
    return text.strip()


def _turns(session: Session, *, at_first: bool = False, name: str = "") -> tuple[Turn, ...]:
    """The talk so far, with the sentences as they stand, or as they were said at first; `name` is the customer's."""
    turns = [Turn(0, Speaker.CUSTOMER, session.opening, name=name)]
    for exchange in session.exchanges:
        rep = exchange.first_try if at_first and exchange.first_try else exchange.rep
        turns.append(Turn(len(turns), Speaker.REP, rep))
        turns.append(Turn(len(turns), Speaker.CUSTOMER, exchange.customer, name=name))
    return tuple(turns)


def _rep_turn(session: Session, text: str) -> Turn:
    return Turn(1 + 2 * len(session.exchanges), Speaker.REP, text)


def _hints(done: Done) -> tuple[Hint, ...]:
    return tuple(_hint(finding) for finding in done.findings)


def _hint(finding: Finding) -> Hint:
    lead = finding.lead
    return Hint(finding.code, name_of(finding.code), finding.severity, lead.quote, lead.reason, lead.instead)
