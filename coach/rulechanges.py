"""What a team changes in the shipped rules: whole files in place of the shipped ones, and rules that are switched off."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from coach.errors import InputError
from coach.habits import HABITS, STRENGTHS
from coach.resources import folder
from coach.rulecheck import check_rules
from coach.rulefiles import DICTIONARY_FILE, SCENARIOS_FOLDER, WORDS_FILE, RuleBook, file_of, load_rules
from coach.text import Segmenter

LONGEST_FILE = 200_000


@dataclass(frozen=True)
class RuleChanges:
    """Texts by the path below `rules/` that they replace, and the names of rules that are off."""

    texts: Mapping[str, str] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()

    def with_text(self, path: str, text: str) -> "RuleChanges":
        """These changes and one more file. Raises InputError for a path that is not a rule file, or too long a text."""
        if path not in changeable():
            raise InputError(f"规则里没有 {path} 这个文件。")
        if len(text) > LONGEST_FILE:
            raise InputError(f"规则文件太长了，最多 {LONGEST_FILE} 个字。")
        return replace(self, texts={**self.texts, path: text})


def changeable() -> tuple[str, ...]:
    """The files that a team may change, by their path below `rules/`."""
    rules = folder("rules")
    files = (file_of(code, rules).relative_to(rules).as_posix() for code in (*HABITS, *STRENGTHS))
    return (*files, WORDS_FILE, DICTIONARY_FILE)


def text_of(path: str, changes: RuleChanges) -> str:
    """A file as the team has it. Raises InputError for a path that is not a rule file."""
    if path not in changeable():
        raise InputError(f"规则里没有 {path} 这个文件。")
    if path in changes.texts:
        return changes.texts[path]
    return (folder("rules") / path).read_text(encoding="utf-8-sig")


def changed_book(changes: RuleChanges) -> RuleBook:
    """The shipped rules with a team's changes. Raises RuleFileError with every mistake."""
    if not changes.texts:
        return load_rules(folder("rules")).without(changes.disabled)
    with _laid_over(changes.texts) as rules:
        return load_rules(rules).without(changes.disabled)


def broken_examples(book: RuleBook, path: str) -> list[str]:
    """Which examples no longer hold after a file was changed, one line each: those of its own rules, or all after a
    change to words that every rule may use.
    """
    own = [rule for rule in book.rules if rule.path.partition("/")[2] == path]
    return check_rules(own or book.rules, Segmenter(book.dictionary))


@contextmanager
def _laid_over(texts: Mapping[str, str]) -> Iterator[Path]:
    """A copy of the rules folder with some files replaced, as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="coach-rules-") as temporary:
        rules = Path(temporary) / "rules"
        shutil.copytree(folder("rules"), rules, ignore=shutil.ignore_patterns(SCENARIOS_FOLDER, "*.md"))
        for path, text in texts.items():
            (rules / path).write_text(text, encoding="utf-8")
        yield rules
