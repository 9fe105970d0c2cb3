"""Facts in what the rep says: told in his own words, stated and nothing else, lost when he says it again."""

import pytest

from coach.pipeline import Coach
from coach.practice.facts import Facts
from coach.practice.judging import facts_of
from coach.practice.scenarios import load_scenarios
from coach.resources import folder
from tests.paraphrased import HELD_OUT, TALKS, Talk

SCENARIOS = load_scenarios(folder("rules") / "scenarios")
NEW_BRAND = SCENARIOS["new-brand-slow"].facts
GYM = SCENARIOS["gym-card-refund"].facts


@pytest.fixture
def facts(coach: Coach) -> Facts:
    return facts_of(coach, NEW_BRAND)


@pytest.mark.parametrize("talks", [TALKS, HELD_OUT], ids=["chosen on", "held out"])
def test_facts_told_in_other_words_are_recognised(coach: Coach, talks: dict[str, Talk]) -> None:
    """Of the facts told, and of what is taken for one, 95 in 100 rightly."""
    told, found, right = 0, 0, 0
    for name, talk in talks.items():
        facts = facts_of(coach, SCENARIOS[name].facts)
        for text, its in talk:
            seen = facts.told_by(text)
            told, found, right = told + len(its), found + len(seen), right + len(its & seen)
    assert right / told >= 0.95
    assert right / found >= 0.95


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_fact_as_it_is_written_is_told_and_covered(coach: Coach, name: str) -> None:
    facts = facts_of(coach, SCENARIOS[name].facts)
    for at, fact in enumerate(SCENARIOS[name].facts):
        assert at in facts.told_by(f"我跟您说清楚一点：{fact}。")
        assert facts.cover(fact)
        assert facts.cover(f"您说得有道理。我跟您说清楚一点：{fact}。")


@pytest.mark.parametrize(
    "text",
    [
        "三十天内没拆封的可以换一次，你懂不懂？",
        "六十天内没拆封的可以换一次。",
        "没拆封的可以换一次，别磨叽了。",
        "你爱听不听，两周卖了六条。",
        "您说得有道理。",
        "",
    ],
)
def test_more_than_facts_is_not_covered(facts: Facts, text: str) -> None:
    assert not facts.cover(text)


def test_another_figure_is_another_fact(coach: Coach) -> None:
    facts = facts_of(coach, GYM)
    assert facts.told_by("按次数折，能退您2160块。") == {0}
    assert facts.told_by("按次数折，能退您三千块。") == frozenset()


@pytest.mark.parametrize(
    ("first", "again", "lost"),
    [
        ("新品三十天内能换一次，你还要怎样？", "新品到货一个月之内能换一回，您看呢？", ()),
        ("新品三十天内能换一次，你还要怎样？", "新品能换一回，您看呢？", ("三十天",)),
        ("放收银台边，两周卖了六条，你懂不懂？", "放在收银台旁边，2个星期走了6条，您可以试试。", ()),
        ("放收银台边，两周卖了六条，你懂不懂？", "两周卖了六条，您可以试试。", ("收银台",)),
        ("这113条你自己看着办。", "这13条您看怎么办？", ("113条",)),
        ("这13条你自己看着办。", "这113条您看怎么办？", ("13条",)),
        ("30条你都卖不掉？", "三十条慢慢卖，不着急。", ()),
        ("明天下午三点来，你给我等着。", "明天三点我来，您看方便吗？", ("下午",)),
        ("周六来，爱等不等。", "礼拜六我来，您看方便吗？", ()),
        ("我给你说一遍你还不懂？", "我换个说法再讲一次，您看哪里不清楚？", ()),
    ],
)  # fmt: skip
def test_what_is_lost_when_said_again(facts: Facts, first: str, again: str, lost: tuple[str, ...]) -> None:
    assert facts.lost(first, again) == lost


def test_an_empty_promise_keeps_no_figure_but_a_true_one_does(facts: Facts) -> None:
    first = "保您一年赚三万，三十天内没拆封的可以换一次。"
    again = "能赚多少我不敢说，您先试试。"
    assert facts.lost(first, again, slipped=["保您一年赚三万"]) == ("三十天", "一次")
    assert facts.lost(first, again, slipped=[first]) == ("三十天", "一次")
    assert facts.lost(first, again) == ("一年", "三十天", "一次", "三万")
