"""Practise this moment: a talk from a turn of a real call."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.errors import InputError, RuleFileError
from coach.habits import HABITS
from coach.imports import read_text
from coach.pipeline import Coach
from coach.practice.customer import AGREEMENT
from coach.practice.debrief import debrief
from coach.practice.moment import Moments, finding_in, load_moments, start_moment
from coach.practice.session import say, scenario_of
from coach.practice.store import dump, load
from coach.report import Report
from coach.resources import folder

FOLDER = folder("rules") / "scenarios"
CALL = """销售：李姐好，我是小王，电话13812345678，来看看您。
客户：坐吧。上次的货还剩三条。
销售：这款一条能挣二十二块，没拆封的三十天内可以换一次。
客户：别人家的比你们好卖，我看就是你们这烟不行。
销售：不可能，你根本没用心推，明明是你自己不会卖。
客户：你这什么话？"""


@pytest.fixture
def moments() -> Moments:
    return load_moments(FOLDER)


@pytest.fixture
def report(coach: Coach) -> Report:
    return coach.analyse(read_text(CALL, name="上午的拜访", rep="销售"))


def test_a_flagged_turn_becomes_a_talk(coach: Coach, moments: Moments, report: Report) -> None:
    session = start_moment(moments, report, finding_in(report, turn=4, code="rebutting"), level=2, hints="severe")
    scenario = scenario_of(session, {})
    assert (session.level, session.hints) == (2, "severe")
    assert session.opening == "别人家的比你们好卖，我看就是你们这烟不行。"
    assert scenario.provokes == ("rebutting",)
    assert "随时反驳" in scenario.title
    assert scenario.facts == ("这款一条能挣二十二块，没拆封的三十天内可以换一次。",)
    assert session.moment is not None
    assert session.moment.said.startswith("不可能")
    assert session.moment.hint.code == "rebutting"
    assert [line.speaker for line in session.moment.before] == ["rep", "customer", "rep"]
    assert load(dump(session)) == session
    assert "13812345678" not in dump(session)


def test_a_talk_from_a_moment_is_played_to_its_end(coach: Coach, moments: Moments, report: Report) -> None:
    session = start_moment(moments, report, finding_in(report, turn=4))
    scenario = scenario_of(session, {})
    for text in (
        "不可能，你说的根本不对。",
        "李姐，卖得慢您着急，我理解。您平时把它摆在哪儿？",
        "没拆封的，一个月以内能给您换一回，您不用怕压货。",
        "您说得有道理，那我周五下午三点过来，跟您一起看卖了几条。",
        "您最不放心的是哪一点？",
    ):
        session = session if session.is_over else say(coach, scenario, session, text)
    assert session.exchanges[0].hints[0].code == "rebutting"
    assert session.state.end == AGREEMENT
    told = debrief(coach, scenario, session, {})
    assert told.resistance[0].baited >= 1
    assert told.next_scenario is None


@pytest.mark.parametrize("code", HABITS)
def test_every_habit_has_its_baits(moments: Moments, code: str) -> None:
    assert len(set(moments.baits[code])) >= 3


def test_a_call_without_facts_or_customer_can_be_practised(coach: Coach, moments: Moments) -> None:
    report = coach.analyse(read_text("销售：不听就算了，你爱要不要，有本事去投诉。\n客户：你再说一遍？", rep="销售"))
    session = start_moment(moments, report, finding_in(report, turn=0))
    assert session.opening == moments.opening
    scenario = scenario_of(session, {})
    assert scenario.facts == ()
    for text in (
        "您好，刚才是我急了，对不起，您生气是应该的。您最着急的是哪件事？",
        "要不先给您换两条别的试试，您看呢？",
        "那我明天上午十点给您送过来，您看行吗？",
        "您还有哪些不放心的？",
    ):
        session = session if session.is_over else say(coach, scenario, session, text)
    assert session.state.end == AGREEMENT


@pytest.mark.parametrize(
    "wrong", [{"turn": 2}, {"turn": 99}, {"turn": 4, "code": "boasting"}, {"finding_id": "0" * 12}]
)
def test_a_turn_in_which_nothing_was_found(report: Report, wrong: dict) -> None:
    with pytest.raises(InputError, match="没有找到要改的习惯"):
        finding_in(report, **wrong)


def test_a_finding_is_found_by_its_id(report: Report) -> None:
    for one in report.findings:
        assert finding_in(report, finding_id=one.id) == one


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("  rude:", "  rood:"), "rood"),
        (lambda text: text.replace('    - "你着什么急，我问两句怎么了？"\n', ""), "rude"),
        (lambda text: text.replace("reveal:", "revaal:"), "reveal"),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path: Path, change: Callable[[str], str], told: str) -> None:
    (tmp_path / "shared.yaml").write_bytes((FOLDER / "shared.yaml").read_bytes())
    (tmp_path / "moments.yaml").write_text(
        change((FOLDER / "moments.yaml").read_text(encoding="utf-8")), encoding="utf-8"
    )
    with pytest.raises(RuleFileError) as error:
        load_moments(tmp_path)
    assert told in str(error.value)
