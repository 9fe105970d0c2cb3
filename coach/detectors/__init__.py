"""Detectors look at a prepared call and yield evidence; they know nothing of each other."""

from collections.abc import Collection, Iterator
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
    """A detector that hears a turn as a whole, and can say of what others saw that it is surely not there."""

    def doubts(self, call: CallView, places: Collection[tuple[int, str]]) -> Collection[tuple[int, str]]:
        """Of these places (the index of a turn and a habit), those where it is sure that the habit is not."""
        ...
