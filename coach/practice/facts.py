"""The facts of a scenario in what the rep says: which he tells, in his own words too; whether he says nothing else; and
what of them is gone when he says a sentence again.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from coach.amounts import PART_OF_DAY, Amount, amounts
from coach.classify.encoder import SentenceEncoder
from coach.text import Segmenter, fold, said, sentences

_MEANS_THE_SAME = 0.66
_MEANS_NEARLY = 0.5
"""Cosines of sentence vectors, chosen on the hand-written talks of 17 scenarios (tests/paraphrased.py): 50 of 51 facts told
in other words are recognised and nothing else is taken for one. Of 7 scenarios held out: 20 of 21, and nothing else.
"""

_COVERED = 0.7
_CLAUSES = re.compile(r"[,。!?;:~\s]+")
_FUNCTION = frozenset("的了是就也都还再会能可以给您我们这那先把跟和在到来去一个要呢啊吧嘛呀,")
_POLITE = re.compile(
    "我?(?:再|先)?[跟给和]您(?:再|先)?[说讲算交](?:一下|清楚|明白|个底|一遍|一点)*|还有(?:一条|一点|就是)?|另外|是这样的?|我再说一遍(?:那一条)?|好的?"
    "|您看(?:行吗|可以吗|怎么样|行不行|您看呢)?|您?先?别急|您说得?(?:也)?(?:对|是|有道理|没错)|您的[^,]{1,6}我(?:也)?(?:明白|理解)|我(?:很|都)?(?:理解|明白)(?:您)?"
    "|不好意思|谢谢您(?:告诉我|提醒我?|跟我说)?|[^,]{1,3}您好|您好"
)
"""Clauses that lead to a fact, or acknowledge, and say nothing."""

_NO_FIGURE = [(1.0, unit) for unit in ("个", "次", "条", "件", "份", "张", "")]
"""一个, 一次 and their like: hardly more than an article."""

_NAMES = ("n", "nz")
_PLACES = ("ns", "nt")


@dataclass(frozen=True)
class Facts:
    """What the rep may rely on, one sentence a fact. `trade`: nouns of the trade's dictionary."""

    stated: tuple[str, ...]
    segmenter: Segmenter
    encoder: SentenceEncoder
    trade: frozenset[str] = frozenset()

    def told_by(self, text: str) -> frozenset[int]:
        """Which facts a turn tells, by their place: what means the same and contradicts none of its figures, or means
        nearly the same and has half of its figures.
        """
        if not self.stated:
            return frozenset()
        figures = _figures(text)
        spoken = [span.of(text) for span in sentences(text)]
        likeness = (self.encoder.encode([text, *spoken]) @ self._vectors.T).max(axis=0)
        return frozenset(
            at for at, its in enumerate(self._figures) if _tells(float(likeness[at]), figures, its_figures=its)
        )

    def cover(self, text: str) -> bool:
        """Whether a text states nothing but facts: every clause is made of one fact's words and figures, or is mere
        courtesy."""
        clauses = [clause for clause in _CLAUSES.split(fold(text)) if said(clause)]
        return any(self._covers(clause) for clause in clauses) and all(
            _POLITE.fullmatch(clause) or self._covers(clause) for clause in clauses
        )

    def are_all_of(self, text: str) -> bool:
        """Whether every sentence of a text tells a fact, in whatever words, and no figure but the facts'."""
        spoken = [span.of(text) for span in sentences(text)]
        return bool(spoken) and all(
            self.cover(one) or (self.told_by(one) and all(figure.is_in(self._all_figures) for figure in _figures(one)))
            for one in spoken
        )

    def lost(self, first: str, again: str, *, slipped: Iterable[str] = ()) -> tuple[str, ...]:
        """Figures, dates and names of the first try that the second lacks, as they were said.

        Words in which a habit lay (`slipped`) may go, except for what the facts say too: an empty promise keeps no
        figure, a true one keeps it.
        """
        clean = first
        for quote in slipped:
            clean = clean.replace(quote, " ")
        kept, outside = amounts(again), amounts(clean)
        figures = [
            one
            for one in amounts(first)
            if one.is_in(self._all_figures) or (one.is_in(outside) and (one.value, one.unit) not in _NO_FIGURE)
        ]
        named = [
            name for name in self._named(first) if (name in self._names or name in clean) and name not in fold(again)
        ]
        return tuple(dict.fromkeys([*(one.words for one in figures if not one.is_in(kept)), *named]))

    def _covers(self, clause: str) -> bool:
        marks = [mark for mark in said(clause) if mark not in _FUNCTION]
        figures = _figures(clause)
        return any(
            all(one.is_in(its_figures) for one in figures)
            and sum(mark in words for mark in marks) + len(figures) >= _COVERED * max(len(marks), 1)
            for words, its_figures in zip(self._marks, self._figures, strict=True)
        )

    def _named(self, text: str) -> list[str]:
        """Names of the trade, of places and of the facts, in a text."""
        return [
            token.word
            for token in self.segmenter.tokens(fold(text))
            if len(token.word) > 1
            and (token.word in self._names or token.word in self.trade or token.tag in (*_PLACES, "nz"))
        ]

    @cached_property
    def _vectors(self) -> Any:
        return self.encoder.encode(self.stated)

    @cached_property
    def _marks(self) -> list[frozenset[str]]:
        return [frozenset(said(fold(fact))) for fact in self.stated]

    @cached_property
    def _figures(self) -> list[tuple[Amount, ...]]:
        return [_figures(fact) for fact in self.stated]

    @cached_property
    def _all_figures(self) -> tuple[Amount, ...]:
        return tuple(one for its in self._figures for one in its)

    @cached_property
    def _names(self) -> frozenset[str]:
        texts = [_without_figures(fact) for fact in self.stated]
        return frozenset(
            token.word
            for text in texts
            for token in self.segmenter.tokens(text)
            if token.tag in (*_NAMES, *_PLACES) and len(token.word) > 1
        )


def _tells(likeness: float, figures: Sequence[Amount], *, its_figures: Sequence[Amount]) -> bool:
    shared = sum(one.is_in(figures) for one in its_figures)
    if likeness >= _MEANS_THE_SAME:
        units = {one.unit for one in its_figures} & {one.unit for one in figures}
        return bool(shared) or not units
    return likeness >= _MEANS_NEARLY and 0 < len(its_figures) <= 2 * shared


def _figures(text: str) -> tuple[Amount, ...]:
    """Without the part of the day, which alone makes no two facts alike."""
    return tuple(one for one in amounts(text) if one.unit != PART_OF_DAY)


def _without_figures(text: str) -> str:
    text = fold(text)
    for one in amounts(text):
        text = text.replace(one.words, " ")
    return text
