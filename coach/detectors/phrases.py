"""The notation in which rule files write phrases, compiled to RE2.

    包在…身上          … is a gap of at most six characters within a sentence; …… of at most fifteen
    (一定|肯定)?能赚    one of several; ? makes the character or group before it optional
    {我方}的货          any word of a list in rules/words.yaml
    ^不可能             at the start of the turn, after fillers and marks
    再说吧$             at the end of the turn, before marks

Everything else stands for itself, folded to simplified, half width and lower case; `*`, `+` and `[…]` are refused,
since they would not do what they do elsewhere. Spaces in a phrase are ignored. RE2 runs in time linear in the text,
whatever a rule says. google-re2: https://github.com/google/re2
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import re2

from coach.detectors.needs import Index, Needs, any_of, strictest
from coach.text import fold
from coach.transcript import Span

Words = Mapping[str, Sequence[str]]

_STOP = r"[^。!?;\n]"
_SHORT_GAP = _STOP + "{0,6}?"
_LONG_GAP = _STOP + "{0,15}?"
_LEAD = r"^(?:[嗯啊哎哦呃唉呵哈诶欸哼\s,。.!?~…-]|那个)*"
_LONGEST_LIST = 200
_TAIL = r"[\s,。.!?~…啊哈呀哦了的-]*$"


class PhraseError(ValueError):
    """A phrase that cannot be compiled; the message is for the author of the rule, in Chinese."""


class Phrases:
    """Several phrases as one matcher over folded text. Each is compiled when a text first holds what it needs."""

    def __init__(self, phrases: Sequence[str], words: Words) -> None:
        self._phrases = [_read(phrase, words) for phrase in phrases]
        self._compiled: dict[int, Any] = {}
        self._index = Index([phrase.body.needs for phrase in self._phrases])
        self.needs: Needs = any_of(phrase.body.needs for phrase in self._phrases)
        """What a text must contain for any of the phrases to stand in it."""

    def find(self, folded: str) -> Iterator[Span]:
        """Where the phrases stand: unanchored ones from left to right without overlap, then anchored ones."""
        loose: list[tuple[int, int, int]] = []
        anchored: list[Span] = []
        for at in self._index.met_by(folded):
            if self._phrases[at].anchored:
                match = self._regex(at).search(folded)
                if match is not None:
                    anchored.append(Span(*match.span(1)))
            else:
                loose += [(match.start(), at, match.end()) for match in self._regex(at).finditer(folded)]
        end_of_last = 0
        for start, _, end in sorted(loose):
            if start >= end_of_last:
                end_of_last = end
                yield Span(start, end)
        yield from anchored

    def found_in(self, folded: str) -> Span | None:
        """The first place, or None."""
        return next(self.find(folded), None)

    def _regex(self, at: int) -> Any:
        if at not in self._compiled:
            phrase = self._phrases[at]
            body = f"({phrase.body.regex})" if phrase.anchored else phrase.body.regex
            self._compiled[at] = re2.compile(phrase.lead + body + phrase.tail)
        return self._compiled[at]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a phrase in RE2's notation.

    `exact` is everything it can match where that is a short list, `needs` what a text must contain to match it.
    """

    regex: str
    exact: frozenset[str] | None
    needs: Needs


@dataclass(frozen=True, slots=True)
class _Phrase:
    lead: str
    body: _Piece
    tail: str

    @property
    def anchored(self) -> bool:
        return bool(self.lead or self.tail)


def _read(phrase: str, words: Words) -> _Phrase:
    body = phrase.replace(" ", "")
    lead = tail = ""
    if body.startswith("^"):
        lead, body = _LEAD, body[1:]
    if body.endswith("$"):
        tail, body = _TAIL, body[:-1]
    if not body.strip("…"):
        raise PhraseError(f"短语「{phrase}」里没有文字")
    if body[0] == "…" or body[-1] == "…":
        raise PhraseError(f"短语「{phrase}」：「…」只能放在中间")
    return _Phrase(lead, _Reader(phrase, body, words).read(), tail)


class _Reader:
    """Reads one phrase from left to right into RE2's notation."""

    def __init__(self, phrase: str, body: str, words: Words) -> None:
        self._phrase = phrase
        self._body = body
        self._words = words
        self._at = 0

    def read(self) -> _Piece:
        piece = self._alternatives(top=True)
        if self._at < len(self._body):
            raise PhraseError(f"短语「{self._phrase}」的括号没有成对")
        return piece

    def _alternatives(self, *, top: bool) -> _Piece:
        branches: list[list[_Piece]] = [[]]
        while self._at < len(self._body) and (mark := self._body[self._at]) != ")":
            self._at += 1
            if mark == "|":
                if top:
                    raise PhraseError(f"短语「{self._phrase}」：「|」要写在括号里")
                branches.append([])
            else:
                branches[-1].append(self._optional(self._one(mark)))
        joined = [_in_a_row(pieces) for pieces in branches]
        return joined[0] if len(joined) == 1 else _one_of(joined)

    def _one(self, mark: str) -> _Piece:
        if mark == "…":
            if self._body[self._at : self._at + 1] == "…":
                self._at += 1
                return _Piece(_LONG_GAP, None, None)
            return _Piece(_SHORT_GAP, None, None)
        if mark == "(":
            inner = self._alternatives(top=False)
            if self._at >= len(self._body):
                raise PhraseError(f"短语「{self._phrase}」的括号没有成对")
            self._at += 1
            return replace(inner, regex=f"(?:{inner.regex})")
        if mark == "{":
            return self._word_list()
        if mark in "}?*+[]":
            raise PhraseError(f"短语「{self._phrase}」：这里不能写「{mark}」")
        return _literal(mark)

    def _word_list(self) -> _Piece:
        name, closed, _ = self._body[self._at :].partition("}")
        if not closed or name not in self._words:
            known = "、".join(self._words)
            raise PhraseError(f"短语「{self._phrase}」：词表「{name}」不存在，words.yaml 里有：{known}")
        self._at += len(name) + 1
        listed = _one_of([_literal(word) for word in sorted(self._words[name], key=len, reverse=True)])
        return replace(listed, regex=f"(?:{listed.regex})")

    def _optional(self, piece: _Piece) -> _Piece:
        if self._body[self._at : self._at + 1] != "?":
            return piece
        self._at += 1
        exact = None if piece.exact is None else piece.exact | {""}
        return _Piece(f"(?:{piece.regex})?", exact, None)


def _literal(text: str) -> _Piece:
    folded = fold(text)
    return _Piece(str(re2.escape(folded)), frozenset({folded}), frozenset({folded}))


def _in_a_row(pieces: Sequence[_Piece]) -> _Piece:
    """Pieces one after the other; what neighbours can match is multiplied out as long as the list stays short."""
    demands: list[Needs] = []
    run = frozenset({""})
    for piece in pieces:
        if piece.exact is not None and len(run) * len(piece.exact) <= _LONGEST_LIST:
            run = frozenset(before + after for before in run for after in piece.exact)
        else:
            demands += [_needed(run), piece.needs]
            run = frozenset({""})
    regex = "".join(piece.regex for piece in pieces)
    if not demands:
        return _Piece(regex, run, _needed(run))
    return _Piece(regex, None, strictest([*demands, _needed(run)]))


def _one_of(branches: Sequence[_Piece]) -> _Piece:
    exact: frozenset[str] | None = frozenset()
    for branch in branches:
        exact = None if exact is None or branch.exact is None else exact | branch.exact
    return _Piece("|".join(branch.regex for branch in branches), exact, any_of(branch.needs for branch in branches))


def _needed(run: frozenset[str]) -> Needs:
    return None if "" in run else run
