"""Learning and measuring, on a handful of made-up calls."""

import json
from pathlib import Path

import numpy
import pytest

from coach.errors import InputError, ModelError
from coach.habits import HABITS
from coach.pipeline import Coach
from coach.resources import folder
from coach.text import Segmenter
from coach.training.card import put_in_place
from coach.training.corpus import HeardTwice, LabelledCall, read_corpus, read_second, read_splits, split_of
from coach.training.evaluate import Outcome, evaluate, grouped, outcomes
from coach.training.quality import agreement, contents, near_duplicates
from coach.training.train import choose_thresholds, plain_authors, train

RUDE = ["你耳朵聋啊，", "你快点定，别磨蹭，", "你懂什么，", "再不订就停你的货，"]
KIND = ["我帮您查一下，", "好的您稍等，", "感谢您的耐心，", "我明天给您回电话，"]
ENDS = ["这批货的事情。", "今天的单子。", "上个月的那几条。", "店里的情况。", "您家的地址。"]


def write_pass(folder: Path, name: str, *, habits: bool) -> None:
    """Twenty one-turn calls, half of them rude where `habits`."""
    lines = []
    for number, (begin, end) in enumerate((begin, end) for begin in (RUDE if habits else KIND) + KIND for end in ENDS):
        labels = ["rude"] if begin in RUDE else []
        rep = {"speaker": "rep", "text": begin + name + end, "labels": labels}
        if labels:
            rep |= {"severity": 3, "instead": "我给您查一下。"}
        turns = [{"speaker": "customer", "text": "怎么还没到？"}, rep]
        lines.append(
            json.dumps({"id": f"{name}-{number}", "pass": name, "style": "clean", "domain": "卷烟", "turns": turns})
        )
    (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[LabelledCall, ...]:
    folder = tmp_path_factory.mktemp("corpus")
    for name in ("p1", "p2", "p3"):
        write_pass(folder, name, habits=name != "p3")
    return read_corpus([folder])


def test_the_corpus_is_read_with_its_context(calls: tuple[LabelledCall, ...]) -> None:
    first = calls[0].turns[0]
    assert (first.said.before, first.labels, first.severity) == ("怎么还没到？", frozenset({"rude"}), 3)
    assert {call.author for call in calls} == {"p1", "p2", "p3"}


def test_wrong_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '\n{"id": "x", "turns": [{"speaker": "rep", "text": "好", "labels": ["shouting"]}]}', encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"a.jsonl:2: .*shouting"):
        read_corpus([path])
    with pytest.raises(InputError, match="找不到"):
        read_corpus([tmp_path / "b.jsonl"])


def test_splits_are_by_pass(tmp_path: Path) -> None:
    path = tmp_path / "splits.tsv"
    path.write_text("# held out\np02\tdev\np10 test\n", encoding="utf-8")
    splits = read_splits(path)
    assert [split_of(author, splits) for author in ("p01", "p02", "p10")] == ["train", "dev", "test"]
    path.write_text("p02 maybe\n", encoding="utf-8")
    with pytest.raises(InputError, match=":1: p02"):
        read_splits(path)


def test_training_learns_repeatably_and_keeps_what_it_learnt(calls: tuple[LabelledCall, ...], tmp_path: Path) -> None:
    assert plain_authors(calls) == ["p3"]
    first, second = (train(calls, Segmenter()) for _ in range(2))
    assert numpy.array_equal(first.unseen, second.unseen)
    at = list(HABITS).index("rude")
    rude = numpy.array(["rude" in turn.labels for turn in first.turns])
    assert first.unseen[rude, at].min() > first.unseen[~rude, at].max(), "an easy task is learnt"
    card = put_in_place(first, tmp_path / "model", learnt=calls, kept=calls)
    assert card.positives == {"rude": 40}
    coach = Coach.load(model=tmp_path / "model")
    assert coach.skipped == ()
    assert evaluate(outcomes(coach, calls)).macro_f1.value == card.macro_f1 > 0.9
    assert [path.name for path in tmp_path.iterdir()] == ["model"], "no drafts are left behind"


def test_a_worse_model_does_not_replace_a_better_one(calls: tuple[LabelledCall, ...], tmp_path: Path) -> None:
    target = tmp_path / "model"
    good = train(calls, Segmenter())
    digest = put_in_place(good, target, learnt=calls, kept=calls).digest
    untaught = [call for call in calls if call.author == "p3"] + [call for call in calls if not call.turns[0].labels]
    worse = train(untaught, Segmenter())
    with pytest.raises(ModelError, match="没有替换"):
        put_in_place(worse, target, learnt=untaught, kept=calls)
    assert json.loads((target / "card.json").read_text(encoding="utf-8"))["digest"] == digest
    with pytest.raises(ModelError, match="复核过的 120 通"):
        put_in_place(worse, target, learnt=untaught, kept=[], reviewed=calls)
    assert put_in_place(worse, target, learnt=untaught, kept=calls, accept_worse=True).digest != digest


def test_a_refitted_model_keeps_the_figures_of_the_one_that_was_measured(
    calls: tuple[LabelledCall, ...], tmp_path: Path
) -> None:
    learnt = [call for call in calls if call.author != "p2"]
    kept = [call for call in calls if call.author == "p2"]
    measured, everything = train(learnt, Segmenter()), train(calls, Segmenter())
    card = put_in_place(measured, tmp_path / "model", learnt=learnt, kept=kept, refit=everything)
    again = put_in_place(measured, tmp_path / "other", learnt=learnt, kept=kept)
    assert (card.refitted, card.turns) == (True, len(everything.turns))
    assert card.figures == again.figures
    assert Coach.load(model=tmp_path / "model").skipped == ()
    assert put_in_place(measured, tmp_path / "model", learnt=learnt, kept=kept).refitted is False, "no worse than told"


def test_thresholds_keep_to_the_alarms_allowed_and_hold_back_only_what_raises_them() -> None:
    random = numpy.random.default_rng(1)
    labels = numpy.zeros((2_000, 2), dtype=bool)
    labels[:200, 0] = labels[200:400, 1] = True
    probabilities = numpy.clip(random.normal([0.5, 0.2], 0.1, labels.shape) + 0.4 * labels, 0.01, 0.99)
    plain = numpy.arange(2_000) >= 1_000
    noisy, quiet = choose_thresholds(probabilities, labels, plain, alarms=1.0)
    assert 100 * (probabilities[plain] >= [noisy, quiet]).any(axis=1).mean() <= 1.0
    assert noisy > quiet == 0.6
    assert (probabilities[:200, 0] >= noisy).mean() > 0.5


def outcome(call: LabelledCall, heard: list[str], found: list[str]) -> Outcome:
    def row(codes: list[str]) -> numpy.ndarray:
        return numpy.array([[code in codes for code in HABITS]])

    return Outcome(call, row(heard), row(found), row(found))


def test_figures_are_counted_as_documented(calls: tuple[LabelledCall, ...]) -> None:
    laid = [
        outcome(calls[0], ["rude"], ["rude"]),
        outcome(calls[1], ["rude", "boasting"], ["rude"]),
        outcome(calls[2], [], ["rude"]),
        outcome(calls[3], [], []),
    ]
    figures = evaluate(laid)
    rude = next(one for one in figures.codes if one.code == "rude")
    assert (rude.positives, rude.found, rude.alarms, rude.precision, rude.recall) == (2, 2, 1, 0.6667, 1.0)
    assert figures.macro_f1.value == pytest.approx((0.8 + 0.0) / 2)
    assert figures.alarms_per_100.value == 50
    assert figures.severe_precision == pytest.approx(2 / 3, abs=1e-3)
    assert figures.macro_f1.low <= figures.macro_f1.value <= figures.macro_f1.high
    assert set(grouped(laid, "style")) == {"clean"}


def test_duplicates_are_found_and_neighbours_are_not(calls: tuple[LabelledCall, ...], tmp_path: Path) -> None:
    write_pass(tmp_path, "p9", habits=True)
    (tmp_path / "p9b.jsonl").write_text((tmp_path / "p9.jsonl").read_text(encoding="utf-8"), encoding="utf-8")
    twice = list(near_duplicates(read_corpus([tmp_path])))
    assert len({(one.said.text, other.said.text) for one, other, _ in twice if one.said == other.said}) == 40
    assert all(likeness >= 0.6 for _, _, likeness in twice)


def test_agreement_is_cohens_kappa(calls: tuple[LabelledCall, ...]) -> None:
    same = {(turn.call_id, turn.index): HeardTwice(turn.labels) for call in calls for turn in call.turns}
    assert agreement(calls, same)["rude"] == 1.0
    assert agreement(calls, same)["boasting"] is None
    deaf = dict.fromkeys(same, HeardTwice(frozenset()))
    assert agreement(calls, deaf)["rude"] == 0.0
    settled = {place: HeardTwice(frozenset({"boasting"}), first=one.second) for place, one in same.items()}
    assert agreement(calls, settled)["rude"] == 0.0, "what was settled afterwards does not make the ears agree"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("c1\t1", "每行应为"),
        ("c1\t1\trude\t-\t-", "每行应为"),
        ("c1\tx\trude", "每行应为"),
        ("c1\t1\trood", "不认识的习惯代码 rood"),
    ],
)
def test_a_second_labelling_written_wrong_is_refused(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "second.tsv"
    path.write_text(f"# heard\nc0\t1\t-\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"second\.tsv:3: .*{told}"):
        read_second(path)


def test_the_shipped_corpus_is_what_its_notes_say() -> None:
    """Every pass labelled, with suggestions, nothing twice."""
    shipped = read_corpus([folder("samples") / "labelled"])
    held = contents(shipped)
    assert set(held.positives) == set(HABITS)
    assert held.turns >= 12_000
    assert held.passes >= 60
    assert held.dialogues >= 500
    assert held.harmless >= 6_000
    assert held.asr >= 0.35 * held.turns
    assert min(held.positives.values()) >= 300
    second = read_second(folder("samples") / "labelled" / "second.tsv")
    known = {(turn.call_id, turn.index) for call in shipped for turn in call.turns}
    assert second.keys() <= known
    assert len(second) >= 0.9 * held.turns
    assert all(turn.instead for call in shipped for turn in call.turns if turn.labels)
    assert list(near_duplicates(shipped)) == []
