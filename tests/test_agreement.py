"""Agreement and intervals against figures worked out by hand and by scikit-learn."""

import pytest
from sklearn.metrics import cohen_kappa_score

from coach.agreement import kappa, wilson


def test_kappa_is_what_scikit_learn_says() -> None:
    ours = [True, True, False, True, False, False, False, True, False, False]
    theirs = [True, False, False, True, False, True, False, True, False, False]
    assert kappa(ours, theirs) == pytest.approx(cohen_kappa_score(ours, theirs), abs=1e-3)


def test_kappa_without_a_yes_is_undefined_and_all_yes_is_agreement() -> None:
    assert kappa([False, False], [False, False]) is None
    assert kappa([], []) is None
    assert kappa([True, True], [True, True]) == 1.0


def test_worse_than_chance_is_negative() -> None:
    assert kappa([True, False], [False, True]) == -1.0


@pytest.mark.parametrize(("hits", "cases"), [(0, 5), (5, 5), (1, 100), (50, 100)])
def test_the_interval_holds_the_share_and_stays_within_bounds(hits: int, cases: int) -> None:
    low, high = wilson(hits, cases)
    assert 0 <= low <= hits / cases <= high <= 1
    assert wilson(hits * 10, cases * 10)[1] - wilson(hits * 10, cases * 10)[0] < high - low


def test_without_cases_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
