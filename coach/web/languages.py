"""The language of the pages: Chinese, as it stands in the templates, or English by a table of our own."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from fastapi import Request

from coach.errors import RuleFileError
from coach.storage.accounts import LANGUAGES
from coach.yamlfiles import Section, read_section

COOKIE = "coach_language"
_ENGLISH = Path(__file__).with_name("english.yaml")
_PROBLEMS = Path(__file__).with_name("english_problems.yaml")
_PLACE = re.compile(r"\{(\d*)\}")


def language_of(request: Request) -> str:
    """What the person chose on his account, else what this browser was told, else Chinese."""
    visitor = getattr(request.state, "visitor", None)
    language = visitor.language if visitor is not None else request.cookies.get(COOKIE, "zh")
    return language if language in LANGUAGES else "zh"


def said(text: str, language: str) -> str:
    """A Chinese text of ours in the language of the page, with whatever it names; as it is where there is no other."""
    if language != "en":
        return text
    if text in english():
        return english()[text]
    for pattern, sentence in _english_patterns():
        if found := pattern.fullmatch(text):
            return _filled(sentence, [said(named, language) for named in found.groups()])
    return text


def _filled(sentence: str, named: Sequence[str]) -> str:
    """A sentence with what it names, in order, or by number where English has another order."""
    following = iter(named)
    return _PLACE.sub(lambda place: named[int(place[1])] if place[1] else next(following), sentence)


@lru_cache(maxsize=1)
def _english_patterns() -> list[tuple[re.Pattern[str], str]]:
    """The texts that name something, the longest first."""
    naming = sorted((text for text in english() if "{}" in text), key=len, reverse=True)
    return [
        (re.compile("(.*?)".join(map(re.escape, text.split("{}"))), flags=re.DOTALL), english()[text])
        for text in naming
    ]


@lru_cache(maxsize=1)
def english(paths: tuple[Path, ...] = (_ENGLISH, _PROBLEMS)) -> dict[str, str]:
    """Chinese to English: the sections of the tables together. Raises RuleFileError for one that is written wrong."""
    problems: list[str] = []
    table: dict[str, str] = {}
    for section in (section for path in paths for section in _sections(path, problems)):
        for chinese in section.names():
            if chinese in table:
                section.report(chinese, "这句在别处已经有了")
            table[chinese] = section.text(chinese, may_be_empty=True)  # a measure word has no English
    if problems:
        raise RuleFileError(problems)
    return table


def _sections(path: Path, problems: list[str]) -> list[Section]:
    whole = read_section(path, problems)
    if whole is None:
        return []
    return [one for name in whole.names() if (one := whole.section(name)) is not None]
