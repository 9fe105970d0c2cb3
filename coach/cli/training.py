"""`coach train` and `coach evaluate`: make the classifiers, and say how good the whole tool is."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from coach.cli.tables import as_markdown, as_text
from coach.errors import InputError
from coach.pipeline import CLASSIFIER, Coach
from coach.resources import folder
from coach.review import HELD_BACK
from coach.rulefiles import load_rules
from coach.text import Segmenter
from coach.training.card import Card, put_in_place
from coach.training.corpus import LabelledCall, read_corpus, read_splits, split_of
from coach.training.evaluate import evaluate as figures_of
from coach.training.evaluate import grouped, outcomes
from coach.training.roles import put_roles_in_place

SPLITS_FILE = "splits.tsv"
_GROUPS = {"style": "style", "domain": "domain", "author": "author"}
ROLES, ACTS = "roles", "acts"
_FORMATS = ("text", "json", "md")


def train(
    corpus: Annotated[Path | None, typer.Option(help="标注对话的文件夹，默认用自带的")] = None,
    also: Annotated[list[Path] | None, typer.Option("--with", help="另加的标注对话，如主管复核导出的文件")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="模型写到哪个文件夹，默认替换自带的")] = None,
    refit: Annotated[bool, typer.Option("--refit", help="评测以后，把保留的对话也学进去再写出模型")] = False,
    roles: Annotated[bool, typer.Option("--roles", help="改为训练分辨销售和客户的模型")] = False,
    acts: Annotated[bool, typer.Option("--acts", help="改为训练练习里听懂销售在做什么的模型")] = False,
    accept_worse: Annotated[bool, typer.Option("--accept-worse", help="新模型在保留的对话上变差也照样替换")] = False,
) -> None:
    """用标注对话训练分类器；比现有的差就不替换，在主管复核过的对话上错得更多也不替换。"""
    from coach.training.train import train as learn

    if acts:
        _train_acts(corpus or folder("samples") / ACTS, output or folder("models") / ACTS)
        return
    source = corpus or folder("samples") / "labelled"
    if roles:
        _train_roles([*read_corpus([source]), *read_corpus(also or [])], output or folder("models") / ROLES)
        return
    target = output or folder("models") / CLASSIFIER
    splits = read_splits(source / SPLITS_FILE) if (source / SPLITS_FILE).is_file() else {}
    calls = read_corpus([source])
    segmenter = Segmenter(load_rules(folder("rules")).dictionary)
    added = read_corpus(also or [])
    reviewed = [call for call in added if call.author == HELD_BACK]
    more = [call for call in added if call.author != HELD_BACK]
    learnt = [call for call in calls if split_of(call.author, splits) == "train"] + more
    kept = [call for call in calls if split_of(call.author, splits) == "dev"]
    if not learnt:
        raise InputError(f"{source} 里没有可以训练的标注对话。")
    trained = learn(learnt, segmenter, told=lambda line: typer.echo(line, err=True))
    everything = learn([*calls, *more], segmenter) if refit else None
    card = put_in_place(
        trained, target, learnt=learnt, kept=kept, reviewed=reviewed, accept_worse=accept_worse, refit=everything
    )
    typer.echo(_sentence(card, target))


def _train_roles(calls: list[LabelledCall], target: Path) -> None:
    for one in put_roles_in_place(calls, target):
        typer.echo(
            f"没见过的批次，只看前 {one.turns} 轮：{one.dialogues} 通对话里有把握的 {one.sure} 通，其中对的 {one.right} 通。"
        )
    typer.echo(f"已写到 {target}")


def _train_acts(source: Path, target: Path) -> None:
    from coach.training.acts import put_acts_in_place

    for one in put_acts_in_place(source, target):
        typer.echo(
            f"{one.act:<12}标注 {one.labelled:>3}　准确率 {one.precision:.2f}　召回率 {one.recall:.2f}　F1 {one.f1:.2f}"
        )
    typer.echo(f"已写到 {target}")


def evaluate(
    files: Annotated[list[Path], typer.Argument(help="标注对话的文件或文件夹", metavar="FILE.jsonl…")],
    by: Annotated[str | None, typer.Option(help="再按 style、domain 或 author 分组")] = None,
    split: Annotated[str | None, typer.Option(help="只看自带语料的这一部分：train、dev 或 test")] = None,
    format: Annotated[str, typer.Option(help="text、json 或 md")] = "text",
    detectors: Annotated[str, typer.Option(help="all、rules（不用分类器）或 classifier（只用分类器）")] = "all",
    model: Annotated[Path | None, typer.Option(help="改用这个文件夹里的模型")] = None,
) -> None:
    """在标注对话上算准确率、召回率、F1 和误报。"""
    if by is not None and by not in _GROUPS:
        raise typer.BadParameter(f"不认识「{by}」，可用的有：{'、'.join(_GROUPS)}", param_hint="--by")
    if format not in _FORMATS:
        raise typer.BadParameter(f"不认识「{format}」，可用的有：{'、'.join(_FORMATS)}", param_hint="--format")
    calls = read_corpus(files)
    if split is not None:
        splits = read_splits(folder("samples") / "labelled" / SPLITS_FILE)
        calls = tuple(call for call in calls if split_of(call.author, splits) == split)
    if not calls:
        raise InputError("没有可以评测的标注对话。")
    laid = outcomes(_coach(detectors, model), calls)
    groups = {"全部": laid} | (dict(grouped(laid, _GROUPS[by])) if by else {})
    evaluations = {name: figures_of(group) for name, group in groups.items()}
    if format == "json":
        typer.echo(json.dumps({name: asdict(one) for name, one in evaluations.items()}, ensure_ascii=False, indent=2))
    else:
        typer.echo((as_markdown if format == "md" else as_text)(evaluations))


def _coach(detectors: str, model: Path | None) -> Coach:
    coach = Coach.load(model=model)
    if detectors == "all":
        return coach
    if detectors not in ("rules", "classifier"):
        raise typer.BadParameter("只能是 all、rules 或 classifier", param_hint="--detectors")
    return coach.limited_to(lambda detector: (detector.id == "classifier") is (detectors == "classifier"))


def _sentence(card: Card, target: Path) -> str:
    return (
        f"模型已写到 {target}：用 {card.turns} 轮训练，宏平均 F1 {card.macro_f1:.3f}，"
        f"每 100 轮无问题的话误报 {card.alarms_per_100:.2f} 次。"
    )
