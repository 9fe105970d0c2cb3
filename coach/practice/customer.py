"""The simulated customer: a small state machine. What the rep does moves his trust and patience; from these and from what
he has said already he chooses what to say, and when to agree, to put it off, or to leave. No chance but the session's seed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coach.findings import STRICTNESS
from coach.practice.acts import Act, Done
from coach.practice.scenarios import ENDS, INFORMED, Scenario

LEVELS = (1, 2, 3)
OPEN = "open"
AGREEMENT, POSTPONED, WALKED_AWAY = ENDS

_TRUST_AT_FIRST = {1: 45, 2: 38, 3: 30}
_TRUST_TO_AGREE = {1: 62, 2: 68, 3: 74}
_PATIENCE_AT_FIRST = {1: 14, 2: 12, 3: 11}
_GAINS = {
    Act.GREET: 3, Act.ACKNOWLEDGE: 8, Act.ASK: 6, Act.OFFER: 4, Act.PROMISE: 3, Act.CHECK: 5, Act.APOLOGISE: 5,
    Act.NEXT_STEP: 8, Act.REFUSE: -2,
}  # fmt: skip
_GAIN_OF_A_FACT = 9
"""For one he has not heard yet."""

_LOSSES = {1: 8, 2: 14, 3: 24}
_PROVOKED_HURTS = 1.4
_FORGIVEN = 0.8
_NOTHING_SAID = 5
_NOTHING_NEW = frozenset({Act.STRANGE, Act.REPEAT})
_MOST_GAIN = 18
_GONE = 8
_ANSWERS_TO = (
    (Act.STRANGE, "strange"), (Act.SLIP, "slipped"), (Act.REPEAT, "repeated"), (Act.CHECK, "checked"),
    (Act.APOLOGISE, "apologised"), (Act.NEXT_STEP, "agreed_next"), (Act.INFORM, INFORMED), (Act.ASK, "asked"),
    (Act.OFFER, INFORMED), (Act.ACKNOWLEDGE, "acknowledged"), (Act.REFUSE, "refused"), (Act.PROMISE, "agreed_next"),
    (Act.GREET, "greeted"),
)  # fmt: skip
_TAKEN_SERIOUSLY = frozenset({Act.ACKNOWLEDGE, Act.APOLOGISE})
_SOLID = frozenset({Act.INFORM, Act.CHECK})
_SOLID_WITHOUT_FACTS = frozenset({Act.CHECK, Act.OFFER, Act.NUMBER})
_AGREED = frozenset({Act.NEXT_STEP})


@dataclass(frozen=True, slots=True)
class Slip:
    """A habit that cost trust; `provoked`: one that this customer provokes, and surely that."""

    loss: float
    provoked: bool


@dataclass(frozen=True, slots=True)
class State:
    """Where the customer stands. `trust` 0 to 100, `patience` in turns; `baited`: how many baits he has thrown;
    `slips`: those not put right; `told`: the facts he has heard; `said`: everything he has said, as it is written.
    """

    level: int
    trust: float
    patience: float
    done: frozenset[Act] = frozenset()
    baited: int = 0
    revealed: bool = False
    slips: tuple[Slip, ...] = ()
    told: frozenset[int] = frozenset()
    said: tuple[str, ...] = ()
    end: str = OPEN


def begin(scenario: Scenario, level: int) -> State:
    """The customer before the rep has said anything; his opening is said."""
    return State(level, trust_at_first(level), _PATIENCE_AT_FIRST[level], said=(scenario.opening,))


def trust_at_first(level: int) -> float:
    """What he trusts a stranger with, 0 to 100: less at higher levels."""
    return _TRUST_AT_FIRST[level]


def hear(
    scenario: Scenario, state: State, done: Done, seed: str, *, repaired: float | None = None
) -> tuple[State, str]:
    """How the customer takes a turn of the rep, and what he answers.

    `repaired`: the rep said it again, better, and this much of the trust that his first try cost stays lost.
    """
    state = _moved(scenario, state, done)
    state = replace(state, trust=max(0.0, state.trust - (repaired or 0.0)))
    state = replace(state, end=_end(scenario, state, done))
    chance = random.Random(f"{seed} {len(state.said)}")  # noqa: S311 - a choice of words
    if state.end != OPEN:
        return _saying(state, chance.choice(scenario.ends[state.end]))
    if Act.ASK in done.acts and not done.findings and not state.revealed:
        return _saying(replace(state, revealed=True), scenario.reveal)
    if repaired is not None:
        return _saying(state, _line(scenario, state, "repaired", chance))
    if _baits_now(scenario, state, done):
        return _saying(replace(state, baited=state.baited + 1), scenario.baits[state.baited])
    return _saying(state, _answer(scenario, state, done, chance))


def lost_for_good(before: State, after: State) -> float:
    """How much of the trust that a slip has cost stays lost when it is put right at once."""
    return max(0.0, (1 - _FORGIVEN) * (before.trust - after.trust))


def _moved(scenario: Scenario, state: State, done: Done) -> State:
    """Trust and patience after a turn."""
    new = done.told - state.told
    state = replace(state, patience=state.patience - 1, done=state.done | done.acts, told=state.told | new)
    if done.findings:
        provoking = [finding for finding in done.findings if finding.code in scenario.provokes]
        loss = max(_LOSSES[finding.severity] for finding in done.findings) * (_PROVOKED_HURTS if provoking else 1)
        return replace(
            state,
            trust=max(0.0, state.trust - loss),
            patience=state.patience - 1,
            slips=(*state.slips, Slip(loss, any(finding.score >= STRICTNESS["strict"] for finding in provoking))),
        )
    gain = min(_MOST_GAIN, sum(_GAINS.get(act, 0) for act in done.acts) + _GAIN_OF_A_FACT * bool(new))
    if not done.acts - _NOTHING_NEW - {Act.INFORM, Act.NUMBER} and not new:
        gain = -_NOTHING_SAID
    return replace(state, trust=min(100.0, max(0.0, state.trust + gain)))


def _end(scenario: Scenario, state: State, done: Done) -> str:
    met = all(needed & state.done for needed in _needed(scenario))
    spoilt = state.level == max(LEVELS) and any(slip.provoked for slip in state.slips)
    if (
        met
        and not done.findings
        and not done.acts & _NOTHING_NEW
        and state.baited >= _baits_in_all(scenario, state)
        and state.trust >= _TRUST_TO_AGREE[state.level]
        and not spoilt
    ):
        return AGREEMENT
    if state.trust <= _GONE:
        return WALKED_AWAY
    if state.patience <= 0:
        return POSTPONED if state.trust >= _TRUST_AT_FIRST[state.level] else WALKED_AWAY
    return OPEN


def _needed(scenario: Scenario) -> tuple[frozenset[Act], ...]:
    """Before he agrees the rep has done one of each: taken him seriously, told something solid (a fact of the scenario,
    where it has any), proposed what happens next.
    """
    return _TAKEN_SERIOUSLY, _SOLID if scenario.facts else _SOLID_WITHOUT_FACTS, _AGREED


def _baits_now(scenario: Scenario, state: State, done: Done) -> bool:
    """Whether the rep does well enough for the next bait: more of them, and stronger, at higher levels."""
    return not done.findings and not done.acts & _NOTHING_NEW and state.baited < _baits_in_all(scenario, state)


def _baits_in_all(scenario: Scenario, state: State) -> int:
    """How many baits he throws before he agrees."""
    return min(state.level, len(scenario.baits))


def _answer(scenario: Scenario, state: State, done: Done, chance: random.Random) -> str:
    """A line for the most telling thing the rep did that he has something to say to."""
    told = [scenario.facts[at] for at in done.told]
    for act, move in _ANSWERS_TO:
        if act in done.acts and _left(scenario.lines[move], state) + _left(scenario.common[move], state):
            return _line(scenario, state, move, chance, about=told)
    return _line(scenario, state, "idle", chance)


def _line(scenario: Scenario, state: State, move: str, chance: random.Random, *, about: Sequence[str] = ()) -> str:
    """A line of a move that he has not said yet: his own before those anybody says, and of his own on what he was told
    only one that speaks of it.
    """
    own = _left(scenario.lines[move], state)
    if move == INFORMED:
        own = [line for line in own if any(_speaks_of(line, fact) for fact in about)]
    left = own or _left(scenario.common[move], state) or _left(scenario.common["idle"], state)
    if not left:
        left = [line for lines in scenario.common.values() for line in _left(lines, state)]
    return chance.choice(left)


def _left(lines: Sequence[str], state: State) -> list[str]:
    return [line for line in lines if line not in state.said]


def _speaks_of(line: str, fact: str) -> bool:
    """Whether two characters in a row are the same."""
    pairs = {fact[at : at + 2] for at in range(len(fact) - 1)}
    return any(line[at : at + 2] in pairs for at in range(len(line) - 1))


def _saying(state: State, line: str) -> tuple[State, str]:
    return replace(state, said=(*state.said, line)), line
