"""The page and the API."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from coach.pipeline import Coach
from coach.resources import folder
from coach.web import create_app

CALL = "销售:李老板好,这批货包在我身上。<script>\n客户:剩了三条。\n销售:不可能,你搞错了。"


@pytest.fixture(scope="module")
def client(coach: Coach) -> Iterator[TestClient]:
    with TestClient(create_app(coach)) as client:
        yield client


def test_it_is_alive(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"


def test_the_page_asks_for_a_conversation(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "<textarea" in page.text


def test_a_pasted_conversation_becomes_a_report(client: TestClient) -> None:
    page = client.post("/report", data={"text": CALL})
    assert page.status_code == 200
    assert "好说大话" in page.text
    assert "<script>" not in page.text


def test_an_uploaded_file_becomes_a_report(client: TestClient) -> None:
    page = client.post("/report", files={"file": ("../a.txt", CALL.encode("gb18030"))})
    assert page.status_code == 200
    assert "包在我身上" in page.text


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_to_judge_gives_the_form_again(client: TestClient, text: str) -> None:
    page = client.post("/report", data={"text": text})
    assert page.status_code == 422
    assert "还没有内容" in page.text


def test_what_was_typed_is_kept_after_a_mistake(client: TestClient) -> None:
    page = client.post("/report", data={"text": CALL, "rep": "没有这个人"})
    assert page.status_code == 422
    assert "包在我身上" in page.text
    assert "没有叫「没有这个人」" in page.text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("a.txt", b"\x00\x01", "不是能读的文字"), ("a.wav", b"RIFF\x00", "读不出声音"), ("a.mp3", b"", "空文件")],
)
def test_bad_files_are_told_on_the_page(client: TestClient, name: str, content: bytes, told: str) -> None:
    page = client.post("/report", files={"file": (name, content)})
    assert page.status_code == 422
    assert told in page.text


def test_the_api_judges_text_and_turns(client: TestClient) -> None:
    by_text = client.post("/api/analyse", json={"text": CALL}).json()
    turns = [{"speaker": turn["speaker"], "text": turn["text"]} for turn in by_text["transcript"]["turns"]]
    by_turns = client.post("/api/analyse", json={"turns": turns}).json()
    assert [one["code"] for one in by_text["findings"]] == [one["code"] for one in by_turns["findings"]] != []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "a", "turns": []},
        {"text": ""},
        {"turns": []},
        {"text": "a", "only": ["x"]},
        {"turns": [{"speaker": "boss", "text": "a"}]},
        {"text": 1},
    ],
)
def test_wrong_requests_are_problems_in_chinese(client: TestClient, body: object) -> None:
    answer = client.post("/api/analyse", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert any("一" <= mark <= "龥" for mark in answer.json()["detail"])


def test_too_large_a_body_is_refused(client: TestClient) -> None:
    answer = client.post("/report", headers={"content-length": str(2 << 30)}, content=b"x")
    assert answer.status_code == 413


def test_the_interface_is_described_with_examples(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    content = described["paths"]["/api/analyse"]["post"]["requestBody"]["content"]["application/json"]
    assert set(content["examples"]) == {"text", "turns"}


def test_the_page_can_tell_why_something_was_not_flagged(client: TestClient) -> None:
    page = client.post("/report", data={"text": "销售：这事我不敢说包在我身上。\n客户：嗯。"})
    assert "但这是否定的说法" in page.text


def test_an_uploaded_recording_becomes_a_report_that_plays(client: TestClient) -> None:
    sound = (folder("samples") / "recorded" / "telecom-complaint.flac").read_bytes()
    page = client.post("/report", files={"file": ("王店长 11月3日.flac", sound)})
    assert page.status_code == 200
    assert "<h1>王店长 11月3日</h1>" in page.text
    assert 'src="data:audio/mp4;base64,' in page.text
    assert "data-at=" in page.text
