"""Who is the rep: told by the user, by the names, or from what is said; unknown below a stated confidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coach.classify.roles import chances, load_roles
from coach.errors import InputError, ModelError
from coach.text import fold
from coach.transcript import Speaker, Transcript, Turn

SURE = 0.8
"""Below this confidence nobody is judged."""

_REP_WORDS = (
    "销售", "客户经理", "业务员", "业务代表", "业务", "客服", "坐席", "座席", "顾问", "代表", "经纪人", "代理人", "导购", "店员", "店长", "推销", "员工",
    "话务员", "理财经理", "招商", "讲师", "我", "我方", "本人", "己方", "rep", "agent", "sales", "seller", "me", "staff", "advisor", "a", "坐席员", "服务",
)  # fmt: skip
_CUSTOMER_WORDS = (
    "客户", "顾客", "零售户", "买家", "买方", "店主", "老板", "老板娘", "用户", "消费者", "业主", "患者", "家长", "会员", "学员", "车主", "投保人", "对方", "来电者",
    "customer", "client", "buyer", "user", "caller", "b", "甲方", "商户", "户主",
)  # fmt: skip
_TITLES = (
    "客户经理",
    "销售经理",
    "业务经理",
    "经理",
    "顾问",
    "销售",
    "客服",
    "业务员",
    "专员",
    "代表",
    "坐席",
    "店员",
    "导购",
    "经纪人",
)
_CUSTOMER_TITLES = ("老板", "老板娘", "店主", "顾客", "零售户", "客户", "买家", "业主", "家长", "患者")

_MOST_SCORED_TURNS = 200

BY_WORDS, BY_VOICE = "根据说话内容判断", "按登记的声音判断"
_GUESSED = (BY_WORDS, BY_VOICE)
"""How a warning begins that says who was taken for the rep."""


def is_role_word(name: str) -> bool:
    """Whether a name by itself says which side speaks."""
    return _by_name(name) is not Speaker.UNKNOWN


def assign_roles(transcript: Transcript, *, rep: str | None = None) -> Transcript:
    """The transcript with every speaker named.

    Turns that already have a speaker keep it unless `rep` is given. Raises InputError, with the names that there
    are, if nobody is called `rep`.
    """
    names = list(dict.fromkeys(turn.name for turn in transcript.turns if turn.name))
    if rep:
        wanted = _called(rep, names)
        return _assigned(
            transcript, {name: Speaker.REP if name == wanted else Speaker.CUSTOMER for name in names}, confidence=1.0
        )
    if all(turn.speaker is not Speaker.UNKNOWN for turn in transcript.turns) or not names:
        return transcript
    told = {name: _by_name(name) for name in names}
    if {fold(name) for name in names} <= {"a", "b"}:
        told = dict.fromkeys(names, Speaker.UNKNOWN)  # A and B name nobody
    known = set(told.values()) - {Speaker.UNKNOWN}
    if known == {Speaker.REP, Speaker.CUSTOMER} or (known and len(names) <= 2):
        other = Speaker.CUSTOMER if Speaker.REP in known else Speaker.REP
        roles = {name: role if role is not Speaker.UNKNOWN else other for name, role in told.items()}
        return _assigned(transcript, roles, confidence=1.0)
    return _from_content(transcript, names)


def _called(rep: str, names: Sequence[str]) -> str:
    wanted = fold(rep.strip())
    exact = [name for name in names if fold(name) == wanted]
    partly = [name for name in names if wanted in fold(name)]
    found = exact or partly
    if len(found) != 1:
        shown = "、".join(f"「{name}」" for name in (found or names)) or "（没有称呼）"
        why = "有好几个" if found else "没有"
        raise InputError(f"对话里{why}叫「{rep}」的人。这段对话里的称呼有：{shown}，请用其中一个。")
    return found[0]


def _by_name(name: str) -> Speaker:
    folded = fold(name).strip()
    if folded in _CUSTOMER_WORDS:
        return Speaker.CUSTOMER
    if folded in _REP_WORDS:
        return Speaker.REP
    if any(title in folded for title in _TITLES):
        return Speaker.REP
    if any(title in folded for title in _CUSTOMER_TITLES):
        return Speaker.CUSTOMER
    return Speaker.UNKNOWN


def _assigned(transcript: Transcript, roles: Mapping[str, Speaker], *, confidence: float) -> Transcript:
    turns = tuple(replace(turn, speaker=roles.get(turn.name, Speaker.UNKNOWN)) for turn in transcript.turns)
    return replace(transcript, turns=turns, rep_confidence=confidence)


def _from_content(transcript: Transcript, names: Sequence[str]) -> Transcript:
    try:
        told_by_words = rep_chances(transcript.turns, names)
    except ModelError as error:
        return replace(transcript, rep_confidence=0.0).warned(f"{error}{_how_to_tell(transcript, names)}")
    best = max(names, key=lambda name: told_by_words[name])
    chance = told_by_words[best]
    if len(names) < 2 or chance < SURE:
        shown = "、".join(f"「{name}」" for name in names[:6])
        return replace(transcript, rep_confidence=round(chance, 2)).warned(
            f"分不清{shown}里谁是销售。{_how_to_tell(transcript, names)}"
        )
    roles = {name: Speaker.REP if name == best else Speaker.CUSTOMER for name in names}
    told = _assigned(transcript, roles, confidence=round(chance, 2))
    return told.warned(f"{BY_WORDS}「{best}」是销售（把握 {chance:.0%}）。如果不对，{_how_to_correct(transcript)}。")


def exchanged(transcript: Transcript) -> Transcript:
    """A call whose roles somebody says are the other way round: nothing is guessed any more."""
    told = tuple(one for one in transcript.warnings if not one.startswith(_GUESSED))
    return replace(transcript.swapped(), warnings=told, rep_confidence=1.0)


def _how_to_tell(transcript: Transcript, names: Sequence[str]) -> str:
    if transcript.engine:
        return "双声道录音请用 --rep-channel left 或 right 指明；一个人的练习请加 --speakers 1。"
    return f"请用 --rep 称呼 指明，例如 --rep {names[0]}。"


def _how_to_correct(transcript: Transcript) -> str:
    return "请对换说话人（命令行加 --swap）" if transcript.engine else "请指明销售的称呼（命令行用 --rep 称呼）"


def rep_chances(turns: Sequence[Turn], names: Sequence[str]) -> dict[str, float]:
    """For each name the probability, 0 to 1, that he is the rep; they sum to 1. Raises ModelError without a model."""
    texts: dict[str, list[str]] = {name: [] for name in names}
    for turn in turns[:_MOST_SCORED_TURNS]:
        if turn.name in texts:
            texts[turn.name].append(turn.text)
    return chances(load_roles(), texts)
