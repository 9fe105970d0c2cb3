"""Detectors look at a prepared call and yield evidence; they know nothing of each other."""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol, runtime_checkable

from coach.detectors.view import CallView
from coach.findings import Evidence


class Detector(Protocol):
    """What sees signs of habits or strengths. `digest` names everything its judgement depends on."""

    @property
    def id(self) -> str: ...

    @property
    def digest(self) -> str: ...

    def detect(self, call: CallView) -> Iterator[Evidence]:
        """Evidence for rep turns only, in any order; the same call always yields the same evidence."""
        ...


@runtime_checkable
class Doubter(Protocol):
    """A detector that hears a turn as a whole, and can say of what others saw how likely it is there."""

    def likelihoods(self, call: CallView, places: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], float]:
        """How likely the habit is in each of these places (the index of a turn and a habit), 0 to 1; places that it cannot
        judge are left out.
        """
        ...
