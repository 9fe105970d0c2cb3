"""A model's card: what it learnt from, how good it is, where its thresholds are, and the digest it is known by."""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy

from coach.classify.model import CARD_FILE, MODEL_FILE, save
from coach.errors import ModelError
from coach.pipeline import Coach
from coach.training.corpus import LabelledCall
from coach.training.evaluate import Evaluation, evaluate, outcomes
from coach.training.reviewed import mistakes
from coach.training.train import CODES, Training

RULES, CLASSIFIER, BOTH = "rules", "classifier", "both"


@dataclass(frozen=True)
class Card:
    """The card as it is stored; `figures` holds an evaluation on the held-out calls for rules, classifier and both.

    `refitted`: after the figures were taken, the same recipe learnt from the held-out calls too, so that what is
    shipped wastes nothing. The held-out calls then say nothing about it; the figures are of the model before.
    """

    digest: str
    passes: tuple[str, ...]
    held_out: tuple[str, ...]
    turns: int
    positives: dict[str, int]
    thresholds: dict[str, float]
    cross_fitted: dict[str, float]
    figures: dict[str, Any]
    refitted: bool = False

    @property
    def macro_f1(self) -> float:
        """Of both together on the held-out calls; of the classifier on cross-fitted turns where none are held out."""
        held = self.figures.get(BOTH)
        return float(held["macro_f1"]["value"]) if held else self.cross_fitted["macro_f1"]

    @property
    def alarms_per_100(self) -> float:
        """False alarms on 100 harmless turns, likewise."""
        held = self.figures.get(BOTH)
        return float(held["alarms_per_100"]["value"]) if held else self.cross_fitted["alarms_per_100"]


def put_in_place(
    trained: Training,
    target: Path,
    *,
    learnt: Sequence[LabelledCall],
    kept: Sequence[LabelledCall],
    reviewed: Sequence[LabelledCall] = (),
    accept_worse: bool = False,
    refit: Training | None = None,
) -> Card:
    """Evaluate a trained model on calls kept apart and write it with its card, whole or not at all.

    `refit`, trained on the kept calls too, is what is written in its place, with the higher of both thresholds.

    Raises ModelError if a model stands there already and is better on the same calls, or makes fewer mistakes on calls that
    supervisors `reviewed` and neither has learnt, unless `accept_worse`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        digest = save(trained.model, draft / MODEL_FILE)
        card = Card(
            digest=digest,
            passes=_authors(learnt),
            held_out=_authors(kept),
            turns=len(trained.turns),
            positives=_positives(trained),
            thresholds=_by_code(trained.model.thresholds),
            cross_fitted=_cross_fitted(trained),
            figures={},
        )
        _write(card, draft)
        if kept:
            card = _with_figures(card, draft, kept)
            _write(card, draft)
            if not accept_worse:
                _refuse_if_worse(card, target, kept)
        if reviewed and not accept_worse:
            _refuse_if_it_loses(draft, target, reviewed)
        if refit is not None:
            careful = numpy.maximum(trained.model.thresholds, refit.model.thresholds)
            digest = save(replace(refit.model, thresholds=careful), draft / MODEL_FILE)
            card = replace(
                card,
                digest=digest,
                turns=len(refit.turns),
                positives=_positives(refit),
                thresholds=_by_code(careful),
                refitted=True,
            )
            _write(card, draft)
        if target.is_dir():
            shutil.rmtree(target)
        draft.replace(target)
        target.chmod(0o755)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return card


def ablation(coach: Coach, calls: Sequence[LabelledCall]) -> dict[str, Evaluation]:
    """The same calls with the rules alone, the classifier alone, and both."""
    return {
        RULES: evaluate(outcomes(coach.limited_to(lambda detector: detector.id != CLASSIFIER), calls)),
        CLASSIFIER: evaluate(outcomes(coach.limited_to(lambda detector: detector.id == CLASSIFIER), calls)),
        BOTH: evaluate(outcomes(coach, calls)),
    }


def _with_figures(card: Card, draft: Path, kept: Sequence[LabelledCall]) -> Card:
    figures = {name: asdict(one) for name, one in ablation(Coach.load(model=draft), kept).items()}
    return replace(card, figures=figures)


def _refuse_if_worse(card: Card, target: Path, kept: Sequence[LabelledCall]) -> None:
    before = _standing_f1(target, kept)
    if before is None:
        return  # nothing there that works
    if card.macro_f1 < before:
        raise ModelError(
            f"新模型在保留的对话上宏平均 F1 是 {card.macro_f1:.3f}，现有模型是 {before:.3f}，没有替换。"
            "确实要换请加 --accept-worse。"
        )


def _refuse_if_it_loses(draft: Path, target: Path, reviewed: Sequence[LabelledCall]) -> None:
    standing = Coach.load(model=target)
    if standing.skipped:
        return
    before, after = (_mistakes(coach, reviewed) for coach in (standing, Coach.load(model=draft)))
    if after > before:
        raise ModelError(
            f"在主管复核过的 {len(reviewed)} 通对话上，现有模型错 {before} 处，新模型错 {after} 处，没有替换。"
            "确实要换请加 --accept-worse。"
        )


def _mistakes(coach: Coach, reviewed: Sequence[LabelledCall]) -> int:
    return sum(
        one.total for call in reviewed for one in mistakes(call, coach.analyse(call.transcript).findings).values()
    )


def _standing_f1(target: Path, kept: Sequence[LabelledCall]) -> float | None:
    """The standing model's macro F1 on the kept calls: as its card tells where it was measured on the same passes and
    has learnt them since, else measured now. None without a model that works.
    """
    standing = Coach.load(model=target)
    if standing.skipped:
        return None
    told = json.loads((target / CARD_FILE).read_text(encoding="utf-8"))
    if told.get("refitted") and tuple(told["held_out"]) == _authors(kept):
        return float(told["figures"][BOTH]["macro_f1"]["value"])
    return evaluate(outcomes(standing, kept)).macro_f1.value


def _by_code(thresholds: Any) -> dict[str, float]:
    return dict(zip(CODES, (round(float(one), 4) for one in thresholds), strict=True))


def _positives(trained: Training) -> dict[str, int]:
    return dict(Counter(code for turn in trained.turns for code in CODES if code in turn.labels))


def _cross_fitted(trained: Training) -> dict[str, float]:
    """The classifier alone on training turns, each scored by parts that never saw its pass."""
    labels = numpy.array([[code in turn.labels for code in CODES] for turn in trained.turns])
    found = trained.unseen >= trained.model.thresholds
    f1 = [
        2 * int((found[:, at] & labels[:, at]).sum()) / int(found[:, at].sum() + labels[:, at].sum())
        for at in range(len(CODES))
        if labels[:, at].any()
    ]
    harmless = trained.plain & ~labels.any(axis=1)
    alarms = 100 * float(found[harmless].any(axis=1).mean()) if harmless.any() else 0.0
    return {"macro_f1": round(sum(f1) / max(1, len(f1)), 4), "alarms_per_100": round(alarms, 4)}


def _authors(calls: Sequence[LabelledCall]) -> tuple[str, ...]:
    return tuple(sorted({call.author for call in calls}))


def _write(card: Card, folder: Path) -> None:
    text = json.dumps(asdict(card), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")
