"""What reviews say of the tool, on reviews whose figures are known by hand."""

import pytest

from coach.findings import Evidence, Finding
from coach.review import Decision, Review, Verdict
from coach.training.reviewed import Mistakes, figures_of, labelled, mistakes
from coach.transcript import Speaker, Transcript, Turn


def review(
    call_id: str, *verdicts: tuple[int, str, Decision], sampled: tuple[int, ...] = (), unflagged: int = 0
) -> Review:
    return Review(
        call_id,
        verdicts=tuple(
            Verdict(turn, code, decision, changed_to="rude" if decision is Decision.CHANGE else "")
            for turn, code, decision in verdicts
        ),
        sampled=sampled,
        unflagged=unflagged,
    )


def habit(reviews: list[Review], code: str):
    return next(one for one in figures_of(reviews).habits if one.code == code)


def test_precision_counts_decided_findings() -> None:
    reviews = [
        review("a", (1, "boasting", Decision.AGREE), (3, "boasting", Decision.REJECT)),
        review(
            "b", (1, "boasting", Decision.AGREE), (3, "boasting", Decision.CHANGE), (5, "boasting", Decision.MISSED)
        ),
    ]
    precision = habit(reviews, "boasting").precision
    assert (precision.value, precision.cases, precision.is_thin) == (0.5, 4, True)
    assert precision.low < 0.5 < precision.high


def test_recall_weighs_a_missed_turn_by_the_turns_it_stands_for() -> None:
    reviews = [
        review(
            "a",
            (1, "boasting", Decision.AGREE),
            (3, "boasting", Decision.MISSED),
            (5, "", Decision.CLEAR),
            sampled=(3, 5),
            unflagged=6,
        )
    ]
    recall = habit(reviews, "boasting").recall
    assert recall.value == pytest.approx(1 / 4)
    assert recall.cases == 2


def test_a_habit_changed_to_another_was_missed_there() -> None:
    recall = habit([review("a", (1, "boasting", Decision.CHANGE), (3, "rude", Decision.AGREE))], "rude").recall
    assert recall.value == pytest.approx(0.5)


def test_half_a_sample_does_not_count() -> None:
    half = review("a", (1, "rude", Decision.AGREE), (3, "rude", Decision.MISSED), sampled=(3, 5), unflagged=6)
    figures = figures_of([half])
    assert figures.sampled_turns == 0
    assert habit([half], "rude").recall.value is None


def test_a_miss_outside_the_sample_does_not_bend_the_recall() -> None:
    outside = review(
        "a",
        (1, "rude", Decision.AGREE),
        (3, "", Decision.CLEAR),
        (7, "rude", Decision.MISSED),
        sampled=(3,),
        unflagged=4,
    )
    assert habit([outside], "rude").recall.value == 1.0


def test_without_reviews_nothing_is_claimed() -> None:
    figures = figures_of([])
    assert (figures.reviews, figures.kappa) == (0, None)
    assert all(one.precision.value is None and one.recall.value is None for one in figures.habits)


def test_two_reviewers_agree_by_kappa_over_the_turns_both_looked_at() -> None:
    first = review(
        "a", (1, "rude", Decision.AGREE), (3, "rude", Decision.AGREE), (5, "", Decision.CLEAR), (9, "", Decision.CLEAR)
    )
    second = review("a", (1, "rude", Decision.AGREE), (3, "rude", Decision.REJECT), (5, "", Decision.CLEAR))
    figures = figures_of([first, second, review("b", (1, "rude", Decision.AGREE))])
    rude = next(one for one in figures.habits if one.code == "rude")
    assert (figures.calls, figures.twice, rude.twice, rude.kappa) == (2, 1, 3, 0.4)


def finding(turn: int, code: str) -> Finding:
    return Finding("x", code, turn, 2, 0.9, (Evidence(code, turn, None, "", "rule:x", 0.9, 2, ""),))


def test_mistakes_count_only_where_somebody_looked() -> None:
    turns = tuple(Turn(at, Speaker.REP if at % 2 else Speaker.CUSTOMER, "话") for at in range(8))
    seen = review("a", (1, "rude", Decision.AGREE), (3, "boasting", Decision.REJECT), (5, "rude", Decision.MISSED))
    call = labelled(Transcript("a", turns), seen, author="r")
    made = mistakes(call, [finding(1, "rude"), finding(3, "boasting"), finding(7, "rude")])
    assert made == {"rude": Mistakes(missed=1), "boasting": Mistakes(alarms=1)}
    assert sum(made.values(), Mistakes()).total == 2


def test_a_verdict_on_a_turn_that_is_no_longer_the_reps_is_left_out() -> None:
    turns = (Turn(0, Speaker.CUSTOMER, "话"), Turn(1, Speaker.CUSTOMER, "话"))
    assert labelled(Transcript("a", turns), review("a", (1, "rude", Decision.AGREE)), author="r").turns == ()
