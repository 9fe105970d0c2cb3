"""The language of the pages: Chinese, as it stands in the templates, or English by a table of our own."""

from functools import lru_cache
from pathlib import Path

import yaml
from fastapi import Request

from coach.storage.accounts import LANGUAGES

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
def english() -> dict[str, str]:
    """Chinese to English: the sections of english.yaml together."""
    sections: dict[str, dict[str, str]] = yaml.safe_load(_ENGLISH.read_text(encoding="utf-8"))
    return {chinese: text for section in sections.values() for chinese, text in section.items()}
