"""`coach engines`, `coach models`, `coach voices`: what hears recordings, and whose voice is known."""

from pathlib import Path
from typing import Annotated

import typer

from coach.asr.decode import decoded
from coach.asr.engines import states
from coach.asr.vad import speech
from coach.asr.weights import cache_folder, model_folder, pull, pulled
from coach.errors import InputError
from coach.speakers import enrolled

models = typer.Typer(name="models", help="语音模型：看有哪些、下载、转换。", no_args_is_help=True)
voices = typer.Typer(
    name="voices", help="登记销售的声音，单声道录音里就认得出谁是销售。只存在本机，随时可删。", no_args_is_help=True
)


def engines() -> None:
    """列出语音识别引擎，能不能用，缺什么。"""
    for state in states():
        typer.echo(f"{state.id:<16}{'可用' if state.ready else '未安装'}  {state.note}")


@models.command("list")
def list_models() -> None:
    """列出语音模型的大小，哪些已在本机。"""
    for size, here in pulled():
        typer.echo(f"{size:<16}{'已就绪' if here else f'未下载，运行 coach models pull {size}'}")
    typer.echo(f"存放位置：{cache_folder()}")


@models.command("pull")
def pull_model(size: Annotated[str, typer.Argument(help="tiny、small、medium、large-v3、large-v3-turbo")]) -> None:
    """下载一个语音模型并核对校验和（需要联网）。"""
    typer.echo(f"已就绪：{pull(size)}")


@models.command("convert")
def convert_model(
    model: Annotated[str, typer.Argument(help="大小或自己的模型文件夹")],
    output: Annotated[Path, typer.Option("--output", "-o", help="写到哪个 .pt 文件")],
) -> None:
    """把模型写成 openai-whisper 能直接读的 .pt 文件。"""
    import torch

    from coach.asr.convert import checkpoint

    stored = checkpoint(model_folder(model))
    output.parent.mkdir(parents=True, exist_ok=True)
    draft = output.with_name(f".{output.name}.new")
    try:
        torch.save(stored, draft)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
    typer.echo(f"已写到 {output}")


@voices.command("enrol")
def enrol(
    name: Annotated[str, typer.Argument(help="销售的称呼，如 小王")],
    recording: Annotated[Path, typer.Argument(help="只有他一个人说话的录音，至少 5 秒")],
) -> None:
    """登记一个人的声音。"""
    if not recording.exists():
        raise InputError(f"找不到文件 {recording}。")
    with decoded(recording) as audio:
        enrolled.enrol(name, audio, speech(audio, 0))
    typer.echo(f"已登记「{name}」的声音，存在 {enrolled.voices_file()}。")


@voices.command("list")
def list_voices() -> None:
    """列出登记过的声音。"""
    for name in enrolled.read():
        typer.echo(name)


@voices.command("forget")
def forget(name: Annotated[str, typer.Argument(help="要删除的称呼")]) -> None:
    """删除登记过的声音。"""
    if not enrolled.forget(name):
        raise InputError(f"没有登记过「{name}」的声音。")
    typer.echo(f"已删除「{name}」的声音。")
