"""A report for its readers: terminal, JSON, Markdown, self-contained HTML, XLSX, subtitles. One file a format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.render import html, json, markdown, subtitles, terminal, xlsx
from coach.report import Report


@dataclass(frozen=True, slots=True)
class Renderer:
    """How a report is rendered; `single`: several reports cannot share one file; `plays`: it can hold the recording."""

    render: Callable[..., str | bytes]
    suffix: str
    single: bool = False
    plays: bool = False


RENDERERS: Mapping[str, Renderer] = {
    "text": Renderer(terminal.render, ".txt"),
    "json": Renderer(json.render, ".json", single=True),
    "md": Renderer(markdown.render, ".md"),
    "html": Renderer(html.render, ".html", single=True, plays=True),
    "xlsx": Renderer(xlsx.render, ".xlsx", single=True),
    "srt": Renderer(lambda report, _explain: subtitles.srt(report.transcript), ".srt", single=True),
    "vtt": Renderer(lambda report, _explain: subtitles.vtt(report.transcript), ".vtt", single=True),
    "textgrid": Renderer(lambda report, _explain: subtitles.textgrid(report.transcript), ".TextGrid", single=True),
}


def render(report: Report, *, format: str, explain: bool = False, recording: Path | None = None) -> str | bytes:
    """The report in one of RENDERERS; with `explain`, also what was exempted and why; with its recording to be heard
    where the format can hold one.
    """
    renderer = RENDERERS[format]
    if renderer.plays and recording is not None:
        return renderer.render(report, explain, recording)
    return renderer.render(report, explain)
