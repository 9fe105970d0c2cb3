"""The terminal, with rich: what to change first, then what was said, then how it was checked."""

import io

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coach.findings import Finding
from coach.habits import name_of
from coach.render.words import (
    advised,
    clock,
    detector_name,
    habit_state,
    marked,
    severity_name,
    short,
    summary_of,
    value_of,
    verdict_on,
)
from coach.report import Report

_WIDTH = 100
_COLOURS = {1: "yellow", 2: "dark_orange", 3: "red"}
_VERDICT_COLOURS = {"within": "green", "below": "yellow", "above": "yellow", "unknown": "dim"}


def render(report: Report, explain: bool = False) -> str:
    """The report as plain text."""
    file = io.StringIO()
    show(report, Console(file=file, width=_WIDTH, color_system=None, legacy_windows=False), explain=explain)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def show(report: Report, console: Console, *, explain: bool = False) -> None:
    """Print the report to a console."""
    console.print()
    console.print(
        Text.assemble(
            (f" {report.call_id} ", "bold reverse"), f"  {report.score} 分  ", (verdict_on(report.score), "bold")
        )
    )
    console.print(summary_of(report))
    for warning in report.transcript.warnings:
        console.print(Text(f"注意：{warning}", style="yellow"))
    for title, block in _sections(report, explain=explain):
        console.print()
        console.print(Text(title, style="bold cyan"))
        console.print(Padding(block, (0, 0, 0, 2)))
    console.print()
    console.print(Text(_receipt(report), style="dim"))


def _sections(report: Report, *, explain: bool) -> list[tuple[str, RenderableType]]:
    sections: list[tuple[str, RenderableType]] = []
    if report.priorities:
        items = [
            Text.assemble(f"{at}. ", (one.name, "bold"), f" {one.advice}")
            for at, one in enumerate(report.priorities, start=1)
        ]
        sections.append(("接下来先改这几件事", Group(*items)))
    if report.findings:
        sections.append(("可以改进的地方", Group(*(_finding(report, one) for one in report.findings))))
    if report.strengths:
        items = [
            Text.assemble((name_of(one.code), "green"), f"（第 {one.turn + 1} 轮）“{one.evidence.quote}”")
            for one in report.strengths
        ]
        sections.append(("做得好的地方", Group(*items)))
    sections.append(("十个习惯", _habits(report)))
    sections.append(("整通对话", _metrics(report)))
    if explain:
        reasons = [
            Text(f"第 {one.turn + 1} 轮，{name_of(one.code)}：{one.exemption.reason}")
            for one in report.exempted
            if one.exemption
        ]
        sections.append(("为什么没有算", Group(*(reasons or [Text("没有被排除的说法。")]))))
    return sections


def _finding(report: Report, finding: Finding) -> RenderableType:
    turn = report.transcript.turns[finding.turn]
    said = Text("“")
    for piece, mark in marked(turn, finding.spans):
        said.append(f"【{piece}】" if mark else piece, style="bold underline" if mark else "")
    said.append("”")
    found_by = "、".join(dict.fromkeys(detector_name(one.detector) for one in finding.evidence))
    head = Text.assemble(
        (f"{name_of(finding.code)} · {severity_name(finding.severity)}", f"bold {_COLOURS[finding.severity]}"),
        (f"  第 {finding.turn + 1} 轮 {clock(turn.start_s)} {found_by}", "dim"),
    )
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold", ratio=1)
    table.add_row("说了", said)
    table.add_row("为什么", Text(finding.lead.reason))
    table.add_row("可以说", Text(finding.lead.instead, style="green"))
    return Padding(Group(head, table), (0, 0, 1, 0))


def _habits(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    for habit in report.habits:
        state = habit_state(habit)
        table.add_row(
            str(habit.number),
            habit.name,
            Text(state, style=_COLOURS.get(habit.severity, "green" if habit.looked_for else "dim")),
        )
    return table


def _metrics(report: Report) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for metric in report.metrics:
        value = Text(value_of(metric), style=_VERDICT_COLOURS[metric.verdict])
        table.add_row(
            metric.name,
            value,
            Text(advised(metric)),
            Text(metric.source, style="dim"),
        )
    notes = [Text(f"· {one.text}{one.advice}", style="yellow") for one in report.observations]
    return Group(table, *notes)


def _receipt(report: Report) -> str:
    analysis = report.analysis
    ran = " ".join(f"{one.detector} {short(one.digest)}" for one in analysis.ran)
    skipped = "".join(f"；没有运行 {one.detector}：{one.reason}" for one in analysis.skipped)
    limited = f"；只看 {'、'.join(analysis.codes)}" if analysis.codes else ""
    unjudged = f",{analysis.unjudged_turns} 轮分不清说话人没有判断" if analysis.unjudged_turns else ""
    return (
        f"依据：判断了 {analysis.judged_turns} 轮{unjudged}；{ran}{skipped}{limited}；"
        f"版本 {analysis.version} 对话 {short(analysis.input_digest)} 阈值 {short(analysis.policy_digest)}"
    )
