"""Reviews in the database: whose they are, who sees them, and two people who write at once are told.

A reviewer has one review of a call. Its draft is for him alone; a supervisor who is to review a call too sees what others
said of it only when his own review is out, so that the second opinion is one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, aliased

from coach.errors import AccessError, ConflictError, InputError, NotFoundError
from coach.imports import saved
from coach.report import Report
from coach.review import Review, State, begun, pass_of, to_labelled_call
from coach.storage.access import found, visible
from coach.storage.accounts import Visitor, now
from coach.storage.database import Database
from coach.storage.reports import read_report
from coach.storage.tables import Call, QueuedCall, StoredReview, User
from coach.storage.webhooks import EVENTS, tell

SETTLED = (State.SHARED, State.FINAL)
"""The states in which a review says what its reviewer thinks, and nobody contests it."""

_REVIEW: TypeAdapter[Review] = TypeAdapter(Review)


@dataclass(frozen=True, slots=True)
class Kept:
    """A review as it is stored. `version` counts its changes; 0: it is not stored yet."""

    id: str
    call_id: str
    reviewer_id: str
    reviewer: str
    version: int
    review: Review
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Exported:
    """Labelled calls made of reviews, and how many calls were left out since they were changed after their review."""

    lines: list[dict[str, object]]
    changed_since: int


@dataclass(frozen=True)
class Reviews:
    """The reviews in a database."""

    database: Database
    clock: Callable[[], datetime] = now

    def of_call(self, visitor: Visitor, call_id: str) -> list[Kept]:
        """The reviews of a call that are for this visitor, oldest first. Raises NotFoundError."""
        with self.database.reading() as session:
            call = found(session, visitor, call_id)
            return _shown(session, visitor, call)

    def own(self, visitor: Visitor, call_id: str, *, whole: bool = False) -> Kept:
        """His review of a call, or the beginning of one, which is not stored yet (`whole`: to look at every turn).

        Raises NotFoundError, AccessError where he may not review it, InputError where there is no report.
        """
        with self.database.reading() as session:
            call = _reviewable(session, visitor, call_id)
            stored = _own(session, visitor, call)
            if stored is not None:
                return _kept(stored, visitor.name)
            review = begun(call.id, _report(call), call_version=call.version, whole=whole)
            return Kept("", call.id, visitor.id, visitor.name, 0, review, self.clock())

    def revise(
        self,
        visitor: Visitor,
        call_id: str,
        version: int,
        act: Callable[[Review, Report], Review],
        *,
        whole: bool = False,
    ) -> Kept:
        """Change his own review of a call by what `act` makes of it, beginning it where `version` is 0.

        Raises what `own` and `act` raise, and ConflictError if it has been changed since `version`; then nothing changes.
        """
        with self.database.begin() as session:
            call = _reviewable(session, visitor, call_id)
            report = _report(call)
            stored = _own(session, visitor, call)
            if (stored.version if stored else 0) != version:
                raise ConflictError(
                    "这份复核刚在别处改过（另一个窗口，或本人申诉了）。下面是最新的，您刚才的改动没有存下。"
                )
            before = (
                _REVIEW.validate_json(stored.review)
                if stored
                else begun(call.id, report, call_version=call.version, whole=whole)
            )
            review = replace(act(before, report), call_version=call.version)
            if stored is None:
                stored = StoredReview(
                    id=uuid4().hex,
                    call_id=call.id,
                    reviewer_id=visitor.id,
                    state=review.state,
                    version=1,
                    review=_dump(review),
                    created_at=self.clock(),
                    changed_at=self.clock(),
                )
                session.add(stored)
            else:
                _put(session, stored, review, self.clock())
            if review.state is not State.DRAFT:
                session.execute(
                    update(QueuedCall)
                    .where(
                        QueuedCall.call_id == call.id,
                        QueuedCall.reviewer_id == visitor.id,
                        QueuedCall.done_at.is_(None),
                    )
                    .values(done_at=self.clock())
                )
            session.flush()
            _tell(session, stored, before.state, self.clock())
            return _kept(stored, visitor.name)

    def respond(self, visitor: Visitor, review_id: str, version: int, act: Callable[[Review, Report], Review]) -> Kept:
        """Change a review of the visitor's own call as its rep may: answer, appeal, acknowledge.

        Raises NotFoundError, also for a draft, and what `revise` raises.
        """
        with self.database.begin() as session:
            stored = session.get(StoredReview, review_id)
            call = session.get(Call, stored.call_id) if stored else None
            if stored is None or call is None or call.owner_id != visitor.id or stored.state == State.DRAFT:
                raise NotFoundError("没有这份复核，或者它不是给您的。")
            if stored.version != version:
                raise ConflictError("主管刚改过这份复核。下面是最新的，您刚才写的没有存下，请看过再发。")
            before = _REVIEW.validate_json(stored.review)
            _put(session, stored, act(before, _report(call)), self.clock())
            _tell(session, stored, before.state, self.clock())
            reviewer = session.get_one(User, stored.reviewer_id)
            return _kept(stored, reviewer.name)

    def for_rep(self, visitor: Visitor) -> list[tuple[Kept, str]]:
        """The reviews of his calls that he may see, newest first, each with the call's title."""
        query = (
            select(StoredReview, User.name, Call.title)
            .join(Call, Call.id == StoredReview.call_id)
            .join(User, User.id == StoredReview.reviewer_id)
            .where(Call.owner_id == visitor.id, StoredReview.state != State.DRAFT)
            .order_by(StoredReview.changed_at.desc())
        )
        with self.database.reading() as session:
            return [(_kept(stored, reviewer), title) for stored, reviewer, title in session.execute(query)]

    def by_reviewer(self, visitor: Visitor) -> list[tuple[Kept, str, str]]:
        """The reviews that he has written, newest first, each with the call's title and its rep."""
        columns: tuple[Any, ...] = (StoredReview, Call.title, User.name)
        query = (
            visible(select(*columns), visitor)
            .join(Call, Call.id == StoredReview.call_id)
            .join(User, User.id == Call.owner_id)
            .where(StoredReview.reviewer_id == visitor.id)
            .order_by(StoredReview.changed_at.desc())
        )
        with self.database.reading() as session:
            return [(_kept(stored, visitor.name), title, rep) for stored, title, rep in session.execute(query)]

    def left_behind(self, visitor: Visitor) -> list[tuple[Kept, str, str]]:
        """Appeals to somebody whose account is closed, that this visitor may take over, each with the call's title and rep."""
        with self.database.reading() as session:
            rows = session.execute(_left_behind(visitor).order_by(StoredReview.changed_at))
            return [(_kept(stored, name), title, rep) for stored, name, title, rep in rows]

    def take_over(self, visitor: Visitor, review_id: str) -> str:
        """Make an appeal that was left behind the visitor's own to answer; the call's id. Raises NotFoundError, AccessError, and
        ConflictError if somebody else was quicker.
        """
        if not visitor.leads:
            raise AccessError("复核由主管来做。")
        with self.database.begin() as session:
            stored: StoredReview | None = session.scalar(_left_behind(visitor).where(StoredReview.id == review_id))
            if stored is None:
                raise NotFoundError("没有这份复核，或者它不是给您的。")
            review = _REVIEW.validate_json(stored.review)
            _put(session, stored, review, stored.changed_at, reviewer_id=visitor.id)
            return stored.call_id

    def settled(self, visitor: Visitor) -> list[Review]:
        """The settled reviews of all calls that are for this visitor, oldest first."""
        with self.database.reading() as session:
            return [_REVIEW.validate_json(text) for text in session.scalars(_settled(visitor))]

    def labelled(self, visitor: Visitor) -> Exported:
        """The reviewed calls of this visitor as lines of a labelled corpus; of several reviews of a call the latest counts."""
        query = _settled(visitor).add_columns(Call.version, Call.transcript)
        lines: dict[str, dict[str, object]] = {}
        changed: set[str] = set()
        with self.database.reading() as session:
            for text, version, transcript in session.execute(query):
                review = _REVIEW.validate_json(text)
                if review.call_version != version or transcript is None:
                    changed.add(review.call_id)
                    continue
                line = to_labelled_call(saved.load(transcript), review, author=pass_of(review.call_id))
                lines[review.call_id] = dict(line)
        return Exported(list(lines.values()), len(changed - lines.keys()))

    def latest_settled(self) -> Mapping[str, Review]:
        """By call, the latest settled review, of all calls that are still as they were when they were reviewed."""
        query = (
            select(StoredReview.review, Call.version)
            .join(Call, Call.id == StoredReview.call_id)
            .where(StoredReview.state.in_(SETTLED))
            .order_by(StoredReview.changed_at)
        )
        with self.database.reading() as session:
            stored = [(_REVIEW.validate_json(text), version) for text, version in session.execute(query)]
        return {review.call_id: review for review, version in stored if review.call_version == version}


def _left_behind(visitor: Visitor) -> Select[Any]:
    reviewer = aliased(User)
    columns: tuple[Any, ...] = (StoredReview, reviewer.name, Call.title, User.name)
    own = select(StoredReview.call_id).where(StoredReview.reviewer_id == visitor.id)
    return (
        visible(select(*columns), visitor)
        .join(Call, Call.id == StoredReview.call_id)
        .join(User, User.id == Call.owner_id)
        .join(reviewer, reviewer.id == StoredReview.reviewer_id)
        .where(StoredReview.state == State.APPEALED, reviewer.disabled.is_(True))
        .where(Call.owner_id != visitor.id, Call.id.not_in(own))
    )


def _settled(visitor: Visitor) -> Select[Any]:
    return (
        visible(select(StoredReview.review), visitor)
        .join(Call, Call.id == StoredReview.call_id)
        .where(StoredReview.state.in_(SETTLED))
        .order_by(StoredReview.changed_at)
    )


def _reviewable(session: Session, visitor: Visitor, call_id: str) -> Call:
    call = found(session, visitor, call_id)
    if not visitor.leads:
        raise AccessError("复核由主管来做。")
    if call.owner_id == visitor.id:
        raise AccessError("这是您自己的对话，请别的主管来复核。")
    if call.report is None:
        raise InputError("这通对话还没有分析完，分析完再复核。")
    return call


def _report(call: Call) -> Report:
    if call.report is None:
        raise InputError("这通对话还没有报告。")
    return read_report(call.report)


def _own(session: Session, visitor: Visitor, call: Call) -> StoredReview | None:
    query = select(StoredReview).where(StoredReview.call_id == call.id, StoredReview.reviewer_id == visitor.id)
    return session.scalar(query)


def _shown(session: Session, visitor: Visitor, call: Call) -> list[Kept]:
    query = (
        select(StoredReview, User.name)
        .join(User, User.id == StoredReview.reviewer_id)
        .where(StoredReview.call_id == call.id)
        .order_by(StoredReview.created_at, StoredReview.id)
    )
    rows = session.execute(query).all()
    states = {stored.reviewer_id: stored.state for stored, _ in rows}
    asked = select(QueuedCall.id).where(
        QueuedCall.call_id == call.id, QueuedCall.reviewer_id == visitor.id, QueuedCall.done_at.is_(None)
    )
    still_to_say = states.get(visitor.id) == State.DRAFT or (
        visitor.id not in states and session.scalar(asked) is not None
    )
    return [
        _kept(stored, name)
        for stored, name in rows
        if stored.reviewer_id == visitor.id or (stored.state != State.DRAFT and not still_to_say)
    ]


def _put(session: Session, stored: StoredReview, review: Review, at: datetime, *, reviewer_id: str = "") -> None:
    """Replace a stored review, or give it to another reviewer; raises ConflictError if another transaction did so first."""
    changed = session.execute(
        update(StoredReview)
        .where(StoredReview.id == stored.id, StoredReview.version == stored.version)
        .values(
            reviewer_id=reviewer_id or stored.reviewer_id,
            state=review.state,
            version=stored.version + 1,
            review=_dump(review),
            changed_at=at,
            acknowledged_at=review.acknowledged_at,
        )
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise ConflictError("这份复核刚在别处改过。下面是最新的，您刚才的改动没有存下。")
    session.refresh(stored)


def _tell(session: Session, stored: StoredReview, before: str, at: datetime) -> None:
    """Tell other systems that a review has come into another state."""
    event = f"review.{stored.state}"
    if stored.state != before and event in EVENTS:
        tell(session, event, {"review_id": stored.id, "call_id": stored.call_id}, at=at)


def _dump(review: Review) -> str:
    return _REVIEW.dump_json(review).decode()


def _kept(stored: StoredReview, reviewer: str) -> Kept:
    return Kept(
        stored.id,
        stored.call_id,
        stored.reviewer_id,
        reviewer,
        stored.version,
        _REVIEW.validate_json(stored.review),
        stored.changed_at,
    )
