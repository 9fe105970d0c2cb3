"""The team page and a person's own: against his own past, nothing where too little was said, and what to practise."""

from datetime import timedelta

from counted import add_counted
from house import House

from coach.habits import HABITS
from coach.practice.scenarios import load_scenarios
from coach.resources import folder
from coach.storage.accounts import now
from coach.web.trending import scenario_for


def spoke(house: House, who: str, *, now_found: int, before_found: int, turns: int = 20) -> None:
    """Ten calls of these days and twenty of two months ago, each with so many turns of boasting."""
    for days, number, found in ((0, 10, now_found), (60, 20, before_found)):
        for _ in range(number):
            add_counted(
                house.service.database,
                house.people[who],
                now() - timedelta(days=days),
                turns=turns,
                found={"boasting": found} if found else {},
            )


def test_the_team_page_says_who_changed_and_what_to_practise(house: House) -> None:
    spoke(house, "rep", now_found=6, before_found=1)
    spoke(house, "colleague", now_found=0, before_found=5)
    spoke(house, "stranger", now_found=9, before_found=0)
    lead = house.client("supervisor")
    page = lead.get("/team").text
    assert page.index("小王") < page.index("小赵"), "by name, not by rate"
    assert "小李" not in page
    assert "比以前多了</span> 自吹" in page
    assert "比以前少了</span> 自吹" in page
    assert "布置这个练习" in page
    assert "style=" not in page
    scenario = scenario_for("boasting", load_scenarios(folder("rules") / "scenarios"))
    lead.post("/team/practice", data={"rep": house.people["rep"].id, "scenario": scenario.id})
    assert "已经布置了" in lead.get("/team").text


def test_too_few_turns_say_nothing(house: House) -> None:
    spoke(house, "rep", now_found=1, before_found=0, turns=2)
    page = house.client("supervisor").get("/team").text
    assert "最近的话太少，看不出" in page
    assert "布置这个练习" not in page
    own = house.client("rep").get(f"/team/{house.people['rep'].id}").text
    assert 'class="change too_few">话太少，看不出' in own


def test_a_rep_sees_himself_and_nobody_else(house: House) -> None:
    spoke(house, "rep", now_found=6, before_found=1)
    rep = house.client("rep")
    own = rep.get(f"/team/{house.people['rep'].id}?step=month").text
    assert "我的变化" in own
    assert "自吹" in own
    assert "开始练" in own
    assert 'class="value"' in own
    assert rep.get("/team").status_code == 403
    assert rep.get(f"/team/{house.people['colleague'].id}").status_code == 404
    assert house.client("supervisor").get(f"/team/{house.people['stranger'].id}").status_code == 404
    assert rep.get(f"/team/{house.people['rep'].id}?step=day").status_code == 422


def test_an_empty_team_says_so(house: House) -> None:
    lead = house.client("supervisor")
    assert "还没有分析过的对话" in lead.get("/team").text
    assert "还没有分析过的对话" in lead.get(f"/team/{house.people['rep'].id}").text
    add_counted(house.service.database, house.people["rep"], now(), turns=20, found={})
    assert "没有发现十个习惯的问题" in lead.get("/team").text


def test_rates_by_different_rules_carry_a_warning(house: House) -> None:
    spoke(house, "rep", now_found=1, before_found=1)
    lead = house.client("supervisor")
    assert "不是用同一套规则" not in lead.get("/team").text
    add_counted(house.service.database, house.people["rep"], now(), turns=20, found={}, judged_with="newer")
    assert "不是用同一套规则" in lead.get("/team").text


def test_every_habit_has_a_practice() -> None:
    known = load_scenarios(folder("rules") / "scenarios")
    assert [code for code in HABITS if scenario_for(code, known) is None] == []
