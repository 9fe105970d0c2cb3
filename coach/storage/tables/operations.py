"""What runs the service: settings, webhooks and what they are told, rules that the team changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coach.storage.tables.base import Base


class Setting(Base):
    """A setting that administrators change in the service, such as how long recordings are kept."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class Webhook(Base):
    """An address that is told of events (names in `events`), and the secret that signs what it is told."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str]
    events: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class Delivery(Base):
    """Something that a webhook is to be told, and how often that was tried; `next_at` None: no more."""

    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class RuleChange(Base):
    """A file of the rule folder as the team wants it in place of the shipped one; `path` is relative to `rules/`.

    `state` is draft, active or retired; `based_on` the change that was in force when it was begun (empty: the shipped file).
    """

    __tablename__ = "rule_changes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    path: Mapped[str] = mapped_column(String(100), index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    based_on: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]


class DisabledRule(Base):
    """A rule that is switched off, by its full id."""

    __tablename__ = "disabled_rules"

    rule_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class Replay(Base):
    """The stored calls judged anew: with a draft, to see what it would change, or with the rules of today, to be kept.

    `kind` is draft or library; `state` waiting, working, done or failed; `done` of `total` calls are judged. `changes` are
    the calls whose findings change and `verdict` how draft and old rules do on the reviewed calls, both as JSON.
    `judged_with` is the digest of what it judges with, `rules` the draft as it was replayed.
    """

    __tablename__ = "replays"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), index=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("rule_changes.id", ondelete="CASCADE"), index=True)
    rules: Mapped[str] = mapped_column(Text, default="")
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    judged_with: Mapped[str] = mapped_column(String(64), default="")
    changes: Mapped[Any] = mapped_column(JSON, default=list)
    verdict: Mapped[Any] = mapped_column(JSON, default=dict)
    problem: Mapped[str] = mapped_column(Text, default="")
