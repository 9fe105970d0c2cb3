"""The pages of reviews: from the queue through a review, an appeal and its answer to acknowledged."""

import json
import re
from datetime import date, timedelta

import pytest
from house import House
from reviewing import BOAST

from coach.imports import read_text, saved
from coach.review import State
from coach.storage.library import About
from coach.storage.worklist import Run, WorkList


@pytest.fixture
def call_id(house: House) -> str:
    rep = house.people["rep"]
    call_id = house.service.library.add_transcript(rep, About(rep.id, "李老板 <b>"), read_text(BOAST))
    work = WorkList(house.service.database)
    call = work.begin(Run(call_id, 1), "analyse")
    work.judged(Run(call_id, 1), house.service.coach.analyse(saved.load(call.transcript)))
    return call_id


def version_on(text: str) -> str:
    return re.search(r'name="version" value="(\d+)"', text)[1]


def post(house: House, who: str, address: str, **fields: object):
    return house.client(who).post(address, data=fields)


def test_the_whole_way_from_the_queue_to_acknowledged(house: House, call_id: str) -> None:
    lead, rep = house.client("supervisor"), house.client("rep")
    assert "李老板 &lt;b&gt;" not in lead.get("/reviews").text
    drawn = post(house, "supervisor", "/reviews/draw", way="random", number=5, due_on="2020-01-01")
    assert "李老板 &lt;b&gt;" in drawn.text
    assert "已过期" in drawn.text

    review = f"/calls/{call_id}/review"
    shown = lead.get(review).text
    assert "包在我身上" in shown
    early = post(house, "supervisor", f"{review}/conclusion", version=0, summary="写好的总评", then="share")
    assert early.status_code == 422
    assert "没有判断" in early.text
    assert "写好的总评" in early.text, "what was typed is shown again"

    report = house.service.library.report(house.people["supervisor"], call_id)
    for version, finding in enumerate(report.findings):
        told = post(
            house,
            "supervisor",
            f"{review}/verdict",
            version=version,
            turn=finding.turn,
            code=finding.code,
            decision="agree",
        )
        assert told.status_code == 200
    version = version_on(lead.get(review).text)
    shown = post(house, "supervisor", f"{review}/comment", version=version, turn=2, text="算得清楚", praise="true")
    assert "算得清楚" in shown.text
    assert rep.get("/reviews").text.count(call_id) == 0, "a draft is not shown to the rep"
    version = version_on(shown.text)
    shared = post(
        house,
        "supervisor",
        f"{review}/conclusion",
        version=version,
        point=["少下保证", "", ""],
        point_code=["overpromising", "", ""],
        summary="继续",
        then="share",
    )
    assert "已发给本人" in shared.text

    assert call_id in rep.get("/reviews").text
    seen = rep.get(review).text
    assert "少下保证" in seen
    assert "算得清楚" in seen
    (kept,) = house.service.reviews.of_call(house.people["rep"], call_id)
    respond = f"{review}/{kept.id}/respond"
    first = report.findings[0]
    appealed = post(
        house,
        "rep",
        respond,
        version=kept.version,
        then="appeal",
        place=f"{first.turn}:{first.code}",
        text="客户是老朋友。",
    )
    assert "客户是老朋友" in appealed.text
    assert "等您答复的申诉" in lead.get("/reviews").text
    late = post(house, "rep", respond, version=kept.version, then="answer", text="再补一句")
    assert late.status_code == 409
    assert "再补一句" in late.text

    version = version_on(lead.get(review).text)
    final = post(house, "supervisor", f"{review}/reply", version=version, text="再熟也别打包票。", then="decide")
    assert "已定稿" in final.text
    (kept,) = house.service.reviews.of_call(house.people["rep"], call_id)
    done = post(house, "rep", respond, version=kept.version, then="acknowledge", text="好的，记住了。")
    assert "本人已确认" in done.text
    (kept,) = house.service.reviews.of_call(house.people["rep"], call_id)
    assert kept.review.state is State.FINAL
    assert kept.review.acknowledged_at is not None

    report_page = rep.get(f"/calls/{call_id}").text
    assert "<strong>复核：同意</strong>" in report_page
    assert "对换销售和客户" not in report_page, "what was reviewed is not for its rep to change"
    late = rep.post(f"/calls/{call_id}/turns/0", data={"version": 1, "speaker": "rep", "text": "我没说过"})
    assert (late.status_code, "主管已经复核过" in late.text, "我没说过" in late.text) == (403, True, False)
    log = house.client("administrator").get("/admin/audit", params={"target": call_id}).text
    assert "李老板 &lt;b&gt;" in log
    assert "看全部" in log

    exported = lead.get("/reviews/export")
    (line,) = [json.loads(one) for one in exported.text.splitlines()]
    assert line["id"] == call_id
    assert "overpromising" in lead.get("/reviews/figures").text or "好说大话" in lead.get("/reviews/figures").text


def test_two_windows_of_one_reviewer_are_told(house: House, call_id: str) -> None:
    review = f"/calls/{call_id}/review"
    assert post(house, "supervisor", f"{review}/comment", version=0, turn=2, text="第一个窗口").status_code == 200
    second = post(house, "supervisor", f"{review}/comment", version=0, turn=2, text="第二个窗口")
    assert second.status_code == 409
    assert "第一个窗口" in second.text
    assert "第二个窗口" in second.text


def test_who_may_not_is_kept_out(house: House, call_id: str) -> None:
    review = f"/calls/{call_id}/review"
    assert house.client("stranger").get(review).status_code == 404
    assert house.client("colleague").get(review).status_code == 404
    assert post(house, "rep", f"{review}/verdict", version=0, turn=0, decision="clear").status_code == 403
    for address in ("/reviews/figures", "/reviews/export"):
        assert house.client("rep").get(address).status_code == 403
    assert post(house, "rep", "/reviews/draw", way="random").status_code == 403
    assert "还没有发给您的复核" in house.client("rep").get(review).text


def test_wrong_forms_are_answered_not_crashed_on(house: House, call_id: str) -> None:
    review = f"/calls/{call_id}/review"
    for fields in (
        {"version": 0, "turn": 999, "decision": "clear"},
        {"version": 0, "turn": 0, "decision": "sing"},
        {"version": "x", "turn": 0, "decision": "clear"},
        {"version": 0, "turn": 2, "code": "shouting", "decision": "missed"},
    ):
        assert post(house, "supervisor", f"{review}/verdict", **fields).status_code == 422
    assert post(house, "supervisor", "/reviews/draw", way="random", number=0).status_code == 422


def test_a_draw_is_repeated_every_week_until_it_is_stopped(house: House) -> None:
    due = date.today() + timedelta(days=4)  # noqa: DTZ011 - the day on this machine's clock
    fields = {"way": "random", "number": 3, "weekly": "true", "due_on": due.isoformat()}
    shown = post(house, "supervisor", "/reviews/draw", **fields).text
    assert "每周自动抽" in shown
    (standing,) = house.service.standing.of(house.people["supervisor"])
    assert (standing.draw.number, standing.due_days) == (3, 4)
    stopped = post(house, "supervisor", f"/reviews/weekly/{standing.id}/stop")
    assert "/stop" not in stopped.text


def test_empty_lists_say_what_to_do(house: House) -> None:
    assert "队列是空的" in house.client("supervisor").get("/reviews").text
    assert "还没有主管复核过" in house.client("rep").get("/reviews").text
    assert "没有可抽的对话" in post(house, "supervisor", "/reviews/draw", way="random").text
    assert house.client("supervisor").get("/reviews/figures").status_code == 200
