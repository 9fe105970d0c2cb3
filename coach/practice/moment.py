"""Practise this moment: a turn of a real call in which a habit was found becomes a talk with the customer of that call."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.errors import InputError, RuleFileError
from coach.findings import Finding
from coach.habits import HABITS, name_of
from coach.practice.cues import tells_a_figure
from coach.practice.scenarios import ENDS, MOMENTS_FILE, MOVES, Scenario, read_shared
from coach.practice.session import Line, Moment, Session, hint_of, start
from coach.privacy import masked
from coach.report import Report
from coach.text import sentences, size
from coach.transcript import Speaker
from coach.yamlfiles import read_section

_MOST_FACTS = 5
_MOST_BEFORE = 4
_FEWEST_BAITS = 3
_SHORTEST_FACT = 6
_HERE = "moment"


@dataclass(frozen=True, slots=True)
class Moments:
    """What any customer of a real call says; `baits` by habit, from lighter to stronger."""

    aim: str
    person: str
    wants: str
    hides: str
    opening: str
    reveal: str
    ends: Mapping[str, tuple[str, ...]]
    baits: Mapping[str, tuple[str, ...]]
    common: Mapping[str, tuple[str, ...]]


def load_moments(folder: Path) -> Moments:
    """What `moments.yaml` and `shared.yaml` of a folder of scenarios say. Raises RuleFileError with every mistake."""
    problems: list[str] = []
    common = read_shared(folder, problems)
    section = read_section(folder / MOMENTS_FILE, problems, shown_as=f"{folder.name}/{MOMENTS_FILE}")
    if section is None:
        raise RuleFileError(problems)
    ended, baited = section.section("ends"), section.section("baits")
    ends = {end: ended.texts(end, required=True) if ended else () for end in ENDS}
    baits = {code: baited.texts(code, required=True) if baited else () for code in HABITS}
    for code, lines in baits.items():
        if len(lines) < _FEWEST_BAITS:
            section.report("baits", f"「{code}」至少写 {_FEWEST_BAITS} 条由轻到重的刺激")
    said = {key: section.text(key) for key in ("aim", "person", "wants", "hides", "opening", "reveal")}
    for part in (ended, baited, section):
        if part is not None:
            part.done()
    if problems:
        raise RuleFileError(problems)
    return Moments(**said, ends=ends, baits=baits, common=common)


def finding_in(report: Report, *, turn: int | None = None, code: str = "", finding_id: str = "") -> Finding:
    """The finding of a report that is meant: by its id, or the gravest of a turn (by its index), of one habit if named.

    Raises InputError if there is none.
    """
    found = [
        one
        for one in report.findings
        if (one.id == finding_id if finding_id else one.turn == turn) and code in ("", one.code)
    ]
    if not found:
        raise InputError("这一句里没有找到要改的习惯，换一句标出来的话再练。")
    return max(found, key=lambda one: (one.severity, one.score))


def start_moment(
    moments: Moments,
    report: Report,
    finding: Finding,
    *,
    level: int = 1,
    hints: str = "now",
    facts: tuple[str, ...] | None = None,
) -> Session:
    """A session that takes a call up again right before the turn of a finding. Raises InputError like `start`.

    The customer opens with what he said there. The rep may rely on `facts`; by default, on what he told in figures elsewhere
    in the call, unless something was found in it.
    """
    turns = masked(report.transcript).turns
    at = next(place for place, turn in enumerate(turns) if turn.index == finding.turn)
    asked = turns[at - 1] if at and turns[at - 1].speaker is Speaker.CUSTOMER else None
    before = turns[: at - 1] if asked else turns[:at]
    habit = name_of(finding.code)
    scenario = Scenario(
        id=_HERE,
        title=f"再练这一刻：{habit}",
        domain=report.transcript.domain,
        provokes=(finding.code,),
        aim=moments.aim.replace("{habit}", habit),
        name=asked.name if asked and asked.name else "客户",
        person=moments.person,
        wants=moments.wants,
        hides=moments.hides,
        facts=_facts(report) if facts is None else facts,
        opening=asked.text if asked else moments.opening,
        reveal=moments.reveal,
        baits=moments.baits[finding.code],
        lines=dict.fromkeys(MOVES, ()),
        common=moments.common,
        ends=moments.ends,
    )
    moment = Moment(
        scenario=scenario,
        before=tuple(Line(turn.speaker.value, turn.text) for turn in before[-_MOST_BEFORE:]),
        said=turns[at].text,
        hint=hint_of(finding),
    )
    return start(scenario, level=level, hints=hints, moment=moment)


def _facts(report: Report) -> tuple[str, ...]:
    """What the rep told in figures, in turns where nothing was found."""
    flagged = {finding.turn for finding in report.findings}
    told = [
        span.of(turn.text).strip()
        for turn in report.transcript.turns
        if turn.speaker is Speaker.REP and turn.index not in flagged
        for span in sentences(turn.text)
    ]
    figures = [
        one for one in told if size(one) >= _SHORTEST_FACT and tells_a_figure(one) and not one.endswith(("?", "？"))
    ]
    return tuple(dict.fromkeys(figures))[:_MOST_FACTS]
