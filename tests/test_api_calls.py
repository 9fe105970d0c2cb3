"""Calls over the interface: handed in, listed, read, followed, deleted; by whom, and what is refused."""

import json
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from house import House
from server import served, work
from sounds import recording

from coach.client import CoachClient, RemoteError

CALLS = "/api/v1/calls"
TEXT = "销售：这批货包在我身上。\n客户：价格贵不贵？"


def send(client: TestClient, content: bytes = b"", name: str = "李老板.wav", **told: object):
    headers = {"Idempotency-Key": str(told.pop("key"))} if "key" in told else {}
    return client.post(CALLS, params={"name": name} | told, content=content or recording(), headers=headers)


def files_of(house: House) -> list[Path]:
    return [one for one in house.service.library.recordings.folder.rglob("*") if one.is_file()]


@pytest.fixture
def rep(house: House) -> TestClient:
    return house.client("rep")


def test_a_recording_is_handed_in_and_its_report_read(house: House, rep: TestClient) -> None:
    answer = send(rep, customer="李姐", rep_channel="left")
    assert answer.status_code == 201
    (call,) = answer.json()["calls"]
    assert (call["title"], call["customer"], call["state"], call["has_recording"]) == (
        "李老板",
        "李姐",
        "waiting",
        True,
    )
    assert rep.get(f"{CALLS}/{call['id']}/report").status_code == 404
    work(house)
    assert rep.get(f"{CALLS}/{call['id']}").json()["state"] == "done"
    report = rep.get(f"{CALLS}/{call['id']}/report").json()
    assert report["call_id"] == "李老板"
    assert report["transcript"]["turns"][0]["speaker"] == "rep"
    listed = rep.get(CALLS, params={"q": "包在我身上"}).json()
    assert ([one["id"] for one in listed["items"]], listed["total"]) == ([call["id"]], 1)
    actions = {(entry.action, entry.target) for entry in house.service.audit.page()[0]}
    assert {("upload", call["id"]), ("read", call["id"])} <= actions


def test_a_conversation_is_handed_in(house: House, rep: TestClient) -> None:
    answer = rep.post(f"{CALLS}/text", json={"text": TEXT, "title": "回访", "made_at": "2026-03-01T10:00:00"})
    assert answer.status_code == 201
    work(house)
    assert rep.get(f"{CALLS}/{answer.json()['id']}").json()["score"] < 100
    assert send(rep, TEXT.encode(), "聊天.txt").json()["calls"][0]["title"] == "聊天"


def test_what_belongs_to_others_does_not_exist(house: House, rep: TestClient) -> None:
    call_id = send(rep).json()["calls"][0]["id"]
    for who, status in (
        ("rep", 200),
        ("supervisor", 200),
        ("administrator", 200),
        ("colleague", 404),
        ("stranger", 404),
    ):
        assert house.client(who).get(f"{CALLS}/{call_id}").status_code == status
    for who in ("colleague", "stranger"):
        client = house.client(who)
        assert client.get(CALLS).json()["total"] == 0
        assert client.get(f"{CALLS}/{call_id}/report").status_code == 404
        assert client.get(f"{CALLS}/{call_id}/events").status_code == 404
        assert client.post(f"{CALLS}/{call_id}/cancel").status_code == 404
        assert client.post(f"{CALLS}/{call_id}/retry").status_code == 404
        assert client.delete(f"{CALLS}/{call_id}").status_code == 404
        assert send(client, rep_id=house.people["rep"].id).status_code == 404
    assert house.guest.get(f"{CALLS}/{call_id}").status_code == 401
    assert len(files_of(house)) == 1


def test_a_supervisor_hands_in_for_his_team_by_file_name(house: House) -> None:
    lead = house.client("supervisor")
    answer = send(lead, name="20260301_小王_李姐.wav", pattern="{date}_{rep}_{customer}")
    assert answer.json()["calls"][0]["owner"] == "小王"
    wrong = send(lead, name="20260301_小李_李姐.wav", pattern="{date}_{rep}_{customer}")
    assert wrong.status_code == 422
    assert "小李" in wrong.json()["detail"]


def test_the_same_key_makes_one_call(house: House, rep: TestClient) -> None:
    first, again = send(rep, key="a"), send(rep, key="a")
    assert first.json()["calls"][0]["id"] == again.json()["calls"][0]["id"]
    other = send(rep, recording(loud=0.3), key="a")
    assert other.status_code == 409
    assert other.headers["content-type"] == "application/problem+json"
    assert rep.get(CALLS).json()["total"] == 1
    assert len(files_of(house)) == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("空.wav", None, "0 字节"),
        ("a.txt", b"\x00\x01\x02" * 50, "不是能读的文字"),
        ("炸弹.zip", b"PK\x03\x04" * 50, "压缩包"),
        ("../../etc/passwd", b"\x7fELF\x00\x00" * 50, "「passwd」"),
    ],
)
def test_bad_files_are_told_in_chinese(house: House, rep: TestClient, name: str, content: bytes, told: str) -> None:
    answer = rep.post(CALLS, params={"name": name}, content=content or b"")
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert files_of(house) == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"name": ""},
        {"name": "a.wav", "speakers": 0},
        {"name": "a.wav", "rep_channel": "up"},
        {"name": "a", "x": 1},
        {"name": "a.wav", "rep_id": "\x00"},
        {"name": "a.wav", "pattern": "{nonsense}"},
        {"name": "a.wav", "source": "x"},
    ],
)
def test_wrong_requests_are_problems(rep: TestClient, query: dict) -> None:
    answer = rep.post(CALLS, params=query, content=recording())
    assert answer.status_code == 422
    assert any("一" <= mark <= "龥" for mark in answer.json()["detail"])


@pytest.mark.parametrize(
    "query",
    [{"page": 0}, {"per_page": 1000}, {"since": "gestern"}, {"owner": "'; --"}, {"severity": 9}, {"reviewed": "x"}],
)
def test_wrong_lists_are_problems(rep: TestClient, query: dict) -> None:
    assert rep.get(CALLS, params=query).status_code == 422


@pytest.mark.parametrize("call_id", ["0", "0" * 32, "%00", "..", "a'b"])
def test_guessed_calls_are_not_found(rep: TestClient, call_id: str) -> None:
    assert rep.get(f"{CALLS}/{call_id}/report").status_code == 404


def test_forms_are_told_how_to_send_a_file(rep: TestClient) -> None:
    answer = rep.post(CALLS, params={"name": "a.wav"}, files={"file": ("a.wav", recording())})
    assert answer.status_code == 422
    assert "请求体" in answer.json()["detail"]


def test_pages_of_a_list(rep: TestClient) -> None:
    for number in range(3):
        rep.post(
            f"{CALLS}/text", json={"text": TEXT, "title": str(number), "made_at": f"2026-03-0{number + 1}T10:00:00Z"}
        )
    first = rep.get(CALLS, params={"per_page": 2}).json()
    second = rep.get(CALLS, params={"per_page": 2, "page": 2}).json()
    assert [one["title"] for one in first["items"] + second["items"]] == ["2", "1", "0"]
    assert (first["total"], second["page"]) == (3, 2)


def test_cancel_retry_delete(house: House, rep: TestClient) -> None:
    call_id = send(rep).json()["calls"][0]["id"]
    assert rep.post(f"{CALLS}/{call_id}/retry").status_code == 409
    assert rep.post(f"{CALLS}/{call_id}/cancel").json()["state"] == "cancelled"
    assert rep.post(f"{CALLS}/{call_id}/retry").json()["state"] == "waiting"
    work(house)
    assert rep.get(f"{CALLS}/{call_id}").json()["state"] == "done"
    assert rep.delete(f"{CALLS}/{call_id}").status_code == 204
    assert rep.get(f"{CALLS}/{call_id}").status_code == 404
    assert files_of(house) == []
    assert house.service.audit.page(action="delete")[1] == 1


def test_events_tell_how_far_a_call_is(house: House, rep: TestClient) -> None:
    call_id = send(rep).json()["calls"][0]["id"]
    told = []
    threading.Timer(1.5, lambda: work(house)).start()
    with rep.stream("GET", f"{CALLS}/{call_id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = [json.loads(line[5:]) for line in answer.iter_lines() if line.startswith("data:")]
    assert told[0]["state"] == "waiting"
    assert told[-1]["state"] == "done"
    assert house.service.library.find(house.people["rep"], call_id).state == "done"


@pytest.fixture
def client(house: House) -> Iterator[CoachClient]:
    key = house.service.keys.add(house.people["rep"], "test", ["calls:read", "calls:write"])
    with served(house) as address:
        yield CoachClient(address, key)


def test_the_client_does_it_all(house: House, client: CoachClient, tmp_path: Path) -> None:
    path = tmp_path / "李老板.wav"
    path.write_bytes(recording())
    (call,) = client.upload(path, customer="李姐")
    assert client.upload(path) == [call], "the same file once"
    typed = client.add_text(TEXT)
    assert {one["id"] for one in client.calls()} == {call["id"], typed["id"]}
    threading.Timer(0.5, lambda: work(house)).start()
    assert client.wait_for_report(call["id"])["call_id"] == "李老板"
    assert [one["state"] for one in client.events(call["id"])] == ["done"]
    assert client.report(typed["id"])["findings"]
    client.delete(call["id"])
    for refused, status in (
        (lambda: client.call(call["id"]), 404),
        (lambda: client.cancel(typed["id"]), 409),
        (lambda: CoachClient(client.url, "coach_wrong").call(typed["id"]), 401),
        (lambda: CoachClient("http://127.0.0.1:9", "x").call("x"), 0),
    ):
        with pytest.raises(RemoteError) as told:
            refused()
        assert told.value.status == status


def test_an_upload_that_breaks_off_leaves_nothing(house: House, client: CoachClient) -> None:
    connection = HTTPConnection(client.url.removeprefix("http://"))
    connection.putrequest("POST", f"{CALLS}?name=a.wav")
    connection.putheader("Authorization", f"Bearer {client.key}")
    connection.putheader("Content-Length", "100000")
    connection.endheaders()
    connection.send(recording()[:5000])
    deadline = time.monotonic() + 10
    while not files_of(house) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert files_of(house), "it is streamed to disk"
    connection.close()
    while files_of(house) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert files_of(house) == []
    assert list(client.calls()) == []


def test_the_interface_is_described(rep: TestClient) -> None:
    described = rep.get("/openapi.json").json()
    assert {f"{CALLS}", f"{CALLS}/text", f"{CALLS}/{{call_id}}/report", f"{CALLS}/{{call_id}}/events"} <= set(
        described["paths"]
    )
    upload = described["paths"][CALLS]["post"]
    assert "application/octet-stream" in upload["requestBody"]["content"]
    assert {"401", "403", "404", "409", "413", "422", "503"} <= set(upload["responses"])
