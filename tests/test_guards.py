"""What speaks for the rep, and what does not."""

import pytest

from coach.detectors.guards import GUARDS
from coach.rulecheck import call_of
from coach.text import Segmenter
from coach.transcript import Span

SAID = [
    ("negation", "我不敢【保证】一定好卖。", True),
    ("negation", "谁也不能【保证】。", True),
    ("negation", "没问题,我【保证】好卖。", False),
    ("negation", "要不我【保证】一下。", False),
    ("quotation", "您说我们“【保证】好卖”,这话是谁说的?", True),
    ("quotation", "您刚才说【保证】好卖。", True),
    ("quotation", "【保证】好卖那种话，我不讲。", True),
    ("quotation", "我说【保证】就【保证】。".replace("就【保证】", "就算"), False),
    ("question", "您是要我【保证】吗?", True),
    ("question", "我【保证】好卖。", False),
    ("commitment", "我【保证】查清楚,明天上午十点前给您回电话。", True),
    ("commitment", "我【保证】给您办好。", False),
    ("retraction", "刚才我说【保证】,那话说过头了。", True),
    ("retraction", "刚才说过,【保证】好卖。", False),
    ("acknowledged", "您说的我理解,【系统】里是周三。", True),
    ("acknowledged", "胡说,【系统】里是周三。", False),
]


@pytest.mark.parametrize(("guard", "marked", "speaks"), SAID)
def test_guard(guard: str, marked: str, speaks: bool) -> None:
    view = call_of(marked, Segmenter()).turns[-1]
    start = marked.index("【")
    told = GUARDS[guard](view, Span(start, marked.index("】") - 1))
    assert (told is not None) is speaks
    assert told is None or told.startswith("但")


def test_every_guard_is_tried_both_ways() -> None:
    assert {(guard, speaks) for guard, _, speaks in SAID} == {(guard, way) for guard in GUARDS for way in (True, False)}
