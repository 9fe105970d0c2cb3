"""`coach analyse`: calls in, reports out."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from coach.cli.calls import Calls, files_in
from coach.cli.options import (
    PANEL,
    EngineName,
    FilePattern,
    Jobs,
    KeptIn,
    ModelName,
    Rep,
    RepChannel,
    Speakers,
    Swap,
    listening_of,
)
from coach.cli.output import finish, is_folder
from coach.files import file_name, write_whole
from coach.findings import STRICTNESS, Policy
from coach.habits import HABITS, STRENGTHS
from coach.pipeline import Coach
from coach.render import RENDERERS, render
from coach.render.json import batch_line, report_schema
from coach.render.terminal import show
from coach.report import Report

_LINES = "jsonl"


@dataclass(frozen=True)
class _Judged:
    """A report, and the recording it is about."""

    report: Report
    recording: Path | None


def analyse(
    files: Annotated[list[Path], typer.Argument(help="录音、对话文本或文件夹，可以给多个", metavar="FILE…")],
    format: Annotated[str, typer.Option(help="text、json、jsonl、md、html、xlsx、srt、vtt、textgrid")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到文件；多通对话时为文件夹")] = None,
    rep: Rep = None,
    only: Annotated[str | None, typer.Option(help="只看这些代码，逗号分隔，如 rude,other.lazy")] = None,
    strictness: Annotated[str, typer.Option(help="严格程度：strict（少报）、balanced、thorough（多报）")] = "balanced",
    explain: Annotated[bool, typer.Option("--explain", help="同时说明哪些话看着像、为什么没有算")] = False,
    rules: Annotated[Path | None, typer.Option(help="改用自己的规则文件夹")] = None,
    rep_channel: RepChannel = None,
    speakers: Speakers = 2,
    swap: Swap = False,
    file_pattern: FilePattern = None,
    engine: EngineName = "auto",
    model: ModelName = "base",
    transcripts: KeptIn = None,
    jobs: Jobs = 0,
    audio: Annotated[bool, typer.Option("--audio/--no-audio", help="网页报告里带上录音", rich_help_panel=PANEL)] = True,
) -> None:
    """分析一通或多通对话，给出反馈报告。"""
    formats = (*RENDERERS, _LINES)
    if format not in formats:
        raise typer.BadParameter(f"不认识「{format}」，可用的有：{'、'.join(formats)}", param_hint="--format")
    if strictness not in STRICTNESS:
        raise typer.BadParameter(
            f"不认识「{strictness}」，可用的有：{'、'.join(STRICTNESS)}", param_hint="--strictness"
        )
    codes = _codes(only)
    listening = listening_of(
        engine=engine,
        model=model,
        speakers=speakers,
        rep_channel=rep_channel,
        swap=swap,
        file_pattern=file_pattern,
    )
    coach = Coach.load(rules=rules, policy=Policy(threshold=STRICTNESS[strictness]))
    calls = Calls(coach, list(files_in(files)), listening, rep=rep, kept_in=transcripts, jobs=jobs)
    judged = _judged(calls, codes, audio=audio)
    written = _write(judged, format=format, output=output, explain=explain)
    finish(calls.failures, written)


def schema() -> None:
    """打印 JSON 报告的 JSON Schema。"""
    typer.echo(report_schema())


def _codes(only: str | None) -> frozenset[str]:
    codes = frozenset(code.strip() for code in (only or "").split(",") if code.strip())
    unknown = codes - HABITS.keys() - STRENGTHS.keys()
    if unknown:
        known = "、".join(HABITS)
        raise typer.BadParameter(f"不认识「{'、'.join(sorted(unknown))}」，可用的有：{known}", param_hint="--only")
    return codes


def _judged(calls: Calls, codes: frozenset[str], *, audio: bool) -> Iterator[_Judged]:
    for path, transcript in calls:
        recording = path if audio and path in calls.recordings else None
        yield _Judged(calls.coach.analyse(transcript, only=codes), recording)


def _write(judged: Iterator[_Judged], *, format: str, output: Path | None, explain: bool) -> int:
    """Render to the output or standard output; the number of calls written."""
    if format == _LINES:
        return _write_lines((batch_line(one.report) for one in judged), output)
    if format == "text" and output is None and sys.stdout.isatty():
        return _show(judged, explain=explain)
    renderer = RENDERERS[format]
    if output is not None and is_folder(output):
        written = 0
        for one in judged:
            rendered = render(one.report, format=format, explain=explain, recording=one.recording)
            write_whole(output / f"{file_name(one.report.call_id)}{renderer.suffix}", rendered)
            written += 1
        return written
    rendered_all = [render(one.report, format=format, explain=explain, recording=one.recording) for one in judged]
    if len(rendered_all) > 1 and (output is not None or renderer.single):
        raise typer.BadParameter(f"多通对话输出 {format} 时，--output 要写成文件夹", param_hint="--output")
    for rendered in rendered_all:
        if output is not None:
            write_whole(output, rendered)
        elif isinstance(rendered, bytes):
            raise typer.BadParameter(f"{format} 要用 --output 指定文件", param_hint="--output")
        else:
            sys.stdout.write(rendered if rendered.endswith("\n") else rendered + "\n")
    return len(rendered_all)


def _show(judged: Iterator[_Judged], *, explain: bool) -> int:
    """Print in colour to a terminal, each report as soon as it is there."""
    shown = 0
    for one in judged:
        show(one.report, Console(), explain=explain)
        shown += 1
    return shown


def _write_lines(lines: Iterator[str], output: Path | None) -> int:
    written = 0
    if output is None:
        for line in lines:
            sys.stdout.write(line + "\n")
            written += 1
        return written
    collected = list(lines)
    write_whole(output, "".join(line + "\n" for line in collected))
    return len(collected)
