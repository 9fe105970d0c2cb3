"""`coach transcribe`: recordings in, transcripts out, without any judgement."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from coach.cli.calls import Calls, files_in
from coach.cli.options import (
    EngineName,
    FilePattern,
    Jobs,
    KeptIn,
    ModelName,
    RepChannel,
    Speakers,
    Swap,
    listening_of,
)
from coach.cli.output import finish, is_folder
from coach.files import file_name, write_whole
from coach.imports import saved
from coach.pipeline import Coach
from coach.privacy import masked
from coach.render import subtitles
from coach.render.words import SPEAKER_NAMES, clock
from coach.transcript import Speaker, Transcript


def _text(transcript: Transcript) -> str:
    return "".join(
        f"[{clock(turn.start_s)}] {turn.name if turn.speaker is Speaker.UNKNOWN else SPEAKER_NAMES[turn.speaker]}：{turn.text}\n"
        for turn in transcript.turns
    )


_FORMATS: Mapping[str, Callable[[Transcript], str]] = {
    "txt": _text,
    "srt": subtitles.srt,
    "vtt": subtitles.vtt,
    "textgrid": subtitles.textgrid,
    "json": lambda transcript: saved.dump(transcript) + "\n",
}


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="录音或文件夹，可以给多个", metavar="FILE…")],
    format: Annotated[str, typer.Option(help="、".join(_FORMATS))] = "txt",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到文件；多个录音时为文件夹")] = None,
    rep_channel: RepChannel = None,
    speakers: Speakers = 2,
    swap: Swap = False,
    file_pattern: FilePattern = None,
    engine: EngineName = "auto",
    model: ModelName = "base",
    transcripts: KeptIn = None,
    jobs: Jobs = 0,
) -> None:
    """把录音转写成分好说话人的文字或字幕，手机号等已隐去。"""
    if format not in _FORMATS:
        raise typer.BadParameter(f"不认识「{format}」，可用的有：{'、'.join(_FORMATS)}", param_hint="--format")
    listening = listening_of(
        engine=engine,
        model=model,
        speakers=speakers,
        rep_channel=rep_channel,
        swap=swap,
        file_pattern=file_pattern,
    )
    paths = list(files_in(files))
    into_folder = output is not None and is_folder(output)
    if len(paths) > 1 and not into_folder:
        raise typer.BadParameter("多个录音时，--output 要写成文件夹", param_hint="--output")
    calls = Calls(Coach.load(), paths, listening, kept_in=transcripts, jobs=jobs)
    written = 0
    for _, transcript in calls:
        rendered = _FORMATS[format](masked(transcript))
        if output is None:
            sys.stdout.write(rendered)
        else:
            write_whole(output / f"{file_name(transcript.call_id)}.{format}" if into_folder else output, rendered)
        written += 1
    finish(calls.failures, written)
