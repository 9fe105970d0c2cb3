"""The kinds of rule conditions, one small file each: a dict of builders.

A condition finds places in one rep turn. `needs` says what the turn's folded text must contain before `find` can
find anything, so that the rule detector tries few rules a turn.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from coach.detectors.kinds import count, length, pattern, phrases, reply, tokens
from coach.detectors.needs import Needs
from coach.detectors.phrases import Words
from coach.detectors.view import TurnView
from coach.transcript import Span
from coach.yamlfiles import Section


class Condition(Protocol):
    """What a rule looks for in a turn."""

    @property
    def needs(self) -> Needs: ...

    def find(self, view: TurnView) -> Iterator[Span]:
        """The places in the turn that fulfil the condition, in no particular order."""
        ...


Builder = Callable[[Section, Words], Condition]

_SIMPLE: Mapping[str, Builder] = {
    "phrases": phrases.build,
    "pattern": pattern.build,
    "tokens": tokens.build,
    "reply": reply.build,
    "count": count.build,
    "length": length.build,
}


def build(section: Section, words: Words) -> Condition:
    """The condition a section describes by its `kind`; mistakes are reported to the section."""
    from coach.detectors.kinds import combine

    kinds = {**_SIMPLE, "combine": combine.build}
    return kinds[section.choice("kind", tuple(kinds))](section, words)
