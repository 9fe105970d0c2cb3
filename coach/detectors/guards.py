"""Guards: why words that look like a habit are none. Each looks at the words found and says so in Chinese.

They follow "Not a habit" in the guideline: a negated promise, somebody else's words, a question, a promise with a
date and an owner, a word taken back, a contradiction after acknowledging.
"""

from collections.abc import Callable, Mapping

import re2

from coach.detectors.view import TurnView
from coach.findings import Exemption
from coach.transcript import Span

Guard = Callable[[TurnView, Span], str | None]
"""The reason why the words in a span do not count (with the words as 「…」 before it), or None."""

_NEGATION = re2.compile(
    r"(?:不敢|不能|不好|没法|无法|不会|不是|并不|并非|从不|从来不|不可以|不要|别|没有|没人|谁也不|谁都不|哪敢|哪能|哪里|不一定|未必|"
    r"不至于|不应该|不该|甭|不想|不愿)[^,。!?;:\n]{0,4}$|(?:没|不)[^,。!?;:\n]{0,2}$"
)
_NO_NEGATION = re2.compile(
    r"(?:要不|不过|不如|不仅|不但|不光|不只|不错|不好意思|没问题|没事|没错|没关系|差不多|不管|不论|不然|不得了|不瞒|不用说|不是我|"
    r"不愧|不得不|没说的|不用担心|不用怕|没的说|别的|别人|别家|特别|分别|区别|级别|别担心|别怕|别急|[一-龥]不(?:动|了|起|到|上|掉|完|住|过))[^,。!?;:\n]{0,4}$"
)
_SAYING = re2.compile(
    r"(?:您|你|他|她|他们|人家|客户|顾客|有人|谁|对方|老板娘?|店主|网上|别人|[^我咱]们)(?:刚才|刚刚|刚|之前|上次|上回|也|老|总|要是|如果|还|都|自己|跟我|"
    r"给我|电话里|口中)*(?:说|讲|问我们?|骂|提到|嫌|觉得|认为|怕|担心|以为|抱怨|反映|写)(?:的|过|了|我|我们|是|那句|这句|一句)*[:\"]{0,2}[^,。!?;\n]{0,6}$"
)
_MENTIONED = re2.compile(r"^[^。!?\n]{0,4}(?:这|那)(?:种|样的|些|类)(?:大|空|满|过头)?话")
_ASKING_END = re2.compile(r"(?:\?|吗[,。!~\s]*|么[,。!~\s]*|没有[?。]?|不成[?。]?)$")
_ASKING = re2.compile(
    r"是不是|是否|有没有|会不会|能不能|要不要|可不可以|对不对|敢不敢|怎么|什么|为什么|哪(?:些|里|个|种|天)|多少|几(?:点|天|号|条)|谁"
)
_OWNER = re2.compile(
    r"我(?:们)?(?:先|再|去|来|今天|明天|后天|马上|这就|帮|给|跟|把|向|会|负责|亲自|[^,。!?;\n]{0,6})(?:核实|确认|查|问|回|打电话|送|处理|申请|报|过来|过去|通知|答复|联系|补|换|跟进|登记|请示)"
)
_WHEN = re2.compile(r"(?:今天|今晚|明天|明早|后天|大后天|这?周[一二三四五六日天末]|下周|礼拜|星期|月底|[0-9一二三四五六七八九十两半]+(?:点|号|日|分钟|小时|个?钟头|天[之以]?内|个工作日)|上午|下午|下班前|中午)")  # fmt: skip
_TAKEN_BACK = re2.compile(
    r"(?:刚才|刚刚|上次|那天|前面|之前|方才)[^。!?;\n]{0,14}(?:说过头|说满|说大|夸张|不该|不对|收回|说重|说错|讲错|过分|欠妥|不妥|失言)|"
    r"(?:这|那)句?话?我?收回|我收回|话说(?:过头|满|重|大)了|是我(?:说|讲)(?:过头|满|重|大|错)"
)
_ACKNOWLEDGED = re2.compile(
    r"^[^。!?\n]{0,12}(?:理解|明白|您说得对|你说得对|说的对|说得对|说的是|说得是|您说的有|你说的有|有道理|确实|抱歉|对不起|对不住|不好意思|难怪|换(?:了|成)我|也是|"
    r"是的|没错|您别急|你别急|您先别急|辛苦|感谢|谢谢|记下|我听(?:到|懂|明白)|您的(?:心情|意思|顾虑|感受|担心)|也怪我|是我们|是我)"
)


def negation(view: TurnView, span: Span) -> str | None:
    """我不敢保证: a negating word right before, in the same clause."""
    before = view.folded[max(0, span.start - 12) : span.start]
    if _NEGATION.search(before) and not _NO_NEGATION.search(before):
        return "但这是否定的说法"
    return None


def quotation(view: TurnView, span: Span) -> str | None:
    """您说我们「包在身上」: within quotation marks, or right after a verb of saying with another subject."""
    if view.folded.count('"', 0, span.start) % 2 == 1 and '"' in view.folded[span.end :]:
        return "但这是引述的话"
    if _MENTIONED.search(view.folded[span.end :]):
        return "但这是在说不该讲这样的话"
    sentence = view.sentence_of(span)
    if _SAYING.search(view.folded[sentence.start : span.start]):
        return "但这是在转述别人的话"
    return None


def question(view: TurnView, span: Span) -> str | None:
    """您是觉得贵了吗: the sentence asks."""
    text = view.sentence_of(span).of(view.folded).rstrip()
    if _ASKING_END.search(text) or _ASKING.search(text):
        return "但这是在提问"
    return None


def commitment(view: TurnView, span: Span) -> str | None:
    """我明天上午十点前给您回电话: who and when are named, as the deck recommends."""
    if _OWNER.search(view.folded) and _WHEN.search(view.folded):
        return "但说了由谁、什么时候办，是可以核实的承诺"
    return None


def retraction(view: TurnView, span: Span) -> str | None:
    """刚才那话我说过头了: the rep takes it back."""
    return "但这是在收回前面的话" if _TAKEN_BACK.search(view.folded) else None


def acknowledged(view: TurnView, span: Span) -> str | None:
    """您说的我理解,系统里…: the customer was acknowledged first."""
    return "但前面先认可了客户" if _ACKNOWLEDGED.search(view.folded[: span.start]) else None


GUARDS: Mapping[str, Guard] = {
    "negation": negation,
    "quotation": quotation,
    "question": question,
    "commitment": commitment,
    "retraction": retraction,
    "acknowledged": acknowledged,
}


def exemption(view: TurnView, span: Span, guards: tuple[str, ...]) -> Exemption | None:
    """The first guard that speaks for the rep, or None."""
    for name in guards:
        reason = GUARDS[name](view, span)
        if reason is not None:
            return Exemption(name, f"说了「{view.quote(span)}」，{reason}")
    return None
