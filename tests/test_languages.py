"""Every text of the pages has its English, and the table holds nothing that no page says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from coach import delivery, metrics, review
from coach.errors import RuleFileError
from coach.habits import DECK, HABITS, STRENGTHS, name_of
from coach.practice.debrief import END_NAMES
from coach.practice.session import HINTS
from coach.render import html, words
from coach.render.words import SPEAKER_NAMES
from coach.report import SEVERITY_NAMES
from coach.storage.accounts import ROLE_NAMES
from coach.storage.audit import ACTIONS
from coach.storage.keys import RIGHTS, SUBJECTS
from coach.storage.review_queue import WAY_NAMES
from coach.storage.states import STATE_NAMES, STEP_NAMES
from coach.storage.webhooks import EVENTS
from coach.web import languages, templating, trending

WEB = Path(languages.__file__).parent
SAID = re.compile(r"""\b_\(\s*(?:"([^"]+)"|'([^']+)')""")
METRIC = re.compile(r"""Metric\("\w+", "([^"]+)", .*?, "([^"]*)", (?:[-\d.]+|None), """)
SAID_IN_WORDS = re.compile(r"""(?:\bsay\(\s*|\belse )"([^"]+)\"""")
INNER = re.compile(r"""\b_\([^)]*?else\s+"([^"]+)\"""")


def sentence(node: ast.expr) -> str | None:
    """The text of a literal, with {} for whatever is filled in; None for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return None


def chinese(tree: ast.AST) -> Iterator[str]:
    """The Chinese texts in a piece of code, whole ones only."""
    text = sentence(tree) if isinstance(tree, ast.expr) else None
    if text is None:
        for child in ast.iter_child_nodes(tree):
            yield from chinese(child)
    elif re.search("[一-鿿]", text):
        yield text


def raised(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error"):
            for text in map(sentence, node.args[:1]):
                if text and re.search("[一-鿿]", text):
                    yield text


def measured(module: ModuleType) -> set[str]:
    """How the measures of a module are explained, and where their ranges come from."""
    texts: set[str] = set()
    for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Metric":
            *_, source, explanation = node.args
            texts.add(getattr(module, source.id) if isinstance(source, ast.Name) else str(sentence(source)))
            texts |= set(chinese(explanation))
    return texts


def said() -> set[str]:
    """What the templates say, and the names that they say by a variable."""
    found = {name for _, name, _ in templating.PLACES}
    for names in (
        ROLE_NAMES,
        ACTIONS,
        SUBJECTS,
        RIGHTS,
        EVENTS,
        review.DECISION_NAMES,
        review.STATE_NAMES,
        STATE_NAMES,
        STEP_NAMES,
        WAY_NAMES,
        SEVERITY_NAMES,
        trending.STEP_NAMES,
        trending.CHANGE_NAMES,
        HINTS,
        END_NAMES,
    ):
        found |= set(names.values())
    found |= {name_of(code) for code in (*HABITS, *STRENGTHS)} | set(SPEAKER_NAMES.values())
    found |= set(DECK.values())
    for source in (metrics, delivery):
        for name, unit in METRIC.findall(Path(source.__file__).read_text(encoding="utf-8")):
            found |= {name, unit} - {"", "%"}
        found |= measured(source)
    found |= set(SAID_IN_WORDS.findall(Path(words.__file__).read_text(encoding="utf-8")))
    found |= {words.verdict_on(score) for score in range(101)}
    found |= {words.detector_name(one) for one in ("rule", "flow", "classifier", "voice")}
    for template in (*(WEB / "templates").glob("*.j2"), *html.TEMPLATES.glob("*.j2")):
        text = template.read_text(encoding="utf-8")
        found |= {double or single for double, single in SAID.findall(text)} | set(INNER.findall(text))
    return found


def test_every_text_has_its_english() -> None:
    assert sorted(said() - set(languages.english())) == []


def test_no_english_is_left_over() -> None:
    python = "\n".join(path.read_text(encoding="utf-8") for path in WEB.rglob("*.py"))
    texts, shown = languages.english((WEB / "english.yaml",)), said()
    placed = re.compile("（第 {} 轮）|：{} 到 {}")  # where in the call, behind how a measure is explained
    assert sorted(one for one in texts if placed.sub("", one) not in shown and f'"{one}"' not in python) == []


def test_whatever_a_page_can_complain_of_has_its_english() -> None:
    """Command lines, training, rule files and how the service is set up are not for its pages."""
    source = WEB.parent
    not_shown = re.compile(
        r"cli/|training/|classify/|detectors/|speakers/|client|yamlfiles|rule(files|changes)|settings|storage/(backup|database)|"
        r"web/api/|asr/(weights|batch|convert|engines|naming|faster_whisper|openai_whisper)|render/subtitles|"
        r"practice/(chat|scenarios)"
    )
    told = set(languages.english((WEB / "english_problems.yaml",)))
    trees = {
        path.relative_to(source).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in source.rglob("*.py")
    }
    shown = {text for path, tree in trees.items() if not not_shown.match(path) for text in raised(tree)}
    assert sorted(shown - told) == []
    somewhere = {text for tree in trees.values() for text in chinese(tree)}
    assert sorted(told - somewhere) == []


def test_what_went_wrong_is_told_with_what_it_names() -> None:
    assert languages.said("还没有选文件。", "en") == "No file has been chosen yet."
    assert languages.said("还没有选文件。", "zh") == "还没有选文件。"
    assert (
        languages.said("这份复核现在是「草稿」，不能申诉。", "en")
        == "This review is “Draft” now; it cannot be appealed."
    )
    channel = languages.said("录音「a.wav」的左声道没有人说话，请检查 --rep-channel。", "en")
    assert channel.startswith("Nobody speaks on one channel (Left) of the recording “a.wav”")
    assert languages.said("没有见过的句子", "en") == "没有见过的句子"
    where = languages.said("客户话没说完，销售就开口（第 3、9 轮）", "en")
    assert where == "The rep begins before the customer has finished (turns 3、9)"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('a:\n  "好": "good"\n  "好": "well"\n', "这个键写了两遍"),
        ('a:\n  "好": "good"\na:\n  "您": "you"\n', "这个键写了两遍"),
        ('a:\n  "好": "good"\nb:\n  "好": "well"\n', "这句在别处已经有了"),
        ("a:\n", "这里应为"),
    ],
)
def test_a_table_written_wrong_is_refused(tmp_path: Path, table: str, told: str) -> None:
    path = tmp_path / "english.yaml"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(RuleFileError, match=told):
        languages.english.__wrapped__((path,))
