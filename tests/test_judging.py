"""Practice judges as a call is judged, but who states a fact of the scenario is believed."""

import pytest

from coach.findings import Evidence
from coach.pipeline import Coach
from coach.practice.acts import Act, done_by
from coach.practice.judging import GUARD, facts_of, judge
from coach.practice.scenarios import Scenario, load_scenarios
from coach.resources import folder
from coach.transcript import Speaker, Transcript, Turn

SCENARIOS = load_scenarios(folder("rules") / "scenarios")


class Objecting:
    """A classifier that hears a habit in everything."""

    id = "classifier"
    digest = "0"

    def __init__(self, code: str, score: float) -> None:
        self.code, self.score = code, score

    def detect(self, call: object) -> list[Evidence]:
        return [
            Evidence(self.code, one.turn.index, None, one.turn.text, self.id, self.score, 3, "……")
            for one in call.rep_turns
        ]


def turns(scenario: Scenario, text: str) -> tuple[Turn, ...]:
    return Turn(0, Speaker.CUSTOMER, scenario.opening), Turn(1, Speaker.REP, text)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
@pytest.mark.parametrize("said", ["{}。", "您说得有道理。我跟您说清楚一点：{}。"])
def test_who_states_a_fact_gets_no_hint(coach: Coach, scenario: Scenario, said: str) -> None:
    facts = facts_of(coach, scenario.facts)
    for fact in scenario.facts:
        done = done_by(coach, turns(scenario, said.format(fact)), facts)
        assert [(one.code, one.lead.quote) for one in done.findings] == []
        assert Act.INFORM in done.acts


@pytest.mark.parametrize(
    ("code", "score", "text", "found"),
    [
        ("rude", 0.99, "年卡按次折算，来过四次，能退两千一百六十元。", False),
        ("rude", 0.7, "您一共来了4次，按次数折，还剩2160块可以退给您。", True),
        ("overpromising", 0.9, "您一共来了4次，按次数折，还剩2160块可以退给您。", False),
        ("overpromising", 0.9, "您一共来了4次，按次数折，还剩3000块可以退给您。", True),
        ("rude", 0.6, "能退两千一百六十元，别磨叽。", True),
        ("rude", 0.6, "您爱退不退。", True),
    ],
)
def test_a_classifier_alone_is_not_believed_against_facts(
    coach: Coach, code: str, score: float, text: str, found: bool
) -> None:
    scenario = SCENARIOS["gym-card-refund"]
    alone = Coach(coach.book, [Objecting(code, score)], coach.segmenter)
    report = judge(alone, facts_of(coach, scenario.facts), Transcript("practice", turns(scenario, text)))
    assert [one.code for one in report.findings] == ([code] if found else [])
    assert [one.exemption.guard for one in report.exempted if one.exemption] == ([] if found else [GUARD])


def test_a_rule_is_believed_beside_facts(coach: Coach) -> None:
    scenario = SCENARIOS["gym-card-refund"]
    text = "能退两千一百六十元，这事包在我身上，百分之百没问题。"
    done = done_by(coach, turns(scenario, text), facts_of(coach, scenario.facts))
    assert "overpromising" in {one.code for one in done.findings}
