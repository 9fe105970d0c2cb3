"""What the workers do with calls: which are to be worked on, how far they are, what came of them. Workers see every call.

A call is worked on in runs: every retry begins a new one. What belongs to a run that was cancelled, retried or whose call
was deleted changes nothing any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from coach.imports import saved
from coach.report import Report
from coach.storage.accounts import now
from coach.storage.database import Database
from coach.storage.options import OptionStore
from coach.storage.reports import keep_report
from coach.storage.states import OPEN_STATES, State
from coach.storage.tables import Call, Worker
from coach.storage.webhooks import tell
from coach.transcript import Transcript

ALIVE_FOR = timedelta(seconds=60)
"""A worker that was not seen for this long is taken for dead, and others take over its calls."""


@dataclass(frozen=True, slots=True)
class Run:
    """One processing of one call."""

    call_id: str
    number: int

    @property
    def id(self) -> str:
        """Its name among the durable jobs."""
        return f"{self.call_id}-{self.number}"

    @classmethod
    def of_id(cls, id: str) -> "Run":
        """The run that a name belongs to."""
        call_id, _, number = id.rpartition("-")
        return cls(call_id, int(number))


@dataclass(frozen=True)
class WorkList:
    """The calls in a database as the workers see them."""

    database: Database
    clock: Callable[[], datetime] = now

    def not_queued(self, most: int = 100) -> list[Run]:
        """Runs that no worker has queued yet, oldest first."""
        query = (
            select(Call.id, Call.run)
            .where(Call.state == State.WAITING, Call.queued_at.is_(None))
            .order_by(Call.created_at)
            .limit(most)
        )
        with self.database.reading() as session:
            return [Run(*row) for row in session.execute(query)]

    def queued(self, run: Run) -> None:
        """Note that a run is queued."""
        self._update(run, queued_at=self.clock())

    def begin(self, run: Run, step: str) -> Call | None:
        """The call, marked as being worked on in a step; None if the run is over: cancelled, finished, deleted, retried."""
        with self.database.begin() as session:
            query = _update(run).values(state=State.WORKING, step=step, progress=0.0)
            if not session.execute(query).rowcount:  # type: ignore[attr-defined]
                return None
            return session.get(Call, run.call_id)

    def progressed(self, run: Run, done: float) -> bool:
        """Note how much of the step is done, 0 to 1; False if the run is over."""
        return self._update(run, progress=min(max(done, 0.0), 1.0))

    def heard(self, run: Run, transcript: Transcript) -> bool:
        """Keep what was heard; False if the run is over."""
        text = saved.dump(OptionStore(self.database).masked(transcript))
        return self._update(run, heard=text, transcript=text, duration_s=transcript.duration_s)

    def judged(self, run: Run, report: Report, *, sound: str | None = None) -> bool:
        """Keep what was found, and what a player needs to know of the recording (JSON); the call is done.

        False if the run is over.
        """
        with self.database.begin() as session:
            if not session.execute(_update(run).values(sound=sound)).rowcount:  # type: ignore[attr-defined]
                return False
            call = session.get_one(Call, run.call_id)
            keep_report(session, call, report, at=self.clock())
            facts = {"call_id": call.id, "owner_id": call.owner_id, "score": call.score, "severity": call.severity}
            tell(session, "call.done", facts, at=self.clock())
        return True

    def failed(self, run: Run, problem: str) -> None:
        """Say why a call could not be processed."""
        with self.database.begin() as session:
            changed = session.execute(_update(run).values(state=State.FAILED, problem=problem))
            if changed.rowcount:  # type: ignore[attr-defined]
                tell(session, "call.failed", {"call_id": run.call_id}, at=self.clock())

    def in_work(self, most: int = 500) -> list[Run]:
        """Runs that are queued or worked on, oldest first."""
        query = (
            select(Call.id, Call.run)
            .where(Call.state.in_(OPEN_STATES), Call.queued_at.is_not(None))
            .order_by(Call.created_at)
            .limit(most)
        )
        with self.database.reading() as session:
            return [Run(*row) for row in session.execute(query)]

    def not_known(self, run: Run) -> None:
        """A run that no job is known of waits to be queued again."""
        self._update(run, state=State.WAITING, queued_at=None)

    def exists(self, call_id: str) -> bool:
        """Whether this call is still in the library."""
        with self.database.reading() as session:
            return session.scalar(select(Call.id).where(Call.id == call_id)) is not None

    def seen(self, worker_id: str) -> None:
        """A worker is alive."""
        with self.database.begin() as session:
            worker = session.get(Worker, worker_id)
            if worker is None:
                session.add(Worker(id=worker_id, seen_at=self.clock()))
            else:
                worker.seen_at = self.clock()

    def gone(self, worker_id: str) -> None:
        """A worker has stopped in good order."""
        with self.database.begin() as session:
            worker = session.get(Worker, worker_id)
            if worker is not None:
                session.delete(worker)

    def alive(self) -> list[str]:
        """The workers that were seen lately."""
        with self.database.reading() as session:
            return list(session.scalars(select(Worker.id).where(Worker.seen_at > self.clock() - ALIVE_FOR)))

    def _update(self, run: Run, **values: Any) -> bool:
        with self.database.begin() as session:
            return bool(session.execute(_update(run).values(**values)).rowcount)  # type: ignore[attr-defined]


def _update(run: Run) -> Any:
    return update(Call).where(Call.id == run.call_id, Call.run == run.number, Call.state.in_(OPEN_STATES))
