"""The language of the pages: Chinese, as it stands in the templates, or English by a table of our own."""

from functools import lru_cache
from pathlib import Path

from fastapi import Request

from coach.errors import RuleFileError
from coach.storage.accounts import LANGUAGES
from coach.yamlfiles import Section, read_section

COOKIE = "coach_language"
_ENGLISH = Path(__file__).with_name("english.yaml")


def language_of(request: Request) -> str:
    """What the person chose on his account, else what this browser was told, else Chinese."""
    visitor = getattr(request.state, "visitor", None)
    language = visitor.language if visitor is not None else request.cookies.get(COOKIE, "zh")
    return language if language in LANGUAGES else "zh"


def said(text: str, language: str) -> str:
    """A Chinese text of ours in the language of the page; as it is where there is no other."""
    return english().get(text, text) if language == "en" else text


@lru_cache(maxsize=1)
def english(path: Path = _ENGLISH) -> dict[str, str]:
    """Chinese to English: the sections of the table together. Raises RuleFileError for one that is written wrong."""
    problems: list[str] = []
    table: dict[str, str] = {}
    for section in _sections(path, problems):
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
