"""The simulated customer: a small state machine. What the rep does moves his trust and patience; from these and from what
he has said already he chooses what to say, and when to agree, to put it off, or to leave. No chance but the session's seed.
"""

import random
from dataclasses import dataclass, replace

from coach.practice.acts import Act, Done
from coach.practice.scenarios import ENDS, Scenario

LEVELS = (1, 2, 3)
OPEN = "open"
AGREEMENT, POSTPONED, WALKED_AWAY = ENDS

_TRUST_AT_FIRST = {1: 45, 2: 38, 3: 30}
_TRUST_TO_AGREE = {1: 62, 2: 68, 3: 74}
_PATIENCE_AT_FIRST = {1: 14, 2: 12, 3: 11}
_GAINS = {
    Act.GREET: 3, Act.ACKNOWLEDGE: 8, Act.ASK: 6, Act.INFORM: 9, Act.CHECK: 8, Act.APOLOGISE: 5, Act.AGREE_NEXT: 8,
    Act.REFUSE: -2,
}  # fmt: skip
_LOSSES = {1: 8, 2: 14, 3: 24}
_PROVOKED_HURTS = 1.4
_FORGIVEN = 0.8
_NOTHING_SAID = 5
_MOST_GAIN = 18
_GONE = 8
_ANSWERS_TO = (
    (Act.STRANGE, "strange"), (Act.SLIP, "slipped"), (Act.CHECK, "checked"), (Act.APOLOGISE, "apologised"),
    (Act.AGREE_NEXT, "agreed_next"), (Act.ASK, "asked"), (Act.INFORM, "informed"), (Act.ACKNOWLEDGE, "acknowledged"),
    (Act.REFUSE, "refused"), (Act.GREET, "greeted"),
)  # fmt: skip
_NEEDED = (
    frozenset({Act.ACKNOWLEDGE, Act.APOLOGISE}),
    frozenset({Act.INFORM, Act.CHECK}),
    frozenset({Act.AGREE_NEXT}),
)
"""Before he agrees the rep has done one of each: taken him seriously, told something solid, proposed what happens next."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A habit that cost trust; `provoked`: one that this customer provokes."""

    loss: float
    provoked: bool


@dataclass(frozen=True, slots=True)
class State:
    """Where the customer stands. `trust` 0 to 100, `patience` in turns; `baited`: how many baits he has thrown;
    `slips`: those not put right; `said`: everything he has said.
    """

    level: int
    trust: float
    patience: float
    done: frozenset[Act] = frozenset()
    baited: int = 0
    revealed: bool = False
    slips: tuple[Slip, ...] = ()
    said: tuple[str, ...] = ()
    end: str = OPEN


def begin(scenario: Scenario, level: int) -> State:
    """The customer before the rep has said anything; his opening is said."""
    return State(level, _TRUST_AT_FIRST[level], _PATIENCE_AT_FIRST[level], said=(scenario.opening,))


def hear(scenario: Scenario, state: State, done: Done, seed: str) -> tuple[State, str]:
    """How the customer takes a turn of the rep, and what he answers."""
    state = _moved(scenario, state, done)
    state = replace(state, end=_end(scenario, state))
    chance = random.Random(f"{seed} {len(state.said)}")  # noqa: S311 - a choice of words
    if state.end != OPEN:
        return _saying(state, chance.choice(scenario.ends[state.end]))
    if Act.ASK in done.acts and not done.findings and not state.revealed:
        return _saying(replace(state, revealed=True), scenario.reveal)
    if _baits_now(scenario, state, done):
        return _saying(replace(state, baited=state.baited + 1), scenario.baits[state.baited])
    return _saying(state, _answer(scenario, state, done, chance))


def forgive(state: State) -> State:
    """The last slip was put right in time: most of the lost trust comes back."""
    if not state.slips:
        return state
    *before, last = state.slips
    return replace(state, slips=tuple(before), trust=min(100.0, state.trust + _FORGIVEN * last.loss))


def _moved(scenario: Scenario, state: State, done: Done) -> State:
    """Trust and patience after a turn."""
    state = replace(state, patience=state.patience - 1, done=state.done | done.acts)
    if done.findings:
        provoked = any(finding.code in scenario.provokes for finding in done.findings)
        loss = max(_LOSSES[finding.severity] for finding in done.findings) * (_PROVOKED_HURTS if provoked else 1)
        return replace(
            state,
            trust=max(0.0, state.trust - loss),
            patience=state.patience - 1,
            slips=(*state.slips, Slip(loss, provoked)),
        )
    gain = min(_MOST_GAIN, sum(_GAINS.get(act, 0) for act in done.acts))
    if not done.acts - {Act.STRANGE}:
        gain = -_NOTHING_SAID
    return replace(state, trust=min(100.0, max(0.0, state.trust + gain)))


def _end(scenario: Scenario, state: State) -> str:
    met = all(needed & state.done for needed in _NEEDED)
    spoilt = state.level == max(LEVELS) and any(slip.provoked for slip in state.slips)
    if (
        met
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


def _baits_now(scenario: Scenario, state: State, done: Done) -> bool:
    """Whether the rep does well enough for the next bait: more of them, and stronger, at higher levels."""
    return not done.findings and Act.STRANGE not in done.acts and state.baited < _baits_in_all(scenario, state)


def _baits_in_all(scenario: Scenario, state: State) -> int:
    """How many baits he throws before he agrees."""
    return min(state.level, len(scenario.baits))


def _answer(scenario: Scenario, state: State, done: Done, chance: random.Random) -> str:
    """A line he has not said yet, for the most telling thing the rep did; his own lines stand before the shared ones."""
    moves = [move for act, move in _ANSWERS_TO if act in done.acts]
    for move in (*moves, "idle"):
        left = [line for line in scenario.lines[move] if line not in state.said]
        if left:
            return chance.choice(left[: max(1, len(left) // 2)])
    left = [line for lines in scenario.lines.values() for line in lines if line not in state.said]
    return chance.choice(left)


def _saying(state: State, line: str) -> tuple[State, str]:
    return replace(state, said=(*state.said, line)), line
