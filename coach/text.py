"""Chinese text: same-length folding, sentences (also of unpunctuated recogniser output), tokens, sizes.

Everything here keeps offsets: a span found in folded text is the same span of the original.
"""

import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from coach.dictionary import Entry
from coach.transcript import Span

_TERMINATORS = "。!?;…\n"
_FOLDED_MARKS = {"〝": '"', "〞": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "『": '"', "』": '"', "、": ",", "—": "-", "～": "~"}  # fmt: skip
_NOT_SAID = re.compile(r"[\s\W_]+")


@lru_cache(maxsize=1)
def _simplifying() -> dict[int, str]:
    """Traditional to Simplified, one character to one, from OpenCC's table."""
    table: dict[int, str] = {}
    characters = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    for line in characters.splitlines():
        traditional, _, simplified = line.partition("\t")
        if len(traditional) == 1 and simplified:
            table[ord(traditional)] = simplified.split(" ")[0][0]
    return table


@lru_cache(maxsize=1)
def _folding() -> dict[int, str]:
    """Simplified characters, half width, lower case."""
    table = dict(_simplifying())
    for code in range(0xFF01, 0xFF5F):
        table[code] = chr(code - 0xFEE0).lower()
    table |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    table |= {ord(mark): folded for mark, folded in _FOLDED_MARKS.items()} | {0x3000: " "}
    return table


def fold(text: str) -> str:
    """Text for matching, of the same length: simplified characters, half-width marks, lower case.

    >>> fold("ＡＢＣ，這個「百分之百」沒問題！")
    'abc,这个"百分之百"没问题!'
    """
    return text.translate(_folding())


def simplified(text: str) -> str:
    """Text in simplified characters, of the same length."""
    return text.translate(_simplifying())


def said(text: str) -> str:
    """What is spoken of a text: without punctuation, spaces and signs."""
    return _NOT_SAID.sub("", text)


def size(text: str) -> int:
    """Length in characters without punctuation and spaces, as the guideline counts.

    >>> size("您好, 李老板!")
    5
    """
    return len(said(text))


# Where an unpunctuated stream may be cut: after a final particle or before a word that opens a new clause.
_OPENERS = (
    "然后|所以|但是|可是|不过|因为|如果|要是|而且|另外|还有|其实|反正|就是说|那么|那您|那你|那我|那就|您看|你看|您要|您这|"
    "您那|你这|你那|我们|咱们|我跟|我这|我给|我再|我就|我先|麻烦您|请您|这边|这个|现在|首先|谢谢|好的|行吧|不好意思|对不起"
)
_PARTICLES = "吗|呢|吧|啊|嘛|呀|哈|啦|呗|哦|喽|了"
_BREAK = re.compile(rf"(?<=[{_PARTICLES.replace('|', '')}])(?=[一-鿿])|(?={_OPENERS})")
_LONGEST_CLAUSE = 16
_SHORTEST_CLAUSE = 5


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text, in order and without gaps between the first and the last character.

    A sentence ends at 。!?;… or a line's end. Where a stretch runs on without any mark, as a recogniser prints
    it, it is cut after final particles and before words that open a clause, once it is long enough.

    >>> [span.of("好。明天到!") for span in sentences("好。明天到!")]
    ['好。', '明天到!']
    """
    spans: list[Span] = []
    folded = fold(text)
    start = 0
    for end in _ends(folded):
        spans.extend(_cut(folded, start, end))
        start = end
    return tuple(spans)


def _ends(folded: str) -> list[int]:
    ends: list[int] = []
    for position, mark in enumerate(folded):
        last = position + 1 == len(folded)
        if (
            last
            or (mark in _TERMINATORS and folded[position + 1] not in _TERMINATORS + "\"')")
            or (mark in "\"')" and position and folded[position - 1] in _TERMINATORS)
        ):
            ends.append(position + 1)
    return ends


def _cut(folded: str, start: int, end: int) -> list[Span]:
    """One marked sentence, or the clauses of a stretch that has no marks inside."""
    stretch = folded[start:end]
    if len(stretch) <= 2 * _LONGEST_CLAUSE or "," in stretch:
        return [Span(start, end)] if stretch.strip() else []
    spans: list[Span] = []
    begin = 0
    for found in _BREAK.finditer(stretch):
        cut = found.start()
        if cut - begin >= _SHORTEST_CLAUSE and len(stretch) - cut >= _SHORTEST_CLAUSE:
            spans.append(Span(start + begin, start + cut))
            begin = cut
    spans.append(Span(start + begin, end))
    return spans


class Token(NamedTuple):
    """A jieba token: the word, its part of speech (ictclas tags) and its place."""

    word: str
    tag: str
    span: Span


class Segmenter:
    """jieba with the words of the trade. Loads on first use, since only some rules ask for tokens.

    jieba: https://github.com/fxsjy/jieba (MIT).
    """

    def __init__(self, dictionary: Sequence[Entry] = ()) -> None:
        self._dictionary = dictionary
        self._tagger: object | None = None
        self._tokenizer: object | None = None

    def tokens(self, folded: str) -> tuple[Token, ...]:
        """The tokens of folded text, with part-of-speech tags."""
        if self._tagger is None:
            self._tagger = self._load_tagger()
        tokens: list[Token] = []
        start = 0
        for pair in self._tagger.cut(folded):  # type: ignore[attr-defined]
            end = start + len(pair.word)
            tokens.append(Token(pair.word, pair.flag, Span(start, end)))
            start = end
        return tuple(tokens)

    def words(self, folded: str) -> list[str]:
        """The words of folded text by the dictionary alone, without tags: about ten times as fast."""
        if self._tokenizer is None:
            self._tokenizer = self._load_tokenizer()
        return list(self._tokenizer.cut(folded, HMM=False))  # type: ignore[attr-defined]

    def _load_tagger(self) -> object:
        import jieba.posseg

        if self._tokenizer is None:
            self._tokenizer = self._load_tokenizer()
        return jieba.posseg.POSTokenizer(self._tokenizer)

    def _load_tokenizer(self) -> object:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.initialize()
        for entry in self._dictionary:
            tokenizer.add_word(entry.word, entry.frequency, entry.tag)
        return tokenizer
