"""Is a corpus any good: how much of what is in it, what is there twice, what gives the labels away, who agrees.

The shortcut test follows an observation on authored calls: written badly behaved reps speak loosely and well-behaved
ones in facts, so that a model may learn the manner and not the habit. It is told apart by function words and
punctuation alone; the nearer the area under the curve is to one half, the less there is to cheat with.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from coach.agreement import kappa
from coach.habits import HABITS
from coach.text import fold
from coach.training.corpus import HeardTwice, LabelledCall, LabelledTurn
from coach.training.train import plain_authors

_GRAM = 3
_ALIKE = 0.6
_LEAST_SIZE = 8
_FOLDS = 5
_SEED = 3
_FUNCTION = re.compile(
    r"不是|就是|反正|然后|那个|这个|这边|的话|可以|应该|可能|其实|还是|或者|因为|所以|但是|如果|我们|你们|他们|"
    r"[嘛呢吧啊呀哈呗哦嗯哎啦咯哟您你我他她它的了着过得地都也还就才又再很太最更不没别吗和跟与及在把被给从到对为向有是会要能,。.!?;:、…\"\d]"
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a corpus holds: calls, rep turns, harmless ones, turns in recogniser style, and positives a habit."""

    passes: int
    calls: int
    dialogues: int
    turns: int
    harmless: int
    asr: int
    positives: Mapping[str, int]


def contents(calls: Sequence[LabelledCall]) -> Contents:
    """Count a corpus."""
    turns = [turn for call in calls for turn in call.turns]
    return Contents(
        passes=len({call.author for call in calls}),
        calls=len(calls),
        dialogues=sum(1 for call in calls if len(call.transcript.turns) > 4),
        turns=len(turns),
        harmless=sum(1 for turn in turns if not turn.labels),
        asr=sum(len(call.turns) for call in calls if call.style == "asr"),
        positives=Counter(code for turn in turns for code in HABITS if code in turn.labels),
    )


def near_duplicates(calls: Sequence[LabelledCall]) -> Iterator[tuple[LabelledTurn, LabelledTurn, float]]:
    """Pairs of rep turns that share most of their character trigrams, with their Jaccard index.

    Candidates are found by their rarest trigrams, so that the cost stays near linear.
    """
    turns = [turn for call in calls for turn in call.turns if len(turn.said.spoken) >= _LEAST_SIZE]
    grams = [_grams(turn.said.spoken) for turn in turns]
    frequency = Counter(gram for own in grams for gram in own)
    by_gram: dict[str, list[int]] = {}
    for at, own in enumerate(grams):
        rarest = sorted(own, key=lambda gram: (frequency[gram], gram))[: max(1, round(len(own) * (1 - _ALIKE)) + 1)]
        candidates = {other for gram in rarest for other in by_gram.get(gram, ())}
        for other in sorted(candidates):
            likeness = len(own & grams[other]) / len(own | grams[other])
            if likeness >= _ALIKE:
                yield turns[other], turns[at], round(likeness, 2)
        for gram in rarest:
            by_gram.setdefault(gram, []).append(at)


def shortcut_auc(calls: Sequence[LabelledCall]) -> float:
    """How well function words and punctuation alone tell turns with a habit from harmless ones, on unseen passes.

    Area under the ROC curve, 0.5 to 1; incoherent turns and passes of plain talk are left out.
    """
    plain = set(plain_authors(calls))
    kept = [
        (call, turn)
        for call in calls
        if call.author not in plain
        for turn in call.turns
        if "incoherent" not in turn.labels
    ]
    texts = [" ".join(_FUNCTION.findall(fold(turn.said.text))) for _, turn in kept]
    labels = numpy.array([bool(turn.labels) for _, turn in kept])
    authors = [call.author for call, _ in kept]
    unseen = numpy.zeros(len(kept))
    for learnt, left in GroupKFold(min(_FOLDS, len(set(authors)))).split(texts, groups=authors):
        counter = CountVectorizer(tokenizer=str.split, token_pattern=None, binary=True)
        features = counter.fit_transform([texts[at] for at in learnt])
        model = LogisticRegression(max_iter=500, random_state=_SEED).fit(features, labels[learnt])
        unseen[left] = model.decision_function(counter.transform([texts[at] for at in left]))
    return round(float(roc_auc_score(labels, unseen)), 3)


def agreement(calls: Sequence[LabelledCall], heard: Mapping[tuple[str, int], HeardTwice]) -> Mapping[str, float | None]:
    """Cohen's kappa a habit between both labellings as they were before anything was settled; None where neither used the
    habit.
    """
    pairs = [
        (turn.labels if twice.first is None else twice.first, twice.second)
        for call in calls
        for turn in call.turns
        if (twice := heard.get((turn.call_id, turn.index))) is not None
    ]
    kappas: dict[str, float | None] = {}
    for code in HABITS:
        ours, theirs = [code in one for one, _ in pairs], [code in one for _, one in pairs]
        kappas[code] = kappa(ours, theirs)
    return kappas


def _grams(text: str) -> frozenset[str]:
    return frozenset(text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1))
