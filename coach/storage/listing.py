"""Lists of calls: which are wanted, one page of them, and how far those in work are."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from coach.storage.access import visible
from coach.storage.accounts import Visitor
from coach.storage.search import found_by
from coach.storage.states import State
from coach.storage.tables import Call, FoundHabit, StoredReview, User

PAGE = 50
_DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls to list. Days are whole days by this machine's clock; `words` must be said in the call or stand in its
    title or customer; `reviewed` None: both, True: with a review that is out of its draft.
    """

    owner_id: str = ""
    code: str = ""
    least_severity: int = 0
    state: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None
    reviewed: bool | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A call in a list: what the table shows, without what was said. `habits`: code to the gravest severity."""

    id: str
    title: str
    customer: str
    owner: str
    made_at: datetime
    state: State
    step: str
    progress: float
    problem: str
    score: int | None
    duration_s: float | None
    has_recording: bool
    habits: dict[str, int] = field(default_factory=dict)


_COLUMNS: tuple[Any, ...] = (
    Call.id,
    Call.title,
    Call.customer,
    User.name.label("owner"),
    Call.made_at,
    Call.state,
    Call.step,
    Call.progress,
    Call.problem,
    Call.score,
    Call.duration_s,
    Call.recording,
)

_NEWEST_FIRST = (Call.made_at.desc(), Call.id.desc())


def listed(session: Session, visitor: Visitor, wanted: Wanted, *, page: int, per_page: int) -> tuple[list[Listed], int]:
    """One page of the visitor's calls, newest first, and how many there are in all."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    conditions = conditions_of(wanted, sqlite=sqlite)
    total = session.scalar(visible(select(func.count()).select_from(Call), visitor).where(*conditions)) or 0
    ids = (
        visible(select(Call.id), visitor)
        .where(*conditions)
        .order_by(*_NEWEST_FIRST)
        .limit(per_page)
        .offset(per_page * (max(page, 1) - 1))
    )
    # The ids come from the index alone; only the rows of the page are read.
    shown = list(session.scalars(ids))
    return _rows(session, _query().where(Call.id.in_(shown)).order_by(*_NEWEST_FIRST)), total


def listed_by_id(session: Session, visitor: Visitor, call_ids: list[str]) -> list[Listed]:
    """Those of some calls that are for this visitor, newest first."""
    return _rows(
        session, visible(_query(), visitor).where(Call.id.in_(call_ids)).order_by(Call.made_at.desc(), Call.id)
    )


def listed_uploads(session: Session, visitor: Visitor, since: datetime, most: int) -> list[Listed]:
    """What this visitor handed in since a time, as far as it is for him, latest first."""
    query = visible(_query(), visitor).where(Call.uploaded_by == visitor.id, Call.created_at > since)
    return _rows(session, query.order_by(Call.created_at.desc()).limit(most))


def conditions_of(wanted: Wanted, *, sqlite: bool) -> list[ColumnElement[bool]]:
    """What a query over calls must fulfil."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.owner_id:
        conditions.append(Call.owner_id == wanted.owner_id)
    if wanted.state:
        conditions.append(Call.state == wanted.state)
    if wanted.code:
        with_code = select(FoundHabit.call_id).where(
            FoundHabit.code == wanted.code, FoundHabit.severity >= wanted.least_severity
        )
        conditions.append(Call.id.in_(with_code))
    elif wanted.least_severity:
        conditions.append(Call.severity >= wanted.least_severity)
    if wanted.words.strip():
        said = found_by(wanted.words, sqlite=sqlite)
        conditions.append(said if said is not None else Call.id.in_([]))
    if wanted.since:
        conditions.append(Call.made_at >= _midnight(wanted.since))
    if wanted.until:
        conditions.append(Call.made_at < _midnight(wanted.until + timedelta(days=1)))
    if wanted.reviewed is not None:
        reviewed = Call.id.in_(select(StoredReview.call_id).where(StoredReview.state != _DRAFT))
        conditions.append(reviewed if wanted.reviewed else ~reviewed)
    return conditions


def _query() -> Select[Any]:
    return select(*_COLUMNS).join(User, User.id == Call.owner_id)


def _rows(session: Session, query: Select[Any]) -> list[Listed]:
    rows = session.execute(query).all()
    habits: dict[str, dict[str, int]] = {row.id: {} for row in rows}
    for found in session.scalars(select(FoundHabit).where(FoundHabit.call_id.in_(habits))):
        habits[found.call_id][found.code] = found.severity
    return [
        Listed(
            id=row.id,
            title=row.title,
            customer=row.customer,
            owner=row.owner,
            made_at=row.made_at,
            state=State(row.state),
            step=row.step,
            progress=row.progress,
            problem=row.problem,
            score=row.score,
            duration_s=row.duration_s,
            has_recording=row.recording is not None,
            habits=habits[row.id],
        )
        for row in rows
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()
