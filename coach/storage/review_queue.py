"""The queue of calls that wait for a review: how they are drawn, by when they are due."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import ceil
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.errors import InputError, NotFoundError
from coach.habits import HABITS, name_of
from coach.storage.access import visible
from coach.storage.accounts import Visitor, now
from coach.storage.database import Database
from coach.storage.listing import Wanted, conditions_of
from coach.storage.reviews import SETTLED
from coach.storage.states import State
from coach.storage.tables import Call, QueuedCall, StoredReview, User

_MOST_DRAWN = 200


class Way(StrEnum):
    """How calls are drawn."""

    RANDOM = "random"
    SHARE = "share"
    HABIT = "habit"
    SECOND = "second"


WAY_NAMES = {
    Way.RANDOM: "随机抽几通",
    Way.SHARE: "每位客户经理按比例抽",
    Way.HABIT: "抽有某个习惯的",
    Way.SECOND: "抽别人复核过的，看看意见是否一致",
}


@dataclass(frozen=True, slots=True)
class Draw:
    """Which calls to draw. `number` for all ways but SHARE, which takes `percent` of each rep's calls, at least one."""

    way: Way
    number: int = 5
    percent: int = 5
    code: str = ""
    owner_id: str = ""
    since: date | None = None
    until: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call in somebody's queue."""

    id: str
    call_id: str
    title: str
    rep: str
    made_at: datetime
    drawn_by: str
    due_on: date | None
    state: str
    """Of his review: empty before he begins."""

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been done by now."""
        return self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class ReviewQueue:
    """The queues in a database; `chosen` draws that many of a list."""

    database: Database
    clock: Callable[[], datetime] = now
    chosen: Callable[[Sequence[str], int], list[str]] = random.SystemRandom().sample

    def of(self, visitor: Visitor) -> list[Waiting]:
        """What he is to review, what is due first first."""
        columns: tuple[Any, ...] = (QueuedCall, Call, User.name, StoredReview.state)
        query = (
            visible(select(*columns), visitor)
            .join(Call, Call.id == QueuedCall.call_id)
            .join(User, User.id == Call.owner_id)
            .outerjoin(
                StoredReview,
                (StoredReview.call_id == QueuedCall.call_id) & (StoredReview.reviewer_id == QueuedCall.reviewer_id),
            )
            .where(QueuedCall.reviewer_id == visitor.id, QueuedCall.done_at.is_(None))
        )
        with self.database.reading() as session:
            waiting = [
                Waiting(queued.id, call.id, call.title, rep, call.made_at, queued.drawn_by, queued.due_on, state or "")
                for queued, call, rep, state in session.execute(query)
            ]
        return sorted(waiting, key=lambda one: (one.due_on or date.max, one.made_at, one.id))

    def draw(self, visitor: Visitor, draw: Draw) -> int:
        """Put calls into the visitor's queue: such as he may review, has not reviewed and is not to review yet. How many.

        Raises InputError for a draw without sense.
        """
        check_draw(draw)
        with self.database.begin() as session:
            candidates = self._candidates(session, visitor, draw)
            if draw.way is Way.SHARE:
                drawn = [
                    call_id
                    for own in candidates.values()
                    for call_id in self.chosen(own, ceil(len(own) * draw.percent / 100))
                ]
            else:
                everything = [call_id for own in candidates.values() for call_id in own]
                drawn = self.chosen(everything, min(draw.number, len(everything)))
            drawn = drawn[:_MOST_DRAWN]
            session.add_all(
                QueuedCall(
                    id=uuid4().hex,
                    call_id=call_id,
                    reviewer_id=visitor.id,
                    drawn_by=described(draw),
                    due_on=draw.due_on,
                    created_at=self.clock(),
                )
                for call_id in drawn
            )
        return len(drawn)

    def drop(self, visitor: Visitor, id: str) -> None:
        """Take a call out of his queue. Raises NotFoundError."""
        with self.database.begin() as session:
            queued = session.get(QueuedCall, id)
            if queued is None or queued.reviewer_id != visitor.id:
                raise NotFoundError("队列里没有这一通。")
            session.delete(queued)

    def _candidates(self, session: Session, visitor: Visitor, draw: Draw) -> dict[str, list[str]]:
        """By rep, the calls that may be drawn."""
        wanted = Wanted(
            owner_id=draw.owner_id,
            code=draw.code if draw.way is Way.HABIT else "",
            state=State.DONE,
            since=draw.since,
            until=draw.until,
        )
        columns: tuple[Any, ...] = (Call.owner_id, Call.id)
        query = (
            visible(select(*columns), visitor)
            .where(*conditions_of(wanted, sqlite=self.database.is_sqlite))
            .where(Call.owner_id != visitor.id)
            .where(Call.id.not_in(select(QueuedCall.call_id).where(QueuedCall.reviewer_id == visitor.id)))
            .where(Call.id.not_in(select(StoredReview.call_id).where(StoredReview.reviewer_id == visitor.id)))
        )
        if draw.way is Way.SECOND:
            query = query.where(Call.id.in_(select(StoredReview.call_id).where(StoredReview.state.in_(SETTLED))))
        by_rep: dict[str, list[str]] = {}
        for owner_id, call_id in session.execute(query.order_by(Call.owner_id, Call.id)):
            by_rep.setdefault(owner_id, []).append(call_id)
        return by_rep


def check_draw(draw: Draw) -> None:
    """Raises InputError for a draw without sense."""
    if not 1 <= draw.number <= _MOST_DRAWN:
        raise InputError(f"一次抽 1 到 {_MOST_DRAWN} 通。")
    if not 1 <= draw.percent <= 100:
        raise InputError("比例应在 1% 到 100% 之间。")
    if draw.way is Way.HABIT and draw.code not in HABITS:
        raise InputError("请选一个习惯。")


def described(draw: Draw) -> str:
    """Shown beside each call that was drawn."""
    match draw.way:
        case Way.HABIT:
            return f"有「{name_of(draw.code)}」"
        case Way.SHARE:
            return f"每人 {draw.percent}%"
        case Way.SECOND:
            return "第二人复核"
        case Way.RANDOM:
            return "随机"
