"""Switching rules off and on. A rule that reviewers agree with more than not is switched off only by someone who insists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from coach.errors import InputError, NotFoundError
from coach.findings import Policy, without_detector
from coach.imports import saved
from coach.rulechanges import changed_book
from coach.storage.accounts import Visitor, now
from coach.storage.database import Database
from coach.storage.replays import Verdict
from coach.storage.reports import read_report
from coach.storage.reviews import Reviews
from coach.storage.rules import TeamRules, check_administers
from coach.storage.tables import Call
from coach.training.reviewed import Mistakes, add_mistakes, labelled, mistakes


@dataclass(frozen=True)
class RuleSwitches:
    """The switches of the rules in a database; `policy` says what makes a finding."""

    database: Database
    policy: Policy
    clock: Callable[[], datetime] = now

    def switch(self, visitor: Visitor, rule_name: str, *, on: bool, anyway: bool = False) -> None:
        """Switch a rule off, or on again; off only if the reviewed calls do not lose by it, or `anyway`.

        Raises AccessError, NotFoundError for a rule that there is not, InputError where reviewed calls would lose.
        """
        check_administers(visitor)
        rules = TeamRules(self.database, self.clock)
        in_force = rules.in_force()
        if rule_name not in in_force.disabled | {rule.name for rule in changed_book(in_force).rules}:
            raise NotFoundError(f"没有「{rule_name}」这条规则。")
        if not (on or anyway):
            self._check_does_not_lose(rule_name)
        rules.switch(visitor, rule_name, on=on)

    def _check_does_not_lose(self, rule_name: str) -> None:
        verdict = self.without(rule_name)
        if verdict.loses:
            old, new = verdict.mistakes
            raise InputError(
                f"这条规则在主管复核过的 {verdict.calls} 通对话里起过作用：现在错 {old} 处，关掉它会错 {new} 处，"
                "比现在差，没有关。如果仍然要关，请再确认一次。"
            )

    def without(self, rule_name: str) -> Verdict:
        """How the reviewed calls in which a rule spoke do with it and without it, going by their stored reports."""
        detector = f"rule:{rule_name}"
        reviews = Reviews(self.database).latest_settled()
        old: dict[str, Mistakes] = {}
        new: dict[str, Mistakes] = {}
        calls = 0
        columns: tuple[Any, ...] = (Call.id, Call.transcript, Call.report)
        spoke = select(*columns).where(
            Call.report.contains(f'"{detector}"', autoescape=True), Call.transcript.is_not(None)
        )
        with self.database.reading() as session:
            for call_id, transcript, stored in session.execute(spoke):
                if call_id not in reviews:
                    continue
                calls += 1
                findings = read_report(stored).findings
                seen = labelled(saved.load(transcript), reviews[call_id], author="")
                add_mistakes(old, mistakes(seen, findings))
                add_mistakes(new, mistakes(seen, without_detector(findings, detector, policy=self.policy)))
        return Verdict(calls, old, new)
