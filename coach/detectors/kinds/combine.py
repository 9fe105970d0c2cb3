"""`combine`: conditions joined by all, any, none and near; each may look at the customer's turn before."""

from collections.abc import Iterator
from dataclasses import dataclass

from coach.detectors import kinds
from coach.detectors.needs import Needs, any_of, strictest
from coach.detectors.phrases import Words
from coach.detectors.view import TurnView
from coach.transcript import Span
from coach.yamlfiles import Section


@dataclass(frozen=True)
class Part:
    """A condition on the rep's turn, or on the customer's turn that it answers."""

    condition: "kinds.Condition"
    on_customer: bool

    def spans(self, view: TurnView) -> list[Span]:
        looked_at = view.answered if self.on_customer else view
        return [] if looked_at is None else list(self.condition.find(looked_at))


@dataclass(frozen=True)
class Combination:
    """All of `all`, one of `any`, none of `none`; the places are those of the first condition on the rep's turn.

    With `near`, every condition on the rep's turn must have a place within so many characters of that place.
    """

    all: tuple[Part, ...]
    any: tuple[Part, ...]
    none: tuple[Part, ...]
    near: int | None

    @property
    def needs(self) -> Needs:
        needed = [part.condition.needs for part in self.all if not part.on_customer]
        if self.any and not any(part.on_customer for part in self.any):
            needed.append(any_of(part.condition.needs for part in self.any))
        return strictest(needed)

    def find(self, view: TurnView) -> Iterator[Span]:
        needed = [(part, part.spans(view)) for part in self.all]
        if not all(spans for _, spans in needed):
            return
        chosen = [span for part in self.any for span in part.spans(view) if not part.on_customer]
        if self.any and not chosen and not any(part.on_customer and part.spans(view) for part in self.any):
            return
        if any(part.spans(view) for part in self.none):
            return
        here = [spans for part, spans in needed if not part.on_customer]
        if chosen:
            here.append(chosen)
        for span in here[0]:
            if self.near is None or all(any(_apart(span, other) <= self.near for other in spans) for spans in here[1:]):
                yield span


def _apart(one: Span, other: Span) -> int:
    """Characters between two spans; 0 where they touch or overlap."""
    return max(0, one.start - other.end, other.start - one.end)


def build(section: Section, words: Words) -> Combination:
    """`all`, `any`, `none`: lists of conditions, each with `role` rep (default) or customer; `near` in characters."""

    def parts(key: str) -> tuple[Part, ...]:
        return tuple(_part(one, words) for one in section.sections(key))

    combination = Combination(
        all=parts("all"),
        any=parts("any"),
        none=parts("none"),
        near=section.whole("near", low=0, high=10_000) if "near" in section else None,
    )
    if not any(not part.on_customer for part in combination.all + combination.any):
        section.report("all", "至少要有一个条件看销售自己的话")
    return combination


def _part(section: Section, words: Words) -> Part:
    on_customer = section.choice("role", ("rep", "customer"), default="rep") == "customer"
    part = Part(kinds.build(section, words), on_customer)
    section.done()
    return part
