"""Practice in the browser and through the API, from the list to the report."""

import re

import pytest
from fastapi.testclient import TestClient
from house import House

from coach.imports import read_text, saved
from coach.pipeline import Coach
from coach.render import render
from coach.resources import folder
from coach.storage.library import About
from coach.storage.worklist import Run, WorkList

GOOD = "您先别急，换谁都着急，我理解。您平时把它摆在哪儿？"
BAD = "不可能，你说的根本不对，明明是你自己搞错了。"


@pytest.fixture
def client(house: House) -> TestClient:
    return house.client("rep")


def begun(client: TestClient, **choice: str) -> str:
    """The address of a new talk."""
    answer = client.post("/practice", data={"scenario": "new-brand-slow", **choice}, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_talk_from_the_list_to_the_report(client: TestClient) -> None:
    assert client.get("/practice").text.count("<h3>") >= 24
    talk = begun(client, level="2")
    assert "你可算来了" in client.get(talk).text
    slipped = client.post(talk, data={"text": BAD}).text
    assert "喜欢随时反驳" in slipped
    assert "重说上一句" in slipped
    worse = client.post(talk, data={"text": BAD, "again": "true"}).text
    assert "还差一点" in worse
    assert f">{BAD}</textarea>" in worse, "what was typed is kept"
    better = client.post(talk, data={"text": "您说得有道理，我先听您说说，客人都嫌什么？", "again": "true"}).text
    assert '<p class="said struck">' in better
    assert GOOD in client.post(talk, data={"text": GOOD}).text
    report = client.get(f"{talk}/report").text
    assert "其中 1 次马上改了口" in report
    assert "<polyline" in report
    assert "角色扮演" in client.get(f"{talk}/call").text
    assert "新烟卖不动" in client.get("/practice").text.partition("情景")[0]
    client.post(f"{talk}/forget")
    assert client.get(talk).status_code == 404


def test_hints_wait_for_the_end_when_asked_to(client: TestClient) -> None:
    talk = begun(client, hints="end")
    assert 'class="hint"' not in client.post(talk, data={"text": BAD}).text
    assert "喜欢随时反驳" in client.get(f"{talk}/report").text


@pytest.mark.parametrize("text", ["", "  ", "好" * 3_000])
def test_what_cannot_be_said_is_told_and_nothing_is_lost(client: TestClient, text: str) -> None:
    talk = begun(client)
    answer = client.post(talk, data={"text": text})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "你可算来了" in answer.text


def test_what_people_type_is_escaped(client: TestClient) -> None:
    talk = begun(client)
    page = client.post(talk, data={"text": "您好<img src=x onerror=alert(1)>，我理解您。"}).text
    assert "<img" not in page


@pytest.mark.parametrize("wrong", ["/practice/" + "a" * 32, "/practice/..%2f..%2fetc", "/practice/x"])
def test_a_talk_that_is_not_there(client: TestClient, wrong: str) -> None:
    answer = client.get(wrong)
    assert answer.status_code in (404, 422)
    assert "root:" not in answer.text


@pytest.mark.parametrize(("method", "place"), [("GET", ""), ("POST", ""), ("GET", "/report"), ("POST", "/forget")])
def test_a_browser_is_told_on_a_page(client: TestClient, method: str, place: str) -> None:
    gone = f"/practice/{'a' * 32}{place}"
    shown = client.request(
        method, gone, headers={"accept": "text/html,*/*"}, data={"text": GOOD} if method == "POST" else None
    )
    assert shown.status_code == 404
    assert "没有这次练习" in shown.text
    assert '<a href="/">' in shown.text
    assert client.request(method, gone, headers={"accept": "*/*"}).headers["content-type"] == "application/problem+json"


def test_the_microphone_is_heard(client: TestClient, monkeypatch: pytest.MonkeyPatch, coach: Coach) -> None:
    sound = (folder("samples") / "recorded" / "telecom-complaint.flac").read_bytes()
    heard = client.post("/practice/hear", files={"sound": ("speech.webm", sound)})
    assert heard.status_code == 200
    assert len(re.findall("[一-鿿]", heard.json()["text"])) > 200
    silent = client.post("/practice/hear", files={"sound": ("speech.webm", b"")}, headers={"accept": "*/*"})
    assert silent.status_code == 422
    assert "空文件" in silent.json()["detail"]


CALL = "销售：李姐好，我是小王，电话13812345678。\n客户：别人家的比你们好卖。\n销售：不可能，你根本没用心推，明明是你自己不会卖。"


def test_a_moment_of_a_call_becomes_a_talk(client: TestClient, coach: Coach) -> None:
    begun = client.post("/practice/moment", data={"text": CALL, "rep": "销售", "turn": "2"}, follow_redirects=False)
    assert begun.status_code == 303
    page = client.get(begun.headers["location"]).text
    assert "再练这一刻" in page
    assert "别人家的比你们好卖。" in page
    assert "你根本没用心推" in page
    assert "13812345678" not in page
    assert "再练这一刻" in client.get("/practice").text
    report = coach.analyse(read_text(CALL, rep="销售"))
    sent = {"report": render(report, format="json"), "finding": report.findings[0].id, "level": "2"}
    again = client.post("/practice/moment", data=sent, follow_redirects=False)
    assert again.status_code == 303
    slipped = client.post(again.headers["location"], data={"text": BAD}).text
    assert "喜欢随时反驳" in slipped
    assert client.post(again.headers["location"], data={"text": GOOD}).status_code == 200
    assert "被刺激" in client.get(f"{again.headers['location']}/report").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": CALL, "rep": "销售", "turn": "0"}, {"text": "", "turn": "0"}, {"report": "{", "finding": "x"},
        {"text": CALL, "rep": "销售", "turn": "2", "level": "7"}, {"text": CALL, "rep": "销售", "turn": "2", "hints": "never"},
    ],
)  # fmt: skip
def test_what_is_no_moment(client: TestClient, wrong: dict[str, str]) -> None:
    answer = client.post("/practice/moment", data=wrong, headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_moments_through_the_api(client: TestClient) -> None:
    call = {"text": CALL, "rep": "销售"}
    talk = client.post("/api/v1/practice/moments", json={"call": call, "turn": 2, "code": "rebutting", "level": 3})
    assert talk.status_code == 201
    assert talk.json()["moment"]["hint"]["code"] == "rebutting"
    assert client.post(f"/api/v1/practice/sessions/{talk.json()['id']}/say", json={"text": GOOD}).status_code == 200
    for wrong in (
        {},
        {"call": call},
        {"call": call, "turn": 1},
        {"report": "{}", "finding": "x"},
        {"call": call, "report": "{}"},
    ):
        assert client.post("/api/v1/practice/moments", json=wrong).status_code == 422
    assert client.delete(f"/api/v1/practice/sessions/{talk.json()['id']}").status_code == 204
    assert client.get(f"/api/v1/practice/sessions/{talk.json()['id']}").status_code == 404


def test_an_exchange_is_practised_again_with_the_scenarios_facts(client: TestClient) -> None:
    talk = begun(client)
    client.post(talk, data={"text": BAD})
    again = client.post(f"{talk}/moment", data={"exchange": "0"}, follow_redirects=False)
    assert "新品到货三十天内" in client.get(again.headers["location"]).text
    assert client.post(f"{talk}/moment", data={"exchange": "9"}).status_code == 422


def test_a_page_that_is_behind_loses_nothing(client: TestClient) -> None:
    talk = begun(client)
    client.post(talk, data={"text": GOOD, "after": "0"})
    twice = client.post(talk, data={"text": GOOD, "after": "0"})
    assert twice.status_code == 409
    assert "这一页旧了" in twice.text
    assert twice.text.count(GOOD) == 2, "once in the talk, once kept in the box"


def test_the_talk_before_a_word_has_no_report(client: TestClient) -> None:
    answer = client.get(f"{begun(client)}/report", headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "还没开口" in answer.text


@pytest.mark.parametrize(
    "text", ["asdf qwer zxcv", "How much is it?", "哈哈哈哈哈哈哈哈", "你给我滚，你这个蠢货。", "好" * 1_900]
)
def test_odd_turns_are_answered_in_character(client: TestClient, text: str) -> None:
    talk = begun(client)
    assert client.post(talk, data={"text": text}).status_code == 200
    assert client.get(talk).text.count('class="customer"') == 2


def test_the_api_plays_the_same_talk(client: TestClient) -> None:
    known = client.get("/api/v1/practice/scenarios").json()
    assert "reveal" not in known[0]
    talk = client.post("/api/v1/practice/sessions", json={"scenario": "new-brand-slow", "level": 3})
    assert talk.status_code == 201
    address = f"/api/v1/practice/sessions/{talk.json()['id']}"
    said = client.post(f"{address}/say", json={"text": BAD}).json()
    assert said["exchanges"][0]["hints"]
    _, tried = client.post(f"{address}/again", json={"text": "您说得有道理，我先听您说。"}).json()
    assert tried["good"]
    assert client.get(address).json()["exchanges"][0]["first_try"] == BAD
    assert client.get(f"{address}/report").json()["resistance"]
    assert client.post("/api/v1/practice/sessions", json={"scenario": "nothing"}).status_code == 422
    assert client.post(f"{address}/say", json={"text": ""}).status_code == 422


def test_a_talk_is_seen_by_nobody_else_until_it_is_handed_in(house: House) -> None:
    rep, lead = house.client("rep"), house.client("supervisor")
    talk = begun(rep)
    rep.post(talk, data={"text": GOOD})
    session_id = talk.rpartition("/")[2]
    for who in ("colleague", "supervisor", "administrator"):
        assert house.client(who).get(talk).status_code == 404
    assert lead.get(f"/team/practice/{session_id}").status_code == 404
    assert "已交给主管" in rep.post(f"{talk}/hand-in").text
    assert "小王" in lead.get("/team/practice").text
    assert "十个习惯，逐项看" in lead.get(f"/team/practice/{session_id}").text
    assert house.client("stranger").get(f"/team/practice/{session_id}").status_code == 403


def test_a_supervisor_asks_for_practice(house: House) -> None:
    rep, lead = house.client("rep"), house.client("supervisor")
    asked = {"rep": house.people["rep"].id, "scenario": "new-brand-slow", "level": "2", "due_on": "2099-01-01"}
    assert "还没交" in lead.post("/team/practice", data=asked).text
    assert "张主管" in rep.get("/practice").text
    for wrong, told in (
        ({"due_on": "2001-01-01"}, "已经过了"),
        ({"due_on": "明天"}, "日期"),
        ({"scenario": "x"}, "没有"),
    ):
        answer = lead.post("/team/practice", data=asked | wrong)
        assert answer.status_code == 422
        assert told in answer.text
    assert lead.post("/team/practice", data=asked | {"rep": house.people["stranger"].id}).status_code == 404


def test_practice_is_asked_for_and_handed_in_over_the_api(house: House) -> None:
    rep, lead, stranger = house.client("rep"), house.client("supervisor"), house.client("stranger")
    team = "/api/v1/practice/team"
    asked = {"rep_id": house.people["rep"].id, "scenario": "new-brand-slow", "due_on": "2099-01-01"}
    answer = lead.post(f"{team}/assignments", json=asked)
    assert answer.status_code == 201
    (mine,) = rep.get("/api/v1/practice/assignments").json()
    assert (mine["id"], mine["due_on"], mine["talk_id"]) == (answer.json()["id"], "2099-01-01", None)
    session_id = rep.post("/api/v1/practice/sessions", json={"scenario": "new-brand-slow"}).json()["id"]
    session = f"/api/v1/practice/sessions/{session_id}"
    assert rep.post(f"{session}/hand-in").status_code == 422, "nothing has been said yet"
    rep.post(f"{session}/say", json={"text": GOOD})
    assert [one["id"] for one in rep.get("/api/v1/practice/sessions").json()] == [session_id]
    assert lead.get(f"{team}/sessions/{session_id}/report").status_code == 404, "not handed in"
    assert rep.post(f"{session}/hand-in").status_code == 204
    assert lead.get(f"{team}/sessions").json()[0]["id"] == session_id
    assert lead.get(f"{team}/sessions/{session_id}/report").json()["trust"]
    assert lead.get(f"{team}/assignments").json()[0]["talk_id"] == session_id
    assert stranger.get(f"{team}/sessions").status_code == 403
    assert lead.delete(f"{team}/assignments/{mine['id']}").status_code == 204
    assert lead.delete(f"{team}/assignments/{mine['id']}").status_code == 404
    assert rep.get("/api/v1/practice/assignments").json() == []
    for wrong, status in (
        ({"scenario": "nothing"}, 422),
        ({"due_on": "2001-01-01"}, 422),
        ({"level": 9}, 422),
        ({"rep_id": house.people["stranger"].id}, 404),
    ):
        refused = lead.post(f"{team}/assignments", json=asked | wrong)
        assert refused.status_code == status
        assert refused.json()["detail"]


def test_a_finding_of_a_stored_call_is_practised(house: House) -> None:
    visitor, service = house.people["rep"], house.service
    said = read_text("销售：李老板好，这批货包在我身上，保您月月赚钱。\n客户：贵不贵？")
    call_id = service.library.add_transcript(visitor, About(visitor.id, "李老板"), said)
    work, run = WorkList(service.database), Run(call_id, 1)
    work.judged(run, service.coach.analyse(saved.load(work.begin(run, "analyse").transcript)))
    finding = service.library.report(visitor, call_id).findings[0]
    answer = house.client("rep").post(f"/calls/{call_id}/practise/{finding.id}")
    assert "当时是这样的" in answer.text
    assert house.client("stranger").post(f"/calls/{call_id}/practise/{finding.id}").status_code == 404
