"""A review: what may be decided, how it goes from draft to final, and what it teaches."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.errors import InputError
from coach.habits import HABITS
from coach.pipeline import Coach
from coach.report import Report
from coach.review import (
    MOST_POINTS,
    Comment,
    Decision,
    Message,
    Point,
    Review,
    State,
    Verdict,
    acknowledged,
    answered,
    appealed,
    begun,
    commented,
    concluded,
    decided,
    judged,
    shared,
    taken_back,
    to_labelled_call,
    undecided,
    unjudged,
)
from coach.training.corpus import read_corpus
from coach.transcript import Speaker, Transcript, Turn

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXTS = (
    (Speaker.CUSTOMER, "这个新烟好不好卖？"),
    (Speaker.REP, "放心，包在我身上，保证你赚钱。"),
    (Speaker.CUSTOMER, "上次你也这么说。"),
    (Speaker.REP, "我先看一下您这三个月的单子，再跟您说订多少。"),
    (Speaker.CUSTOMER, "行。"),
    (Speaker.REP, "好的，明天上午十点我把数字发给您。"),
    (Speaker.CUSTOMER, "嗯。"),
    (Speaker.REP, "谢谢您，再见。"),
    (Speaker.REP, "您慢走。"),
)


CALL = "a" * 32


def call() -> Transcript:
    return Transcript("李老板的电话", tuple(Turn(at, speaker, text) for at, (speaker, text) in enumerate(TEXTS)))


@pytest.fixture(scope="module")
def report(coach: Coach) -> Report:
    return coach.analyse(call())


def verdict(turn: int, code: str, decision: Decision, **more: object) -> Verdict:
    return Verdict(turn, code, decision, **more)  # type: ignore[arg-type]


def all_agreed(report: Report) -> Review:
    review = begun(CALL, report)
    for turn, code in undecided(review, report):
        review = judged(review, verdict(turn, code, Decision.AGREE), report)
    return review


def message(text: str = "客户当时是在开玩笑。", *, by_rep: bool = True) -> Message:
    return Message(by_rep, text, NOW, turn=1, code="overpromising")


def test_the_report_has_what_the_tests_need(report: Report) -> None:
    assert [(finding.turn, finding.code) for finding in report.findings] == [(1, "overpromising")]


def test_the_same_turns_are_always_drawn_and_none_with_a_finding(report: Report) -> None:
    review = begun(CALL, report)
    assert review.sampled == begun(CALL, report).sampled
    assert len(review.sampled) == 3
    assert set(review.sampled) <= {3, 5, 7, 8}
    assert review.unflagged == 4
    assert begun(CALL, report, whole=True).sampled == (3, 5, 7, 8)


def test_a_verdict_replaces_the_one_before_and_can_be_taken_away(report: Report) -> None:
    review = judged(begun(CALL, report), verdict(1, "overpromising", Decision.AGREE), report)
    review = judged(review, verdict(1, "overpromising", Decision.CHANGE, changed_to="boasting"), report)
    assert [one.decision for one in review.verdicts] == [Decision.CHANGE]
    assert review.habits_in(1) == {"boasting"}
    assert unjudged(review, 1, "overpromising").verdicts == ()


def test_clear_and_missed_exclude_each_other(report: Report) -> None:
    review = judged(begun(CALL, report), verdict(3, "", Decision.CLEAR), report)
    review = judged(review, verdict(3, "platitudes", Decision.MISSED), report)
    assert review.habits_in(3) == {"platitudes"}
    assert judged(review, verdict(3, "", Decision.CLEAR), report).habits_in(3) == frozenset()


@pytest.mark.parametrize(
    "wrong",
    [
        verdict(1, "rude", Decision.AGREE),
        verdict(1, "overpromising", Decision.MISSED),
        verdict(1, "overpromising", Decision.CHANGE),
        verdict(1, "overpromising", Decision.CHANGE, changed_to="overpromising"),
        verdict(1, "overpromising", Decision.CHANGE, changed_to="shouting"),
        verdict(1, "", Decision.CLEAR),
        verdict(3, "shouting", Decision.MISSED),
        verdict(3, "rude", Decision.MISSED, severity=4),
        verdict(0, "rude", Decision.MISSED),
        verdict(99, "rude", Decision.MISSED),
        verdict(3, "rude", Decision.MISSED, note="长" * 2001),
    ],
    ids=str,
)
def test_verdicts_without_sense_are_refused(report: Report, wrong: Verdict) -> None:
    with pytest.raises(InputError):
        judged(begun(CALL, report), wrong, report)


def test_comments_replace_and_vanish(report: Report) -> None:
    review = commented(begun(CALL, report), Comment(3, "先看数据，很好", praise=True), report)
    review = commented(review, Comment(None, "整体不错"), report)
    assert [one.turn for one in review.comments] == [None, 3]
    review = commented(review, Comment(3, " "), report)
    assert [one.turn for one in review.comments] == [None]
    with pytest.raises(InputError):
        commented(review, Comment(40, "哪一轮"), report)


def test_three_points_at_most(report: Report) -> None:
    review = concluded(begun(CALL, report), [Point("少下保证", "overpromising"), Point(" ")], "  继续  ")
    assert (review.points, review.summary) == ((Point("少下保证", "overpromising"),), "继续")
    with pytest.raises(InputError, match=str(MOST_POINTS)):
        concluded(review, [Point(str(number)) for number in range(4)], "")
    with pytest.raises(InputError):
        concluded(review, [Point("x", "shouting")], "")


def test_nothing_is_shared_before_every_finding_is_decided(report: Report) -> None:
    with pytest.raises(InputError, match="还有 1 处"):
        shared(begun(CALL, report), report)
    assert shared(all_agreed(report), report).state is State.SHARED


def test_an_empty_review_of_a_clean_call_is_not_shared(coach: Coach) -> None:
    clean = coach.analyse(Transcript("c", (Turn(0, Speaker.REP, "您好，我是小王。"),)))
    with pytest.raises(InputError, match="空的"):
        shared(begun("c", clean), clean)


def test_the_way_without_an_appeal(report: Report) -> None:
    review = acknowledged(shared(all_agreed(report), report), NOW)
    assert (review.state, review.acknowledged_at) == (State.FINAL, NOW)
    with pytest.raises(InputError):
        judged(review, verdict(3, "rude", Decision.MISSED), report)
    with pytest.raises(InputError):
        appealed(review, message(), report)


def test_the_way_with_an_appeal(report: Report) -> None:
    review = appealed(shared(all_agreed(report), report), message(), report)
    assert review.state is State.APPEALED
    assert review.messages[0].appeals
    with pytest.raises(InputError):
        acknowledged(review, NOW)
    review = judged(review, verdict(1, "overpromising", Decision.REJECT), report)
    review = decided(review, message("您说得对，改了。", by_rep=False))
    assert review.state is State.FINAL
    assert acknowledged(review, NOW).acknowledged_at == NOW


def test_it_is_taken_back_only_while_the_rep_is_silent(report: Report) -> None:
    review = shared(all_agreed(report), report)
    assert taken_back(review).state is State.DRAFT
    with pytest.raises(InputError):
        taken_back(answered(review, message("收到")))


def test_a_draft_cannot_be_answered_appealed_or_acknowledged(report: Report) -> None:
    for act in (
        lambda: answered(begun(CALL, report), message()),
        lambda: appealed(begun(CALL, report), message(), report),
        lambda: acknowledged(begun(CALL, report), NOW),
        lambda: decided(begun(CALL, report), message()),
    ):
        with pytest.raises(InputError):
            act()


def test_a_reviewed_call_is_read_as_a_labelled_one(report: Report, tmp_path: Path) -> None:
    review = judged(all_agreed(report), verdict(3, "platitudes", Decision.MISSED, instead="您的单子我看过了"), report)
    review = judged(review, verdict(5, "", Decision.CLEAR), report)
    line = to_labelled_call(call(), review, author="reviews-1")
    (tmp_path / "reviews.jsonl").write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    (read,) = read_corpus([tmp_path / "reviews.jsonl"])
    assert {turn.index: set(turn.labels) for turn in read.turns} == {
        1: {"overpromising"},
        3: {"platitudes"},
        5: set(),
    }
    assert (read.author, read.transcript.call_id) == ("reviews-1", CALL)
    assert len(read.transcript.turns) == len(TEXTS)


def test_every_decision_and_state_has_a_name() -> None:
    from coach.review import DECISION_NAMES, STATE_NAMES

    assert set(DECISION_NAMES) == set(Decision)
    assert set(STATE_NAMES) == set(State)
    assert "overpromising" in HABITS
