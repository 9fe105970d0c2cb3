"""The frame of the service: who comes in, what every answer carries, how problems are told; and analysis without keeping."""

import pytest
from fastapi.testclient import TestClient
from house import House

from coach.pipeline import Coach
from coach.settings import Settings
from coach.web import create_app
from coach.web.security import POLICY

CALL = "销售:李老板好,这批货包在我身上。<script>\n客户:剩了三条。\n销售:不可能,你搞错了。"
PASSWORD = "长长的密码123"
BROWSER = {"accept": "text/html"}


def test_it_is_alive_and_ready(house: House) -> None:
    assert house.guest.get("/healthz").json()["status"] == "ok"
    assert house.guest.get("/readyz").json() == {"status": "ok", "workers": 0}


def test_figures_name_no_person_and_no_call(house: House) -> None:
    told = house.guest.get("/metrics").text
    assert 'coach_calls{state="waiting"} 0' in told
    assert "coach_users 5" in told
    assert "小王" not in told


def test_the_first_start_prints_a_link_that_makes_an_administrator_once(tmp_path, coach: Coach, capsys) -> None:
    with TestClient(create_app(Settings(data_folder=tmp_path), coach=coach), headers=BROWSER) as browser:
        link = next(word for word in capsys.readouterr().err.split() if "/setup/" in word).removeprefix(
            "http://127.0.0.1:8000"
        )
        assert browser.get(link).status_code == 200
        wrong = browser.post(link, data={"name": "老板", "password": PASSWORD, "again": "另一个密码123"})
        assert wrong.status_code == 422
        assert "不一样" in wrong.text
        home = browser.post(link, data={"name": "老板", "password": PASSWORD, "again": PASSWORD})
        assert home.status_code == 200
        assert "老板" in home.text
        used = browser.get(link)
        assert used.status_code == 403
        assert "已经用过或过期" in used.text
    with TestClient(create_app(Settings(data_folder=tmp_path), coach=coach)):
        assert "/setup/" not in capsys.readouterr().err


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(house: House) -> None:
    house.service.accounts.change_password(house.people["rep"].id, PASSWORD)
    asked = house.guest.get("/practice?level=2", headers=BROWSER, follow_redirects=False)
    assert asked.headers["location"] == "/sign-in?next=/practice%3Flevel%3D2"
    wrong = house.guest.post(
        "/sign-in", data={"name": "小王", "password": "不对的密码", "next": "/practice"}, headers=BROWSER
    )
    assert wrong.status_code == 403
    assert "用户名或密码不对" in wrong.text
    right = house.guest.post(
        "/sign-in",
        data={"name": "小王", "password": PASSWORD, "next": "/practice"},
        headers=BROWSER,
        follow_redirects=False,
    )
    assert right.headers["location"] == "/practice"
    assert "httponly" in right.headers["set-cookie"].lower()
    assert house.guest.get("/practice", headers=BROWSER).status_code == 200


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(house: House, next: str) -> None:
    house.service.accounts.change_password(house.people["rep"].id, PASSWORD)
    answer = house.guest.post(
        "/sign-in", data={"name": "小王", "password": PASSWORD, "next": next}, headers=BROWSER, follow_redirects=False
    )
    assert answer.headers["location"] == "/"


def test_five_wrong_passwords_and_no_more_for_a_while(house: House) -> None:
    answers = [house.guest.post("/sign-in", data={"name": "小王", "password": "x"}).status_code for _ in range(7)]
    assert answers == [403] * 5 + [429] * 2


def test_a_form_needs_its_token(house: House) -> None:
    browser = house.client("rep")
    refused = browser.post("/sign-out", headers={"x-form-token": "wrong"})
    assert refused.status_code == 403
    assert "请刷新页面" in refused.text
    assert browser.get("/").status_code == 200
    assert browser.post("/sign-out", follow_redirects=False).headers["location"] == "/sign-in"
    assert browser.get("/", follow_redirects=False).status_code == 303


def test_a_form_sent_after_the_session_is_over_says_that_nothing_was_kept(house: House) -> None:
    answer = house.guest.post("/account/password", data={"old": "a"}, headers=BROWSER, follow_redirects=False)
    assert answer.status_code == 401
    assert "没有存下" in answer.text
    assert 'href="/sign-in"' in answer.text


def test_who_is_not_signed_in_chooses_a_language_and_stays_on_the_page(house: House) -> None:
    shown = house.guest.get("/sign-in?next=/practice", headers=BROWSER).text
    assert 'value="/sign-in?next=/practice"' in shown
    english = house.guest.post("/language", data={"language": "en", "next": "/sign-in?next=/practice"}, headers=BROWSER)
    assert '<html lang="en">' in english.text
    assert 'value="/practice"' in english.text


@pytest.mark.parametrize(("path", "place"), [("/", "/"), ("/admin/users", "/admin"), ("/account", "/account")])
def test_the_navigation_says_where_one_is(house: House, path: str, place: str) -> None:
    shown = house.client("administrator").get(path).text
    assert f'<a href="{place}" aria-current="page">' in shown
    assert shown.count("aria-current") == 1


def test_every_answer_says_what_browsers_may_do(house: House) -> None:
    for path in ("/sign-in", "/healthz", "/static/pages.css", "/nothing"):
        headers = house.guest.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"


def test_what_is_not_there_is_told_as_a_page_or_as_a_problem(house: House) -> None:
    page = house.client("rep").get("/nothing")
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    told = house.guest.get("/api/v1/nothing")
    assert told.headers["content-type"] == "application/problem+json"


def test_nothing_unexpected_shows_its_inside(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("客户的秘密")

    monkeypatch.setattr(type(house.service.sign_ins), "visitor", broken)
    with TestClient(house.app, raise_server_exceptions=False, cookies={"coach_session": "x"}) as browser:
        answer = browser.get("/", headers=BROWSER)
    assert answer.status_code == 500
    assert "程序出了意外" in answer.text
    assert "秘密" not in answer.text


def test_the_interface_judges_text_and_turns(house: House) -> None:
    client = house.client("rep")
    by_text = client.post("/api/v1/analyse", json={"text": CALL}).json()
    turns = [{"speaker": turn["speaker"], "text": turn["text"]} for turn in by_text["transcript"]["turns"]]
    by_turns = client.post("/api/v1/analyse", json={"turns": turns}).json()
    assert [one["code"] for one in by_text["findings"]] == [one["code"] for one in by_turns["findings"]] != []


def test_the_interface_wants_to_know_who_asks(house: House) -> None:
    answer = house.guest.post("/api/v1/analyse", json={"text": CALL})
    assert answer.status_code == 401
    assert "Authorization" in answer.json()["detail"]


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
def test_wrong_requests_are_problems_in_chinese(house: House, body: object) -> None:
    answer = house.client("rep").post("/api/v1/analyse", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert any("一" <= mark <= "龥" for mark in answer.json()["detail"])


def test_the_interface_is_described_with_examples(house: House) -> None:
    described = house.guest.get("/openapi.json").json()
    content = described["paths"]["/api/v1/analyse"]["post"]["requestBody"]["content"]["application/json"]
    assert set(content["examples"]) == {"text", "turns"}
