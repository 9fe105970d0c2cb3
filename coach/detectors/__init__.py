"""Detectors look at a prepared call and yield evidence; they know nothing of each other."""

from collections.abc import Iterator
from typing import Protocol

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
