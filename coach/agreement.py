"""How far two people agree, and how sure a share is that was counted in few cases."""

from collections.abc import Sequence
from math import sqrt

_Z = 1.96
"""Standard deviations on each side of what 95 of 100 draws of a normal variable fall into."""


def kappa(ours: Sequence[bool], theirs: Sequence[bool]) -> float | None:
    """Cohen's kappa of two people's yes or no about the same cases, -1 to 1; None where neither ever said yes.

    Cohen (1960), A coefficient of agreement for nominal scales. Where both said yes throughout, chance explains all and
    kappa is not defined; they agree, so that it is 1.

    >>> kappa([True, True, False, False], [True, False, False, False])
    0.5
    """
    if not any(ours) and not any(theirs):
        return None
    cases = len(ours)
    agreed = sum(one == other for one, other in zip(ours, theirs, strict=True)) / cases
    yes, also_yes = sum(ours) / cases, sum(theirs) / cases
    by_chance = yes * also_yes + (1 - yes) * (1 - also_yes)
    return 1.0 if by_chance == 1 else round((agreed - by_chance) / (1 - by_chance), 3) + 0.0  # no -0.0


def wilson(hits: float, cases: float, *, deviations: float = _Z) -> tuple[float, float]:
    """The range that a share counted as `hits` of `cases` may really be in, at 95 percent; 0 to 1 without any case.

    Numbers that are not whole stand for cases that are not independent, and so count for less.

    Wilson (1927), Probable inference, the law of succession, and statistical inference.

    >>> [round(bound, 3) for bound in wilson(9, 10)]
    [0.596, 0.982]
    """
    if not cases:
        return 0.0, 1.0
    share, weight = hits / cases, deviations**2 / cases
    middle = (share + weight / 2) / (1 + weight)
    reach = deviations / (1 + weight) * sqrt(share * (1 - share) / cases + weight / (4 * cases))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def difference(
    ours: tuple[float, float], theirs: tuple[float, float], *, deviations: float = _Z
) -> tuple[float, float]:
    """The range that one share minus another may really be in, each given as hits and cases, at 95 percent.

    Newcombe (1998), Interval estimation for the difference between independent proportions, method 10.

    >>> [round(bound, 4) for bound in difference((56, 70), (48, 80))]
    [0.0524, 0.3339]
    """
    (our_low, our_high), (their_low, their_high) = (
        wilson(*ours, deviations=deviations),
        wilson(*theirs, deviations=deviations),
    )
    our_share, their_share = (hits / cases if cases else 0.5 for hits, cases in (ours, theirs))
    middle = our_share - their_share
    return (
        middle - sqrt((our_share - our_low) ** 2 + (their_high - their_share) ** 2),
        middle + sqrt((our_high - our_share) ** 2 + (their_share - their_low) ** 2),
    )
