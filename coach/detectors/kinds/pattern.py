"""`pattern`: a regular expression in RE2's syntax, on folded text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import re2

from coach.detectors.needs import Needs
from coach.detectors.phrases import Words
from coach.detectors.view import TurnView
from coach.transcript import Span
from coach.yamlfiles import Section


@dataclass(frozen=True)
class Pattern:
    """Places of a regular expression; of its first group where it has one."""

    regex: Any

    needs: Needs = None

    def find(self, view: TurnView) -> Iterator[Span]:
        group = 1 if self.regex.groups else 0
        for match in self.regex.finditer(view.folded):
            if match.start(group) >= 0 and match.end(group) > match.start(group):
                yield Span(match.start(group), match.end(group))


def build(section: Section, words: Words) -> Pattern:
    """`regex`: what RE2 reads; a group marks the words to quote."""
    expression = section.text("regex")
    try:
        return Pattern(re2.compile(expression))
    except re2.error as error:
        section.report("regex", f"RE2 读不懂这个表达式（{error}）：RE2 不支持前后查找和反向引用")
        return Pattern(re2.compile("$^"))
