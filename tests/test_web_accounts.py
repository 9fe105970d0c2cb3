"""Accounts as people see them: users, invitations, one's own account, keys, the log; and who may go where."""

import re

from fastapi.testclient import TestClient
from house import House

PASSWORD = "长长的密码123"
BROWSER = {"accept": "text/html"}


def link_in(text: str) -> str:
    return re.search(r"<code>http://127\.0\.0\.1:8000(/setup/[^<]+)</code>", text)[1]


def test_an_invited_person_sets_his_password_and_comes_in(house: House) -> None:
    chief = house.client("administrator")
    added = chief.post("/admin/users", data={"name": "小孙", "role": "rep", "team": "南区"})
    invitation = link_in(added.text)
    form = house.guest.get(invitation, headers=BROWSER)
    assert 'value="小孙"' in form.text
    home = house.guest.post(invitation, data={"name": "", "password": PASSWORD, "again": PASSWORD}, headers=BROWSER)
    assert "小孙" in home.text
    assert house.guest.get(invitation, headers=BROWSER).status_code == 403


def test_mistakes_in_a_new_account_are_told_and_kept(house: House) -> None:
    chief = house.client("administrator")
    for name, told in (("小王", "已经有"), ("a b", "用户名用")):
        answer = chief.post("/admin/users", data={"name": name, "role": "rep", "team": "南区"})
        assert answer.status_code == 422
        assert told in answer.text
        assert 'value="南区"' in answer.text


def test_a_disabled_account_is_out_at_once_and_can_be_opened_again(house: House) -> None:
    rep, chief = house.client("rep"), house.client("administrator")
    assert rep.get("/").status_code == 200
    address = f"/admin/users/{house.people['rep'].id}/disabled"
    chief.post(address, data={"disabled": "true"})
    assert rep.get("/", follow_redirects=False).status_code == 303
    assert "重新启用" in chief.post(address, data={"disabled": "true"}).text
    assert "重新启用" not in chief.post(address, data={"disabled": "false"}).text


def test_the_last_administrator_stays(house: House) -> None:
    chief = house.client("administrator")
    address = f"/admin/users/{house.people['administrator'].id}"
    for answer in (
        chief.post(f"{address}/disabled", data={"disabled": "true"}),
        chief.post(address, data={"role": "rep", "team": ""}),
    ):
        assert answer.status_code == 422
        assert "最后一个管理员" in answer.text


def test_a_new_role_holds_at_once(house: House) -> None:
    assert house.client("rep").get("/admin/users").status_code == 403
    house.client("administrator").post(
        f"/admin/users/{house.people['rep'].id}", data={"role": "administrator", "team": "东区"}
    )
    assert house.client("rep").get("/admin/users").status_code == 200


def test_a_new_password_puts_other_browsers_out(house: House) -> None:
    house.service.accounts.change_password(house.people["rep"].id, "原来的密码123")
    here = house.client("rep")
    other = house.service.sign_ins.let_in(house.people["rep"].id)
    wrong = here.post("/account/password", data={"old": "不对", "password": PASSWORD, "again": PASSWORD})
    assert wrong.status_code == 422
    assert "原来的密码不对" in wrong.text
    assert (
        here.post(
            "/account/password", data={"old": "原来的密码123", "password": PASSWORD, "again": PASSWORD}
        ).status_code
        == 200
    )
    assert house.service.sign_ins.visitor(other) is None


def test_signing_out_everywhere(house: House) -> None:
    other = house.service.sign_ins.let_in(house.people["rep"].id)
    house.client("rep").post("/account/sign-out-everywhere")
    assert house.service.sign_ins.visitor(other) is None
    assert house.client("rep").get("/", follow_redirects=False).status_code == 303


def test_the_pages_speak_english_when_asked(house: House) -> None:
    rep = house.client("rep")
    assert "My account" in rep.post("/language", data={"language": "en", "next": "/account"}).text
    assert rep.post("/language", data={"language": "fr"}).status_code == 422
    guest = house.guest.post("/language", data={"language": "en", "next": "/sign-in"}, headers=BROWSER)
    assert "User name" in guest.text


def test_a_key_does_what_it_is_for_and_no_more_until_it_is_revoked(house: House) -> None:
    shown = house.client("rep").post("/admin/keys", data={"name": "电话系统", "scopes": ["analyse:write"]})
    key = re.search(r"<code>(coach_[^<]+)</code>", shown.text)[1]
    with TestClient(house.app, headers={"authorization": f"Bearer {key}"}) as machine:
        asked = {"text": "销售：包在我身上。\n客户：好。"}
        assert machine.post("/api/v1/analyse", json=asked).status_code == 200
        assert machine.get("/api/v1/practice/scenarios").status_code == 403
        assert machine.get("/account").status_code == 403
        ((kept, _owner),) = house.service.keys.of(house.people["rep"])
        assert kept.used_at is not None
        house.client("rep").post(f"/admin/keys/{kept.id}/revoke")
        assert machine.post("/api/v1/analyse", json=asked).status_code == 401


def test_nobody_revokes_the_key_of_another(house: House) -> None:
    house.service.keys.add(house.people["rep"], "电话系统", ["calls:read"])
    ((kept, _owner),) = house.service.keys.of(house.people["rep"])
    assert house.client("colleague").post(f"/admin/keys/{kept.id}/revoke").status_code == 404
    assert house.service.keys.of(house.people["rep"])


def test_the_log_says_who_did_what(house: House) -> None:
    house.client("administrator").post("/admin/users", data={"name": "小孙", "role": "rep"})
    log = house.client("administrator").get("/admin/audit?action=account").text
    assert "改账号" in log
    assert "没有这样的记录" in house.client("administrator").get("/admin/audit?name=nobody").text
