"""Every kind of condition, read from YAML as a rule file writes it."""

from pathlib import Path

import pytest

from coach.detectors.kinds import build
from coach.detectors.view import CallView
from coach.rulecheck import call_of
from coach.text import Segmenter
from coach.transcript import Speaker, Transcript, Turn
from coach.yamlfiles import read_section

SEGMENTER = Segmenter()


def quotes(tmp_path: Path, condition: str, call: CallView) -> list[str]:
    """What the condition finds in the call's last turn."""
    path = tmp_path / "one.yaml"
    path.write_text(condition, encoding="utf-8")
    problems: list[str] = []
    section = read_section(path, problems)
    assert section is not None
    built = build(section, {"我方": ("我们", "我")})
    section.done()
    assert problems == []
    view = call.turns[-1]
    return [span.of(view.turn.text) for span in built.find(view)]


@pytest.mark.parametrize(
    ("condition", "chain", "found"),
    [
        ('kind: "phrases"\nany: ["保证"]', "我保证,真的保证", ["保证", "保证"]),
        ('kind: "phrases"\nany: ["保证"]\nwith: ["赚"]', "我保证能赚。", ["保证"]),
        ('kind: "phrases"\nany: ["保证"]\nwith: ["赚"]', "我保证。赚不赚看您。", []),
        ('kind: "phrases"\nany: ["保证"]\nwith: ["赚"]\nscope: "turn"', "我保证。赚不赚看您。", ["保证"]),
        ('kind: "pattern"\nregex: "第([一二三])名"', "全县第一名", ["一"]),
        ('kind: "pattern"\nregex: "第[一二三]名"', "全县第一名", ["第一名"]),
        ('kind: "tokens"\nsequences: ["我们/r 最/d */a"]', "我们最厉害", ["我们最厉害"]),
        ('kind: "tokens"\nsequences: ["{我方} … 好/a"]', "我们的服务好", ["我们的服务好"]),
        ('kind: "tokens"\nsequences: ["我们/r 最/d */a"]', "我们最近很忙", []),
        ('kind: "reply"\nrep: ["不可能"]', "不好卖。 → 不可能。", ["不可能"]),
        ('kind: "reply"\nrep: ["不可能"]', "不可能。", []),
        ('kind: "reply"\nrep: ["不可能"]\ncustomer: ["贵"]', "不好卖。 → 不可能。", []),
        ('kind: "reply"\nrep: ["不可能"]\ncustomer_unless: ["吗"]', "能退吗? → 不可能。", []),
        ('kind: "reply"\nrep: ["不可能"]\nwithin: 4', "不好卖。 → 我想这个不可能。", []),
        ('kind: "count"\nany: ["可能", "大概"]\nat_least: 2', "可能吧,大概是。", ["可能吧,大概"]),
        ('kind: "count"\nany: ["可能", "大概"]\nat_least: 2', "可能吧。", []),
        ('kind: "count"\nany: ["可能", "大概"]\nat_least: 2\ndistinct: true', "可能吧,可能。", []),
        ('kind: "count"\nany: ["可能"]\nat_least: 1\nper_100: 50', "可能要到下个星期才能给您送过去。", []),
        ('kind: "length"\nmin_size: 3', "好的呀", ["好的呀"]),
        ('kind: "length"\nmin_size: 3\nlacks: ["吗"]', "可以吗您", []),
        ('kind: "length"\nmin_pace: 300', "好的呀", []),
        ('kind: "combine"\nall:\n  - {kind: "phrases", any: ["哈哈"]}\n  - {kind: "phrases", any: ["连"]}', "哈哈,连这个都不会", ["哈哈"]),
        ('kind: "combine"\nall:\n  - {kind: "phrases", any: ["哈哈"]}\nnone:\n  - {kind: "phrases", any: ["我"]}', "哈哈,我错了", []),
        (
            'kind: "combine"\nall:\n  - {kind: "phrases", any: ["不是"]}\n  - {kind: "phrases", any: ["慢"], role: "customer"}',
            "太慢了。 → 不是的。",
            ["不是"],
        ),
        (
            'kind: "combine"\nnear: 2\nall:\n  - {kind: "phrases", any: ["哈哈"]}\n  - {kind: "phrases", any: ["连"]}',
            "哈哈,今天天气不错,连我都想出门",
            [],
        ),
        ('kind: "combine"\nany:\n  - {kind: "phrases", any: ["甲"]}\n  - {kind: "phrases", any: ["乙"]}', "乙", ["乙"]),
    ],
)  # fmt: skip
def test_condition(tmp_path: Path, condition: str, chain: str, found: list[str]) -> None:
    assert quotes(tmp_path, condition, call_of(chain, SEGMENTER)) == found


def test_counting_in_the_call_and_in_a_window(tmp_path: Path) -> None:
    texts = ["可能吧", "好", "可能吧", "好", "可能吧"]
    turns = tuple(Turn(at, Speaker.CUSTOMER if at % 2 else Speaker.REP, text) for at, text in enumerate(texts))
    call = CallView(Transcript("x", turns), SEGMENTER)
    condition = 'kind: "count"\nany: ["可能"]\nat_least: 3\nwithin: '
    assert quotes(tmp_path, condition + '"call"', call) == ["可能"]
    assert quotes(tmp_path, condition + '"window"\nturns: 3', call) == []


def test_pace_needs_times(tmp_path: Path) -> None:
    call = CallView(Transcript("x", (Turn(0, Speaker.REP, "快快快快快快快快快快", start_s=0, end_s=1),)), SEGMENTER)
    assert quotes(tmp_path, 'kind: "length"\nmin_pace: 300', call) == ["快" * 10]
