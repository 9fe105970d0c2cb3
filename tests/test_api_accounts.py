"""Accounts, the log and who asks over the interface."""

from fastapi.testclient import TestClient
from house import House

PASSWORD = "长长的密码123"


def test_who_asks(house: House) -> None:
    told = house.client("rep").get("/api/v1/me").json()
    assert (told["name"], told["role"], told["team"], told["scopes"]) == ("小王", "rep", "东区", None)
    key = house.service.keys.add(house.people["rep"], "电话系统", ["calls:read"])
    with TestClient(house.app, headers={"authorization": f"Bearer {key}"}) as machine:
        assert machine.get("/api/v1/me").json()["scopes"] == ["calls:read"]
        refused = machine.get("/api/v1/audit")
    assert refused.status_code == 403
    assert "没有「操作记录：读」的权限" in refused.json()["detail"]


def test_a_key_can_do_no_more_than_its_owner(house: House) -> None:
    key = house.service.keys.add(house.people["rep"], "电话系统", ["users:read", "users:write"])
    with TestClient(house.app, headers={"authorization": f"Bearer {key}"}) as machine:
        assert machine.get("/api/v1/users").status_code == 403


def test_an_account_is_added_changed_and_shut(house: House) -> None:
    chief = house.client("administrator")
    added = chief.post("/api/v1/users", json={"name": "小孙", "team": "南区"})
    assert added.status_code == 201
    user, link = added.json()["user"], added.json()["link"]
    assert (user["role"], user["has_password"]) == ("rep", False)
    house.service.accounts.set_up(link.rpartition("/")[2], PASSWORD)
    address = f"/api/v1/users/{user['id']}"
    changed = chief.patch(address, json={"role": "supervisor"}).json()
    assert (changed["role"], changed["team"], changed["has_password"]) == ("supervisor", "南区", True)
    assert chief.patch(address, json={"disabled": True}).json()["disabled"]
    refused = chief.post(f"{address}/link")
    assert refused.status_code == 422
    assert "已停用" in refused.json()["detail"]


def test_a_change_that_is_refused_changes_nothing(house: House) -> None:
    chief = house.client("administrator")
    address = f"/api/v1/users/{house.people['administrator'].id}"
    for change in ({"disabled": True, "team": "西区"}, {"role": "rep", "team": "西区"}):
        answer = chief.patch(address, json=change)
        assert answer.status_code == 422
        assert "最后一个管理员" in answer.json()["detail"]
    assert house.service.accounts.named("管理员").team == ""
    assert chief.patch(address, json={"password": "x"}).status_code == 422
    assert chief.patch(f"/api/v1/users/{'0' * 32}", json={}).status_code == 404


def test_lists_come_in_pages(house: House) -> None:
    chief = house.client("administrator")
    first = chief.get("/api/v1/users?per_page=2").json()
    second = chief.get("/api/v1/users?per_page=2&page=2").json()
    assert (first["total"], len(first["items"]), second["page"]) == (5, 2, 2)
    assert {one["id"] for one in first["items"]} & {one["id"] for one in second["items"]} == set()
    assert chief.get("/api/v1/users?page=0").status_code == 422
    assert chief.get("/api/v1/users?per_page=101").status_code == 422


def test_the_log_tells_who_made_which_account(house: House) -> None:
    chief = house.client("administrator")
    user = chief.post("/api/v1/users", json={"name": "小孙"}).json()["user"]
    log = chief.get(f"/api/v1/audit?action=account&target={user['id']}").json()
    assert [(one["user_name"], one["address"]) for one in log["items"]] == [("管理员", "testclient")]
    assert chief.get("/api/v1/audit?name=nobody").json()["total"] == 0
