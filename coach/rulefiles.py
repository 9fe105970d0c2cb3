"""Reads and checks `rules/`: one file a habit or strength, whose path is its code, and the word lists.

    rules/words.yaml               lists of words that phrases name as {我方}
    rules/dictionary.txt           words that jieba keeps whole
    rules/<habit>.yaml             rules/other/<code>.yaml           rules/strengths/<code>.yaml

Mistakes are collected from all files and raised together, one `path:line: key: what is wrong` each.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from coach.detectors.guards import GUARDS
from coach.detectors.kinds import Condition, build
from coach.detectors.kinds.phrases import read_phrases
from coach.detectors.phrases import Phrases, Words
from coach.dictionary import Entry, read_dictionary
from coach.errors import RuleFileError
from coach.habits import HABITS, STRENGTHS, Guide
from coach.text import fold
from coach.yamlfiles import Section, read_section, yaml_files

WORDS_FILE = "words.yaml"
DICTIONARY_FILE = "dictionary.txt"
SCENARIOS_FOLDER = "scenarios"
_DEFAULT_GUARDS = ("negation", "quotation", "question", "retraction")
_NO_WORDING = ("id", "reason", "instead", "hits", "misses", "todo")
_POSITIONS = ("anywhere", "opening", "closing")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a rule file, `customer → rep → customer → rep`; 【】 marks what the rule must quote."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a condition, what stops it, what is said of it, and the examples that prove it.

    `wording` is all that the file says of the condition, folded.
    """

    code: str
    id: str
    condition: Condition
    guards: tuple[str, ...]
    unless: Phrases | None
    unless_turn: Phrases | None
    position: str
    low: int
    high: int
    severity: int
    confidence: float
    reason: str
    instead: str
    hits: tuple[Example, ...]
    misses: tuple[Example, ...]
    todo: tuple[Example, ...]
    wording: str
    path: str
    line: int

    @property
    def name(self) -> str:
        """`overpromising/guaranteed-result`."""
        return f"{self.code}/{self.id}"


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything in `rules/`. `digest` is the SHA-256 of the files' names and bytes."""

    rules: tuple[Rule, ...]
    guides: Mapping[str, Guide]
    dictionary: tuple[Entry, ...]
    digest: str

    def without(self, names: Collection[str]) -> "RuleBook":
        """The same book with the rules of these names switched off."""
        gone = sorted(rule.name for rule in self.rules if rule.name in names)
        if not gone:
            return self
        digest = hashlib.sha256("\n".join([self.digest, *gone]).encode()).hexdigest()
        return replace(self, rules=tuple(rule for rule in self.rules if rule.name not in gone), digest=digest)


def load_rules(folder: Path) -> RuleBook:
    """Read a rules folder.

    Raises RuleFileError with every mistake found.
    """
    problems: list[str] = []
    if not folder.is_dir():
        raise RuleFileError([f"{folder}:1: 文件夹: 找不到规则文件夹"])
    words = _read_words(folder / WORDS_FILE, problems)
    guides: dict[str, Guide] = {}
    rules: list[Rule] = []
    for code, path in _code_files(folder, problems).items():
        section = read_section(path, problems, shown_as=_shown(path, folder))
        if section is None:
            continue
        guides[code] = _read_guide(code, section)
        rules.extend(_read_rules(code, section, words))
    dictionary = read_dictionary(folder / DICTIONARY_FILE, problems, shown_as=_shown(folder / DICTIONARY_FILE, folder))
    if problems:
        raise RuleFileError(problems)
    return RuleBook(tuple(rules), guides, dictionary, folder_digest(folder))


def folder_digest(folder: Path) -> str:
    """SHA-256 over names and bytes of the files that judge a call."""
    digest = hashlib.sha256()
    for path in [*yaml_files(folder), folder / DICTIONARY_FILE]:
        if path.is_file() and SCENARIOS_FOLDER not in path.relative_to(folder).parts:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def file_of(code: str, folder: Path) -> Path:
    """Where the rules of a code are."""
    if code in STRENGTHS:
        return folder / "strengths" / f"{code}.yaml"
    return folder / f"{code.replace('.', '/')}.yaml"


def _shown(path: Path, folder: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _code_files(folder: Path, problems: list[str]) -> dict[str, Path]:
    files = {code: file_of(code, folder) for code in (*HABITS, *STRENGTHS)}
    for code, path in files.items():
        if not path.is_file():
            problems.append(f"{_shown(path, folder)}:1: 文件: 缺少「{code}」的规则文件")
    known = {*files.values(), folder / WORDS_FILE}
    for path in yaml_files(folder):
        if path not in known and SCENARIOS_FOLDER not in path.relative_to(folder).parts:
            problems.append(f"{_shown(path, folder)}:1: 文件: 没有这个习惯代码，文件名应为代码，如 overpromising.yaml")
    return {code: path for code, path in files.items() if path.is_file()}


def _read_words(path: Path, problems: list[str]) -> Words:
    section = read_section(path, problems, shown_as=f"{path.parent.name}/{path.name}") if path.is_file() else None
    if section is None:
        return {}
    return {key: section.texts(key) for key in section.names()}


def _read_guide(code: str, section: Section) -> Guide:
    return Guide(
        code=code,
        definition=section.text("definition"),
        why=section.text("why"),
        advice=section.text("advice"),
        source=section.text("source"),
        instead=section.texts("instead", required=True) if code in HABITS else (),
    )


def _read_rules(code: str, section: Section, words: Words) -> list[Rule]:
    default_guards = _guards(section, _DEFAULT_GUARDS)
    rules: list[Rule] = []
    for one in section.sections("rules", required=True):
        rule = _read_rule(code, one, words, default_guards)
        if any(rule.id == other.id for other in rules):
            one.report("id", f"「{rule.id}」已经用过了")
        rules.append(rule)
    section.done()
    return rules


def _guards(section: Section, default: tuple[str, ...]) -> tuple[str, ...]:
    if "guards" not in section:
        return default
    guards = section.texts("guards")
    for guard in guards:
        if guard not in GUARDS:
            section.report("guards", f"「{guard}」不认识，可用的有：{'、'.join(GUARDS)}；不要守卫时写 guards: []")
    return tuple(guard for guard in guards if guard in GUARDS)


def _read_rule(code: str, section: Section, words: Words, default_guards: tuple[str, ...]) -> Rule:
    rule = Rule(
        code=code,
        id=section.text("id"),
        condition=build(section, words),
        guards=_guards(section, default_guards),
        unless=read_phrases(section, "unless", words) if "unless" in section else None,
        unless_turn=read_phrases(section, "unless_turn", words) if "unless_turn" in section else None,
        position=section.choice("position", _POSITIONS, default="anywhere"),
        low=section.whole("min_turn_size", low=0, high=100_000, default=0),
        high=section.whole("max_turn_size", low=1, high=100_000, default=100_000),
        severity=section.whole("severity", low=1, high=3) if code in HABITS else 0,
        confidence=section.number("confidence", low=0.05, high=1, default=0.9),
        reason=section.text("reason"),
        instead=section.text("instead", default="") if code in HABITS else "",
        hits=_examples(section, "hits"),
        misses=_examples(section, "misses"),
        todo=_examples(section, "todo", required=False),
        wording=fold(section.wording(without=_NO_WORDING)),
        path=section.path,
        line=section.line,
    )
    if not rule.id or not all(part.isalnum() and part.islower() for part in rule.id.split("-")):
        section.report("id", "应为小写英文单词，用「-」相连，如 guaranteed-result")
    for example in rule.hits:
        if example.text.count("【") != 1 or example.text.count("】") != 1:
            section.report("hits", f"要用一对【】标出应当引用的字：{example.text}", line=example.line)
    section.done()
    return rule


def _examples(section: Section, key: str, *, required: bool = True) -> tuple[Example, ...]:
    texts = section.texts(key, required=required)
    return tuple(Example(text, section.line_of(key)) for text in texts)
