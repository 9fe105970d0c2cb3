"""Drafts tried on the stored calls, put in force, and the library judged anew by processes of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from reviewing import BOAST, MILD, Office, opened

from coach.errors import AccessError, ConflictError, InputError, NotFoundError
from coach.jobs.rejudging import Rejudging
from coach.pipeline import Coach
from coach.review import Decision
from coach.rulechanges import RuleChanges, text_of
from coach.storage.accounts import Visitor
from coach.storage.database import Database
from coach.storage.replays import Kind, Replays
from coach.storage.rules import CoachOfTheDay, TeamRules

PATH = "rude.yaml"
RULE = (
    '  - id: "team-word"\n    kind: "phrases"\n    any: ["最近店里生意"]\n    severity: 3\n'
    '    reason: "说「{match}」是打听。"\n    hits: ["【最近店里生意】怎么样？"]\n    misses: ["最近店里忙吗？"]\n'
)


@pytest.fixture
def office(database: Database, tmp_path: Path, coach: Coach) -> Office:
    return opened(database, tmp_path, coach)


@pytest.fixture
def rules(office: Office) -> TeamRules:
    return TeamRules(office.database)


@pytest.fixture
def replays(office: Office) -> Replays:
    return Replays(office.database)


def drafted(rules: TeamRules, visitor: Visitor, more: str = RULE) -> str:
    text = text_of(PATH, rules.in_force()) + more
    return rules.save_draft(visitor, PATH, text, based_on=rules.active_id(PATH))


def test_a_draft_is_kept_even_with_mistakes_and_there_is_one_a_person_and_file(
    office: Office, rules: TeamRules
) -> None:
    first = rules.save_draft(office.lead, PATH, "写到一半", based_on="")
    assert rules.save_draft(office.lead, PATH, "再写\r\n一半", based_on="") == first
    assert rules.save_draft(office.second, PATH, "别的", based_on="") != first
    assert rules.draft(first).text == "再写\n一半"
    with pytest.raises(AccessError):
        rules.save_draft(office.rep, PATH, "x", based_on="")
    with pytest.raises(InputError):
        rules.save_draft(office.lead, "../x", "x", based_on="")
    with pytest.raises(AccessError):
        rules.drop_draft(office.second, first)
    rules.drop_draft(office.lead, first)
    with pytest.raises(NotFoundError):
        rules.draft(first)


def test_a_draft_is_replayed_put_in_force_and_the_library_judged_by_it(
    office: Office,
    rules: TeamRules,
    replays: Replays,
) -> None:
    boast, mild = office.call(BOAST), office.call(MILD)
    draft = drafted(rules, office.lead)
    with pytest.raises(InputError, match="试判"):
        replays.activate(office.chief, draft)
    replays.ask_for_draft(office.lead, draft)
    assert Rejudging(office.database, 1).run_next()
    replay = replays.latest(draft_id=draft)
    assert (replay.state, replay.done, replay.total, replay.problem) == ("done", 2, 2, "")
    (changed,) = replay.changes
    assert (changed.call_id, [(one.turn, one.code) for one in changed.added]) == (mild, [(0, "rude")])
    assert changed.score_after < changed.score_before
    assert office.library.past_reports(office.rep, mild) == []

    with pytest.raises(AccessError):
        replays.activate(office.lead, draft)
    replays.activate(office.chief, draft)
    assert rules.drafts() == []
    judges = CoachOfTheDay(rules)
    assert judges() is judges()
    assert "rude/team-word" in {rule.name for rule in judges().book.rules}

    with pytest.raises(AccessError):
        replays.ask_for_library(office.lead)
    replays.ask_for_library(office.chief)
    assert Rejudging(office.database, 1).run_next()
    library = replays.latest()
    assert (library.kind, library.state, len(library.changes)) == (Kind.LIBRARY, "done", 1)
    (past,) = office.library.past_reports(office.rep, mild)
    assert past.judged_with != office.library.find(office.rep, mild).judged_with
    assert "rude" in {finding.code for finding in office.library.report(office.rep, mild).findings}
    judged_with = office.library.find(office.rep, boast).judged_with
    assert replays.outdated(judged_with) == 0
    assert replays.outdated("another") == 2

    rules.switch(office.chief, "rude/team-word", on=False)
    judges.look_again()
    assert "rude/team-word" not in {rule.name for rule in judges().book.rules}
    rules.switch(office.chief, "rude/team-word", on=True)
    rules.revert(office.chief, PATH)
    assert rules.in_force() == RuleChanges()
    with pytest.raises(InputError):
        rules.revert(office.chief, PATH)


def test_a_draft_that_loses_on_the_reviewed_calls_is_not_put_in_force(
    office: Office,
    rules: TeamRules,
    replays: Replays,
) -> None:
    office.share(office.lead, office.call(MILD))
    draft = drafted(rules, office.lead)
    replays.ask_for_draft(office.lead, draft)
    Rejudging(office.database, 1).run_next()
    replay = replays.latest(draft_id=draft)
    assert (replay.verdict.calls, replay.verdict.mistakes) == (1, (0, 1))
    with pytest.raises(InputError, match="比原来差"):
        replays.activate(office.chief, draft)
    assert rules.in_force() == RuleChanges()


def test_a_draft_with_mistakes_fails_and_says_where(office: Office, rules: TeamRules, replays: Replays) -> None:
    draft = drafted(rules, office.lead, RULE.replace("【最近店里生意】", "【别的话】"))
    replays.ask_for_draft(office.lead, draft)
    Rejudging(office.database, 1).run_next()
    replay = replays.latest(draft_id=draft)
    assert replay.state == "failed"
    assert replay.problem.startswith("rules/rude.yaml:")


def test_what_changed_meanwhile_is_not_put_in_force(office: Office, rules: TeamRules) -> None:
    mine, theirs = drafted(rules, office.lead), drafted(rules, office.second, RULE.replace("team-word", "other"))
    with pytest.raises(ConflictError):
        rules.activate(office.chief, mine, text="what was replayed before")
    rules.activate(office.chief, theirs, text=rules.draft(theirs).text)
    with pytest.raises(ConflictError):
        rules.activate(office.chief, mine, text=rules.draft(mine).text)
    assert rules.draft(mine).text.endswith(RULE)
    assert [one.author for one in rules.history(PATH)] == ["赵主管"]


def test_without_anything_asked_for_there_is_nothing_to_do(office: Office) -> None:
    assert not Rejudging(office.database, 1).run_next()


def test_a_lost_replay_is_taken_over_and_one_in_work_is_not(office: Office) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    Replays(office.database, lambda: start).ask_for_library(office.chief)
    assert Replays(office.database, lambda: start).claim() is not None
    assert Replays(office.database, lambda: start + timedelta(seconds=30)).claim() is None
    assert Replays(office.database, lambda: start + timedelta(seconds=61)).claim() is not None


def test_verdicts_of_reviews_count_for_old_and_new_alike(office: Office, rules: TeamRules, replays: Replays) -> None:
    call_id = office.call(BOAST)
    office.share(office.lead, call_id, Decision.REJECT)
    draft = drafted(rules, office.lead)
    replays.ask_for_draft(office.lead, draft)
    Rejudging(office.database, 1).run_next()
    old, new = replays.latest(draft_id=draft).verdict.mistakes
    assert old == new > 0
