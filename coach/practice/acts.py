"""What the rep has just done: dialogue acts from the detectors' strengths and habits, and a few that only practice needs."""

from dataclasses import dataclass
from enum import StrEnum

import re2

from coach.findings import Finding
from coach.pipeline import Coach
from coach.text import said
from coach.transcript import Transcript, Turn


class Act(StrEnum):
    """One thing a turn does. A turn may do several, or none of them."""

    GREET = "greet"
    ACKNOWLEDGE = "acknowledge"
    ASK = "ask"
    INFORM = "inform"
    CHECK = "check"
    APOLOGISE = "apologise"
    AGREE_NEXT = "agree_next"
    REFUSE = "refuse"
    SLIP = "slip"
    STRANGE = "strange"


OF_STRENGTH = {
    "greeting": Act.GREET,
    "acknowledging": Act.ACKNOWLEDGE,
    "credit_competitor": Act.ACKNOWLEDGE,
    "open_question": Act.ASK,
    "concrete_value": Act.INFORM,
    "verify_then_answer": Act.CHECK,
    "apology": Act.APOLOGISE,
    "next_step": Act.AGREE_NEXT,
    "thanks_closing": Act.GREET,
}
_ACKNOWLEDGING = re2.compile(
    r"理解|明白您|您说得(?:对|是|有道理)|有道理|换(?:了)?(?:谁|我)|难怪|也难怪|确实|应该的|您(?:担心|着急|生气|有顾虑)|谢谢您(?:告诉|提醒|直说|肯说)|感谢您(?:告诉|提醒|直说)|辛苦"
)
_ASKING = re2.compile(
    r"什么|怎么|哪(?:些|个|里|方面|款|几)|多少|几(?:条|个|天|点)|为(?:啥|什么)|吗[?。\s]*$|呢[?。\s]*$|[?]"
)
_REFUSING = re2.compile(
    r"(?:不|没)(?:能|行|可以|允许|办法|法)(?:给|帮|做|答应|退|换|改)?|办不到|做不了主|规定(?:是|不)|超出(?:了)?(?:我)?(?:的)?权限"
)
_NEXT = re2.compile(
    r"(?:今天|今晚|明天|明早|后天|周[一二三四五六日天]|下周|礼拜|星期|月底|[0-9一二三四五六七八九十两]+(?:点|号|天|小时|分钟))[^。!?]{0,20}(?:给您|来|到|送|回|联系|打|见|试|看|办|发|谈|过去)"
)
_NUMBER = re2.compile(
    r"[0-9一二三四五六七八九十百千万两半]+(?:块|元|条|包|箱|天|个|成|折|号|点|分|年|月|周|次|家|%|公里|公斤|吨|度|小时)"
)
_SHORTEST = 2
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Done:
    """What one turn of the rep did, the habits found in it, and the good practice."""

    acts: frozenset[Act]
    findings: tuple[Finding, ...]
    strengths: tuple[str, ...]


def done_by(coach: Coach, turns: tuple[Turn, ...], facts: tuple[str, ...]) -> Done:
    """What the last turn does, judged with all before it; `facts` are what the rep may rely on."""
    last = turns[-1]
    if not _makes_sense(last.text):
        return Done(frozenset({Act.STRANGE}), (), ())
    report = coach.analyse(Transcript("practice", turns))
    findings = tuple(one for one in report.findings if one.turn == last.index)
    strengths = tuple(one.code for one in report.strengths if one.turn == last.index)
    text = report.transcript.turns[-1].text
    acts = {OF_STRENGTH[code] for code in strengths}
    acts |= {
        act
        for act, seen in (
            (Act.ACKNOWLEDGE, _ACKNOWLEDGING.search(text)),
            (Act.ASK, _ASKING.search(text)),
            (Act.REFUSE, _REFUSING.search(text)),
            (Act.AGREE_NEXT, _NEXT.search(text)),
            (Act.INFORM, _uses(text, facts)),
        )
        if seen
    }
    if findings:
        acts = {Act.SLIP} | (acts & {Act.APOLOGISE, Act.GREET})
    return Done(frozenset(acts), findings, strengths)


def _makes_sense(text: str) -> bool:
    """Chinese of a length that anybody says in one breath."""
    content = said(text)
    chinese = sum("\u4e00" <= mark <= "\u9fff" for mark in content)
    return _SHORTEST <= len(content) <= _LONGEST and chinese * 2 >= len(content) and len(set(content)) > 1


def _uses(text: str, facts: tuple[str, ...]) -> bool:
    """Whether a turn tells one of the facts: a number of it, or a third of its pairs of characters."""
    content = said(text)
    own = {content[at : at + 2] for at in range(len(content) - 1)}
    for fact in facts:
        stated = said(fact)
        pairs = {stated[at : at + 2] for at in range(len(stated) - 1)}
        numbers = {match.group(0) for match in _NUMBER.finditer(fact)}
        if any(number in text for number in numbers) or len(own & pairs) * 3 >= len(pairs):
            return True
    return False
