"""`coach corpus`: what a folder of labelled calls holds, and whether it can be trusted."""

from pathlib import Path
from typing import Annotated

import typer

from coach.habits import HABITS, name_of
from coach.resources import folder
from coach.training.corpus import read_corpus, read_second
from coach.training.quality import agreement, contents, near_duplicates, shortcut_auc

_MOST_SHOWN = 20
_SECOND = "second.tsv"


def corpus(
    source: Annotated[Path | None, typer.Argument(help="标注对话的文件或文件夹，默认看自带的")] = None,
    second: Annotated[
        Path | None, typer.Option(help="同一批对话的第二遍标注（.tsv），用来算一致性；默认看语料里的 second.tsv")
    ] = None,
) -> None:
    """数一数语料，找出重复，看看标签是不是能从语气词猜出来。"""
    source = source or folder("samples") / "labelled"
    calls = read_corpus([source])
    held = contents(calls)
    typer.echo(
        f"{held.passes} 批、{held.calls} 通（对话 {held.dialogues} 通），销售 {held.turns} 轮，"
        f"其中没有问题的 {held.harmless} 轮、识别稿风格 {held.asr} 轮"
    )
    typer.echo("、".join(f"{name_of(code)} {held.positives[code]}" for code in HABITS))
    pairs = list(near_duplicates(calls))
    typer.echo(f"过于相似的句子 {len(pairs)} 对")
    for one, other, likeness in pairs[:_MOST_SHOWN]:
        typer.echo(f"  {one.call_id}:{one.index + 1} 和 {other.call_id}:{other.index + 1}（{likeness:.2f}）")
    if held.passes > 1:
        typer.echo(f"只看虚词和标点猜标签，AUC {shortcut_auc(calls):.3f}（越接近 0.5 越好）")
    if second is None and (source / _SECOND).is_file():
        second = source / _SECOND
    if second is not None:
        heard = read_second(second)
        kappas = agreement(calls, heard)
        typer.echo(
            f"两遍标注的 κ（{len(heard)} 轮）："
            + "、".join(f"{name_of(code)} {value}" for code, value in kappas.items() if value is not None)
        )
