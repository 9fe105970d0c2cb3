"""One practice talk: what was said, the hints, second tries, and where the customer stands. A session is plain data that
names no owner: it can be stored after every turn, by whomever, and taken up again. Personal numbers are masked in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from coach.errors import InputError
from coach.findings import GRAVEST, Finding
from coach.habits import name_of
from coach.pipeline import Coach
from coach.practice.acts import Act, Done, done_by
from coach.practice.customer import LEVELS, OPEN, State, begin, hear, lost_for_good
from coach.practice.judging import facts_of
from coach.practice.scenarios import Scenario, find
from coach.practice.voicing import Talk, Voice, as_written
from coach.privacy import mask
from coach.text import said
from coach.transcript import Speaker, Transcript, Turn

HINTS = {"now": "马上提示", "end": "结束时再说", "severe": "只提示严重的"}
_LONGEST_TURN = 2_000


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
    right and `first_answer` what the customer answered to that; `provoked`: the customer had just baited him; `trust`
    after it.
    """

    rep: str
    customer: str
    hints: tuple[Hint, ...]
    strengths: tuple[str, ...]
    trust: float
    provoked: bool = False
    first_try: str = ""
    first_answer: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Something said in a real call before the moment that is practised; `speaker` as in a transcript."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a real call: the scenario made of it, what was said `before`, what the rep `said` then, and why that
    was no good.
    """

    scenario: Scenario
    before: tuple[Line, ...]
    said: str
    hint: Hint


@dataclass(frozen=True, slots=True)
class Session:
    """A talk with one scenario's customer. `before`: where he stood before the last turn, to say it again from there."""

    id: str
    scenario: str
    level: int
    hints: str
    opening: str
    state: State
    exchanges: tuple[Exchange, ...] = ()
    before: State | None = None
    moment: Moment | None = None
    version: int = 2

    @property
    def is_over(self) -> bool:
        """Whether the customer has ended the talk."""
        return self.state.end != OPEN

    @property
    def can_try_again(self) -> bool:
        """Whether the last turn slipped and has not been said anew; also when it ended the talk."""
        last = self.exchanges[-1] if self.exchanges else None
        return bool(last and last.hints and not last.first_try and self.before)


@dataclass(frozen=True, slots=True)
class SecondTry:
    """Whether a sentence said anew is better: no habit left (`hints`), no fact lost (`missing`)."""

    good: bool
    hints: tuple[Hint, ...]
    missing: tuple[str, ...]


def start(
    scenario: Scenario,
    *,
    level: int = 1,
    hints: str = "now",
    session_id: str | None = None,
    moment: Moment | None = None,
) -> Session:
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
        moment=moment,
    )


def scenario_of(session: Session, scenarios: Mapping[str, Scenario]) -> Scenario:
    """The scenario of a session: the one it brings from a real call, or one of those there are, else InputError."""
    return session.moment.scenario if session.moment else find(scenarios, session.scenario)


def say(coach: Coach, scenario: Scenario, session: Session, text: str, *, voice: Voice = as_written) -> Session:
    """The rep says something and the customer answers. Raises InputError for nothing or far too much, or after the end."""
    if session.is_over:
        raise InputError("这次练习已经结束了，可以看报告，或者再练一次。")
    text = _spoken(text)
    done = done_by(coach, (*_turns(session), _rep_turn(session, text)), facts_of(coach, scenario.facts))
    state, line = hear(scenario, session.state, done, session.id)
    exchange = Exchange(
        rep=text,
        customer=_voiced(voice, scenario, session, text, state, line),
        hints=_hints(done),
        strengths=done.strengths,
        trust=round(state.trust, 1),
        provoked=session.state.said[-1] in (scenario.opening, *scenario.baits),
    )
    return replace(session, state=state, before=session.state, exchanges=(*session.exchanges, exchange))


def say_again(
    coach: Coach, scenario: Scenario, session: Session, text: str, *, voice: Voice = as_written
) -> tuple[Session, SecondTry]:
    """The last turn said anew. If it keeps the facts and loses the habit, the customer answers to it in place of the first
    try, even if that had made him leave; a little of the lost trust stays lost.

    Raises InputError when there is nothing to say anew, or for nothing or far too much.
    """
    if not session.can_try_again or session.before is None:
        raise InputError("上一句没有要改的地方。")
    text = _spoken(text)
    facts = facts_of(coach, scenario.facts)
    earlier = replace(session, state=session.before, exchanges=session.exchanges[:-1])
    last = session.exchanges[-1]
    done = done_by(coach, (*_turns(earlier), _rep_turn(earlier, text)), facts)
    missing = facts.lost(last.rep, text, slipped=[hint.quote for hint in last.hints])
    tried = SecondTry(
        not done.findings and not missing and not done.acts & {Act.STRANGE, Act.REPEAT}, _hints(done), missing
    )
    if not tried.good:
        return session, tried
    kept_from_him = lost_for_good(earlier.state, session.state)
    state, line = hear(scenario, earlier.state, done, session.id, repaired=kept_from_him)
    better = replace(
        last,
        rep=text,
        customer=_voiced(voice, scenario, earlier, text, state, line),
        first_try=last.rep,
        first_answer=last.customer,
        strengths=done.strengths,
        trust=round(state.trust, 1),
    )
    return replace(earlier, state=state, exchanges=(*earlier.exchanges, better)), tried


def shown(session: Session, hints: tuple[Hint, ...]) -> tuple[Hint, ...]:
    """The hints to show during the talk, as the rep has set it."""
    if session.hints == "end":
        return ()
    return tuple(hint for hint in hints if session.hints == "now" or hint.severity >= GRAVEST)


def transcript_of(session: Session, scenario: Scenario) -> Transcript:
    """The talk as a call, with the sentences as they were said at first."""
    return Transcript(
        f"练习：{scenario.title}",
        _turns(session, at_first=True, name=scenario.name),
        channel="roleplay",
        domain=scenario.domain,
        source="角色扮演",
    )


def hint_of(finding: Finding) -> Hint:
    """A finding as it is told to the rep."""
    lead = finding.lead
    return Hint(finding.code, name_of(finding.code), finding.severity, lead.quote, lead.reason, lead.instead)


def _spoken(text: str) -> str:
    """What the rep said, if it is something and not far too much; personal numbers masked."""
    if not said(text):
        raise InputError("还没有说话。打一句或者说一句再发。")
    if len(text) > _LONGEST_TURN:
        raise InputError(f"一次最多 {_LONGEST_TURN} 字，像真的打电话一样，一句一句说。")
    return mask(text.strip())


def _voiced(voice: Voice, scenario: Scenario, session: Session, text: str, state: State, line: str) -> str:
    """The customer's line in the voice that is set; how a talk ends is said as it is written."""
    if state.end != OPEN:
        return line
    turns = [session.opening]
    for exchange in session.exchanges:
        turns += [exchange.rep, exchange.customer]
    return voice(Talk(scenario, (*turns, text), state.trust), line)


def _turns(session: Session, *, at_first: bool = False, name: str = "") -> tuple[Turn, ...]:
    """The talk so far, with the sentences as they stand, or as they were said at first; `name` is the customer's."""
    turns = [Turn(0, Speaker.CUSTOMER, session.opening, name=name)]
    for exchange in session.exchanges:
        first = at_first and exchange.first_try
        rep, customer = (
            (exchange.first_try, exchange.first_answer or exchange.customer)
            if first
            else (exchange.rep, exchange.customer)
        )
        turns.append(Turn(len(turns), Speaker.REP, rep))
        turns.append(Turn(len(turns), Speaker.CUSTOMER, customer, name=name))
    return tuple(turns)


def _rep_turn(session: Session, text: str) -> Turn:
    return Turn(1 + 2 * len(session.exchanges), Speaker.REP, text)


def _hints(done: Done) -> tuple[Hint, ...]:
    return tuple(hint_of(finding) for finding in done.findings)
