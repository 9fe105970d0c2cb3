"""Monologues, and the measures of a whole call."""

import pytest

from coach.detectors.flow import FlowDetector, asks
from coach.detectors.view import CallView
from coach.imports import read_text
from coach.metrics import measure, observe
from coach.rulecheck import call_of
from coach.text import Segmenter

SEGMENTER = Segmenter()
LONG = "我们这个产品是去年开始做的,材料用的是新的配方,包装也换过一次,放在架子上很整齐,店里的人都说摆着好看," * 4


def monologues(text: str) -> int:
    return sum(1 for _ in FlowDetector().detect(call_of(text, SEGMENTER)))


def test_a_long_turn_without_an_opening_is_a_monologue() -> None:
    assert monologues(LONG + "就是这样。") == 1


@pytest.mark.parametrize(
    "opening", ["您觉得怎么样?", "您店里现在主要卖哪几种?", "您看这样行吗", "您先看看,有什么问题问我。"]
)
def test_a_real_question_or_an_opening_is_none(opening: str) -> None:
    assert monologues(LONG + opening) == 0


def test_a_rhetorical_question_opens_nothing() -> None:
    assert monologues(LONG + "谁不想多赚一点呢?") == 1


def test_a_short_turn_is_none() -> None:
    assert monologues("我们这个产品是去年开始做的。") == 0


@pytest.mark.parametrize(
    ("text", "asking"),
    [("您平时什么时候进货", True), ("你看这样行不行", True), ("难道我会骗您吗", False), ("我明天送来", False)],
)
def test_asking(text: str, asking: bool) -> None:
    assert asks(call_of(text, SEGMENTER).turns[-1]) is asking


def metrics_of(text: str) -> dict[str, float | None]:
    return {metric.code: metric.value for metric in measure(CallView(read_text(text), SEGMENTER))}


def test_measures_of_a_good_call() -> None:
    values = metrics_of(
        "销售:李老板您好,我是小王,今天来看看新品卖得怎么样?\n客户:还行吧,周末走得快一点。\n"
        "销售:那我明天上午给您送两条过来。\n客户:好的,麻烦你了。\n销售:谢谢您,再见。"
    )
    assert values["greeting"] == values["purpose"] == values["next_step"] == values["closing"] == 1
    assert values["questions"] == 3.33
    assert 30 < (values["talk_share"] or 0) < 80


def test_measures_without_the_other_side_have_no_value() -> None:
    assert metrics_of("销售:您好。")["talk_share"] is None


def test_a_call_without_purpose_and_next_step_is_observed() -> None:
    call = CallView(read_text("销售:嗯。\n客户:嗯。\n" * 5), SEGMENTER)
    metrics = {metric.code: metric for metric in measure(call)}
    codes = {one.code for one in observe(metrics, rep_turns=5)}
    assert {"no_purpose", "no_questions", "no_greeting"} <= codes
    assert list(observe(metrics, rep_turns=2)) == []


def test_every_range_names_its_source() -> None:
    call = CallView(read_text("销售:嗯。\n客户:嗯。"), SEGMENTER)
    assert all(metric.source and metric.explanation for metric in measure(call))
