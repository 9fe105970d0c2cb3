"""`tokens`: a sequence of jieba tokens, by word or part of speech.

    "我们/r 最/d */a"       a word with its tag, any word with a tag
    "全国|全省 … 第一/m"    one of several words; … is a gap of up to three tokens

Tags are jieba's (ictclas): n noun, v verb, a adjective, d adverb, m number, r pronoun, y particle; `n` covers `nr`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from coach.detectors.needs import Needs, any_of, strictest
from coach.detectors.phrases import Words
from coach.detectors.view import TurnView
from coach.text import Token, fold
from coach.transcript import Span
from coach.yamlfiles import Section

_GAP = 3


@dataclass(frozen=True)
class Step:
    """One token of a sequence; no words: any word, no tag: any tag, gap: up to three tokens before it."""

    words: tuple[str, ...]
    tag: str
    gap: bool

    def fits(self, token: Token) -> bool:
        return (not self.words or token.word in self.words) and token.tag.startswith(self.tag)


@dataclass(frozen=True)
class TokenSequence:
    """Places where one of the sequences stands."""

    sequences: tuple[tuple[Step, ...], ...]
    needs: Needs

    def find(self, view: TurnView) -> Iterator[Span]:
        tokens = view.tokens
        for sequence in self.sequences:
            for start in range(len(tokens)):
                end = _match(sequence, tokens, start)
                if end is not None:
                    yield Span(tokens[start].span.start, tokens[end].span.end)


def _match(sequence: tuple[Step, ...], tokens: tuple[Token, ...], start: int) -> int | None:
    """The index of the last token of a match that begins at `start`."""
    at = start - 1
    for step in sequence:
        reach = _GAP if step.gap else 0
        fitting = (i for i in range(at + 1, min(at + 2 + reach, len(tokens))) if step.fits(tokens[i]))
        found = next(fitting, None)
        if found is None:
            return None
        at = found
    return at


def build(section: Section, words: Words) -> TokenSequence:
    """`sequences`: a list of sequences, as above."""
    sequences = tuple(
        steps for text in section.texts("sequences", required=True) if (steps := _steps(text, section, words))
    )
    return TokenSequence(sequences, _needs(sequences))


def _steps(text: str, section: Section, words: Words) -> tuple[Step, ...]:
    steps: list[Step] = []
    gap = False
    for part in text.split():
        if part == "…":
            gap = bool(steps)
            continue
        word, _, tag = part.partition("/")
        if word.startswith("{") and word.endswith("}"):
            if word[1:-1] not in words:
                section.report("sequences", f"词表「{word[1:-1]}」不存在")
            choices = tuple(fold(one) for one in words.get(word[1:-1], ()))
        else:
            choices = () if word == "*" else tuple(fold(one) for one in word.split("|"))
        steps.append(Step(choices, tag, gap))
        gap = False
    if not any(step.words for step in steps):
        section.report("sequences", f"「{text}」里至少要有一个具体的词")
        return ()
    return tuple(steps)


def _needs(sequences: tuple[tuple[Step, ...], ...]) -> Needs:
    """For each sequence the words of its strictest step."""
    return any_of(strictest(frozenset(step.words) for step in steps) for steps in sequences)
