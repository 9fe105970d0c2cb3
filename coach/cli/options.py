"""Options that several commands share: how recordings are heard."""

from pathlib import Path
from typing import Annotated

import typer

from coach.asr import Listening

PANEL = "录音"
_CHANNELS = {"left": 0, "right": 1}

Rep = Annotated[str | None, typer.Option(help="对话里销售的称呼，如 --rep 小王")]
RepChannel = Annotated[str | None, typer.Option(help="双声道录音里销售的声道：left 或 right", rich_help_panel=PANEL)]
Speakers = Annotated[
    int, typer.Option(help="单声道录音里有几个人说话；1 表示全是销售", min=1, max=9, rich_help_panel=PANEL)
]
Swap = Annotated[bool, typer.Option("--swap", help="把销售和客户对换", rich_help_panel=PANEL)]
FilePattern = Annotated[
    str | None, typer.Option(help="文件名的样式，如 {date}_{rep}_{rep_channel}", rich_help_panel=PANEL)
]
EngineName = Annotated[str, typer.Option(help="识别引擎：auto、faster-whisper、openai-whisper", rich_help_panel=PANEL)]
ModelName = Annotated[str, typer.Option(help="语音模型的大小或文件夹，见 coach models list", rich_help_panel=PANEL)]
KeptIn = Annotated[
    Path | None,
    typer.Option("--transcripts", help="转写存进这个文件夹；中断后再运行，转过的不再重转", rich_help_panel=PANEL),
]
Jobs = Annotated[int, typer.Option(help="同时转写几个录音；0 由处理器和内存决定", min=0, max=64, rich_help_panel=PANEL)]


def listening_of(
    *, engine: str, model: str, speakers: int, rep_channel: str | None, swap: bool, file_pattern: str | None
) -> Listening:
    """The options together. Raises typer.BadParameter."""
    if rep_channel is not None and rep_channel not in _CHANNELS:
        raise typer.BadParameter("只能是 left 或 right", param_hint="--rep-channel")
    return Listening(
        engine=engine,
        model=model,
        speakers=speakers,
        rep_channel=None if rep_channel is None else _CHANNELS[rep_channel],
        swap=swap,
        pattern=file_pattern,
    )
