"""What the rep has just done: the dialogue acts of his sentences, the facts he told, the habits that slipped out."""

from dataclasses import dataclass, field
from enum import StrEnum

from coach.findings import Finding
from coach.pipeline import Coach
from coach.practice.facts import Facts
from coach.practice.judging import judge
from coach.practice.recogniser import load_recogniser
from coach.text import said, sentences
from coach.transcript import Speaker, Transcript, Turn


class Act(StrEnum):
    """One thing a turn does. A turn may do several, or none of them."""

    GREET = "greet"
    ACKNOWLEDGE = "acknowledge"
    ASK = "ask"
    OFFER = "offer"
    NUMBER = "number"
    PROMISE = "promise"
    CHECK = "check"
    REFUSE = "refuse"
    APOLOGISE = "apologise"
    NEXT_STEP = "next_step"
    INFORM = "inform"
    SLIP = "slip"
    REPEAT = "repeat"
    STRANGE = "strange"


_SHORTEST = 2
_LONGEST = 600
_THE_SAME = 0.8
_FEWEST_PAIRS = 4
_BESIDE_A_SLIP = {Act.APOLOGISE, Act.GREET}
_OF_A_BARE_FACT = {Act.INFORM, Act.OFFER, Act.NUMBER}


@dataclass(frozen=True, slots=True)
class Done:
    """What one turn of the rep did, the habits found in it, the good practice, and the scenario's facts it told."""

    acts: frozenset[Act]
    findings: tuple[Finding, ...] = ()
    strengths: tuple[str, ...] = ()
    told: frozenset[int] = field(default_factory=frozenset)


def done_by(coach: Coach, turns: tuple[Turn, ...], facts: Facts) -> Done:
    """What the last turn does, judged with all before it; `facts` are what the rep may rely on."""
    last = turns[-1]
    if not _makes_sense(last.text):
        return Done(frozenset({Act.STRANGE}))
    report = judge(coach, facts, Transcript("practice", turns))
    findings = tuple(one for one in report.findings if one.turn == last.index)
    strengths = tuple(one.code for one in report.strengths if one.turn == last.index)
    text = report.transcript.turns[-1].text
    told = facts.told_by(text)
    acts = _acts(text)
    if told:
        acts |= {Act.INFORM}
    if facts.cover(text):
        acts &= _OF_A_BARE_FACT
    if findings:
        acts = {Act.SLIP} | (acts & _BESIDE_A_SLIP)
    elif _repeats(text, turns[:-1]):
        acts = {Act.REPEAT}
    return Done(frozenset(acts), findings, strengths, told)


def _acts(text: str) -> set[Act]:
    """The acts of all sentences of a turn."""
    spoken = [span.of(text) for span in sentences(text)]
    return {Act(act) for shown in load_recogniser().acts(spoken) for act in shown}


def _makes_sense(text: str) -> bool:
    """Chinese of a length that anybody says in one breath."""
    content = said(text)
    chinese = sum("\u4e00" <= mark <= "\u9fff" for mark in content)
    return _SHORTEST <= len(content) <= _LONGEST and chinese * 2 >= len(content) and len(set(content)) > 1


def _repeats(text: str, before: tuple[Turn, ...]) -> bool:
    """Whether the rep has said nearly the same before: four fifths of the pairs of characters."""
    own = _pairs(text)
    if len(own) < _FEWEST_PAIRS:
        return False
    for turn in before:
        if turn.speaker is Speaker.REP:
            other = _pairs(turn.text)
            if 2 * len(own & other) >= _THE_SAME * (len(own) + len(other)):
                return True
    return False


def _pairs(text: str) -> set[str]:
    content = said(text)
    return {content[at : at + 2] for at in range(len(content) - 1)}
