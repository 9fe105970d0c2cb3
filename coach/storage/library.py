"""The library of calls: who may see which, what was heard and found in them, and how far their processing is.

Every reading and changing method takes the visitor; a call that is not for him does not exist for him.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import IO, Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coach.errors import InputError, NotFoundError
from coach.imports import saved
from coach.privacy import masked
from coach.report import Report
from coach.storage.accounts import Role, Visitor, now
from coach.storage.database import Database
from coach.storage.recordings import Recordings
from coach.storage.tables import Call, FoundHabit, User
from coach.transcript import Transcript

PAGE = 50
_LONGEST_TITLE = 200
_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


class State(StrEnum):
    """How far a call is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATE_NAMES = {
    State.WAITING: "排队中",
    State.WORKING: "转写中",
    State.DONE: "已完成",
    State.FAILED: "没成功",
    State.CANCELLED: "已取消",
}
OPEN_STATES = (State.WAITING, State.WORKING)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a call before it is heard: whose it is, its title, the customer, when it was made."""

    owner_id: str
    title: str
    customer: str = ""
    source: str = "upload"
    made_at: datetime | None = None
    once: str | None = None
    """The same value from the same visitor never makes a second call."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls to list. Days are whole days by this machine's clock; `words` must be said in the call or stand in its title."""

    owner_id: str = ""
    code: str = ""
    least_severity: int = 0
    state: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A call in a list: what the table shows, without what was said."""

    id: str
    title: str
    customer: str
    owner: str
    made_at: datetime
    state: State
    progress: float
    problem: str
    score: int | None
    has_recording: bool
    habits: dict[str, int] = field(default_factory=dict)
    """Code to the gravest severity."""


@dataclass(frozen=True)
class Library:
    """The calls in a database, with their recordings in a folder."""

    database: Database
    recordings: Recordings
    clock: Callable[[], datetime] = now

    def add_recording(self, visitor: Visitor, about: About, content: IO[bytes], suffix: str) -> str:
        """Keep a recording and make its call, which waits to be heard; the call's id.

        Raises NotFoundError where the owner is not his to give calls to, StorageError where there is no room.
        """
        with self.recordings.kept(content, suffix) as name:
            return self._added(visitor, about, recording=name, transcript=None)

    def add_transcript(self, visitor: Visitor, about: About, transcript: Transcript) -> str:
        """Make the call of something typed or imported, which waits to be judged; the call's id."""
        return self._added(visitor, about, recording=None, transcript=masked(transcript))

    def find(self, visitor: Visitor, call_id: str) -> Call:
        """A call. Raises NotFoundError."""
        with self.database.begin() as session:
            return _found(session, visitor, call_id)

    def report(self, visitor: Visitor, call_id: str) -> Report:
        """What was found in a call. Raises NotFoundError, also where it is not judged yet."""
        call = self.find(visitor, call_id)
        if call.report is None:
            raise NotFoundError("这通对话还没有报告。")
        return read_report(call.report)

    def listing(self, visitor: Visitor, wanted: Wanted, page: int = 1) -> tuple[list[Listed], int]:
        """One page of the visitor's calls, newest first, and how many there are in all."""
        ids = _wanted(_visible(select(Call.id), visitor), wanted)
        with self.database.begin() as session:
            total = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
            query = (
                select(*_LISTED, User.name)
                .join(User, User.id == Call.owner_id)
                .where(Call.id.in_(ids))
                .order_by(Call.made_at.desc(), Call.id)
                .limit(PAGE)
                .offset(PAGE * (max(page, 1) - 1))
            )
            rows = session.execute(query).all()
            habits: dict[str, dict[str, int]] = {row.id: {} for row in rows}
            for found in session.scalars(select(FoundHabit).where(FoundHabit.call_id.in_(habits))):
                habits[found.call_id][found.code] = found.severity
        listed = [
            Listed(
                row.id,
                row.title,
                row.customer,
                row.name,
                row.made_at,
                State(row.state),
                row.progress,
                row.problem,
                row.score,
                row.recording is not None,
                habits[row.id],
            )
            for row in rows
        ]
        return listed, total

    def replace_transcript(self, visitor: Visitor, call_id: str, version: int, transcript: Transcript) -> None:
        """Put a corrected transcript in place; it waits to be judged anew.

        Raises InputError if somebody else has changed it since `version`.
        """
        with self.database.begin() as session:
            call = _found(session, visitor, call_id)
            changed = session.execute(
                update(Call)
                .where(Call.id == call.id, Call.version == version, Call.state == State.DONE)
                .values(transcript=saved.dump(masked(transcript)), version=version + 1, state=State.WAITING)
            )
            if not changed.rowcount:  # type: ignore[attr-defined]
                raise InputError("这通对话刚被别人改过，或正在处理。请刷新后再改，您的改动没有存下。")

    def retry(self, visitor: Visitor, call_id: str) -> None:
        """A call that failed or was cancelled waits again. Raises NotFoundError, InputError."""
        self._move(visitor, call_id, (State.FAILED, State.CANCELLED), State.WAITING)

    def cancel(self, visitor: Visitor, call_id: str) -> None:
        """A call that waits or is being heard is left. Raises NotFoundError, InputError."""
        self._move(visitor, call_id, OPEN_STATES, State.CANCELLED)

    def forget(self, visitor: Visitor, call_id: str) -> None:
        """Delete a call, and its recording if no other call is made of it. Raises NotFoundError."""
        with self.database.begin() as session:
            call = _found(session, visitor, call_id)
            name = call.recording
            session.delete(call)
            session.flush()
            others = session.scalar(select(func.count()).where(Call.recording == name)) if name else 0
        if name and not others:
            self.recordings.forget(name)

    # What the worker does: it sees every call.

    def waiting(self) -> list[str]:
        """The ids of all calls that are not finished, oldest first."""
        with self.database.begin() as session:
            query = select(Call.id).where(Call.state.in_(OPEN_STATES)).order_by(Call.created_at)
            return list(session.scalars(query))

    def to_work_on(self, call_id: str) -> Call | None:
        """A call to be processed, marked as being worked on; None if it is gone, cancelled or finished."""
        with self.database.begin() as session:
            call = session.get(Call, call_id)
            if call is None or call.state not in OPEN_STATES:
                return None
            call.state = State.WORKING
            return call

    def progressed(self, call_id: str, done: float) -> bool:
        """Note how much is done, 0 to 1; False if the call was cancelled or deleted meanwhile."""
        return self._worked_on(call_id, progress=done)

    def heard(self, call_id: str, transcript: Transcript) -> bool:
        """Keep what was heard; False if the call was cancelled or deleted meanwhile."""
        return self._worked_on(call_id, transcript=saved.dump(masked(transcript)), progress=1.0)

    def sounded(self, call_id: str, sound: str) -> bool:
        """Keep what a player needs to know of the recording, as JSON; False as above."""
        return self._worked_on(call_id, sound=sound)

    def judged(self, call_id: str, report: Report) -> bool:
        """Keep what was found; the call is done. False as above."""
        kept = self._worked_on(
            call_id,
            report=_REPORT.dump_json(report).decode(),
            words="\n".join(turn.text for turn in report.transcript.turns),
            score=report.score,
            judged_turns=report.analysis.judged_turns,
            state=State.DONE,
            problem="",
        )
        if kept:
            with self.database.begin() as session:
                session.execute(delete(FoundHabit).where(FoundHabit.call_id == call_id))
                session.add_all(_found_habits(call_id, report))
        return kept

    def failed(self, call_id: str, problem: str) -> None:
        """Say why a call could not be processed."""
        self._worked_on(call_id, state=State.FAILED, problem=problem)

    def _added(self, visitor: Visitor, about: About, *, recording: str | None, transcript: Transcript | None) -> str:
        call = Call(
            id=uuid4().hex,
            owner_id=about.owner_id,
            uploaded_by=visitor.id,
            once=about.once,
            title=about.title.strip()[:_LONGEST_TITLE] or "未命名",
            customer=about.customer.strip()[:_LONGEST_TITLE],
            source=about.source,
            made_at=about.made_at or self.clock(),
            created_at=self.clock(),
            state=State.WAITING,
            recording=recording,
            transcript=None if transcript is None else saved.dump(transcript),
        )
        try:
            with self.database.begin() as session:
                if not _may_own(session, visitor, about.owner_id):
                    raise NotFoundError("没有这个人，或者他不在您的团队。")
                session.add(call)
        except IntegrityError:
            with self.database.begin() as session:
                query = select(Call.id).where(Call.uploaded_by == visitor.id, Call.once == about.once)
                return session.scalars(query).one()
        return call.id

    def _move(self, visitor: Visitor, call_id: str, before: Sequence[State], after: State) -> None:
        with self.database.begin() as session:
            call = _found(session, visitor, call_id)
            changed = session.execute(
                update(Call)
                .where(Call.id == call.id, Call.state.in_(before))
                .values(state=after, progress=0.0, problem="")
            )
            if not changed.rowcount:  # type: ignore[attr-defined]
                raise InputError(f"这通对话现在是「{STATE_NAMES[State(call.state)]}」，不用再改。")

    def _worked_on(self, call_id: str, **values: object) -> bool:
        with self.database.begin() as session:
            query = update(Call).where(Call.id == call_id, Call.state == State.WORKING).values(**values)
            return bool(session.execute(query).rowcount)  # type: ignore[attr-defined]


_LISTED = (
    Call.id,
    Call.title,
    Call.customer,
    Call.made_at,
    Call.state,
    Call.progress,
    Call.problem,
    Call.score,
    Call.recording,
)


def read_report(text: str) -> Report:
    """A stored report. Raises InputError where it was written by a version that can no longer be read."""
    try:
        return _REPORT.validate_json(text)
    except ValidationError as error:
        raise InputError("这份报告是旧版本写的，读不出来了。请重新分析这通对话。") from error


def _found_habits(call_id: str, report: Report) -> list[FoundHabit]:
    severities: dict[str, list[int]] = {}
    for finding in report.findings:
        severities.setdefault(finding.code, []).append(finding.severity)
    return [
        FoundHabit(call_id=call_id, code=code, count=len(found), severity=max(found))
        for code, found in severities.items()
    ]


def _may_own(session: Session, visitor: Visitor, owner_id: str) -> bool:
    owner = session.get(User, owner_id)
    if owner is None or owner.disabled:
        return False
    return (
        owner.id == visitor.id
        or visitor.role is Role.ADMINISTRATOR
        or (visitor.role is Role.SUPERVISOR and owner.team == visitor.team)
    )


def _visible(query: Select[Any], visitor: Visitor) -> Select[Any]:
    """Limited to the calls that are for this visitor."""
    if visitor.role is Role.ADMINISTRATOR:
        return query
    if visitor.role is Role.SUPERVISOR:
        team = select(User.id).where((User.team == visitor.team) | (User.id == visitor.id))
        return query.where(Call.owner_id.in_(team))
    return query.where(Call.owner_id == visitor.id)


def _found(session: Session, visitor: Visitor, call_id: str) -> Call:
    call: Call | None = session.scalar(_visible(select(Call).where(Call.id == call_id), visitor))
    if call is None:
        raise NotFoundError("没有这通对话，或者它不在您能看的范围里。")
    return call


def _wanted(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.owner_id:
        query = query.where(Call.owner_id == wanted.owner_id)
    if wanted.state:
        query = query.where(Call.state == wanted.state)
    if wanted.code or wanted.least_severity:
        found = select(FoundHabit.call_id).where(FoundHabit.severity >= wanted.least_severity)
        query = query.where(Call.id.in_(found.where(FoundHabit.code == wanted.code) if wanted.code else found))
    if wanted.words.strip():
        said = wanted.words.strip()
        query = query.where(
            Call.words.contains(said, autoescape=True)
            | Call.title.contains(said, autoescape=True)
            | Call.customer.contains(said, autoescape=True)
        )
    if wanted.since:
        query = query.where(Call.made_at >= datetime.combine(wanted.since, time()).astimezone())
    if wanted.until:
        query = query.where(Call.made_at < datetime.combine(wanted.until + timedelta(days=1), time()).astimezone())
    return query
