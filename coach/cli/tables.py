"""Evaluations as tables, for a terminal and for Markdown."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from coach.habits import name_of
from coach.training.evaluate import Evaluation, Interval

_HEADINGS = ("习惯", "代码", "标注", "找到", "误报", "准确率", "召回率", "F1")


def as_text(evaluations: Mapping[str, Evaluation]) -> str:
    """Tables for a terminal."""
    console = Console(width=100)
    with console.capture() as captured:
        for name, one in evaluations.items():
            table = Table(*_HEADINGS, title=f"{name}：{_summary(one)}", title_justify="left", box=None)
            for row in _rows(one):
                table.add_row(*row)
            console.print(table)
            console.print()
    return captured.get().rstrip()


def as_markdown(evaluations: Mapping[str, Evaluation]) -> str:
    """The same tables in Markdown."""
    parts: list[str] = []
    for name, one in evaluations.items():
        lines = [_line(_HEADINGS), _line("---" for _ in _HEADINGS), *(_line(row) for row in _rows(one))]
        parts.append(f"### {name}\n\n{_summary(one)}\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _summary(one: Evaluation) -> str:
    severe = f"，严重问题准确率 {one.severe_precision:.2f}" if one.severe_precision is not None else ""
    return (
        f"{one.calls} 通、{one.turns} 轮，宏平均 F1 {_range(one.macro_f1, 3)}，"
        f"每 100 轮无问题的话误报 {_range(one.alarms_per_100, 2)}{severe}"
    )


def _range(interval: Interval, digits: int) -> str:
    return f"{interval.value:.{digits}f}（{interval.low:.{digits}f}–{interval.high:.{digits}f}）"


def _rows(one: Evaluation) -> list[tuple[str, ...]]:
    return [
        (
            name_of(score.code),
            score.code,
            str(score.positives),
            str(score.found),
            str(score.alarms),
            f"{score.precision:.2f}",
            f"{score.recall:.2f}",
            f"{score.f1:.2f}",
        )
        for score in one.codes
        if score.positives or score.alarms
    ]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
