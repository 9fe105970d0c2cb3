"""How habits change, over the interface."""

from house import House
from test_web_team import spoke

TEAM = "/api/v1/team"


def test_a_person_and_the_team_over_time(house: House) -> None:
    spoke(house, "rep", now_found=6, before_found=1)
    spoke(house, "stranger", now_found=0, before_found=9)
    own = house.client("rep").get(f"{TEAM}/{house.people['rep'].id}", params={"step": "week"}).json()
    boasting = next(one for one in own["trends"] if one["code"] == "boasting")
    assert (own["calls"], own["turns"], own["practise"], own["judged_alike"]) == (30, 600, "boasting", True)
    assert boasting["change"] == "more"
    assert boasting["now"]["value"] == 30.0
    assert boasting["now"]["low"] < 30 < boasting["now"]["high"]
    assert len(boasting["periods"]) == 12
    team = house.client("supervisor").get(TEAM).json()
    assert [one["name"] for one in team["members"]] == ["小王", "小赵"]
    assert team["whole"]["turns"] == 600
    assert house.client("rep").get(TEAM).status_code == 403
    assert house.client("rep").get(f"{TEAM}/{house.people['colleague'].id}").status_code == 404
    assert house.client("rep").get(f"{TEAM}/{house.people['rep'].id}?step=day").status_code == 422
