"""A report for its readers: terminal, JSON, Markdown, self-contained HTML, XLSX. One file a format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coach.render import html, json, markdown, terminal, xlsx
from coach.report import Report


@dataclass(frozen=True, slots=True)
class Renderer:
    """How a report is rendered; `single`: several reports cannot share one file."""

    render: Callable[[Report, bool], str | bytes]
    suffix: str
    single: bool = False


RENDERERS: Mapping[str, Renderer] = {
    "text": Renderer(terminal.render, ".txt"),
    "json": Renderer(json.render, ".json", single=True),
    "md": Renderer(markdown.render, ".md"),
    "html": Renderer(html.render, ".html", single=True),
    "xlsx": Renderer(xlsx.render, ".xlsx", single=True),
}


def render(report: Report, *, format: str, explain: bool = False) -> str | bytes:
    """The report in one of RENDERERS; with `explain`, also what was exempted and why."""
    return RENDERERS[format].render(report, explain)
