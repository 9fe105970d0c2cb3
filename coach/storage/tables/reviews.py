"""Supervisors' reviews, the queue of calls that wait for one, and what is drawn into it every week."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coach.storage.tables.base import Base


class StoredReview(Base):
    """One person's review of one call: a `coach.review.Review` as JSON. `version` tells of two who write at once."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("call_id", "reviewer_id", name="uq_reviews_call_reviewer"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int] = mapped_column(default=1)
    review: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]


class QueuedCall(Base):
    """A call that somebody is to review: how it was drawn, and by when."""

    __tablename__ = "review_queue"
    __table_args__ = (UniqueConstraint("call_id", "reviewer_id", name="uq_review_queue_call_reviewer"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    drawn_by: Mapped[str]
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class StandingDraw(Base):
    """A draw that is repeated every week for a reviewer, next on `next_on`; what it draws is due `due_days` later (0: never)."""

    __tablename__ = "standing_draws"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    way: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    percent: Mapped[int]
    code: Mapped[str] = mapped_column(String(40), default="")
    owner_id: Mapped[str] = mapped_column(String(32), default="")
    due_days: Mapped[int] = mapped_column(default=0)
    next_on: Mapped[date]
    created_at: Mapped[datetime]
