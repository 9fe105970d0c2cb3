"""`length`: how long a turn is, how fast it is spoken, and what it lacks."""

from collections.abc import Iterator
from dataclasses import dataclass

from coach.detectors.kinds.phrases import read_phrases
from coach.detectors.needs import Needs
from coach.detectors.phrases import Phrases, Words
from coach.detectors.view import TurnView
from coach.transcript import Span
from coach.yamlfiles import Section

_LONGEST = 1_000_000


@dataclass(frozen=True)
class Length:
    """The whole turn, if its size (characters without punctuation) and pace (characters a minute) are in range.

    A turn without times has no pace and fails a condition on it. `lacks`: none of these may stand in it.
    """

    low: int
    high: int
    slowest: float
    fastest: float
    lacks: Phrases | None
    needs: Needs = None

    def find(self, view: TurnView) -> Iterator[Span]:
        if not self.low <= view.size <= self.high or not self._pace_fits(view):
            return
        if self.lacks is None or self.lacks.found_in(view.folded) is None:
            yield Span(0, len(view.folded))

    def _pace_fits(self, view: TurnView) -> bool:
        if self.slowest <= 0 and self.fastest >= _LONGEST:
            return True
        turn = view.turn
        if turn.start_s is None or turn.end_s is None or turn.end_s <= turn.start_s:
            return False
        return self.slowest <= view.size * 60 / (turn.end_s - turn.start_s) <= self.fastest


def build(section: Section, words: Words) -> Length:
    """`min_size`, `max_size` in characters; `min_pace`, `max_pace` in characters a minute; `lacks` phrases."""
    return Length(
        low=section.whole("min_size", low=0, high=_LONGEST, default=0),
        high=section.whole("max_size", low=1, high=_LONGEST, default=_LONGEST),
        slowest=section.number("min_pace", low=0, high=_LONGEST, default=0),
        fastest=section.number("max_pace", low=1, high=_LONGEST, default=_LONGEST),
        lacks=read_phrases(section, "lacks", words) if "lacks" in section else None,
    )
