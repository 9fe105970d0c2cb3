"""The flow of a whole call: what no single phrase shows.

One habit is decided here, the monologue: a turn of 150 characters or more that asks the customer nothing and leaves
him no opening. The rest is measured and, where it falls short, observed: no greeting, no purpose told, no next step,
too much talk, too few questions. Observations are about the call and never about a turn, so they are no findings.
"""

import hashlib
from collections.abc import Iterator

import re2

from coach.detectors.view import CallView, TurnView
from coach.findings import Evidence

MONOLOGUE = 150
"""Characters without punctuation and spaces, from the guideline."""

_GRAVE_MONOLOGUE = 300
_TAIL = 40

# A real question to the customer. Rhetorical ones (谁不想赚钱呢, 你说对吧) ask nothing.
_QUESTION = re2.compile(
    r"(?:您|你|老板|大哥|大姐|先生|女士|哥|姐|叔|姨)[^。!?;\n]{0,16}(?:吗|呢|没有|不(?:方便|需要|介意)|什么|怎么|多少|几|哪|是不是|有没有|要不要|能不能|行不行|可不可以|好不好|方便)|"
    r"(?:您|你)(?:看|觉得|说|想|打算|这边|那边|家|店里)[^。!?;\n]{0,14}(?:\?|吗|呢|怎么样|如何|行不|好不|可以不|成不|合适不)|"
    r"(?:可以吗|行吗|好吗|对吗|是吗|方便吗|怎么样|如何|行不行|好不好|可不可以|可以不|成不成|合不合适|要不要|清楚吗|明白吗|能接受吗|是不是)[啊呀\s,。.!?~]*$"
)
_RHETORICAL = re2.compile(
    r"谁(?:不|还|敢|能|家|都)|凭什么|你说(?:气人|好笑|可笑|是不是这个理|对吧)|是什么(?:是|呢)|图什么|图(?:个)?啥|为(?:的)?什么(?:呢|啊)|靠(?:的)?(?:是)?什么|哪个(?:不|没|敢)|"
    r"怎么(?:可能|会|能)|难道|何必|何况|懂(?:吗|不懂|了吗)|知道(?:吗|不)|(?:你|您)(?:知道|晓得|猜)[^。!?]{0,10}(?:吗|不|多少|怎么)"
)
_OPENING = re2.compile(
    r"您(?:先)?(?:看|说|考虑|想|选|定|挑|试|听|问|讲)(?:看|说|想|一下|下|着办|吧|呢|行)?[^。!?;\n]{0,6}[吧呢?\s,。.!~]*$|"
    r"(?:听您的|您来定|您定|您拿主意|您说了算|您有(?:什么|哪)[^。!?;\n]{0,10}(?:问我|说|提|讲|吩咐)|有(?:什么)?(?:问题|疑问|不明白|不清楚)[^。!?;\n]{0,10}(?:问|说|讲|提|找|打))"
)


class FlowDetector:
    """The monologue, by length and by what it lacks."""

    id = "flow"
    digest = hashlib.sha256(
        f"{MONOLOGUE} {_QUESTION.pattern} {_RHETORICAL.pattern} {_OPENING.pattern}".encode()
    ).hexdigest()

    def detect(self, call: CallView) -> Iterator[Evidence]:
        for view in call.rep_turns:
            if view.size >= MONOLOGUE and not asks(view) and not leaves_opening(view):
                yield Evidence(
                    code="other.monologue",
                    turn=view.turn.index,
                    span=None,
                    quote=view.turn.text,
                    detector="flow:monologue",
                    score=0.9,
                    severity=2 if view.size >= _GRAVE_MONOLOGUE else 1,
                    reason=f"一口气说了 {view.size} 个字，中间没有问客户一句，也没有给他开口的机会；说到一半，客户多半已经不在听了。",
                    instead="先用一句话说重点，再停下来问：“这一点对您来说重要吗？我先听听您的想法。”",
                )


def asks(view: TurnView) -> bool:
    """Whether the turn puts a real question to the customer."""
    for sentence in view.sentences:
        text = sentence.of(view.folded)
        if _QUESTION.search(text) and not _RHETORICAL.search(text):
            return True
    return False


def leaves_opening(view: TurnView) -> bool:
    """Whether the turn ends by handing the word to the customer."""
    return bool(_OPENING.search(view.folded[-_TAIL:]))
