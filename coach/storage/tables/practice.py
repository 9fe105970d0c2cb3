"""Practice: talks that belong to their rep, and what supervisors ask for."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coach.storage.tables.base import Base


class Assignment(Base):
    """A scenario that a supervisor asks a rep to practise, and by when."""

    __tablename__ = "assignments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    rep_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    assigned_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    scenario: Mapped[str] = mapped_column(String(80))
    level: Mapped[int]
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]


class PracticeTalk(Base):
    """A practice session as JSON; nobody but its owner sees it until he hands it in."""

    __tablename__ = "practice_talks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    scenario: Mapped[str] = mapped_column(String(80))
    assignment_id: Mapped[str | None] = mapped_column(ForeignKey("assignments.id"))
    session: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(index=True)
    handed_in_at: Mapped[datetime | None]
