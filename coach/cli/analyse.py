"""`coach analyse`: calls in, reports out."""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from coach.asr import Listening
from coach.asr.decode import RECORDING_SUFFIXES, looks_recorded
from coach.errors import CoachError, InputError
from coach.findings import STRICTNESS, Policy
from coach.habits import HABITS, STRENGTHS
from coach.imports import TEXT_SUFFIXES, read_calls
from coach.pipeline import Coach
from coach.render import RENDERERS, render
from coach.render.json import batch_line, report_schema
from coach.render.terminal import show
from coach.report import Report
from coach.transcript import Transcript

PARTLY_FAILED = 7
_LINES = "jsonl"
_CHANNELS = {"left": 0, "right": 1}
_RECORDINGS = "录音"


@dataclass(frozen=True)
class _Failure:
    path: Path
    error: CoachError


def analyse(
    files: Annotated[list[Path], typer.Argument(help="录音、对话文本或文件夹，可以给多个", metavar="FILE…")],
    format: Annotated[str, typer.Option(help="text、json、jsonl、md、html、xlsx")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到文件；多通对话时为文件夹")] = None,
    rep: Annotated[str | None, typer.Option(help="对话里销售的称呼，如 --rep 小王")] = None,
    only: Annotated[str | None, typer.Option(help="只看这些代码，逗号分隔，如 rude,other.lazy")] = None,
    strictness: Annotated[str, typer.Option(help="严格程度：strict（少报）、balanced、thorough（多报）")] = "balanced",
    explain: Annotated[bool, typer.Option("--explain", help="同时说明哪些话看着像、为什么没有算")] = False,
    rules: Annotated[Path | None, typer.Option(help="改用自己的规则文件夹")] = None,
    rep_channel: Annotated[
        str | None, typer.Option(help="双声道录音里销售的声道：left 或 right", rich_help_panel=_RECORDINGS)
    ] = None,
    speakers: Annotated[
        int, typer.Option(help="单声道录音里有几个人说话；1 表示全是销售", min=1, max=9, rich_help_panel=_RECORDINGS)
    ] = 2,
    swap: Annotated[bool, typer.Option("--swap", help="把销售和客户对换", rich_help_panel=_RECORDINGS)] = False,
    file_pattern: Annotated[
        str | None,
        typer.Option(help="文件名的样式，如 {date}_{rep}_{rep_channel}", rich_help_panel=_RECORDINGS),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="识别引擎：auto、faster-whisper、openai-whisper", rich_help_panel=_RECORDINGS)
    ] = "auto",
    model: Annotated[
        str, typer.Option(help="语音模型的大小或文件夹，见 coach models list", rich_help_panel=_RECORDINGS)
    ] = "base",
) -> None:
    """分析一通或多通对话，给出反馈报告。"""
    formats = (*RENDERERS, _LINES)
    if format not in formats:
        raise typer.BadParameter(f"不认识「{format}」，可用的有：{'、'.join(formats)}", param_hint="--format")
    if strictness not in STRICTNESS:
        raise typer.BadParameter(
            f"不认识「{strictness}」，可用的有：{'、'.join(STRICTNESS)}", param_hint="--strictness"
        )
    if rep_channel is not None and rep_channel not in _CHANNELS:
        raise typer.BadParameter("只能是 left 或 right", param_hint="--rep-channel")
    codes = _codes(only)
    coach = Coach.load(rules=rules, policy=Policy(threshold=STRICTNESS[strictness]))
    paths = list(_files(files))
    failures: list[_Failure] = []
    listening = Listening(
        engine=engine,
        model=model,
        speakers=speakers,
        rep_channel=_CHANNELS[rep_channel] if rep_channel else None,
        swap=swap,
        pattern=file_pattern,
    )
    reports = _reports(coach, paths, rep=rep, listening=listening, codes=codes, failures=failures)
    written = _write(reports, format=format, output=output, explain=explain)
    _finish(failures, written)


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


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files given, and those of a kind we read inside the folders given."""
    for path in paths:
        if path.is_dir():
            readable = TEXT_SUFFIXES | RECORDING_SUFFIXES
            inside = sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in readable)
            if not inside:
                raise InputError(f"文件夹 {path} 里没有能读的对话或录音。")
            yield from inside
        else:
            yield path


def _reports(
    coach: Coach,
    paths: Sequence[Path],
    *,
    rep: str | None,
    listening: Listening,
    codes: frozenset[str],
    failures: list[_Failure],
) -> Iterator[Report]:
    """One report a call, in order; a file that cannot be used is noted and the rest goes on."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=len(paths) < 2 or not console.is_terminal) as bar:
        task = bar.add_task("分析", total=len(paths))
        for path in paths:
            try:
                for transcript in _calls(coach, path, rep=rep, listening=listening):
                    yield coach.analyse(transcript, only=codes)
            except CoachError as error:
                failures.append(_Failure(path, error))
            bar.advance(task)


def _calls(coach: Coach, path: Path, *, rep: str | None, listening: Listening) -> Iterable[Transcript]:
    if not path.exists():
        raise InputError(f"找不到文件 {path}。")
    if looks_recorded(path):
        return [_listen(coach, path, listening)]
    transcripts = read_calls(path, rep=rep)
    return (one.swapped() for one in transcripts) if listening.swap else transcripts


def _listen(coach: Coach, path: Path, listening: Listening) -> Transcript:
    console = Console(stderr=True)
    with Progress(TextColumn("转写 {task.description}"), BarColumn(), console=console, transient=True) as bar:
        bar.disable = not console.is_terminal
        task = bar.add_task(path.name, total=1.0)
        return coach.listen(path, listening, progress=lambda done: bar.update(task, completed=done))


def _write(reports: Iterator[Report], *, format: str, output: Path | None, explain: bool) -> int:
    """Render to the output or standard output; the number of calls written."""
    if format == _LINES:
        return _write_lines((batch_line(report) for report in reports), output)
    if format == "text" and output is None and sys.stdout.isatty():
        return _show(reports, explain=explain)
    renderer = RENDERERS[format]
    if output is not None and (output.is_dir() or not output.suffix):
        written = 0
        for report in reports:
            rendered = render(report, format=format, explain=explain)
            _save(output / f"{_file_name(report.call_id)}{renderer.suffix}", rendered)
            written += 1
        return written
    rendered_all = [render(report, format=format, explain=explain) for report in reports]
    if len(rendered_all) > 1 and (output is not None or renderer.single):
        raise typer.BadParameter(f"多通对话输出 {format} 时，--output 要写成文件夹", param_hint="--output")
    for rendered in rendered_all:
        if output is not None:
            _save(output, rendered)
        elif isinstance(rendered, bytes):
            raise typer.BadParameter(f"{format} 要用 --output 指定文件", param_hint="--output")
        else:
            sys.stdout.write(rendered if rendered.endswith("\n") else rendered + "\n")
    return len(rendered_all)


def _show(reports: Iterator[Report], *, explain: bool) -> int:
    """Print in colour to a terminal, each report as soon as it is there."""
    shown = 0
    for report in reports:
        show(report, Console(), explain=explain)
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
    _save(output, "".join(line + "\n" for line in collected))
    return len(collected)


def _file_name(call_id: str) -> str:
    """A call's id as a file's name, without path separators or control characters."""
    safe = "".join(mark if mark.isalnum() or mark in "-_. ()()" else "_" for mark in call_id).strip(". ")
    return safe[:80] or "call"


def _save(path: Path, rendered: str | bytes) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(rendered if isinstance(rendered, bytes) else rendered.encode())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _finish(failures: Sequence[_Failure], written: int) -> None:
    if not failures:
        return
    if len(failures) == 1 and not written:
        raise failures[0].error
    typer.secho(f"完成 {written} 通，另有 {len(failures)} 个文件没能分析：", fg=typer.colors.YELLOW, err=True)
    for failure in failures:
        typer.echo(f"  {failure.path}:{failure.error}", err=True)
    raise typer.Exit(PARTLY_FAILED if written else failures[0].error.exit_code)
