"""How practice judges what the rep says: as a call is judged, but who states a fact of the scenario is believed.

A scenario's author vouches for its facts. The classifier hears a tone and gives no reason; alone, it is not believed

- against words that state facts and nothing else, clause by clause;
- that facts told in other words promise too much: what the scenario vouches for can be kept and checked.

Such evidence is exempted, as a guard exempts a rule's: it makes no finding, and the exemption can be shown. Rules judge as
ever, so that a fact with an empty promise or an insult beside it is still found.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from coach.detectors import Detector, Doubter
from coach.detectors.classifier import ClassifierDetector
from coach.detectors.view import CallView
from coach.findings import Evidence, Exemption
from coach.pipeline import Coach
from coach.practice.facts import Facts
from coach.practice.recogniser import load_recogniser
from coach.report import Report
from coach.text import Segmenter
from coach.transcript import Transcript

GUARD = "stated_fact"
_PROMISED = "overpromising"
_KEPT = 256


def facts_of(coach: Coach, stated: tuple[str, ...]) -> Facts:
    """The facts of a scenario, read once."""
    trade = frozenset(entry.word for entry in coach.book.dictionary if entry.tag.startswith("n"))
    return _facts(stated, coach.segmenter, trade)


def judge(coach: Coach, facts: Facts, transcript: Transcript) -> Report:
    """The report of a practice talk. Raises EmptyCallError if nobody says anything."""
    detectors = [
        _Believing(detector, facts) if detector.id == ClassifierDetector.id else detector
        for detector in coach.detectors
    ]
    return replace(coach, detectors=detectors).analyse(transcript)


@dataclass(frozen=True)
class _Believing:
    """A detector whose evidence does not count against words that state facts and nothing else."""

    detector: Detector
    facts: Facts

    @property
    def id(self) -> str:
        return self.detector.id

    @property
    def digest(self) -> str:
        return self.detector.digest

    def detect(self, call: CallView) -> Iterator[Evidence]:
        for one in self.detector.detect(call):
            if self._believes(one):
                reason = f"说了「{one.quote}」，但这是情景里给的事实"
                yield replace(one, exemption=Exemption(GUARD, reason))
            else:
                yield one

    def likelihoods(self, call: CallView, places: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], float]:
        return self.detector.likelihoods(call, places) if isinstance(self.detector, Doubter) else {}

    def _believes(self, one: Evidence) -> bool:
        """Whether the rep is believed, and not the classifier."""
        return self.facts.cover(one.quote) or (one.code == _PROMISED and self.facts.are_all_of(one.quote))


@lru_cache(maxsize=_KEPT)
def _facts(stated: tuple[str, ...], segmenter: Segmenter, trade: frozenset[str]) -> Facts:
    return Facts(stated, segmenter, load_recogniser().encoder, trade)
