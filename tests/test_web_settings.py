"""Options and webhooks, as pages and over the interface; for administrators alone."""

import re

import pytest
from house import House

from coach.storage.options import Options


def test_options_are_set_on_the_page(house: House) -> None:
    chief = house.client("administrator")
    answer = chief.post(
        "/admin/settings",
        data={"keep_recordings_days": "90", "keep_calls_days": "365", "masked_words": "李老板\n李老板\n\n福满多"},
    )
    assert "已保存" in answer.text
    assert house.service.options.read() == Options(
        keep_recordings_days=90, keep_calls_days=365, masked_words=("李老板", "福满多")
    )


def test_a_mistake_keeps_what_was_typed(house: House) -> None:
    answer = house.client("administrator").post(
        "/admin/settings", data={"keep_recordings_days": "很久", "masked_words": "福满多"}
    )
    assert answer.status_code == 422
    assert "录音保留天数" in answer.text
    assert "福满多" in answer.text
    assert house.service.options.read() == Options()


def test_a_webhook_shows_its_secret_once(house: House) -> None:
    chief = house.client("administrator")
    added = chief.post("/admin/webhooks", data={"url": "https://crm.example.com/coach", "events": ["call.done"]})
    (webhook,) = house.service.webhooks.all()
    assert webhook.secret in added.text
    assert webhook.secret not in chief.get("/admin/webhooks").text
    removed = chief.post(f"/admin/webhooks/{webhook.id}/remove")
    assert "还没有推送地址" in removed.text


def test_a_wrong_address_is_told(house: House) -> None:
    answer = house.client("administrator").post("/admin/webhooks", data={"url": "crm", "events": ["call.done"]})
    assert answer.status_code == 422
    assert "http" in answer.text


def test_the_interface_sets_the_same(house: House) -> None:
    chief = house.client("administrator")
    assert chief.patch("/api/v1/settings", json={"keep_calls_days": 30}).json()["keep_calls_days"] == 30
    assert chief.get("/api/v1/settings").json()["keep_calls_days"] == 30
    made = chief.post("/api/v1/webhooks", json={"url": "https://a.example", "events": ["call.done"]})
    assert made.status_code == 201
    assert re.fullmatch("[0-9a-f]{64}", made.json()["secret"])
    assert [one["secret"] for one in chief.get("/api/v1/webhooks").json()] == [None]
    assert chief.delete(f"/api/v1/webhooks/{made.json()['id']}").status_code == 204
    assert chief.delete(f"/api/v1/webhooks/{made.json()['id']}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/admin", "/admin/settings", "/admin/webhooks", "/api/v1/settings", "/api/v1/webhooks"]
)
def test_nobody_else_may(house: House, path: str) -> None:
    for who in ("rep", "supervisor"):
        assert house.client(who).get(path).status_code == 403
    assert house.guest.get(path, headers={"accept": "application/json"}).status_code == 401
