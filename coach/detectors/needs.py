"""What a text must contain before a rule is worth trying: a few characters looked up instead of a pattern run.

`Needs` is a set of strings of which a matching text contains at least one (None: nothing is known, always try).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

Needs = frozenset[str] | None

_KEY = 2
"""Characters by which needed strings are looked up; shorter ones are looked up whole."""

_LOOKED_AT = 4


def any_of(alternatives: Iterable[Needs]) -> Needs:
    """What is needed where one of several must match.

    >>> sorted(any_of([frozenset({"保证"}), frozenset({"包在"})]))
    ['保证', '包在']
    """
    known: set[str] = set()
    for needs in alternatives:
        if needs is None:
            return None
        known |= needs
    return frozenset(known)


def strictest(parts: Iterable[Needs]) -> Needs:
    """The best single demand of several that must all be met: the longest strings, then the fewest."""
    known = [needs for needs in parts if needs]
    return max(known, key=lambda needs: (min(_KEY, min(map(len, needs))), -len(needs)), default=None)


class Index:
    """Which of many demands a text may meet, in time that hardly grows with their number.

    Only the first characters of what is needed are looked at: no demand that is met is left out, and few others come.
    """

    def __init__(self, demands: Sequence[Needs]) -> None:
        self._always = [at for at, needs in enumerate(demands) if needs is None]
        beginnings = {(needed[:_LOOKED_AT], at) for at, needs in enumerate(demands) for needed in needs or ()}
        self._by_key: dict[str, list[tuple[str | None, int]]] = defaultdict(list)
        for beginning, at in sorted(beginnings):
            self._by_key[beginning[:_KEY]].append((beginning if len(beginning) > _KEY else None, at))
        self._keys = frozenset(self._by_key)

    def met_by(self, text: str) -> list[int]:
        """The positions of the demands that `text` may meet, in order.

        >>> Index([frozenset({"保证"}), None, frozenset({"包在"})]).met_by("我保证")
        [0, 1]
        """
        met = set(self._always)
        for key in _keys_of(text) & self._keys:
            for beginning, at in self._by_key[key]:
                if at not in met and (beginning is None or beginning in text):
                    met.add(at)
        return sorted(met)


@lru_cache(maxsize=256)
def _keys_of(text: str) -> frozenset[str]:
    """Every character and every pair of neighbours; asked for by many indexes in turn."""
    return frozenset(text[at : at + _KEY] for at in range(len(text))) | frozenset(text)
