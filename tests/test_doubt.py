"""What does not count against what the whole turn says."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest

from coach.detectors.classifier import ClassifierDetector
from coach.detectors.view import CallView
from coach.doubt import without_the_doubted
from coach.findings import Evidence
from coach.imports import read_text
from coach.pipeline import Coach
from coach.transcript import Span

CALL = "客户：货怎么还没到？\n销售：您先别急，保证不了今天到，我去问一下车在哪儿，问到了马上告诉您。"
HEARD = Evidence("overpromising", 1, Span(5, 7), "保证", "rule:x", 0.9, 2, "说得太满")


class Doubting:
    """Finds everything that it is asked about so likely, and remembers what that was."""

    def __init__(self, likely: float = 0.0) -> None:
        self.likely = likely
        self.asked: Collection[tuple[int, str]] = ()

    def likelihoods(self, _call: CallView, places: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], float]:
        self.asked = places
        return dict.fromkeys(places, self.likely)


@pytest.fixture
def call(coach: Coach) -> CallView:
    return CallView(read_text(CALL), coach.segmenter)


def test_what_is_doubted_is_exempted_with_a_reason(call: CallView) -> None:
    (one,) = without_the_doubted([HEARD], Doubting(), call)
    assert one.exemption is not None
    assert one.exemption.guard == "whole_turn"
    assert "保证" in one.exemption.reason
    assert "好说大话" in one.exemption.reason


@pytest.mark.parametrize(
    ("one", "likely", "is_doubted"),
    [
        (HEARD, 0.09, True),
        (HEARD, 0.11, False),
        (replace(HEARD, severity=3), 0.09, False),
        (replace(HEARD, severity=3), 0.01, True),
    ],
)
def test_the_graver_it_is_the_surer_a_doubt_must_be(
    call: CallView, one: Evidence, likely: float, *, is_doubted: bool
) -> None:
    (left,) = without_the_doubted([one], Doubting(likely), call)
    assert (left.exemption is not None) == is_doubted


@pytest.mark.parametrize(
    "one",
    [
        replace(HEARD, span=Span(0, 20)),
        replace(HEARD, span=None),
        replace(HEARD, supporting=True),
        replace(HEARD, code="greeting", severity=0),
    ],
)
def test_much_of_a_turn_support_and_strengths_are_not_asked_about(call: CallView, one: Evidence) -> None:
    doubter = Doubting()
    assert list(without_the_doubted([one], doubter, call)) == [one]
    assert doubter.asked == set()


def test_the_classifier_says_how_likely_a_habit_is(coach: Coach, call: CallView) -> None:
    (classifier,) = (one for one in coach.detectors if isinstance(one, ClassifierDetector))
    places = {(1, "overpromising"), (1, "rude"), (1, "other.monologue"), (0, "rude")}
    likely = classifier.likelihoods(call, places)
    assert likely.keys() == {(1, "overpromising"), (1, "rude")}, "of rep turns, and nothing measured"
    assert max(likely.values()) < 0.1
    insult = CallView(read_text("客户：贵了点。\n销售：买不起就别问，别在这儿浪费我的时间。"), coach.segmenter)
    assert classifier.likelihoods(insult, {(1, "rude")})[1, "rude"] > 0.5
    assert classifier.likelihoods(call, set()) == {}
