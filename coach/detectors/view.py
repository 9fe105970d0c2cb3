"""A call prepared once for all detectors: folded text, sentences, tokens, and who spoke before."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from coach.text import Segmenter, Token, fold, sentences, size
from coach.transcript import Span, Speaker, Transcript, Turn


class TurnView:
    """One turn as detectors see it. Spans in `folded` are spans of the turn's own text."""

    def __init__(self, turn: Turn, call: "CallView", *, position: int) -> None:
        self.turn = turn
        self.folded = fold(turn.text)
        self._call = call
        self._position = position

    @cached_property
    def size(self) -> int:
        """Characters without punctuation and spaces."""
        return size(self.folded)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The turn's sentences, in order."""
        return sentences(self.turn.text)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """jieba's tokens; computed only when a detector asks."""
        return self._call.segmenter.tokens(self.folded)

    @property
    def answered(self) -> "TurnView | None":
        """The customer's turn right before this one."""
        before = self._call.turns[self._position - 1] if self._position else None
        return before if before is not None and before.turn.speaker is Speaker.CUSTOMER else None

    @property
    def is_opening(self) -> bool:
        """Among the rep's first two turns."""
        return self.turn.index in self._call.opening

    @property
    def is_closing(self) -> bool:
        """Among the rep's last two turns."""
        return self.turn.index in self._call.closing

    def before(self, turns: int | None) -> Iterator["TurnView"]:
        """This turn and those of the same speaker before it, latest first, among the last `turns` of the call."""
        first = 0 if turns is None else max(0, self._position - turns + 1)
        for position in range(self._position, first - 1, -1):
            view = self._call.turns[position]
            if view.turn.speaker is self.turn.speaker:
                yield view

    def sentence_of(self, span: Span) -> Span:
        """From the start of the sentence a span begins in to the end of the one it ends in."""
        touched = [one for one in self.sentences if one.overlaps(span)]
        return Span(touched[0].start, touched[-1].end) if touched else span

    def quote(self, span: Span | None) -> str:
        """The turn's own characters in a span; the whole turn without one."""
        return self.turn.text if span is None else span.of(self.turn.text)


@dataclass(frozen=True)
class CallView:
    """A transcript with its turns prepared."""

    transcript: Transcript
    segmenter: Segmenter

    @cached_property
    def turns(self) -> tuple[TurnView, ...]:
        """All turns, in order."""
        return tuple(TurnView(turn, self, position=at) for at, turn in enumerate(self.transcript.turns))

    @cached_property
    def rep_turns(self) -> tuple[TurnView, ...]:
        """The turns that are judged."""
        return tuple(view for view in self.turns if view.turn.speaker is Speaker.REP)

    @cached_property
    def opening(self) -> frozenset[int]:
        """Indexes of the rep's first two turns."""
        return frozenset(view.turn.index for view in self.rep_turns[:2])

    @cached_property
    def closing(self) -> frozenset[int]:
        """Indexes of the rep's last two turns."""
        return frozenset(view.turn.index for view in self.rep_turns[-2:])
