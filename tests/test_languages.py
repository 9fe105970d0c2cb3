"""Every text of the pages has its English, and the table holds nothing that no page says."""

import re
from pathlib import Path

import pytest

from coach import delivery, metrics, review
from coach.errors import RuleFileError
from coach.habits import DECK, HABITS, STRENGTHS, name_of
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
    ):
        found |= set(names.values())
    found |= {name_of(code) for code in (*HABITS, *STRENGTHS)} | set(SPEAKER_NAMES.values())
    found |= set(DECK.values())
    for source in (metrics, delivery):
        for name, unit in METRIC.findall(Path(source.__file__).read_text(encoding="utf-8")):
            found |= {name, unit} - {"", "%"}
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
    assert sorted(text for text in languages.english() if text not in said() and f'"{text}"' not in python) == []


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
        languages.english.__wrapped__(path)
