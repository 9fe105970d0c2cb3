"""Every rule proves itself by its own examples."""

import pytest

from coach.pipeline import Coach
from coach.resources import folder
from coach.rulecheck import check_rule
from coach.rulefiles import Rule, load_rules
from coach.text import Segmenter

RULES = load_rules(folder("rules")).rules


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_rule_holds_by_its_own_examples(rule: Rule) -> None:
    assert list(check_rule(rule, Segmenter())) == []


def test_a_negated_promise_is_told_as_exempted(coach: Coach) -> None:
    from coach.imports import read_text

    report = coach.analyse(read_text("销售:这事我不敢说包在我身上。\n客户:嗯。"))
    assert report.findings == ()
    assert [one.exemption.guard for one in report.exempted if one.exemption] == ["negation"]
