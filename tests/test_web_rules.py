"""The pages of the rules: read, try, draft, replay, put in force, switch off, judge the library anew."""

import re

import pytest
from house import House
from test_rejudging import RULE
from test_web_reviews import call_id  # noqa: F401 - a fixture

from coach.jobs.rejudging import Rejudging
from coach.rulechanges import RuleChanges, text_of
from coach.storage.replays import Verdict
from coach.storage.rule_switches import RuleSwitches
from coach.training.reviewed import Mistakes

FILE = "/admin/rules/file/rude.yaml"


def draft_of(house: House, more: str) -> str:
    text = text_of("rude.yaml", RuleChanges()) + more
    saved = house.client("supervisor").post(FILE, data={"text": text.replace("\n", "\r\n"), "based_on": ""})
    assert saved.status_code == 200
    return str(saved.url)


def test_rules_are_read_and_a_sentence_is_tried(house: House) -> None:
    lead = house.client("supervisor")
    tried = lead.get("/admin/rules", params={"sentence": "放心，包在我身上。"}).text
    assert "好说大话" in tried
    assert "<mark>" in tried
    heard = lead.get("/admin/rules", params={"sentence": "还不是营业厅那帮人，天天乱来，一个比一个笨。"}).text
    assert "随意攻击别人" in heard, "as a report would say, by rule or by ear"
    greeted = lead.get("/admin/rules", params={"sentence": "您好"}).text
    assert "问候礼貌" in greeted
    assert "单凭这一处还不够" not in greeted, "good practice counts as it does in a report"
    assert "没有发现问题" in lead.get("/admin/rules", params={"sentence": "这一箱二十四瓶"}).text
    assert "rules:" in lead.get(FILE).text
    assert "词典" in lead.get("/admin/rules").text
    assert house.client("rep").get("/admin/rules").status_code == 403


@pytest.mark.usefixtures("call_id")
def test_a_draft_goes_from_its_page_into_force(house: House) -> None:
    lead, chief = house.client("supervisor"), house.client("administrator")
    address = draft_of(house, RULE.replace("【最近店里生意】", "【别的话】"))
    broken = lead.get(address).text
    assert "还不能用" in broken
    assert "rules/rude.yaml:" in broken
    address = draft_of(house, RULE.replace("最近店里生意", "我给您算一下").replace("最近店里忙吗", "我给您看看"))
    assert "例句都符合" in lead.get(address).text
    assert "排队中" in lead.post(f"{address}/replay").text
    assert Rejudging(house.service.database, 1).run_next()
    shown = lead.get(address).text
    assert "我给您算一下" in shown
    assert "请管理员来启用" in shown
    assert lead.post(f"{address}/activate").status_code == 403
    done = chief.post(f"{address}/activate")
    assert "按旧规则判断的对话" in done.text
    assert "改过" in done.text
    assert "排队中" in chief.post("/admin/rules/rejudge").text
    assert Rejudging(house.service.database, 1).run_next()
    assert "按旧规则判断的对话" not in chief.get("/admin/rules").text
    replay = re.search(r"/admin/rules/replays/\w+", chief.get("/admin/rules").text)[0]
    assert "我给您算一下" in chief.get(replay).text
    assert "换回自带的文件" in chief.get(FILE).text
    chief.post("/admin/rules/revert", data={"path": "rude.yaml"})
    assert house.service.rules.in_force() == RuleChanges()


def test_only_administrators_switch_rules(house: House) -> None:
    name = house.service.coach.book.rules[0].name
    assert house.client("supervisor").post("/admin/rules/switch", data={"rule": name}).status_code == 403
    off = house.client("administrator").post("/admin/rules/switch", data={"rule": name, "on": "false"})
    assert "关掉的规则" in off.text
    assert name not in {rule.name for rule in house.service.coach.book.rules}
    house.client("administrator").post("/admin/rules/switch", data={"rule": name, "on": "true"})
    assert name in {rule.name for rule in house.service.coach.book.rules}


def test_a_rule_that_reviews_speak_for_is_switched_off_only_at_a_second_word(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Verdict(3, {}, {"rude": Mistakes(missed=2)})
    monkeypatch.setattr(RuleSwitches, "without", lambda _self, _name: lost)
    chief, name = house.client("administrator"), house.service.coach.book.rules[0].name
    asked = chief.post("/admin/rules/switch", data={"rule": name, "on": "false"})
    assert asked.status_code == 422
    assert "3 通对话里起过作用" in asked.text
    assert "仍然关掉" in asked.text
    assert not house.service.rules.in_force().disabled
    chief.post("/admin/rules/switch", data={"rule": name, "on": "false", "anyway": "true"})
    assert house.service.rules.in_force().disabled == {name}


def test_files_outside_the_rules_are_out_of_reach(house: House) -> None:
    lead = house.client("supervisor")
    for path in ("scenarios/shared.yaml", "..%2Fcoach%2Fpipeline.py", "nothing.yaml"):
        assert lead.get(f"/admin/rules/file/{path}").status_code in (404, 422)
        assert lead.post(f"/admin/rules/file/{path}", data={"text": "x"}).status_code in (404, 422)
    assert lead.get("/admin/rules/drafts/none").status_code == 404
    assert lead.get("/admin/rules/replays/none").status_code == 404
