"""Calls: where they came from, how far their processing is, what was said and what was found."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coach.storage.tables.base import Base


class Call(Base):
    """A call in the library and how far its processing is.

    `transcript` (as corrected), `heard` (as it came) and `report` are the JSON of the reading side's own types, with their
    schema versions inside; `words` is what was said, masked and folded, for the search; `sound` what a player needs to know.
    `version` counts changes to the transcript, `judged_with` is the digest of the rules, models and policy behind the
    report. `severity` is the gravest finding's (0: none); `source` is upload, paste, microphone, api or watch.
    `listening` holds what its uploader said of the recording (fields of `coach.asr.Listening`). `run` counts how often its
    processing was begun, `queued_at` is None until a worker has queued this run, `step` is what is being done.
    The long columns are the last, since SQLite reads a row up to the column it needs.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_listed", "made_at", "id", "owner_id"),
        Index("ix_calls_owner_made", "owner_id", "made_at", "id"),
        UniqueConstraint("uploaded_by", "once", name="uq_calls_once"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    once: Mapped[str | None]
    title: Mapped[str]
    customer: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), index=True)
    progress: Mapped[float] = mapped_column(default=0.0)
    problem: Mapped[str] = mapped_column(Text, default="")
    recording: Mapped[str | None] = mapped_column(String(80))
    duration_s: Mapped[float | None]
    judged_with: Mapped[str] = mapped_column(String(64), default="")
    score: Mapped[int | None]
    severity: Mapped[int] = mapped_column(default=0)
    judged_turns: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    listening: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    run: Mapped[int] = mapped_column(default=1)
    queued_at: Mapped[datetime | None]
    step: Mapped[str] = mapped_column(String(20), default="")
    sound: Mapped[str | None] = mapped_column(Text)
    heard: Mapped[str | None] = mapped_column(Text)
    transcript: Mapped[str | None] = mapped_column(Text)
    report: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")


class FoundHabit(Base):
    """How often a habit was found in a call and how grave at worst, for lists and trends."""

    __tablename__ = "found_habits"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]
    severity: Mapped[int]


class PastReport(Base):
    """A report that was replaced: it stays readable under the rules of its day (`judged_with` is their digest)."""

    __tablename__ = "past_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    replaced_at: Mapped[datetime]
    judged_with: Mapped[str] = mapped_column(String(64))
    report: Mapped[str] = mapped_column(Text)


class Worker(Base):
    """A process that works on calls, and when it was last seen alive."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
