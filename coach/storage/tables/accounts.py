"""Who may come in, and what they did."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from coach.storage.tables.base import Base


class User(Base):
    """An account. `team` joins reps with their supervisors; `password` is an Argon2 hash."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(String(20))
    team: Mapped[str]
    password: Mapped[str]
    language: Mapped[str] = mapped_column(String(10), default="zh")
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class SignIn(Base):
    """A browser that is signed in."""

    __tablename__ = "sign_ins"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    form_token: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]


class ApiKey(Base):
    """A key for machines. `scope`: read or write."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    scope: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SetupLink(Base):
    """The link with which the first administrator makes his account; good once."""

    __tablename__ = "setup_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime]


class FailedSignIn(Base):
    """A wrong password, to slow down whoever guesses."""

    __tablename__ = "failed_sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class AuditEntry(Base):
    """Who listened to, read, exported, changed or deleted what. Nothing that anybody said."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[str] = mapped_column(String(32))
    user_name: Mapped[str]
    action: Mapped[str] = mapped_column(String(40))
    target: Mapped[str]
