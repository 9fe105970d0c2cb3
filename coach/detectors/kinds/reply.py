"""`reply`: what the rep says in answer to something the customer has just said."""

from collections.abc import Iterator
from dataclasses import dataclass

from coach.detectors.kinds.phrases import read_phrases
from coach.detectors.needs import Needs
from coach.detectors.phrases import Phrases, Words
from coach.detectors.view import TurnView
from coach.transcript import Span
from coach.yamlfiles import Section

_ANYWHERE = 10_000


@dataclass(frozen=True)
class Reply:
    """Places of `rep` that begin within the first `within` characters, if the customer said one of `customer`."""

    rep: Phrases
    customer: Phrases | None
    customer_unless: Phrases | None
    within: int

    @property
    def needs(self) -> Needs:
        return self.rep.needs

    def find(self, view: TurnView) -> Iterator[Span]:
        answered = view.answered
        if answered is None:
            return
        if self.customer is not None and not self.customer.found_in(answered.folded):
            return
        if self.customer_unless is not None and self.customer_unless.found_in(answered.folded):
            return
        for span in self.rep.find(view.folded):
            if span.start < self.within:
                yield span


def build(section: Section, words: Words) -> Reply:
    """`rep` phrases; `customer` phrases (missing: whatever he said), `customer_unless`; `within` characters."""
    return Reply(
        rep=read_phrases(section, "rep", words, required=True),
        customer=read_phrases(section, "customer", words) if "customer" in section else None,
        customer_unless=read_phrases(section, "customer_unless", words) if "customer_unless" in section else None,
        within=section.whole("within", low=1, high=_ANYWHERE, default=_ANYWHERE),
    )
