"""What a team changes in the rules: files laid over the shipped ones, rules switched off, mistakes named."""

import pytest

from coach.errors import InputError, RuleFileError
from coach.pipeline import Coach
from coach.resources import folder
from coach.rulechanges import RuleChanges, broken_examples, changeable, changed_book, text_of
from coach.rulefiles import load_rules
from coach.transcript import Speaker, Transcript, Turn

SHIPPED = folder("rules")


def test_without_changes_it_is_the_shipped_book(coach: Coach) -> None:
    assert changed_book(RuleChanges()).digest == coach.book.digest


def test_every_changeable_file_is_there() -> None:
    assert all((SHIPPED / path).is_file() for path in changeable())


def test_a_changed_file_judges_and_its_own_examples_are_run() -> None:
    text = text_of("rude.yaml", RuleChanges()) + (
        '  - id: "team-word"\n    kind: "phrases"\n    any: ["您这猪脑子"]\n    severity: 3\n'
        '    reason: "说「{match}」是骂人。"\n    hits: ["【您这猪脑子】。"]\n    misses: ["您这脑子真好。"]\n'
    )
    changes = RuleChanges().with_text("rude.yaml", text)
    book = changed_book(changes)
    assert broken_examples(book, "rude.yaml") == []
    report = Coach.load(rules=book).analyse(Transcript("a", (Turn(0, Speaker.REP, "您这猪脑子，记不住吗。"),)))
    assert "rule:rude/team-word" in {one.detector for finding in report.findings for one in finding.evidence}
    assert text_of("rude.yaml", changes) == text


def test_a_rule_that_is_off_judges_no_more_and_the_digest_tells() -> None:
    book = load_rules(SHIPPED)
    name = book.rules[0].name
    less = changed_book(RuleChanges(disabled=frozenset({name, "no/such-rule"})))
    assert len(less.rules) == len(book.rules) - 1
    assert name not in {rule.name for rule in less.rules}
    assert less.digest != book.digest


def test_mistakes_are_named_by_file_and_line() -> None:
    with pytest.raises(RuleFileError, match=r"rules/rude.yaml:1: "):
        changed_book(RuleChanges().with_text("rude.yaml", "rules: 3"))


def test_an_example_that_does_not_hold_is_named() -> None:
    text = text_of("rude.yaml", RuleChanges())
    start = text.index("hits:")
    broken = text[:start] + text[start:].replace("【", "【您好", 1)
    problems = broken_examples(changed_book(RuleChanges().with_text("rude.yaml", broken)), "rude.yaml")
    assert len(problems) >= 1
    assert problems[0].startswith("rules/rude.yaml:")


@pytest.mark.parametrize("path", ["../coach/pipeline.py", "README.md", "scenarios/shared.yaml", ""])
def test_other_files_are_out_of_reach(path: str) -> None:
    with pytest.raises(InputError):
        RuleChanges().with_text(path, "x")
    with pytest.raises(InputError):
        text_of(path, RuleChanges())


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(InputError):
        RuleChanges().with_text("rude.yaml", "x" * 200_001)
