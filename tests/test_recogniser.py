"""The rep's dialogue acts: rules and what was learnt, on labelled sentences of passes held out from training."""

import json
import shutil
from pathlib import Path

import pytest

from coach.errors import InputError, ModelError
from coach.practice.acts import Act
from coach.practice.cues import tells_a_figure
from coach.practice.recogniser import load_recogniser
from coach.resources import folder
from coach.training.acts import ACTS, measure_acts, put_acts_in_place, read_sentences

LABELLED = folder("samples") / "acts"


@pytest.mark.parametrize(
    ("split", "author", "least", "mean"),
    [("dev", "a03", 0.75, 0.9), ("test", "a04", 0.75, 0.85), ("test", "a07", 0.6, 0.8)],
)
def test_every_act_is_recognised_on_passes_not_learnt_from(split: str, author: str, least: float, mean: float) -> None:
    sentences = [one for one in read_sentences(LABELLED, split) if one.author == author]
    figures = {one.act: round(one.f1, 2) for one in measure_acts(load_recogniser(), sentences)}
    assert set(figures) == set(ACTS) <= set(Act)
    assert {act: f1 for act, f1 in figures.items() if f1 < least} == {}
    assert sum(figures.values()) / len(figures) >= mean


@pytest.mark.parametrize("name", ["a01", "a02", "a03", "a04", "a07"])
def test_a_labelled_pass_is_large_and_nothing_is_in_it_twice(name: str) -> None:
    lines = [json.loads(line) for line in (LABELLED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({one["text"] for one in lines}) == len(lines) >= 150
    assert len({one["domain"] for one in lines}) >= 4
    assert {act: sum(act in one["acts"] for one in lines) >= 8 for act in ACTS} == dict.fromkeys(ACTS, True)


def test_passes_share_no_sentence_and_no_trade() -> None:
    splits = {split: read_sentences(LABELLED, split) for split in ("train", "dev", "test")}
    texts = [one.text for sentences in splits.values() for one in sentences]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("我理解您着急，换谁都一样。", {"acknowledge"}),
        ("您平时把它摆在哪儿？", {"ask"}),
        ("上次是我没说清楚，对不起。", {"apologise"}),
        ("这个规定是系统定的，我没办法给您改。", {"refuse"}),
        ("您看行吗？", set()),
    ],
)
def test_acts_of_a_sentence(text: str, acts: set[str]) -> None:
    assert load_recogniser().acts([text]) == [acts]
    assert load_recogniser().acts([]) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("一共三十条", True),
        ("下午四点", True),
        ("便宜一成", True),
        ("明天下午", False),
        ("一个月看看", False),
        ("第一", False),
        ("周五", False),
    ],
)
def test_figures(text: str, told: bool) -> None:
    assert tells_a_figure(text) is told


def test_training_again_gives_the_shipped_model(tmp_path: Path) -> None:
    put_acts_in_place(LABELLED, tmp_path / "acts")
    ours, shipped = load_recogniser(tmp_path / "acts"), load_recogniser()
    sentences = read_sentences(LABELLED, "dev")
    assert measure_acts(ours, sentences) == measure_acts(shipped, sentences)


def test_a_damaged_model_and_wrong_labels_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="缺少文件"):
        load_recogniser(tmp_path)
    shutil.copytree(folder("models") / "acts", tmp_path / "acts")
    (tmp_path / "acts" / "model.npz").write_bytes(b"x")
    with pytest.raises(ModelError, match="校验和不同"):
        load_recogniser(tmp_path / "acts")
    (tmp_path / "b01.jsonl").write_text('{"text": "您好", "acts": ["greeet"]}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"b01\.jsonl:1.*greeet"):
        read_sentences(tmp_path, "train")
    with pytest.raises(InputError, match="没有可以训练"):
        put_acts_in_place(tmp_path / "acts", tmp_path / "new")
