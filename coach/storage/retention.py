"""Deletes what is older than it may be kept: recordings after some days, whole calls after some more; for good."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from coach.storage.accounts import now
from coach.storage.audit import AuditLog
from coach.storage.database import Database
from coach.storage.library import Library
from coach.storage.options import OptionStore
from coach.storage.states import OPEN_STATES
from coach.storage.tables import Call

_AT_ONCE = 200


@dataclass(frozen=True)
class Retention:
    """Keeps the library to the days that the options allow, counted from when a call came in."""

    database: Database
    library: Library
    clock: Callable[[], datetime] = now

    def sweep(self) -> tuple[int, int]:
        """Delete what is due; how many recordings and how many calls. Calls in work are left for the next time."""
        options = OptionStore(self.database).read()
        calls = self._due(options.keep_calls_days, recordings_only=False)
        for call_id in calls:
            self.library.delete(call_id)
            AuditLog(self.database).note_by_system("expire-call", call_id, at=self.clock())
        recordings = self._due(options.keep_recordings_days, recordings_only=True)
        for call_id in recordings:
            self._forget_recording(call_id)
        return len(recordings), len(calls)

    def _due(self, days: int, *, recordings_only: bool) -> list[str]:
        if not days:
            return []
        query = select(Call.id).where(
            Call.created_at < self.clock() - timedelta(days=days), Call.state.not_in(OPEN_STATES)
        )
        if recordings_only:
            query = query.where(Call.recording.is_not(None))
        with self.database.read() as session:
            return list(session.scalars(query.order_by(Call.created_at).limit(_AT_ONCE)))

    def _forget_recording(self, call_id: str) -> None:
        with self.database.begin() as session:
            name = session.scalar(select(Call.recording).where(Call.id == call_id))
            session.execute(update(Call).where(Call.id == call_id).values(recording=None, sound=None))
        self.library.forget_sound(call_id, name)
        AuditLog(self.database).note_by_system("expire-recording", call_id, at=self.clock())
