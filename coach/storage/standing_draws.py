"""Standing draws: what a supervisor wants to review every week is put into his queue without his asking."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coach.errors import InputError, NotFoundError
from coach.storage.accounts import Visitor, now, visitor_of
from coach.storage.database import Database
from coach.storage.review_queue import Draw, ReviewQueue, Way, check_draw, described
from coach.storage.tables import StandingDraw, User

WEEK = timedelta(days=7)
_MOST = 10
"""Standing draws a person: more would be a mistake."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A draw that is repeated every week, the next time on `next_on`; calls drawn are due `due_days` later (0: never)."""

    id: str
    draw: Draw
    described: str
    due_days: int
    next_on: date


@dataclass(frozen=True)
class StandingDraws:
    """The standing draws in a database."""

    database: Database
    clock: Callable[[], datetime] = now

    def keep(self, visitor: Visitor, draw: Draw, *, due_days: int) -> str:
        """Repeat a draw in a week and every week from then on, of the calls of the week before; its id. Raises InputError."""
        check_draw(draw)
        if not 0 <= due_days <= 60:
            raise InputError("看完的期限应在 0 到 60 天之间，0 表示不限。")
        with self.database.begin() as session:
            if len(_of(session, visitor.id)) >= _MOST:
                raise InputError(f"每周自动抽的最多 {_MOST} 条，请先停掉不用的。")
            standing = StandingDraw(
                id=uuid4().hex,
                reviewer_id=visitor.id,
                way=draw.way,
                number=draw.number,
                percent=draw.percent,
                code=draw.code,
                owner_id=draw.owner_id,
                due_days=due_days,
                next_on=self._today() + WEEK,
                created_at=self.clock(),
            )
            session.add(standing)
            return standing.id

    def of(self, visitor: Visitor) -> list[Standing]:
        """His standing draws, oldest first."""
        with self.database.reading() as session:
            return [_told(one) for one in _of(session, visitor.id)]

    def stop(self, visitor: Visitor, id: str) -> None:
        """Draw no more. What is in the queue stays. Raises NotFoundError."""
        with self.database.begin() as session:
            standing = session.get(StandingDraw, id)
            if standing is None or standing.reviewer_id != visitor.id:
                raise NotFoundError("没有这条每周自动抽取，可能已经停掉了。")
            session.delete(standing)

    def draw_due(self) -> int:
        """Do all draws whose day has come, for reviewers who still lead; how many calls were drawn.

        Several workers may ask at once: a draw is done by whoever moves its day on.
        """
        today = self._today()
        with self.database.reading() as session:
            due = session.execute(
                select(StandingDraw, User)
                .join(User, User.id == StandingDraw.reviewer_id)
                .where(StandingDraw.next_on <= today, User.disabled.is_(False))
            ).all()
            waiting = [(_told(standing), visitor_of(user)) for standing, user in due]
        return sum(self._drawn(one, visitor, today) for one, visitor in waiting if visitor.leads)

    def _drawn(self, standing: Standing, visitor: Visitor, today: date) -> int:
        with self.database.begin() as session:
            moved = session.execute(
                update(StandingDraw)
                .where(StandingDraw.id == standing.id, StandingDraw.next_on == standing.next_on)
                .values(next_on=today + WEEK)
            )
            if not moved.rowcount:  # type: ignore[attr-defined]
                return 0
        wanted = replace(
            standing.draw,
            since=today - WEEK,
            due_on=today + timedelta(days=standing.due_days) if standing.due_days else None,
        )
        return ReviewQueue(self.database, self.clock).draw(visitor, wanted)

    def _today(self) -> date:
        return self.clock().astimezone().date()


def _of(session: Session, reviewer_id: str) -> list[StandingDraw]:
    query = select(StandingDraw).where(StandingDraw.reviewer_id == reviewer_id)
    return list(session.scalars(query.order_by(StandingDraw.created_at, StandingDraw.id)))


def _told(stored: StandingDraw) -> Standing:
    draw = Draw(Way(stored.way), stored.number, stored.percent, stored.code, stored.owner_id)
    return Standing(stored.id, draw, described(draw), stored.due_days, stored.next_on)
