"""`count`: phrases that only count when they pile up: in a turn, in the last turns, in the call, or per 100 characters."""

from collections.abc import Iterator
from dataclasses import dataclass

from coach.detectors.kinds.phrases import read_phrases
from coach.detectors.needs import Needs
from coach.detectors.phrases import PhraseError, Phrases, Words
from coach.detectors.view import TurnView
from coach.transcript import Span
from coach.yamlfiles import Section


@dataclass(frozen=True)
class Count:
    """At least `least` places of the phrases in reach of the turn, and `density` of them per 100 characters.

    `turns` is the reach in turns of the call (1: this turn, None: the whole call so far). With `kinds`, each kind of
    phrase counts once, however often it stands. The marked span reaches from the first place in the turn to the last.
    """

    phrases: Phrases
    kinds: tuple[Phrases, ...]
    least: int
    turns: int | None
    density: float

    @property
    def needs(self) -> Needs:
        return self.phrases.needs

    def find(self, view: TurnView) -> Iterator[Span]:
        here = list(self.phrases.find(view.folded))
        if not here:
            return
        if self.kinds:
            amount = sum(1 for kind in self.kinds if kind.found_in(view.folded))
        elif self.turns == 1:
            amount = len(here)
        else:
            amount = sum(sum(1 for _ in self.phrases.find(other.folded)) for other in view.before(self.turns))
        if amount >= self.least and len(here) * 100 >= self.density * view.size:
            yield Span(min(span.start for span in here), max(span.end for span in here))


def build(section: Section, words: Words) -> Count:
    """`any` phrases, `at_least`, `within` turn | window | call, `turns` of the window, `per_100`, `distinct`."""
    phrases = read_phrases(section, "any", words, required=True)
    within = section.choice("within", ("turn", "window", "call"), default="turn")
    window = section.whole("turns", low=2, high=1000, default=6)
    return Count(
        phrases=phrases,
        kinds=_kinds(section, words) if section.flag("distinct") else (),
        least=section.whole("at_least", low=1, high=1000),
        turns={"turn": 1, "window": window, "call": None}[within],
        density=section.number("per_100", low=0, high=100, default=0),
    )


def _kinds(section: Section, words: Words) -> tuple[Phrases, ...]:
    kinds: list[Phrases] = []
    for phrase in section.texts("any"):
        try:
            kinds.append(Phrases([phrase], words))
        except PhraseError:
            continue  # reported where the phrases were read
    return tuple(kinds)
