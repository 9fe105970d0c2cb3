"""The classifier detector: habits that no keyword gives away, with the sentence and the words that weighed most."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from statistics import median_high

import numpy

from coach.classify.advice import Suggestion, Suggestions
from coach.classify.model import Model
from coach.classify.said import Said
from coach.detectors.view import CallView, TurnView
from coach.findings import GRAVEST, Evidence
from coach.habits import name_of
from coach.rulefiles import RuleBook
from coach.transcript import Span

_LEAST_TOLD = 0.25
"""Scores below this are not worth telling gather() about."""

_TOLD = 0.5
_SURE = 0.8
"""A score below this is not enough to call a habit grave."""

_MEASURED = frozenset({"other.monologue"})
"""Habits that are found by counting, whatever the words."""

_NEIGHBOURS = 5
_SHORTEST_SENTENCE = 4
_MOST_WORDS = 3
_LONGEST_SEARCHED = 120
_MARKS = str.maketrans("", "", "【】")


class ClassifierDetector:
    """A trained model as a detector. Reasons and suggestions come from the rule book's guides and examples."""

    id = "classifier"

    def __init__(self, model: Model, book: RuleBook) -> None:
        self.digest = model.digest
        self._model = model
        self._guides = book.guides
        self._suggestions = _suggestions(book, model)

    def detect(self, call: CallView) -> Iterator[Evidence]:
        views = [view for view in call.rep_turns if view.size]
        turns = [_said(view) for view in views]
        scores = self._model.scores(turns)
        for at, column in zip(*numpy.nonzero(scores >= _LEAST_TOLD), strict=True):
            yield self._evidence(views[at], turns[at], column=int(column), score=float(scores[at, column]))

    def likelihoods(self, call: CallView, places: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], float]:
        """Calibrated probabilities. What is measured, not heard, is not judged."""
        views = {view.turn.index: view for view in call.rep_turns if view.size}
        columns = {code: column for column, code in enumerate(self._model.codes) if code not in _MEASURED}
        asked = [(turn, code) for turn, code in places if turn in views and code in columns]
        turns = sorted({turn for turn, _ in asked})
        likely = dict(zip(turns, self._model.probabilities([_said(views[turn]) for turn in turns]), strict=True))
        return {(turn, code): float(likely[turn][columns[code]]) for turn, code in asked}

    def _evidence(self, view: TurnView, turn: Said, *, column: int, score: float) -> Evidence:
        code = self._model.codes[column]
        told = score >= _TOLD
        span = self._carrier(view, turn, column=column) if told else None
        quote = view.quote(span)
        vector = self._model.encoder.encode([quote])[0]
        neighbours = self._model.exemplars.nearest(vector, code, most=_NEIGHBOURS)
        return Evidence(
            code=code,
            turn=view.turn.index,
            span=span,
            quote=quote,
            detector=self.id,
            score=round(score, 4),
            severity=_severity(score, [one.severity for one, _ in neighbours]),
            reason=self._reason(code, quote, column=column) if told else self._guides[code].why,
            instead=self._suggestions[code].nearest(vector, labelled=neighbours)
            or self._guides[code].instead_at(view.turn.index),
        )

    def _carrier(self, view: TurnView, turn: Said, *, column: int) -> Span | None:
        """The sentence that speaks most for the habit, if without it the score falls below the threshold."""
        sentences = [one for one in view.sentences if len(one) >= _SHORTEST_SENTENCE]
        if len(sentences) < 2:
            return None
        speaking = self._model.word_scores([Said(one.of(turn.text), turn.before) for one in sentences])[:, column]
        loudest = sentences[int(numpy.argmax(speaking))]
        rest = Said(turn.text[: loudest.start] + turn.text[loudest.end :], turn.before)
        return _trimmed(view, loudest) if self._model.scores([rest])[0, column] < _TOLD else None

    def _reason(self, code: str, quote: str, *, column: int) -> str:
        """Which words weigh most, and why the habit hurts."""
        words = self._model.weightiest(quote[:_LONGEST_SEARCHED], column=column, most=_MOST_WORDS)
        named = f"（最明显的是{'、'.join(f'「{word}」' for word in words)}）" if words else ""
        return f"这句话整体听起来是「{name_of(code)}」{named}。{self._guides[code].why}"


def _suggestions(book: RuleBook, model: Model) -> Mapping[str, Suggestions]:
    cases: dict[str, list[Suggestion]] = defaultdict(list)
    for rule in book.rules:
        for hit in rule.hits if rule.instead else ():
            text = hit.text.split("→")[-1].strip().translate(_MARKS)
            cases[rule.code].append(Suggestion(text, rule.instead))
    return {code: Suggestions(cases[code], model.encoder) for code in model.codes}


def _severity(score: float, neighbours: Sequence[int]) -> int:
    """As grave as what is most alike, but grave only where it is surely there."""
    severity = median_high(neighbours) if neighbours else 2
    return severity if score >= _SURE else min(severity, GRAVEST - 1)


def _said(view: TurnView) -> Said:
    return Said(view.turn.text, view.answered.turn.text if view.answered is not None else "")


def _trimmed(view: TurnView, span: Span) -> Span:
    """A span without blanks and marks at its ends."""
    start, end = span.start, span.end
    text = view.turn.text
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return Span(start, end)
