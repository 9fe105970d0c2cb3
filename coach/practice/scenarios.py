"""Scenario files: who the customer is, what he wants, and what he says. How to write one: rules/scenarios/README.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.errors import InputError, RuleFileError
from coach.habits import HABITS
from coach.yamlfiles import Section, read_section, yaml_files

SHARED_FILE, MOMENTS_FILE = "shared.yaml", "moments.yaml"
INFORMED = "informed"
MOVES = (
    "acknowledged", "asked", INFORMED, "checked", "apologised", "agreed_next", "greeted", "idle", "refused", "slipped",
    "repaired", "repeated", "strange",
)  # fmt: skip
"""What a customer answers to: the rep took him seriously, asked, told something concrete, promised to check, apologised,
proposed a next step, greeted, said nothing of use, refused, showed a habit, put it right, said the same again, or said what
makes no sense here.
"""
ENDS = ("agreement", "postponed", "walked_away")

_FIRST = "卷烟"
_FEWEST_BAITS = 3
_FEWEST_FACTS = 2


@dataclass(frozen=True, slots=True)
class Scenario:
    """One customer and his matter. `baits` get stronger from first to last; `lines` and `ends` are what he says, by move;
    `common` is what any customer says when he has said all of his own.
    """

    id: str
    title: str
    domain: str
    provokes: tuple[str, ...]
    aim: str
    name: str
    person: str
    wants: str
    hides: str
    facts: tuple[str, ...]
    opening: str
    reveal: str
    baits: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]
    common: Mapping[str, tuple[str, ...]]
    ends: Mapping[str, tuple[str, ...]]


def load_scenarios(folder: Path) -> dict[str, Scenario]:
    """The scenarios of a folder by id, tobacco retail first, then by name. Raises RuleFileError with every mistake."""
    problems: list[str] = []
    shared = read_shared(folder, problems)
    scenarios: dict[str, Scenario] = {}
    for path in yaml_files(folder):
        if path.name in (SHARED_FILE, MOMENTS_FILE):
            continue
        section = read_section(path, problems, shown_as=f"{folder.name}/{path.name}")
        if section is not None:
            scenarios[path.stem] = _read(path.stem, section, shared)
    if problems:
        raise RuleFileError(problems)
    return dict(sorted(scenarios.items(), key=lambda one: (one[1].domain != _FIRST, one[0])))


def find(scenarios: Mapping[str, Scenario], wanted: str) -> Scenario:
    """A scenario by id. Raises InputError that names those there are."""
    if wanted not in scenarios:
        raise InputError(f"没有「{wanted}」这个情景，可用的有：{'、'.join(scenarios)}。")
    return scenarios[wanted]


def read_shared(folder: Path, problems: list[str]) -> Mapping[str, tuple[str, ...]]:
    """Lines that any customer can say when he has said all of his own; mistakes go to `problems`."""
    section = read_section(folder / SHARED_FILE, problems, shown_as=f"{folder.name}/{SHARED_FILE}")
    if section is None:
        return {}
    lines = {move: section.texts(move, required=True) for move in MOVES}
    section.done()
    return lines


def _read(name: str, section: Section, shared: Mapping[str, tuple[str, ...]]) -> Scenario:
    provokes = section.texts("provokes", required=True)
    for code in provokes:
        if code not in HABITS:
            section.report("provokes", f"不认识的习惯代码「{code}」，可用的有：{'、'.join(HABITS)}")
    facts = _enough(section, "facts", _FEWEST_FACTS, "销售可以用的事实")
    baits = _enough(section, "baits", _FEWEST_BAITS, "由轻到重的刺激")
    said = section.section("says")
    own = {move: said.texts(move) if said and move in said else () for move in MOVES}
    if said:
        said.done()
    ended = section.section("ends")
    ends = {end: ended.texts(end, required=True) if ended else () for end in ENDS}
    if ended is None:
        section.report("ends", "要写出三种结局：agreement 谈成、postponed 改天、walked_away 谈崩")
    else:
        ended.done()
    scenario = Scenario(
        id=name,
        title=section.text("title"),
        domain=section.text("domain"),
        provokes=provokes,
        aim=section.text("aim"),
        name=section.text("name"),
        person=section.text("person"),
        wants=section.text("wants"),
        hides=section.text("hides"),
        facts=facts,
        opening=section.text("opening"),
        reveal=section.text("reveal"),
        baits=baits,
        lines=own,
        common={move: shared.get(move, ()) for move in MOVES},
        ends=ends,
    )
    section.done()
    return scenario


def _enough(section: Section, key: str, fewest: int, meaning: str) -> tuple[str, ...]:
    found = section.texts(key, required=True)
    if 0 < len(found) < fewest:
        section.report(key, f"至少写 {fewest} 条{meaning}")
    return found
