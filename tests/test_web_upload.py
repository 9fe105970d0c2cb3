"""The upload page, as a browser without JavaScript uses it, and what it is told while calls are processed."""

import pytest
from fastapi.testclient import TestClient
from house import House
from sounds import recording

from coach.storage.listing import Wanted
from coach.storage.worklist import WorkList

TEXT = "销售：这批货包在我身上。\n客户：价格贵不贵？"


@pytest.fixture
def rep(house: House) -> TestClient:
    return house.client("rep")


def calls_of(house: House, who: str = "rep") -> list[str]:
    return [one.title for one in house.service.library.listing(house.people[who], Wanted())[0]]


def test_the_page_offers_files_text_and_microphone(rep: TestClient) -> None:
    page = rep.get("/upload").text
    for part in ('name="files"', "webkitdirectory", 'name="text"', 'id="record"', "/static/upload.js"):
        assert part in page
    assert "<script>" not in page
    assert "style=" not in page
    assert 'name="rep_id"' not in page, "a rep hands in his own calls"


def test_it_says_so_while_nobody_works(house: House, rep: TestClient) -> None:
    assert "coach worker" in rep.get("/upload").text
    WorkList(house.service.database).seen("one")
    assert "coach worker" not in rep.get("/upload").text


def test_a_supervisor_chooses_whose_calls_they_are(house: House) -> None:
    page = house.client("supervisor").get("/upload").text
    assert 'name="rep_id"' in page
    assert "小王" in page
    assert "小李" not in page


def test_several_files_at_once_each_told(house: House, rep: TestClient) -> None:
    files = [("files", ("好.wav", recording())), ("files", ("空.wav", b"")), ("files", ("聊天.txt", TEXT.encode()))]
    answer = rep.post("/upload", files=files, data={"customer": "李姐"})
    assert answer.status_code == 422
    assert "空.wav：「空.wav」是空文件" in answer.text
    assert sorted(calls_of(house)) == ["好", "聊天"]
    assert "好" in answer.text


def test_no_file_is_told(house: House, rep: TestClient) -> None:
    answer = rep.post("/upload", files=[("files", ("", b""))])
    assert answer.status_code == 422
    assert calls_of(house) == []


def test_a_pasted_conversation_leads_to_its_report(house: House, rep: TestClient) -> None:
    answer = rep.post("/upload/text", data={"text": TEXT}, follow_redirects=False)
    assert answer.status_code == 303
    call_id = answer.headers["location"].removeprefix("/calls/")
    assert house.service.library.find(house.people["rep"], call_id).source == "paste"


@pytest.mark.parametrize(("text", "told"), [("", "还没有内容"), ("<script>alert(1)</script>", "")])
def test_what_was_typed_is_kept_after_a_mistake(house: House, rep: TestClient, text: str, told: str) -> None:
    answer = rep.post("/upload/text", data={"text": text, "rep": "没有这个人"})
    assert answer.status_code == 422
    assert told in answer.text
    assert "<script>alert" not in answer.text
    assert calls_of(house) == []


def test_without_the_forms_token_nothing_is_taken_in(house: House, rep: TestClient) -> None:
    answer = rep.post("/upload/text", data={"text": TEXT}, headers={"x-form-token": "wrong"})
    assert answer.status_code == 403
    assert calls_of(house) == []
