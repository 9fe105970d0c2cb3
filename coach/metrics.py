"""Measures of a whole call, each with its unit, a recommended range and where the range comes from."""

from collections.abc import Iterator, Mapping

import re2

from coach.detectors.flow import asks
from coach.detectors.view import CallView, TurnView
from coach.report import Metric, Observation
from coach.transcript import Speaker

GUIDELINE = "客户经理基本素养 4.7 电话礼仪"
_GONG = "Gong 公开的英文 B2B 销售统计（约 43:57），仅供参考，未在中文外勤销售中验证"
_GONG_QUESTIONS = "Gong 公开的英文销售通话统计（每通 11 到 14 问），这里按话轮折算，仅供参考"
_OURS = "本产品的经验范围，请先和您自己以往的数据比"

_FILLER = re2.compile(r"嗯|呃|那个(?:啥|什么)?[,。\s]|那个那个|就是说|这个这个|然后呢|怎么说呢|对吧|是吧|哎呀|反正就是")
_GREETING = re2.compile(
    r"您好|你好|早上好|上午好|中午好|下午好|晚上好|打扰|(?:老板|大哥|大姐|哥|姐|叔|姨|总|经理|师傅|先生|女士|老师|主任)[^。!?\n]{0,3}好|新年好|过年好|恭喜|喂|好久不见|来看看您"
)
_CLOSING = re2.compile(
    r"再见|拜拜|谢谢|感谢|辛苦|祝您|回头见|慢走|您忙|你忙|不打扰|打扰了|生意兴隆|明天见|先这样|保重|回见"
)
_PURPOSE = re2.compile(
    r"(?:今天|这次|这回|特地|专门|专程|主要|来|打(?:个)?电话|联系|找)[^。!?\n]{0,16}(?:看看|想|跟|和|就是|是|问|说|送|通知|告诉|了解|确认|回访|聊|介绍|提醒|收|帮|给|对|请)|"
    r"(?:想|要)(?:跟|和|向|给|请|问|了解|确认|麻烦|约)|关于|给您(?:回|打|来)|有(?:个|件)(?:事|情况|通知|活动)|您(?:上次|之前|昨天|刚才|前天)[^。!?\n]{0,12}(?:问|说|反映|要|提|申请|订|买)|什么(?:可以|能)帮|怎么(?:可以|能)帮|请问"
)
_NEXT_STEP = re2.compile(
    r"(?:今天|今晚|明天|明早|后天|周[一二三四五六日天末]|下周|礼拜[一二三四五六天]|星期|月底|下个月|下次|[0-9一二三四五六七八九十两]+(?:点|号|日|小时|分钟|天内|个工作日)|上午|下午|下班前|回头|待会|等会|一会儿|马上|这就|随后)[^。!?\n]{0,20}"
    r"(?:给您|给你|联系|回电|电话|送|到|发|来|过去|办|确认|答复|回复|安排|约|见|提交|登记|跟您|通知|处理)|我(?:这就|马上|现在|先)(?:去|给|帮|把|查|登记|发|安排|提交|记)"
)


_MIN_TURNS = 4
"""Rep turns below which a call is too short to say that something is missing."""


def measure(call: CallView) -> tuple[Metric, ...]:
    """The measures of a call, always the same ones in the same order."""
    rep = call.rep_turns
    customer = [view for view in call.turns if view.turn.speaker is Speaker.CUSTOMER]
    rep_size = sum(view.size for view in rep)
    both = rep_size + sum(view.size for view in customer)
    questions = sum(1 for view in rep if asks(view))
    fillers = sum(1 for view in rep for _ in _FILLER.finditer(view.folded))
    return (
        Metric("talk_share", "销售说话占比", _share(rep_size, both) if customer else None, "%", 30, 65, _GONG, "按字数算，销售说的占全部对话的比例"),
        Metric("questions", "每十轮提问", _per(10 * questions, len(rep)), "次", 1.5, None, _GONG_QUESTIONS, "销售每说十轮，有几轮真正在问客户（反问不算）"),
        Metric("longest_turn", "最长一轮", float(max((view.size for view in rep), default=0)), "字", None, 149, "标注准则：150 字以上、不问也不停，算口若悬河", "销售不停顿说得最长的一轮，不计标点"),
        Metric("fillers", "口头填充词", _per(100 * fillers, rep_size), "个/百字", None, 3, _OURS, "嗯、呃、那个、就是说……偶尔几个很正常"),
        Metric("greeting", "开场问候", _yes(_among_first(rep, _GREETING)), "", 1, None, GUIDELINE, "前两轮里有没有问候或报姓名"),
        Metric("purpose", "说明来意", _yes(_purpose_told(rep)), "", 1, None, GUIDELINE, "前三轮里有没有说清找客户做什么"),
        Metric("next_step", "约定下一步", _yes(any(_NEXT_STEP.search(view.folded) for view in rep)), "", 1, None, GUIDELINE, "有没有说定接下来谁做什么、什么时候"),
        Metric("closing", "礼貌收尾", _yes(any(_CLOSING.search(view.folded) for view in rep[-2:])), "", 1, None, GUIDELINE, "最后两轮里有没有道谢或道别"),
    )  # fmt: skip


def observe(metrics: Mapping[str, Metric], *, rep_turns: int) -> Iterator[Observation]:
    """What is missing in a call that is long enough to say so."""
    if rep_turns < _MIN_TURNS:
        return
    if metrics["purpose"].value == 0 and metrics["next_step"].value == 0:
        yield Observation(
            "no_purpose",
            4,
            "整通对话没有说清来意，结束时也没有约定下一步，客户不容易知道要他做什么。",
            "开口两句内说明来意，结束前说定谁、什么时候、做什么。",
        )
    elif metrics["next_step"].value == 0:
        yield Observation("no_next_step", 4, "结束时没有约定下一步。", "挂电话前用一句话说定：谁、什么时候、做什么。")
    if metrics["talk_share"].verdict == "above":
        yield Observation(
            "talks_too_much",
            10,
            f"您说的话占了 {metrics['talk_share'].value:.0f}%，客户开口的机会偏少。",
            "每说完一个要点就停一停，请客户说说他的情况。",
        )
    if metrics["questions"].value == 0:
        yield Observation(
            "no_questions", 10, "整通对话没有问过客户一个问题。", "多用“什么、怎么、哪些”开头的问题，先了解再介绍。"
        )
    if metrics["greeting"].value == 0:
        yield Observation(
            "no_greeting", 10, "开头没有问候，也没有报姓名。", "先问好、报单位和姓名，再问对方现在方不方便。"
        )


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _per(part: float, whole: int) -> float | None:
    return round(part / whole, 2) if whole else None


def _yes(seen: bool) -> float:
    return 1.0 if seen else 0.0


def _among_first(rep: tuple[TurnView, ...], words: "re2._Regexp") -> bool:
    return any(words.search(view.folded) for view in rep[:2])


def _purpose_told(rep: tuple[TurnView, ...]) -> bool:
    return any(_PURPOSE.search(view.folded) for view in rep[:3])
