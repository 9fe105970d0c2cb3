"""Talks belong to their rep until he hands one in; supervisors ask for practice and see what was handed in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from office import add_user

from coach.errors import InputError, NotFoundError
from coach.practice.scenarios import load_scenarios
from coach.practice.session import Session, start
from coach.resources import folder
from coach.storage.accounts import Role, Visitor
from coach.storage.database import Database
from coach.storage.practice import Assignments, Talks
from coach.storage.webhooks import Webhooks

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def people(database: Database) -> dict[str, Visitor]:
    told = (
        ("rep", Role.REP, "东区"),
        ("lead", Role.SUPERVISOR, "东区"),
        ("other", Role.SUPERVISOR, "西区"),
        ("chief", Role.ADMINISTRATOR, ""),
    )
    return {name: add_user(database, name, role, team) for name, role, team in told}


@pytest.fixture(scope="module")
def talk() -> Session:
    return start(load_scenarios(folder("rules") / "scenarios")["new-brand-slow"])


def test_a_talk_is_its_reps_alone(database: Database, people: dict[str, Visitor], talk: Session) -> None:
    Talks(database, people["rep"]).write(talk)
    assert Talks(database, people["rep"]).read(talk.id) == talk
    for who in ("lead", "chief"):
        with pytest.raises(NotFoundError, match="没有这次练习"):
            Talks(database, people[who]).read(talk.id)
        with pytest.raises(NotFoundError):
            Talks(database, people[who]).write(talk)
        assert list(Talks(database, people[who]).latest()) == []
        with pytest.raises(NotFoundError):
            Assignments(database).read(people[who], talk.id)


def test_what_is_handed_in_is_seen_by_the_teams_supervisor(
    database: Database, people: dict[str, Visitor], talk: Session
) -> None:
    Webhooks(database).add("https://example.com", ["practice.handed_in"])
    talks = Talks(database, people["rep"])
    talks.write(talk)
    talks.hand_in(talk.id)
    assert talks.is_handed_in(talk.id)
    for who in ("lead", "chief"):
        assert Assignments(database).read(people[who], talk.id) == (talk, "rep")
        assert [one.id for one in Assignments(database).handed_in(people[who])] == [talk.id]
    with pytest.raises(NotFoundError):
        Assignments(database).read(people["other"], talk.id)
    assert Assignments(database).handed_in(people["other"]) == []
    assert [one.event for one in Webhooks(database).latest()] == ["practice.handed_in"]
    talks.forget(talk.id)
    assert Assignments(database).handed_in(people["lead"]) == []


def test_an_assignment_is_answered_by_handing_in(database: Database, people: dict[str, Visitor], talk: Session) -> None:
    asked = Assignments(database, lambda: NOW)
    due = date(2026, 3, 9)
    asked.ask(people["lead"], people["rep"].id, "new-brand-slow", level=2, due_on=due)
    asked.ask(people["lead"], people["rep"].id, "small-company")
    (first, second) = asked.for_rep(people["rep"])
    assert (first.scenario, first.by, first.due_on, first.talk_id) == ("new-brand-slow", "lead", due, None)
    talks = Talks(database, people["rep"])
    talks.write(talk)
    talks.hand_in(talk.id)
    (open_one, done) = asked.of_team(people["lead"])
    assert (open_one.id, done.talk_id) == (second.id, talk.id)
    late = Assignments(database, lambda: NOW + timedelta(days=30))
    assert [one.is_late for one in late.for_rep(people["rep"])] == [False, False], "handed in, or no date"


def test_what_is_late_is_told(database: Database, people: dict[str, Visitor]) -> None:
    Assignments(database, lambda: NOW).ask(people["lead"], people["rep"].id, "new-brand-slow", due_on=date(2026, 3, 3))
    late = Assignments(database, lambda: NOW + timedelta(days=3))
    assert [one.is_late for one in late.for_rep(people["rep"])] == [True]


def test_who_may_not_ask_and_what_cannot_be_asked(database: Database, people: dict[str, Visitor]) -> None:
    asked = Assignments(database, lambda: NOW)
    for who in ("rep", "other"):
        with pytest.raises(NotFoundError):
            asked.ask(people[who], people["rep"].id, "new-brand-slow")
    with pytest.raises(InputError, match="已经过了"):
        asked.ask(people["lead"], people["rep"].id, "new-brand-slow", due_on=date(2026, 3, 1))


def test_withdrawing_keeps_what_was_handed_in(database: Database, people: dict[str, Visitor], talk: Session) -> None:
    asked = Assignments(database, lambda: NOW)
    assignment = asked.ask(people["lead"], people["rep"].id, "new-brand-slow")
    talks = Talks(database, people["rep"])
    talks.write(talk)
    talks.hand_in(talk.id)
    with pytest.raises(NotFoundError):
        asked.withdraw(people["other"], assignment)
    asked.withdraw(people["lead"], assignment)
    assert asked.of_team(people["lead"]) == []
    assert [one.id for one in asked.handed_in(people["lead"])] == [talk.id]
