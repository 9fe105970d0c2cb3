"""What of the stored calls counts for trends: by call, whose it is, when it was made, and how often each habit was found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from coach.storage.access import person, visible
from coach.storage.accounts import Visitor, now
from coach.storage.database import Database
from coach.storage.listing import Wanted, conditions_of
from coach.storage.tables import Call, FoundHabit, User
from coach.trends import CountedCall


@dataclass(frozen=True)
class Trends:
    """The counts in a database."""

    database: Database
    clock: Callable[[], datetime] = now

    def today(self) -> date:
        """The day by this machine's clock."""
        return self.clock().astimezone().date()

    def counted(self, visitor: Visitor, since: date, *, owner_id: str = "") -> list[CountedCall]:
        """The judged calls that are for this visitor, of one person or of all, from a day on, oldest first."""
        conditions = (
            *conditions_of(Wanted(owner_id=owner_id, since=since), sqlite=self.database.is_sqlite),
            Call.judged_turns > 0,
        )
        columns: tuple[Any, ...] = (Call.id, Call.owner_id, Call.made_at, Call.judged_turns, Call.judged_with)
        calls: Select[Any] = visible(select(*columns), visitor).where(*conditions).order_by(Call.made_at, Call.id)
        counts: tuple[Any, ...] = (FoundHabit.call_id, FoundHabit.code, FoundHabit.count)
        habits = visible(select(*counts).join(Call, Call.id == FoundHabit.call_id), visitor).where(*conditions)
        found: dict[str, dict[str, int]] = {}
        with self.database.reading() as session:
            rows = session.execute(calls).all()
            for call_id, code, count in session.execute(habits):
                found.setdefault(call_id, {})[code] = count
        return [
            CountedCall(owner_id, made_at.astimezone().date(), turns, found.get(call_id, {}), judged_with)
            for call_id, owner_id, made_at, turns, judged_with in rows
        ]

    def person(self, visitor: Visitor, person_id: str) -> User:
        """Somebody whose calls this visitor may see, himself included. Raises NotFoundError."""
        with self.database.reading() as session:
            return person(session, visitor, person_id)
