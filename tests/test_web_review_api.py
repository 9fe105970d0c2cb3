"""Reviews and rules over the interface."""

import pytest
from house import House
from test_web_reviews import call_id  # noqa: F401 - a fixture


def api(house: House, who: str, method: str, address: str, **sent: object):
    return house.client(who).request(method, f"/api/v1{address}", headers={"accept": "application/json"}, **sent)


def test_a_review_is_written_shared_appealed_and_decided(house: House, call_id: str) -> None:  # noqa: F811
    report = house.service.library.report(house.people["supervisor"], call_id)
    verdicts = [{"turn": one.turn, "code": one.code, "decision": "agree"} for one in report.findings]
    address = f"/reviews/calls/{call_id}"
    early = api(house, "supervisor", "POST", address, json={"version": 0, "then": "share"})
    assert (early.status_code, early.headers["content-type"]) == (422, "application/problem+json")
    written = api(
        house,
        "supervisor",
        "POST",
        address,
        json={
            "version": 0,
            "verdicts": verdicts,
            "comments": [{"turn": 2, "text": "算得清楚", "praise": True}],
            "points": [{"text": "少下保证", "code": "overpromising"}],
            "summary": "继续",
            "then": "share",
        },
    ).json()
    assert (written["state"], written["version"]) == ("shared", 1)
    assert api(house, "supervisor", "POST", address, json={"version": 0}).status_code == 409
    (seen,) = api(house, "rep", "GET", address).json()
    assert seen["review"]["points"] == [{"text": "少下保证", "code": "overpromising"}]
    response = f"/reviews/{seen['id']}/response"
    appeal = {"version": 1, "then": "appeal", "text": "是玩笑", "turn": report.findings[0].turn}
    assert api(house, "colleague", "POST", response, json=appeal).status_code == 404
    assert api(house, "rep", "POST", response, json=appeal).json()["state"] == "appealed"
    final = {"version": 2, "then": "decide", "reply": "还是算"}
    assert api(house, "supervisor", "POST", address, json=final).json()["state"] == "final"
    done = api(house, "rep", "POST", response, json={"version": 3, "then": "acknowledge"}).json()
    assert done["review"]["acknowledged_at"]

    assert api(house, "rep", "GET", "/reviews").json()["total"] == 1
    page = api(house, "supervisor", "GET", "/reviews", params={"page": 2, "per_page": 1}).json()
    assert (page["items"], page["total"]) == ([], 1)
    assert api(house, "supervisor", "GET", "/reviews/figures").json()["reviews"] == 1
    assert api(house, "supervisor", "GET", "/reviews/export").text.count("\n") == 1


@pytest.mark.usefixtures("call_id")
def test_the_queue(house: House) -> None:
    drawn = api(house, "supervisor", "POST", "/reviews/queue", json={"way": "random", "number": 2})
    assert drawn.json() == {"drawn": 1}
    (waiting,) = api(house, "supervisor", "GET", "/reviews/queue").json()
    assert api(house, "administrator", "DELETE", f"/reviews/queue/{waiting['id']}").status_code == 404
    assert api(house, "supervisor", "DELETE", f"/reviews/queue/{waiting['id']}").status_code == 204
    assert api(house, "supervisor", "GET", "/reviews/queue").json() == []
    assert api(house, "supervisor", "POST", "/reviews/queue", json={"way": "luck"}).status_code == 422


def test_drawing_every_week(house: House) -> None:
    kept = api(
        house, "supervisor", "POST", "/reviews/weekly", json={"way": "share", "percent": 10, "due_days": 5}
    ).json()
    (one,) = api(house, "supervisor", "GET", "/reviews/weekly").json()
    assert (one["id"], one["drawn_by"], one["due_days"]) == (kept["id"], "每人 10%", 5)
    assert api(house, "administrator", "DELETE", f"/reviews/weekly/{kept['id']}").status_code == 404
    assert api(house, "supervisor", "DELETE", f"/reviews/weekly/{kept['id']}").status_code == 204
    assert api(house, "supervisor", "GET", "/reviews/weekly").json() == []
    assert api(house, "supervisor", "POST", "/reviews/weekly", json={"way": "habit"}).status_code == 422


def test_rules_are_listed_tried_drafted_and_switched(house: House) -> None:
    told = api(house, "supervisor", "GET", "/rules").json()
    assert len(told["rules"]) == len(house.service.coach.book.rules)
    tried = api(house, "supervisor", "POST", "/rules/try", json={"sentence": "放心，包在我身上。"}).json()
    assert "overpromising" in {one["code"] for one in tried}
    file = api(house, "supervisor", "GET", "/rules/file", params={"path": "dictionary.txt"}).json()
    draft = file | {"text": file["text"] + "\n新零售 1000 n\n"}
    saved = api(house, "supervisor", "POST", "/rules/drafts", json=draft).json()["id"]
    begun = api(house, "supervisor", "POST", f"/rules/drafts/{saved}/replay").json()["id"]
    assert api(house, "supervisor", "GET", f"/rules/replays/{begun}").json()["state"] == "waiting"
    assert api(house, "administrator", "POST", f"/rules/drafts/{saved}/activate").status_code == 422
    assert api(house, "supervisor", "DELETE", f"/rules/drafts/{saved}").status_code == 204
    name = told["rules"][0]["name"]
    assert api(house, "administrator", "POST", "/rules/switch", json={"rule": name, "on": False}).status_code == 204
    assert api(house, "supervisor", "GET", "/rules").json()["disabled"] == [name]
    assert api(house, "administrator", "POST", "/rules/switch", json={"rule": "x/y", "on": False}).status_code == 404
    assert api(house, "administrator", "POST", "/rules/rejudge").status_code == 202
    assert api(house, "supervisor", "GET", "/rules/file", params={"path": "../x"}).status_code == 422
