"""Switching rules off: free where no review speaks for the rule, only by insisting where reviewed calls would lose."""

from dataclasses import replace
from pathlib import Path

import pytest
from reviewing import BOAST, Office, opened

from coach.detectors.classifier import ClassifierDetector
from coach.errors import AccessError, InputError, NotFoundError
from coach.findings import Policy
from coach.pipeline import Coach
from coach.review import Decision
from coach.storage.database import Database
from coach.storage.rule_switches import RuleSwitches
from coach.storage.rules import TeamRules


@pytest.fixture
def office(database: Database, tmp_path: Path, coach: Coach) -> Office:
    # Rules alone judge here, so that a finding is gone without its rule.
    by_rules = replace(coach, detectors=[one for one in coach.detectors if one.id != ClassifierDetector.id])
    return opened(database, tmp_path, by_rules)


def lone_rule(office: Office, call_id: str) -> str:
    """The rule that alone makes one of the findings of a call."""
    for finding in office.library.report(office.rep, call_id).findings:
        rules = {one.detector for one in finding.evidence if one.detector.startswith("rule:")}
        if len(rules) == 1:
            return rules.pop().removeprefix("rule:")
    raise AssertionError("no finding with one rule")


def test_a_rule_that_reviewers_agree_with_goes_off_only_by_insisting(office: Office) -> None:
    call_id = office.call(BOAST)
    office.share(office.lead, call_id)
    name = lone_rule(office, call_id)
    switches, rules = RuleSwitches(office.database, Policy()), TeamRules(office.database)
    verdict = switches.without(name)
    assert (verdict.calls, verdict.mistakes, verdict.loses) == (1, (0, 1), True)
    with pytest.raises(InputError, match="现在错 0 处，关掉它会错 1 处"):
        switches.switch(office.chief, name, on=False)
    assert not rules.in_force().disabled
    switches.switch(office.chief, name, on=False, anyway=True)
    assert rules.in_force().disabled == {name}
    switches.switch(office.chief, name, on=True)
    assert not rules.in_force().disabled


def test_a_rule_that_reviewers_reject_goes_off_at_once(office: Office) -> None:
    call_id = office.call(BOAST)
    office.share(office.lead, call_id, Decision.REJECT)
    name = lone_rule(office, call_id)
    switches = RuleSwitches(office.database, Policy())
    old, new = switches.without(name).mistakes
    assert new == old - 1
    switches.switch(office.chief, name, on=False)
    assert TeamRules(office.database).in_force().disabled == {name}


def test_only_rules_that_there_are_and_only_by_administrators(office: Office) -> None:
    switches = RuleSwitches(office.database, Policy())
    with pytest.raises(NotFoundError):
        switches.switch(office.chief, "rude/no-such-rule", on=False)
    with pytest.raises(AccessError):
        switches.switch(office.lead, "rude/no-such-rule", on=False)
