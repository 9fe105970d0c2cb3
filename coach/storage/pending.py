"""Reviews that wait for somebody: the rep to read one, its reviewer to answer an appeal. Read from the columns alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from coach.review import State
from coach.storage.access import visible
from coach.storage.accounts import Visitor
from coach.storage.database import Database
from coach.storage.tables import Call, StoredReview, User


@dataclass(frozen=True, slots=True)
class Pending:
    """A review that waits; `person` is who wrote it, or whose call it is."""

    call_id: str
    title: str
    person: str
    at: datetime


@dataclass(frozen=True)
class PendingReviews:
    """The reviews in a database that wait for somebody."""

    database: Database

    def to_read(self, visitor: Visitor) -> list[Pending]:
        """Reviews of his own calls that he has not acknowledged, newest first."""
        return self._found(
            visitor,
            User.id == StoredReview.reviewer_id,
            Call.owner_id == visitor.id,
            StoredReview.state.in_((State.SHARED, State.FINAL)),
            StoredReview.acknowledged_at.is_(None),
        )

    def to_answer(self, visitor: Visitor) -> list[Pending]:
        """Reviews of his that the rep has appealed, newest first."""
        return self._found(
            visitor,
            User.id == Call.owner_id,
            StoredReview.reviewer_id == visitor.id,
            StoredReview.state == State.APPEALED,
        )

    def _found(self, visitor: Visitor, person: ColumnElement[bool], *conditions: ColumnElement[bool]) -> list[Pending]:
        columns: tuple[Any, ...] = (Call.id, Call.title, User.name, StoredReview.changed_at)
        query = (
            visible(select(*columns), visitor)
            .select_from(StoredReview)
            .join(Call, Call.id == StoredReview.call_id)
            .join(User, person)
            .where(*conditions)
            .order_by(StoredReview.changed_at.desc())
        )
        with self.database.reading() as session:
            return [Pending(*row) for row in session.execute(query)]
