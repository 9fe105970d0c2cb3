"""Deletes what is older than it may be kept: recordings after some days, whole calls after some more; for good."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from coach.storage.accounts import Role, Visitor, now
from coach.storage.audit import AuditLog
from coach.storage.library import Library
from coach.storage.options import OptionStore
from coach.storage.states import OPEN_STATES
from coach.storage.tables import Call

_AT_ONCE = 200
_CLOCKWORK = Visitor("", "系统", Role.ADMINISTRATOR, "")


@dataclass(frozen=True)
class Retention:
    """Keeps a library to the days that the options allow, counted from when a call came in."""

    library: Library
    clock: Callable[[], datetime] = now

    def sweep(self) -> tuple[int, int]:
        """Delete what is due; how many recordings and how many calls. Calls in work are left for the next time."""
        options = OptionStore(self.library.database).read()
        audit = AuditLog(self.library.database)
        calls = self._due(options.keep_calls_days)
        for call_id in calls:
            self.library.forget(_CLOCKWORK, call_id)
            audit.note(_CLOCKWORK, "expire", call_id, at=self.clock())
        recordings = self._due(options.keep_recordings_days, with_recording=True)
        for call_id in recordings:
            self.library.forget_recording(_CLOCKWORK, call_id)
            audit.note(_CLOCKWORK, "expire", call_id, at=self.clock())
        return len(recordings), len(calls)

    def _due(self, days: int, *, with_recording: bool = False) -> list[str]:
        if not days:
            return []
        before = self.clock() - timedelta(days=days)
        query = select(Call.id).where(Call.created_at < before, Call.state.not_in(OPEN_STATES))
        if with_recording:
            query = query.where(Call.recording.is_not(None))
        with self.library.database.reading() as session:
            return list(session.scalars(query.order_by(Call.created_at).limit(_AT_ONCE)))
