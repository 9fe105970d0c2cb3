"""Words with voices to turns: everything one voice says until the other speaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from coach.asr.engine import Heard
from coach.asr.hearing import Utterance
from coach.asr.punctuation import punctuated
from coach.transcript import Span, Speaker, Turn, Word


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that one voice says on end. `voice_confidence`: how sure it is that it was this voice, 0 to 1."""

    voice: str
    start_s: float
    end_s: float
    words: tuple[Heard, ...]
    voice_confidence: float = 1.0


def by_channel(utterances: Sequence[Utterance], names: Sequence[str]) -> list[Stretch]:
    """One stretch an utterance, named after its channel."""
    return [Stretch(names[one.channel], one.start_s, one.end_s, one.words) for one in utterances]


def by_voice(words: Sequence[Heard], voices: Sequence[tuple[int, float]], names: Sequence[str]) -> list[Stretch]:
    """One stretch for each run of words of one voice."""
    stretches: list[Stretch] = []
    for voice, run in groupby(zip(words, voices, strict=True), key=lambda one: one[1][0]):
        said = list(run)
        heard = tuple(word for word, _ in said)
        sure = sum(chance for _, (_, chance) in said) / len(said)
        stretches.append(Stretch(names[voice], heard[0].start_s, heard[-1].end_s, heard, sure))
    return stretches


def turns_of(stretches: Sequence[Stretch]) -> Iterator[Turn]:
    """Consecutive stretches of one voice become one turn."""
    for index, (voice, run) in enumerate(groupby(stretches, key=lambda one: one.voice)):
        group = list(run)
        text, words = _joined([word for one in group for word in one.words])
        heard = [word.probability for one in group for word in one.words]
        sure = sum(one.voice_confidence * len(one.words) for one in group) / len(heard)
        yield Turn(
            index=index,
            speaker=Speaker.UNKNOWN,
            text=text,
            name=voice,
            start_s=round(group[0].start_s, 2),
            end_s=round(max(one.end_s for one in group), 2),
            words=words,
            confidence=round(sum(heard) / len(heard), 3),
            voice_confidence=round(sure, 3),
        )


def _joined(heard: Sequence[Heard]) -> tuple[str, tuple[Word, ...]]:
    text = ""
    words: list[Word] = []
    for one in punctuated(heard):
        said = one.text.strip() if not text or not _needs_space(text[-1], one.text) else f" {one.text.strip()}"
        span = Span(len(text), len(text) + len(said))
        text += said
        words.append(Word(span, round(one.start_s, 2), round(one.end_s, 2), round(one.probability, 3)))
    return text, tuple(words)


def _needs_space(last: str, text: str) -> bool:
    """Between two words of a language that parts them."""
    return last.isascii() and last.isalnum() and text.startswith(" ") and text.strip()[:1].isascii()
