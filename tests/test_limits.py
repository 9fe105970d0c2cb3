"""How much may be sent, by whom: nothing large is read before it is known who sends it."""

from collections.abc import Iterator

import pytest
from house import House

from coach.errors import StorageError
from coach.web.limits import LARGEST_BODY, LARGEST_FROM_STRANGERS, LARGEST_IN_MEMORY

LARGE = b"x" * (LARGEST_FROM_STRANGERS + 1)


def blocks(count: int) -> Iterator[bytes]:
    """A body that does not say how long it is."""
    return (b"x" * 65536 for _ in range(count))


@pytest.mark.parametrize("path", ["/api/v1/calls?name=a.wav", "/api/v1/analyse", "/upload", "/sign-in"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cookie": "coach_session=made-up"},
        {"authorization": "Bearer coach_made-up"},
        {"authorization": "Basic eA=="},
    ],
)
def test_a_stranger_sends_little(house: House, path: str, headers: dict[str, str]) -> None:
    answer = house.guest.post(path, content=LARGE, headers=headers)
    assert answer.status_code == 401
    assert "请先登录" in answer.json()["detail"]


def test_a_stranger_who_does_not_say_how_much_is_stopped_too(house: House) -> None:
    answer = house.guest.post("/api/v1/analyse", content=blocks(50))
    assert answer.status_code == 401


def test_who_is_known_sends_more(house: House) -> None:
    said = "销售：您好。\n客户：好。\n" * 8000
    assert len(said.encode()) > LARGEST_FROM_STRANGERS
    assert house.client("rep").post("/api/v1/calls/text", json={"text": said}).status_code == 201
    key = house.service.keys.add(house.people["rep"], "电话系统", ["calls:write"])
    by_key = {"authorization": f"bearer {key}"}
    sent = house.guest.post("/api/v1/calls?name=a.txt", content=said.encode(), headers=by_key)
    assert sent.status_code == 201
    as_curl_does = by_key | {"content-type": "application/x-www-form-urlencoded"}
    again = house.guest.post("/api/v1/calls?name=b.txt", content=said.encode(), headers=as_curl_does)
    assert again.status_code == 201


@pytest.mark.parametrize(
    ("kind", "largest", "told"),
    [
        ("application/json", LARGEST_IN_MEMORY, "64 MB"),
        ("application/x-www-form-urlencoded", LARGEST_IN_MEMORY, "64 MB"),
        ("multipart/form-data", LARGEST_BODY, "1 GB"),
        ("audio/wav", LARGEST_BODY, "1 GB"),
    ],
)
def test_too_much_is_too_much_for_everybody(house: House, kind: str, largest: int, told: str) -> None:
    headers = {"content-type": kind, "content-length": str(largest + 1)}
    answer = house.client("rep").post("/api/v1/analyse", content=b"x", headers=headers)
    assert answer.status_code == 413
    assert told in answer.json()["detail"]


def test_a_database_that_is_away_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise StorageError("数据库现在用不了。")

    monkeypatch.setattr(type(house.service.keys), "visitor", away)
    answer = house.guest.post("/api/v1/analyse", content=LARGE, headers={"authorization": "Bearer coach_x"})
    assert answer.status_code == 503
