"""What was said in a call: turns in order, each with its speaker, its words and, for a recording, its times."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum


class Speaker(StrEnum):
    """Who speaks. Turns of UNKNOWN are never judged, and the report says so."""

    REP = "rep"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters in a turn's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of `text` in this span."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Whether both share a character."""
        return self.start < other.end and other.start < self.end

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word: its place in the turn's text, its times in seconds, the engine's probability (0 to 1)."""

    span: Span
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Sound:
    """How a turn was spoken: mean loudness in dB below full scale, and the voice's pitch in Hz at its tenth, fiftieth and
    ninetieth percentile (None where nothing is voiced).
    """

    loudness_db: float
    pitch_low_hz: float | None = None
    pitch_hz: float | None = None
    pitch_high_hz: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything one speaker says until the other speaks.

    `text` is what was typed or recognised, never normalised in place, so that every quote is a slice of it.
    `name` is the speaker as the source wrote him; times are seconds from the start of the recording. `confidence` is how
    surely the words were heard, `voice_confidence` how surely it was this voice (0 to 1); `sound` how it was said.
    """

    index: int
    speaker: Speaker
    text: str
    name: str = ""
    start_s: float | None = None
    end_s: float | None = None
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    voice_confidence: float | None = None
    sound: Sound | None = None

    def corrected(self, speaker: Speaker, text: str) -> "Turn":
        """The same turn with another speaker or text; words that still stand in it keep their times."""
        return replace(self, speaker=speaker, text=text, words=tuple(_words_in(self, text)))


def _words_in(turn: Turn, text: str) -> Iterator[Word]:
    """The words of a turn that stand in a corrected text, at their new places."""
    for old, new, size in SequenceMatcher(None, turn.text, text, autojunk=False).get_matching_blocks():
        for word in turn.words:
            if old <= word.span.start and word.span.end <= old + size:
                yield replace(word, span=Span(word.span.start + new - old, word.span.end + new - old))


@dataclass(frozen=True, slots=True)
class Transcript:
    """One call. `warnings` are Chinese sentences for the reader; `rep_confidence` says how sure the roles are;
    `two_channels`: each speaker was recorded apart, so that both can be heard at once.
    """

    call_id: str
    turns: tuple[Turn, ...]
    channel: str = ""
    domain: str = ""
    source: str = ""
    engine: str = ""
    duration_s: float | None = None
    rep_confidence: float | None = None
    two_channels: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def rep_turns(self) -> Iterator[Turn]:
        """The turns that are judged."""
        return (turn for turn in self.turns if turn.speaker is Speaker.REP)

    def swapped(self) -> "Transcript":
        """The same call with the rep and the customer exchanged in every turn."""
        other = {Speaker.REP: Speaker.CUSTOMER, Speaker.CUSTOMER: Speaker.REP}
        turns = tuple(replace(turn, speaker=other.get(turn.speaker, turn.speaker)) for turn in self.turns)
        return replace(self, turns=turns)

    def corrected(self, index: int, speaker: Speaker, text: str) -> "Transcript":
        """The same call with another speaker or text in one turn."""
        turn = self.turns[index].corrected(speaker, text)
        return replace(self, turns=(*self.turns[:index], turn, *self.turns[index + 1 :]))

    def warned(self, *warnings: str) -> "Transcript":
        """The same transcript with more warnings."""
        return replace(self, warnings=self.warnings + warnings)
