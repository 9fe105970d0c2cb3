"""The first page: empty for a newcomer, and then what waits for each."""

from datetime import date, timedelta

from counted import add_counted
from house import House
from reviewing import decide_all
from sqlalchemy import update
from test_web_calls import judged

from coach.review import Decision, Message, appealed, shared
from coach.storage.accounts import now
from coach.storage.pending import PendingReviews
from coach.storage.states import State
from coach.storage.tables import Call


def test_a_newcomer_is_told_where_to_begin(house: House) -> None:
    rep, chief = house.client("rep").get("/").text, house.client("administrator").get("/").text
    for page in (rep, chief):
        assert 'href="/upload">上传第一通' in page
        assert "等您处理" not in page
    assert 'href="/admin/users"' in chief
    assert 'href="/admin/users"' not in rep


def test_a_review_waits_for_the_rep_and_his_appeal_for_the_supervisor(house: House) -> None:
    call_id, reviews = judged(house), house.service.reviews
    lead, rep = house.people["supervisor"], house.people["rep"]
    assert "没有等您处理的事" in house.client("rep").get("/").text
    reviews.revise(lead, call_id, 0, lambda review, report: decide_all(review, report, Decision.AGREE))
    assert PendingReviews(house.service.database).to_read(rep) == [], "a draft is its reviewer's own"
    kept = reviews.revise(lead, call_id, 1, shared)
    assert "写了复核，等您看" in house.client("rep").get("/").text
    assert "李老板便利店" not in house.client("stranger").get("/").text
    kept = reviews.respond(
        rep,
        kept.id,
        kept.version,
        lambda review, report: appealed(review, Message(True, "客户先说的", now(), appeals=True), report),
    )
    assert 'urgent">申诉' in house.client("supervisor").get("/").text
    assert "写了复核，等您看" not in house.client("rep").get("/").text
    assert PendingReviews(house.service.database).to_answer(house.people["administrator"]) == []


def test_practice_and_failures_wait_too(house: House) -> None:
    rep = house.people["rep"]
    call_id = judged(house)
    with house.service.database.begin() as session:
        session.execute(update(Call).values(state=State.FAILED, problem="录音是空的。", report=None, score=None))
    house.service.assignments.ask(house.people["supervisor"], rep.id, "new-brand-slow")
    page = house.client("rep").get("/").text
    assert "录音是空的。" in page
    assert f"/calls/{call_id}" in page
    assert ">练习</span>" in page
    assert "录音是空的。" in house.client("supervisor").get("/").text
    assert "录音是空的。" not in house.client("stranger").get("/").text


def test_calls_and_what_is_asked_for_stand_on_the_first_page(house: House) -> None:
    judged(house)
    house.service.assignments.ask(
        house.people["supervisor"], house.people["rep"].id, "new-brand-slow", due_on=date(2099, 1, 1)
    )
    page = house.client("rep").get("/").text
    assert "李老板便利店" in page
    assert "2099-01-01" in page
    assert "张主管" in page
    assert "李老板便利店" not in house.client("stranger").get("/").text


def test_a_rep_sees_how_he_changes(house: House) -> None:
    for days, number, found in ((0, 10, 6), (60, 20, 1)):
        for _ in range(number):
            made_at = now() - timedelta(days=days)
            add_counted(house.service.database, house.people["rep"], made_at, turns=20, found={"boasting": found})
    page = house.client("rep").get("/").text
    assert "比以前多了</span> 自吹" in page
    assert f'href="/team/{house.people["rep"].id}"' in page
    assert "我的变化" not in house.client("colleague").get("/").text
