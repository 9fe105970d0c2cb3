"""Masks personal numbers in what people said, keeping every text's length so that quotes and times stay right.

Mobile and landline numbers, resident identity numbers, bank cards, vehicle plates and e-mail addresses, also where
digits are spoken as 幺三七 or separated by spaces. Check digits are verified with python-stdnum; a number that is
none of these (an order, a price) is left alone.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

import re2
from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from coach.text import fold
from coach.transcript import Span, Transcript, Turn

MASK = "*"

_SPOKEN = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
_RUN = re.compile(r"[0-9](?:[\s,.·-]{0,2}[0-9x])*(?![0-9])")
_MOBILE = re.compile(r"(?:86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}|[48]00\d{7}")
_SHORT_LANDLINE = re.compile(r"[2-8]\d{6,7}")
_TELEPHONE = re.compile(r"(?:电话|座机|固话|号码)[^0-9]{0,6}$")
_UNIONPAY = "62"
_PLATE = re.compile(
    r"([京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][a-z])([\s·.]?[0-9a-z]{5,6})(?![0-9a-z])"
)
_EMAIL = re2.compile(r"([a-z0-9][a-z0-9._+-]*)@[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def masked(transcript: Transcript, *, words: Collection[str] = ()) -> Transcript:
    """The same call with personal numbers, and these words, masked in every turn."""
    return replace(transcript, turns=tuple(_masked_turn(turn, words) for turn in transcript.turns))


def _masked_turn(turn: Turn, words: Collection[str]) -> Turn:
    text = mask(turn.text, words=words)
    return turn if text == turn.text else replace(turn, text=text)


def mask(text: str, *, words: Collection[str] = ()) -> str:
    """Text with the digits and letters of personal numbers, and all of these words, replaced by `*`; same length.

    >>> mask("我电话13812345678,发我邮箱 wang@example.com")
    '我电话138****5678,发我邮箱 w***@example.com'
    """
    folded = fold(text)
    hidden = [span for found in (_numbers, _plates, _emails) for span in found(folded)]
    hidden += [span for word in words for span in _places(folded, fold(word))]
    if not hidden:
        return text
    characters = list(text)
    for span in hidden:
        for at in range(span.start, span.end):
            if characters[at].isalnum():
                characters[at] = MASK
    return "".join(characters)


def _places(folded: str, word: str) -> Iterator[Span]:
    at = folded.find(word) if word else -1
    while at >= 0:
        yield Span(at, at + len(word))
        at = folded.find(word, at + len(word))


def _numbers(folded: str) -> list[Span]:
    """The characters to hide in every run of digits that is a personal number."""
    digits = folded.translate(_SPOKEN)
    hidden: list[Span] = []
    for run in _RUN.finditer(digits):
        places = [at for at in range(*run.span()) if digits[at].isalnum()]
        number = "".join(digits[at] for at in places)
        kept = _kept(number, before=digits[max(0, run.start() - 12) : run.start()])
        if kept is not None:
            first, last = kept
            hidden += [Span(at, at + 1) for at in places[first : len(places) - last]]
    return hidden


def _kept(number: str, *, before: str) -> tuple[int, int] | None:
    """How many digits stay at the start and at the end of a personal number; None for any other number."""
    if _MOBILE.fullmatch(number):
        return len(number) - 8, 4
    if len(number) in (15, 18) and _is_identity_number(number):
        return 3, 2
    if 16 <= len(number) <= 19 and number.isdigit() and (number.startswith(_UNIONPAY) or luhn.is_valid(number)):
        return 0, 4
    if _LANDLINE.fullmatch(number):
        return 3, 2
    if _SHORT_LANDLINE.fullmatch(number) and _TELEPHONE.search(before):
        return 2, 2
    return None


def _is_identity_number(number: str) -> bool:
    """By check digit, or, since a recogniser may mishear one, by a birthday in the right place."""
    try:
        ric.validate(number)
    except ValidationError:
        return len(number) == 18 and number[:17].isdigit() and _is_birthday(number[6:14])
    return True


def _is_birthday(digits: str) -> bool:
    try:
        return 1900 <= datetime.strptime(digits, "%Y%m%d").year <= 2100  # noqa: DTZ007 - a date without a time
    except ValueError:
        return False


def _plates(folded: str) -> list[Span]:
    return [Span(match.start(2), match.end(2) - 2) for match in _PLATE.finditer(folded)]


def _emails(folded: str) -> list[Span]:
    return [Span(match.start(1) + 1, match.end(1)) for match in _EMAIL.finditer(folded)]
