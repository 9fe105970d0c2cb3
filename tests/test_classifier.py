"""The shipped model: its evidence, its file, and what happens where it cannot be used."""

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy
import pytest

from coach.classify import encoder
from coach.classify.encoder import SentenceEncoder
from coach.classify.features import Lexical
from coach.classify.model import CARD_FILE, MODEL_FILE, load, save, stretched
from coach.classify.said import Said
from coach.errors import ModelError
from coach.findings import Policy
from coach.imports import read_text
from coach.pipeline import CLASSIFIER, Coach
from coach.resources import folder
from coach.text import Segmenter

FOLDER = folder("models") / CLASSIFIER
IMPLICIT = (
    "客户：你们这个系统我不太会用。\n"
    "销售：您这个店一天也就卖几百块，这种系统不是给您这样的店用的，讲了您也用不上。今天先到这里吧。\n"
    "客户：……"
)


@pytest.fixture(scope="module")
def alone(coach: Coach) -> Coach:
    """The classifier without rules and flow."""
    return coach.limited_to(lambda detector: detector.id == "classifier")


def test_the_shipped_model_is_the_one_its_card_describes() -> None:
    model = load(FOLDER, Segmenter())
    card = json.loads((FOLDER / CARD_FILE).read_text(encoding="utf-8"))
    assert model.digest == card["digest"]
    assert set(card["thresholds"]) == set(model.codes)
    assert (FOLDER / MODEL_FILE).stat().st_size < 30 << 20


def test_a_habit_without_keywords_is_heard_and_explained(alone: Coach) -> None:
    report = alone.analyse(read_text(IMPLICIT))
    arrogant = [finding for finding in report.findings if finding.code == "other.arrogant"]
    assert arrogant
    lead = arrogant[0].lead
    turn = report.transcript.turns[1]
    assert lead.quote == (lead.span.of(turn.text) if lead.span else turn.text)
    assert "傲慢" in lead.reason
    assert lead.instead


def test_the_quoted_sentence_carries_the_finding(alone: Coach) -> None:
    """Without the sentence that is quoted the habit is no longer found."""
    report = alone.analyse(read_text(IMPLICIT))
    for finding in report.findings:
        if finding.lead.span is None:
            continue
        rest = report.transcript.turns[finding.turn].text.replace(finding.lead.quote, "")
        again = alone.analyse(read_text(f"客户：你们这个系统我不太会用。\n销售：{rest}\n客户：……"))
        assert finding.code not in {one.code for one in again.findings}


def test_harmless_service_talk_is_left_alone(alone: Coach) -> None:
    report = alone.analyse(
        read_text(
            "客户：我这个月的单子怎么还没到啊。\n"
            "销售：您好，麻烦您报一下客户编码，我这边帮您查一下，请您稍等。\n客户：三零二一。\n"
            "销售：好的，感谢您的等待，系统显示今天上午已经出库了，预计下午会送到您店里的。\n客户：行吧。\n"
            "销售：给您添麻烦了，请问还有其他可以帮您的吗？"
        )
    )
    assert report.findings == ()


def test_the_same_call_gives_the_same_scores(coach: Coach) -> None:
    first, second = (Coach.load().analyse(read_text(IMPLICIT)) for _ in range(2))
    assert first == second


def test_a_stored_model_says_the_same(tmp_path: Path) -> None:
    model = load(FOLDER, Segmenter())
    digest = save(model, tmp_path / MODEL_FILE)
    shutil.copy(FOLDER / CARD_FILE, tmp_path)
    card = json.loads((tmp_path / CARD_FILE).read_text(encoding="utf-8"))
    (tmp_path / CARD_FILE).write_text(json.dumps(card | {"digest": digest}), encoding="utf-8")
    turns = [Said("您听了也记不住。", "不会用。"), Said("好的。")]
    assert numpy.allclose(load(tmp_path, Segmenter()).probabilities(turns), model.probabilities(turns), atol=1e-3)


@pytest.mark.parametrize("damage", ["other bytes", "no model", "no card", "broken card"])
def test_a_model_that_cannot_be_trusted_is_refused_and_the_report_says_so(tmp_path: Path, damage: str) -> None:
    broken = tmp_path / "habits"
    shutil.copytree(FOLDER, broken)
    match damage:
        case "other bytes":
            (broken / MODEL_FILE).write_bytes((broken / MODEL_FILE).read_bytes() + b"x")
        case "no model":
            (broken / MODEL_FILE).unlink()
        case "no card":
            (broken / CARD_FILE).unlink()
        case "broken card":
            (broken / CARD_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"[一-龥]"):
        load(broken, Segmenter())
    report = Coach.load(model=broken).analyse(read_text("销售：您好。\n客户：好。"))
    assert [one.detector for one in report.analysis.skipped] == ["classifier"]


def test_strictness_orders_findings(coach: Coach) -> None:
    found = [
        {
            finding.id
            for finding in replace(coach, policy=Policy(threshold=threshold)).analyse(read_text(IMPLICIT)).findings
        }
        for threshold in (0.8, 0.5, 0.35)
    ]
    assert found[0] <= found[1] <= found[2]


def test_stretching_puts_thresholds_at_one_half() -> None:
    assert stretched(numpy.array([0.0, 0.2, 1.0]), numpy.array([0.2, 0.2, 0.2])).tolist() == [0.0, 0.5, 1.0]


def test_features_survive_storage() -> None:
    turns = [Said("这款卖得好", "好卖吗"), Said("这款卖得慢", "好卖吗")] * 2
    lexical = Lexical.fit(turns, Segmenter())
    restored = Lexical.restore(lexical.arrays(), Segmenter())
    assert abs(lexical.transform(turns) - restored.transform(turns)).max() < 1e-6


def test_nothing_said_has_no_meaning() -> None:
    assert not SentenceEncoder().encode(["", "  "]).any()
    assert SentenceEncoder().encode([]).shape == (0, 512)


def test_many_threads_load_the_encoder_once_and_get_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    class Slow:
        def encode(self, texts: list[str]) -> numpy.ndarray:
            return numpy.array([[float(len(text))] * encoder.WIDTH for text in texts])

    def load(_threads: int) -> Slow:
        time.sleep(0.02)
        loaded.append(1)
        return Slow()

    monkeypatch.setattr(encoder, "_model", lru_cache(maxsize=1)(load))
    monkeypatch.setattr(encoder, "_KEPT", 4)
    shared = encoder.SentenceEncoder()
    texts = ["字" * length for length in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(lambda text: shared.encode([text])[0][0], texts * 10))
    assert vectors == [float(len(text)) for text in texts * 10]
    assert len(loaded) == 1
