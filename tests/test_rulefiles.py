"""Each kind of mistake in a rule file is named with its place and a sentence that helps."""

import re
import shutil
from pathlib import Path

import pytest

from coach.errors import RuleFileError
from coach.resources import folder
from coach.rulefiles import load_rules

GOOD = """definition: "一"
why: "二"
advice: "三"
source: "四"
instead: ["五"]
rules:
  - id: "one"
    kind: "phrases"
    any: ["包在我身上"]
    severity: 2
    reason: "说「{match}」。"
    instead: "我去核实。"
    hits: ["【包在我身上】。"]
    misses: ["不在我身上。"]
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules whose overpromising file is small enough to read."""
    copy = tmp_path / "rules"
    shutil.copytree(folder("rules"), copy)
    (copy / "overpromising.yaml").write_text(GOOD, encoding="utf-8")
    return copy


def problems_of(rules: Path) -> str:
    with pytest.raises(RuleFileError) as caught:
        load_rules(rules)
    return str(caught.value)


def test_the_small_file_is_good(rules: Path) -> None:
    assert [rule.id for rule in load_rules(rules).rules if rule.code == "overpromising"] == ["one"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"one"', "one", r"overpromising.yaml:7: id: 文字要加引号"),
        ('"one"', '"One!"', r"overpromising.yaml:7: id: 应为小写英文"),
        ("severity: 2", "severity: 4", r"overpromising.yaml:10: severity: 应在 1 到 3 之间"),
        ("severity: 2", 'severity: "高"', r":10: severity: 应为数字"),
        ("severity: 2", "severity: 1.5", r":10: severity: 应为整数"),
        ("    severity: 2\n", "", r":7: severity: 缺少这个键"),
        ("severity: 2", 'severity: 2\n    colour: "红"', r":11: colour: 不认识这个键"),
        ("severity: 2", "severity: 2\n    severity: 3", r":11: severity: 这个键写了两遍"),
        ('kind: "phrases"', 'kind: "words"', r":8: kind: 「words」不认识.*phrases"),
        ('["包在我身上"]', '["包在我身上", "包在我身上"]', r":9: any: 「包在我身上」写了两遍"),
        ('["包在我身上"]', '"包在我身上"', r":9: any: 应为列表"),
        ('["包在我身上"]', "[]", r":9: any: 列表不能为空"),
        ('["包在我身上"]', '["包在(我身上"]', r":9: any: .*括号没有成对"),
        ('["包在我身上"]', '["包在|我身上"]', r":9: any: .*要写在括号里"),
        ('["包在我身上"]', '["…我身上"]', r":9: any: .*只能放在中间"),
        ('["包在我身上"]', '["{没有}我身上"]', r":9: any: .*词表「没有」不存在"),
        ('["包在我身上"]', '["包.*身上"]', r":9: any: .*不能写「\*」"),
        ('["包在我身上"]', '["[包]身上"]', r":9: any: .*不能写「\[」"),
        (
            'any: ["包在我身上"]',
            'any: ["包在我身上"]\n    guards: ["negaton"]',
            r":10: guards: 「negaton」不认识.*negation",
        ),
        ('any: ["包在我身上"]', 'any: ["包在我身上"]\n    position: "middle"', r":10: position: 「middle」不认识"),
        ("【包在我身上】", "包在我身上", r":13: hits: 要用一对【】标出"),
        ("rules:\n", "rulez:\n", r"rules: 缺少这个键"),
        ('why: "二"', "why: 二", r":2: why: 文字要加引号"),
        ('why: "二"', 'why: ""', r":2: why: 文字不能为空"),
        ('why: "二"', 'why: "二', r"格式: YAML 写法有误"),
        ('why: "二"', "\twhy: 1", r"格式: YAML"),
    ],
)
def test_mistakes_are_named(rules: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    (rules / "overpromising.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    assert re.search(told, problems_of(rules))


def test_a_pattern_that_re2_cannot_run_is_refused(rules: Path) -> None:
    text = GOOD.replace('"phrases"', '"pattern"').replace('any: ["包在我身上"]', 'regex: "(?<=我)身上"')
    (rules / "overpromising.yaml").write_text(text, encoding="utf-8")
    assert "RE2 读不懂" in problems_of(rules)


def test_a_missing_file_and_an_unknown_one_are_named(rules: Path) -> None:
    (rules / "overpromising.yaml").rename(rules / "promising.yaml")
    told = problems_of(rules)
    assert "overpromising.yaml:1: 文件: 缺少" in told
    assert "promising.yaml:1: 文件: 没有这个习惯代码" in told


def test_all_mistakes_are_named_at_once(rules: Path) -> None:
    (rules / "overpromising.yaml").write_text(GOOD.replace("severity: 2", "severity: 9"), encoding="utf-8")
    (rules / "dictionary.txt").write_text("细支烟 20000 名词\n", encoding="utf-8")
    told = problems_of(rules)
    assert "severity" in told
    assert "dictionary.txt:1: 细支烟: 词性「名词」不认识" in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("细支烟 1 2 n", "写法应为"),
        ("细支烟\n细支烟", "dictionary.txt:2: 细支烟: 这个词写了两遍"),
        ("长" * 30, "最多 20 个字"),
    ],
)
def test_dictionary_mistakes_are_named(rules: Path, line: str, told: str) -> None:
    (rules / "dictionary.txt").write_text(line, encoding="utf-8")
    assert told in problems_of(rules)


def test_files_in_another_encoding_are_named(rules: Path) -> None:
    (rules / "overpromising.yaml").write_bytes(GOOD.encode("gb18030"))
    assert "不是 UTF-8" in problems_of(rules)


def test_no_folder_at_all(tmp_path: Path) -> None:
    assert "找不到规则文件夹" in problems_of(tmp_path / "nowhere")


def test_the_digest_follows_the_bytes(rules: Path) -> None:
    before = load_rules(rules).digest
    (rules / "overpromising.yaml").write_text(GOOD + "# 备注\n", encoding="utf-8")
    assert load_rules(rules).digest != before
