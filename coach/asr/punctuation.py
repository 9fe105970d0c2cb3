"""Punctuation for reading, where the engine gives none: from pauses between words and from how sentences end.

Marks are added after words, so no word's time moves; marks the engine gave are kept, in full width.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from coach.asr.engine import Heard

_SENTENCE_S = 0.9
_CLAUSE_S = 0.35
_FEWEST_BEFORE_COMMA = 3
_FULL_WIDTH = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "："})
_ASKS = re.compile(
    r"(?:吗|么|是不是|对不对|好不好|行不行|可不可以|能不能|有没有|是吧|什么意思|怎么办|多少钱|怎么回事)$"
)


def punctuated(words: Sequence[Heard]) -> list[Heard]:
    """The same words at the same times, with a mark after a pause and at the end of what one person says."""
    marked: list[Heard] = []
    since = ""
    for at, word in enumerate(words):
        text = word.text if word.text.isascii() and any(mark.isalnum() for mark in word.text) else _wide(word.text)
        since += text.strip()
        if not since or not since[-1].isalnum():
            since = ""
        elif at + 1 == len(words):
            text += _final(since)
        else:
            gap = words[at + 1].start_s - word.end_s
            if gap >= _SENTENCE_S:
                text, since = text + _final(since), ""
            elif gap >= _CLAUSE_S and len(since) >= _FEWEST_BEFORE_COMMA:
                text, since = text + "，", ""
        marked.append(replace(word, text=text))
    return marked


def _wide(text: str) -> str:
    """Half-width marks next to Chinese in full width; decimal points and times stay."""
    return text if any(mark.isdigit() for mark in text) else text.translate(_FULL_WIDTH)


def _final(sentence: str) -> str:
    return "？" if _ASKS.search(sentence) else "。"
