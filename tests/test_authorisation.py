"""Who may go where: every route as every role, without the form's token, with keys that are for something else, and with the
id of a call that is somebody else's.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from house import House, open_house

from coach.imports import read_text
from coach.pipeline import Coach
from coach.settings import Settings
from coach.storage.database import Database
from coach.storage.keys import RIGHTS, SUBJECTS
from coach.storage.library import About
from coach.web import create_app

TABLE: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("authorisation.yaml").read_text("utf-8"))
WHO = {
    "everybody": {"guest", "rep", "supervisor", "administrator"},
    "signed_in": {"rep", "supervisor", "administrator"},
    "leaders": {"supervisor", "administrator"},
    "administrators": {"administrator"},
}
ALLOWED = {route: WHO[level] for level, routes in TABLE.items() for route in routes}
JSON = {"accept": "application/json"}
NOBODYS = "0" * 32
OTHER_DOORS = {"GET /setup/{token}", "POST /setup/{token}", "POST /sign-in"}
"""What lets in by a secret of its own, tested in test_web.py and test_web_accounts.py."""


def routes() -> list[str]:
    """Every route of the application as `METHOD pattern`, whatever it was added by."""
    app = create_app(Settings(data_folder=Path("unused")))
    found = []
    for route in iter_route_contexts(app.routes):
        methods = sorted((route.methods or {"GET"}) - {"HEAD"})
        found += [f"{method} {route.path}{'' if route.methods else '/'}" for method in methods]
    return found


ROUTES = routes()
UNSAFE = [one for one in ROUTES if not one.startswith("GET ") and one not in OTHER_DOORS]
OF_A_CALL = [one for one in ROUTES if "{call_id}" in one]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, coach: Coach) -> Iterator[House]:
    """One service for all of them: nothing here depends on what was asked before."""
    folder = tmp_path_factory.mktemp("house")
    database = Database(f"sqlite:///{folder / 'coach.db'}")
    database.migrate()
    house = open_house(database, folder, coach)
    with house.guest:
        yield house


def ask(house: House, route: str, who: str, *, headers: dict[str, str] | None = None, call_id: str = NOBODYS):
    """The answer to a route, with ids that nothing has. Whoever asks has just signed in."""
    method, pattern = route.split()
    address = re.sub(r"\{[^}]+\}", NOBODYS, pattern.replace("{call_id}", call_id))
    house.forget(who)
    client = house.guest if who == "guest" else house.client(who)
    return client.request(method, address, headers=JSON | (headers or {}), follow_redirects=False)


def test_the_table_holds_every_route_once_and_no_other() -> None:
    listed = [route for routes in TABLE.values() for route in routes]
    assert sorted(set(ROUTES) - set(listed)) == [], "think about who may use these, then add them to authorisation.yaml"
    assert sorted(set(listed) - set(ROUTES)) == []
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("route", [one for one in ROUTES if one not in OTHER_DOORS])
def test_every_route_lets_in_whom_the_table_says(house: House, route: str) -> None:
    for who in WHO["everybody"]:
        answer = ask(house, route, who)
        refused = answer.status_code == (401 if who == "guest" else 403)
        assert refused == (who not in ALLOWED[route]), f"{who}: {answer.status_code} {answer.text[:200]}"


@pytest.mark.parametrize("route", UNSAFE)
def test_a_change_needs_the_forms_token(house: House, route: str) -> None:
    for token in ("", "wrong"):
        answer = ask(house, route, "administrator", headers={"x-form-token": token})
        assert answer.status_code == 403
        assert "请刷新页面" in answer.json()["detail"]


@pytest.mark.parametrize("route", [one for one in ROUTES if ALLOWED.get(one) != WHO["everybody"]])
def test_a_key_opens_only_what_it_is_for(house: House, route: str) -> None:
    """A key for everything but this is refused here, and one for just this is not; pages take no key at all."""
    method, pattern = route.split()
    subject = next((one for one in pattern.split("/")[3:4] if pattern.startswith("/api/v1/")), None)
    scope = f"{subject}:{'read' if method == 'GET' else 'write'}"
    every = {f"{one}:{right}" for one in SUBJECTS for right in RIGHTS}
    others, own = every - {scope}, every & {scope}
    chief = house.people["administrator"]
    for scopes, is_open in ((others, subject == "me"), (own, True)):
        if not scopes:
            continue
        key = house.service.keys.add(chief, "试", scopes)
        with_key = {"authorization": f"Bearer {key}"}
        answer = ask(house, route, "guest", headers=with_key)
        assert (answer.status_code != 403) == is_open, answer.text[:200]
    answer = ask(house, route, "guest", headers={"authorization": "Bearer coach_nothing"})
    assert answer.status_code == 401


@pytest.mark.parametrize("route", OF_A_CALL)
@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_anothers_call_is_no_different_from_one_that_is_not_there(house: House, who: str, route: str) -> None:
    rep = house.people["rep"]
    call_id = house.service.library.add_transcript(rep, About(rep.id, "李老板"), read_text("销售：您好。\n客户：好。"))
    other, nobodys = ask(house, route, who, call_id=call_id), ask(house, route, who)
    assert other.status_code in (403, 404, 422)
    assert (other.status_code, other.text.replace(call_id, NOBODYS)) == (nobodys.status_code, nobodys.text)
    assert house.service.library.find(rep, call_id).state == "waiting"


def test_only_the_files_of_the_pages_are_static(house: House) -> None:
    for path in (
        "/static/../web/english.yaml",
        "/static/%2e%2e/english.yaml",
        "/static/report/../../../pyproject.toml",
    ):
        assert TestClient(house.app).get(path).status_code == 404
