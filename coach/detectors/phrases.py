"""The notation in which rule files write phrases, compiled to RE2.

    包在…身上          … is a gap of at most six characters within a sentence; …… of at most fifteen
    (一定|肯定)?能赚    one of several; ? makes the character or group before it optional
    {我方}的货          any word of a list in rules/words.yaml
    ^不可能             at the start of the turn, after fillers and marks
    再说吧$             at the end of the turn, before marks

Everything else stands for itself, folded to simplified, half width and lower case. Spaces in a phrase are ignored.
RE2 runs in time linear in the text, whatever a rule says. google-re2: https://github.com/google/re2
"""

from collections.abc import Iterator, Mapping, Sequence

import re2

from coach.text import fold
from coach.transcript import Span

Words = Mapping[str, Sequence[str]]

_STOP = r"[^。!?;\n]"
_SHORT_GAP = _STOP + "{0,6}?"
_LONG_GAP = _STOP + "{0,15}?"
_LEAD = r"^(?:[嗯啊哎哦呃唉呵哈诶欸哼\s,。.!?~…-]|那个)*"
_TAIL = r"[\s,。.!?~…啊哈呀哦了的-]*$"


class PhraseError(ValueError):
    """A phrase that cannot be compiled; the message is for the author of the rule, in Chinese."""


class Phrases:
    """Several phrases as one matcher over folded text."""

    def __init__(self, phrases: Sequence[str], words: Words) -> None:
        compiled = [_compile(phrase, words) for phrase in phrases]
        plain = [inner for lead, inner, tail in compiled if not lead and not tail]
        self._plain = re2.compile("|".join(plain)) if plain else None
        self._anchored = [re2.compile(f"{lead}({inner}){tail}") for lead, inner, tail in compiled if lead or tail]
        self.gate = "|".join(f"(?:{lead}{inner}{tail})" for lead, inner, tail in compiled)
        """One RE2 pattern that matches wherever any of the phrases does."""

    def find(self, folded: str) -> Iterator[Span]:
        """Where the phrases stand, plain ones first, from left to right."""
        if self._plain is not None:
            for match in self._plain.finditer(folded):
                yield Span(*match.span())
        for pattern in self._anchored:
            match = pattern.search(folded)
            if match is not None:
                yield Span(*match.span(1))

    def found_in(self, folded: str) -> Span | None:
        """The first place, or None."""
        return next(self.find(folded), None)


def _compile(phrase: str, words: Words) -> tuple[str, str, str]:
    body = phrase.replace(" ", "")
    lead = tail = ""
    if body.startswith("^"):
        lead, body = _LEAD, body[1:]
    if body.endswith("$"):
        tail, body = _TAIL, body[:-1]
    if not body.strip("…"):
        raise PhraseError(f"短语「{phrase}」里没有文字")
    if body[0] == "…" or body[-1] == "…":
        raise PhraseError(f"短语「{phrase}」:「…」只能放在中间")
    return lead, _Reader(phrase, body, words).read(), tail


class _Reader:
    """Reads one phrase from left to right into RE2's notation."""

    def __init__(self, phrase: str, body: str, words: Words) -> None:
        self._phrase = phrase
        self._body = body
        self._words = words
        self._at = 0

    def read(self) -> str:
        pattern = self._alternatives(top=True)
        if self._at < len(self._body):
            raise PhraseError(f"短语「{self._phrase}」的括号没有成对")
        return pattern

    def _alternatives(self, *, top: bool) -> str:
        branches = [""]
        while self._at < len(self._body) and (mark := self._body[self._at]) != ")":
            self._at += 1
            if mark == "|":
                if top:
                    raise PhraseError(f"短语「{self._phrase}」:「|」要写在括号里")
                branches.append("")
            else:
                branches[-1] += self._optional(self._one(mark))
        return branches[0] if len(branches) == 1 else "|".join(branches)

    def _one(self, mark: str) -> str:
        if mark == "…":
            if self._body[self._at : self._at + 1] == "…":
                self._at += 1
                return _LONG_GAP
            return _SHORT_GAP
        if mark == "(":
            inner = self._alternatives(top=False)
            if self._at >= len(self._body):
                raise PhraseError(f"短语「{self._phrase}」的括号没有成对")
            self._at += 1
            return f"(?:{inner})"
        if mark == "{":
            name, closed, _ = self._body[self._at :].partition("}")
            if not closed or name not in self._words:
                raise PhraseError(
                    f"短语「{self._phrase}」:词表「{name}」不存在,words.yaml 里有:{'、'.join(self._words)}"
                )
            self._at += len(name) + 1
            return _one_of(self._words[name])
        if mark in "}?":
            raise PhraseError(f"短语「{self._phrase}」:这里不能写「{mark}」")
        return str(re2.escape(fold(mark)))

    def _optional(self, pattern: str) -> str:
        if self._body[self._at : self._at + 1] != "?":
            return pattern
        self._at += 1
        return f"(?:{pattern})?"


def _one_of(alternatives: Sequence[str]) -> str:
    longest_first = sorted(alternatives, key=len, reverse=True)
    return f"(?:{'|'.join(re2.escape(fold(one)) for one in longest_first)})"
