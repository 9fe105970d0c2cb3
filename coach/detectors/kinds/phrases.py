"""`phrases`: any of several phrases, where wanted only beside a second group in the same sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from coach.detectors.needs import Needs
from coach.detectors.phrases import PhraseError, Phrases, Words
from coach.detectors.view import TurnView
from coach.transcript import Span
from coach.yamlfiles import Section


@dataclass(frozen=True)
class AnyPhrase:
    """Places of `wanted`; where `beside` is given, its phrases must stand in the same sentence or turn."""

    wanted: Phrases
    beside: Phrases | None
    in_turn: bool

    @property
    def needs(self) -> Needs:
        return self.wanted.needs

    def find(self, view: TurnView) -> Iterator[Span]:
        for span in self.wanted.find(view.folded):
            if self.beside is None:
                yield span
                continue
            scope = view.folded if self.in_turn else view.sentence_of(span).of(view.folded)
            if self.beside.found_in(scope):
                yield span


def build(section: Section, words: Words) -> AnyPhrase:
    """`any` phrases, `with` phrases, `scope` of `with`: sentence (default) or turn."""
    return AnyPhrase(
        wanted=read_phrases(section, "any", words, required=True),
        beside=read_phrases(section, "with", words) if "with" in section else None,
        in_turn=section.choice("scope", ("sentence", "turn"), default="sentence") == "turn",
    )


def read_phrases(section: Section, key: str, words: Words, *, required: bool = False) -> Phrases:
    """A list of phrases; those with mistakes are reported and left out."""
    good: list[str] = []
    for phrase in section.texts(key, required=required):
        try:
            Phrases([phrase], words)
            good.append(phrase)
        except PhraseError as error:
            section.report(key, str(error))
    return Phrases(good, words)
