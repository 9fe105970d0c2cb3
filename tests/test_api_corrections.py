"""One call over the interface: corrected, renamed, exported, and what is refused."""

from house import House
from test_web_calls import judged

CALLS = "/api/v1/calls"


def test_a_turn_is_corrected_by_its_version(house: House) -> None:
    call_id, rep = judged(house), house.client("rep")
    said = rep.get(f"{CALLS}/{call_id}/transcript").json()
    assert (said["version"], said["turns"][0]["speaker"]) == (1, "rep")
    address = f"{CALLS}/{call_id}/turns/0"
    before = rep.get(f"{CALLS}/{call_id}/report").json()
    answer = rep.patch(address, json={"version": 1, "text": "李老板好，13812345678，我周五下午三点前给您打电话。"})
    after = answer.json()
    assert after["version"] == 2
    assert after["score"] > before["score"]
    assert after["findings"] < len(before["findings"])
    turn = rep.get(f"{CALLS}/{call_id}/transcript").json()["turns"][0]
    assert (turn["speaker"], "138****5678" in turn["text"]) == ("rep", True)
    assert rep.patch(address, json={"version": 2, "speaker": "customer"}).json()["version"] == 3
    assert rep.get(f"{CALLS}/{call_id}/transcript").json()["turns"][0]["text"] == turn["text"]
    late = rep.patch(address, json={"version": 1, "text": "改晚了"})
    assert late.status_code == 409
    assert late.headers["content-type"] == "application/problem+json"
    for wrong in ({"text": "没有版本"}, {"version": 3, "text": " "}, {"version": 3, "speaker": "boss"}):
        assert rep.patch(address, json=wrong).status_code == 422
    assert rep.patch(f"{CALLS}/{call_id}/turns/99", json={"version": 3, "text": "没有这一轮"}).status_code == 404


def test_speakers_are_exchanged_and_the_earlier_report_stays(house: House) -> None:
    call_id, rep = judged(house), house.client("rep")
    assert rep.post(f"{CALLS}/{call_id}/swap", json={"version": 1}).json()["version"] == 2
    after = rep.get(f"{CALLS}/{call_id}/report").json()
    assert "overpromising" not in {finding["code"] for finding in after["findings"]}
    (past,) = rep.get(f"{CALLS}/{call_id}/past").json()
    before = rep.get(f"{CALLS}/{call_id}/past/{past['id']}").json()
    assert "overpromising" in {finding["code"] for finding in before["findings"]}
    assert rep.get(f"{CALLS}/{call_id}/past/{past['id'] + 1}").status_code == 404


def test_a_call_is_renamed_and_exported(house: House) -> None:
    call_id, rep = judged(house), house.client("rep")
    renamed = rep.patch(f"{CALLS}/{call_id}", json={"title": "孙老板"}).json()
    assert (renamed["title"], renamed["customer"]) == ("孙老板", "")
    assert rep.patch(f"{CALLS}/{call_id}", json={"title": " "}).status_code == 422
    assert "孙老板" in rep.get(f"{CALLS}/{call_id}/export/md").text
    assert rep.get(f"{CALLS}/{call_id}/report").json()["call_id"] == "孙老板"
    assert rep.get(f"{CALLS}/{call_id}/export/exe").status_code == 404
    assert rep.get(f"{CALLS}/{call_id}/recording").status_code == 404
