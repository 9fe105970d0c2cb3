"""Who is the rep: told by the user, by the names, or from what is said; unknown below a stated confidence.

The content scorer sums log-odds over kinds of sentences (who offers, explains and promises; who asks the price and
complains). The weights are set by hand from how such talk goes and are data, not code.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp

from coach.errors import InputError
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

_REP_SIGNS: Mapping[str, float] = {
    r"您": 0.35,
    r"(?:我们|咱们|我)(?:公司|厂|店|这边|家的|平台|产品|系统|的活动|仓库|这款)": 0.9,
    r"(?:我|这边|我们)(?:给|帮|替|为)您": 1.4,
    r"(?:活动|优惠|套餐|新品|赠送|推荐|这款|政策|合同|质保|保修|档位|投放)": 0.35,
    r"(?:请问|麻烦您|方便(?:的话|说|听)|打扰|耽误您|请您|感谢您|祝您|您(?:放心|看|稍等|别急|好))": 0.9,
    r"(?:我|我们|这边)[^。!?]{0,6}(?:核实|登记|申请|回复您|查一下|反馈|给您回|上报|安排)": 0.9,
    r"(?:大姐|大哥|叔|老板|哥|姐|总|先生|女士|老师)(?:,|您|你)?(?:好|早)": 0.9,
    r"我是[^。!?,]{0,12}(?:的|公司|经理|客服|小|顾问|工号)": 1.3,
}
_CUSTOMER_SIGNS: Mapping[str, float] = {
    r"多少钱|什么价|贵不贵|太贵|能便宜|便宜点|打折|有没有优惠|怎么卖": 1.1,
    r"(?:你们|你家|你)(?:这|那|的|公司|上次|昨天|家|送|卖|给我|怎么|不是|到底|能不能|有没有|什么时候)": 0.7,
    r"(?:我|我家|我们店|我这)(?:卖|订|买|进|要|等|问|打|付|用|退|投诉)": 0.5,
    r"怎么(?:还|又|没|不|这么|办|弄|回事)|为什么|凭什么|什么时候(?:能|到|来|送)|还没到": 0.7,
    r"不要了|不需要|不想|算了|考虑考虑|再说吧|没钱|不买|退货|退钱|退款|投诉|骗人|上当|不好卖|卖不动": 0.8,
    r"^(?:喂|哦|行|好的|知道了|嗯|那行|可以)[,。.!~ ]*$": 0.35,
}
_REP = [(re.compile(pattern), weight) for pattern, weight in _REP_SIGNS.items()]
_CUSTOMER = [(re.compile(pattern), weight) for pattern, weight in _CUSTOMER_SIGNS.items()]
_CAP = 3
"""A sign counts at most so often a turn."""

_MOST_SCORED_TURNS = 200


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
    chances = rep_chances(transcript.turns, names)
    best = max(names, key=lambda name: chances[name])
    chance = chances[best]
    if len(names) < 2 or chance < SURE:
        shown = "、".join(f"「{name}」" for name in names[:6])
        return replace(transcript, rep_confidence=round(chance, 2)).warned(
            f"分不清{shown}里谁是销售。{_how_to_tell(transcript, names)}"
        )
    roles = {name: Speaker.REP if name == best else Speaker.CUSTOMER for name in names}
    told = _assigned(transcript, roles, confidence=round(chance, 2))
    return told.warned(
        f"根据说话内容判断「{best}」是销售（把握 {chance:.0%}）。如果不对，{_how_to_correct(transcript)}。"
    )


def _how_to_tell(transcript: Transcript, names: Sequence[str]) -> str:
    if transcript.engine:
        return "双声道录音请用 --rep-channel left 或 right 指明；一个人的练习请加 --speakers 1。"
    return f"请用 --rep 称呼 指明，例如 --rep {names[0]}。"


def _how_to_correct(transcript: Transcript) -> str:
    return "请加 --swap 对换" if transcript.engine else "请用 --rep 称呼 指明"


def rep_chances(turns: Sequence[Turn], names: Sequence[str]) -> dict[str, float]:
    """For each name the probability, 0 to 1, that he is the rep; they sum to 1."""
    scores: dict[str, float] = defaultdict(float)
    for turn in turns[:_MOST_SCORED_TURNS]:
        folded = fold(turn.text)
        scores[turn.name] += sum(weight * min(_CAP, len(sign.findall(folded))) for sign, weight in _REP)
        scores[turn.name] -= sum(weight * min(_CAP, len(sign.findall(folded))) for sign, weight in _CUSTOMER)
    top = max((scores[name] for name in names), default=0.0)
    odds = {name: exp(0.6 * (scores[name] - top)) for name in names}
    return {name: odd / sum(odds.values()) for name, odd in odds.items()}
