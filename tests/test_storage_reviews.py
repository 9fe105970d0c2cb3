"""Reviews and their queue in the database: who sees what, two who write at once, what is drawn."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from office import add_user
from reviewing import BOAST, MILD, NOW, Office, opened, praise

from coach.errors import AccessError, ConflictError, InputError, NotFoundError
from coach.imports import read_text, saved
from coach.pipeline import Coach
from coach.review import Decision, Message, State, acknowledged, appealed, decided, pass_of, shared
from coach.storage.accounts import Accounts, Role
from coach.storage.database import Database
from coach.storage.library import About
from coach.storage.review_queue import Draw, Way


@pytest.fixture
def office(database: Database, tmp_path: Path, coach: Coach) -> Office:
    return opened(database, tmp_path, coach)


def test_a_draft_is_for_its_reviewer_alone(office: Office) -> None:
    call_id = office.call()
    office.revise(office.lead, call_id, praise("算得清楚"))
    assert [one.reviewer for one in office.reviews.of_call(office.lead, call_id)] == ["张主管"]
    for visitor in (office.rep, office.second, office.chief):
        assert office.reviews.of_call(visitor, call_id) == []
    assert office.reviews.for_rep(office.rep) == []


def test_a_call_of_another_team_does_not_exist(office: Office) -> None:
    call_id = office.call()
    for act in (
        lambda: office.reviews.of_call(office.stranger, call_id),
        lambda: office.reviews.own(office.stranger, call_id),
        lambda: office.reviews.revise(office.stranger, call_id, 0, praise("x")),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_reps_do_not_review_and_nobody_reviews_himself(office: Office) -> None:
    with pytest.raises(AccessError):
        office.reviews.own(office.rep, office.call())
    with pytest.raises(AccessError):
        office.reviews.own(office.lead, office.call(owner=office.lead))


def test_a_call_without_a_report_is_not_reviewed(office: Office) -> None:
    call_id = office.library.add_transcript(office.rep, About(office.rep.id, "x"), read_text(BOAST))
    with pytest.raises(InputError):
        office.reviews.own(office.lead, call_id)


def test_whoever_writes_second_is_told_and_nothing_is_lost(office: Office) -> None:
    call_id = office.call()
    office.reviews.revise(office.lead, call_id, 0, praise("先写的"))
    with pytest.raises(ConflictError):
        office.reviews.revise(office.lead, call_id, 0, praise("后写的"))
    kept = office.reviews.own(office.lead, call_id)
    assert (kept.version, kept.review.comments[0].text) == (1, "先写的")


def test_what_is_refused_changes_nothing(office: Office) -> None:
    call_id = office.call()
    with pytest.raises(InputError):
        office.reviews.revise(office.lead, call_id, 0, shared)
    assert office.reviews.own(office.lead, call_id).version == 0


def test_from_draft_through_an_appeal_to_acknowledged(office: Office) -> None:
    call_id = office.call()
    sent = office.share(office.lead, call_id)
    ((seen, title),) = office.reviews.for_rep(office.rep)
    assert (seen.id, title, seen.review.state) == (sent.id, "李老板", State.SHARED)
    appeal = Message(True, "客户知道这是玩笑。", NOW, turn=0, code="overpromising")
    contested = office.reviews.respond(
        office.rep, sent.id, seen.version, lambda review, report: appealed(review, appeal, report)
    )
    with pytest.raises(ConflictError):
        office.reviews.revise(office.lead, call_id, sent.version, praise("没看到申诉"))
    with pytest.raises(ConflictError):
        office.reviews.respond(office.rep, sent.id, seen.version, lambda review, _: acknowledged(review, NOW))
    answer = Message(False, "还是太满了。", NOW)
    final = office.reviews.revise(office.lead, call_id, contested.version, lambda review, _: decided(review, answer))
    done = office.reviews.respond(office.rep, sent.id, final.version, lambda review, _: acknowledged(review, NOW))
    assert (done.review.state, done.review.acknowledged_at) == (State.FINAL, NOW)
    assert [one.text for one in done.review.messages] == ["客户知道这是玩笑。", "还是太满了。"]


def test_only_the_rep_of_the_call_responds_and_not_to_a_draft(office: Office) -> None:
    call_id = office.call()
    draft = office.revise(office.lead, call_id, praise("好"))
    other = add_user(office.database, "小赵", Role.REP, "东区")
    sent = office.share(office.lead, office.call())
    for visitor, review_id in (
        (office.rep, draft.id),
        (other, sent.id),
        (office.lead, sent.id),
        (office.rep, "f" * 32),
    ):
        with pytest.raises(NotFoundError):
            office.reviews.respond(visitor, review_id, 1, lambda review, _: acknowledged(review, NOW))


def test_a_second_opinion_is_given_before_the_first_is_seen(office: Office) -> None:
    call_id = office.call()
    office.share(office.lead, call_id)
    assert len(office.reviews.of_call(office.second, call_id)) == 1
    assert office.queue.draw(office.second, Draw(Way.SECOND)) == 1
    assert office.reviews.of_call(office.second, call_id) == []
    office.share(office.second, call_id)
    assert len(office.reviews.of_call(office.second, call_id)) == 2
    assert office.queue.of(office.second) == []


def test_an_appeal_to_somebody_who_is_gone_is_taken_over(office: Office) -> None:
    sent = office.share(office.lead, office.call())
    appeal = Message(True, "客户知道这是玩笑。", NOW, turn=0, code="overpromising")
    office.reviews.respond(office.rep, sent.id, sent.version, lambda review, report: appealed(review, appeal, report))
    assert office.reviews.left_behind(office.second) == []
    with pytest.raises(NotFoundError):
        office.reviews.take_over(office.second, sent.id)
    Accounts(office.database).change(office.lead.id, disabled=True)
    ((kept, _, rep),) = office.reviews.left_behind(office.second)
    assert (kept.id, kept.reviewer, rep) == (sent.id, "张主管", "小王")
    for visitor, error in ((office.rep, AccessError), (office.stranger, NotFoundError)):
        with pytest.raises(error):
            office.reviews.take_over(visitor, sent.id)
    call_id = office.reviews.take_over(office.second, sent.id)
    answer = Message(False, "还是太满了。", NOW)
    final = office.revise(office.second, call_id, lambda review, _: decided(review, answer))
    assert (final.id, final.review.state) == (sent.id, State.FINAL)


def test_what_was_reviewed_is_not_changed_or_deleted_by_its_rep(office: Office) -> None:
    call_id = office.call()
    office.revise(office.lead, call_id, praise("草稿还不算"))
    call = office.library.find(office.rep, call_id)
    transcript = saved.load(call.transcript)
    office.library.correct(office.rep, call_id, call.version, transcript, office.coach.analyse)
    office.share(office.lead, call_id)
    version = office.library.find(office.rep, call_id).version
    with pytest.raises(AccessError, match="主管已经复核过"):
        office.library.correct(office.rep, call_id, version, transcript, office.coach.analyse)
    with pytest.raises(AccessError, match="主管已经复核过"):
        office.library.forget(office.rep, call_id)
    office.library.correct(office.lead, call_id, version, transcript, office.coach.analyse)
    office.library.forget(office.lead, call_id)


def test_settled_reviews_are_those_of_ones_own_team(office: Office) -> None:
    office.share(office.lead, office.call())
    office.revise(office.lead, office.call(), praise("草稿"))
    assert [len(office.reviews.settled(one)) for one in (office.lead, office.stranger, office.chief)] == [1, 0, 1]
    assert len(office.reviews.by_reviewer(office.lead)) == 2


def test_reviews_become_labelled_calls_unless_the_call_was_changed(office: Office) -> None:
    call_id, changed_id = office.call(), office.call()
    office.share(office.lead, call_id)
    office.share(office.second, call_id, Decision.REJECT)
    office.share(office.lead, changed_id)
    transcript = saved.load(office.library.find(office.lead, changed_id).transcript)
    office.library.correct(office.lead, changed_id, 1, replace(transcript, domain="饮料"), office.coach.analyse)
    exported = office.reviews.labelled(office.chief)
    assert [line["id"] for line in exported.lines] == [call_id]
    assert exported.changed_since == 1
    assert exported.lines[0]["pass"] == pass_of(call_id)
    assert "李老板" not in str(exported.lines[0]["id"])
    assert list(office.reviews.latest_settled()) == [call_id]


def test_calls_are_drawn_at_random_for_one_and_never_twice(office: Office) -> None:
    drawn = [office.call() for _ in range(4)]
    office.call(owner=office.lead)
    assert office.queue.draw(office.lead, Draw(Way.RANDOM, number=3, due_on=date(2026, 3, 1))) == 3
    assert office.queue.draw(office.lead, Draw(Way.RANDOM, number=9)) == 1
    assert office.queue.draw(office.lead, Draw(Way.RANDOM)) == 0
    waiting = office.queue.of(office.lead)
    assert {one.call_id for one in waiting} == set(drawn)
    assert [one.is_overdue(date(2026, 3, 2)) for one in waiting] == [True, True, True, False]
    assert office.queue.of(office.second) == []


def test_calls_are_drawn_by_habit_and_by_share_of_each_rep(office: Office) -> None:
    other = add_user(office.database, "小赵", Role.REP, "东区")
    boast = office.call(BOAST)
    for owner in (office.rep, other, other):
        office.call(MILD, owner)
    assert office.queue.draw(office.lead, Draw(Way.HABIT, code="overpromising")) == 1
    assert [one.call_id for one in office.queue.of(office.lead)] == [boast]
    assert office.queue.draw(office.second, Draw(Way.SHARE, percent=50)) == 2
    assert {one.rep for one in office.queue.of(office.second)} == {"小王", "小赵"}


@pytest.mark.parametrize("draw", [Draw(Way.RANDOM, number=0), Draw(Way.SHARE, percent=101), Draw(Way.HABIT)], ids=str)
def test_draws_without_sense_are_refused(office: Office, draw: Draw) -> None:
    with pytest.raises(InputError):
        office.queue.draw(office.lead, draw)


def test_sharing_takes_a_call_off_the_queue_and_others_cannot_drop_it(office: Office) -> None:
    call_id = office.call()
    office.queue.draw(office.lead, Draw(Way.RANDOM))
    (waiting,) = office.queue.of(office.lead)
    with pytest.raises(NotFoundError):
        office.queue.drop(office.second, waiting.id)
    office.share(office.lead, call_id)
    assert office.queue.of(office.lead) == []
    office.call()
    office.queue.draw(office.lead, Draw(Way.RANDOM))
    office.queue.drop(office.lead, office.queue.of(office.lead)[0].id)
    assert office.queue.of(office.lead) == []
