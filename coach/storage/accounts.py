"""Who may come in: accounts, signed-in browsers, keys for machines, and the link that makes the first administrator."""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import uuid4

from pwdlib import PasswordHash
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from coach.errors import AccessError, InputError, ThrottledError
from coach.storage.database import Database
from coach.storage.tables import ApiKey, FailedSignIn, SetupLink, SignIn, User

_NAME = re.compile(r"[\w.\-@]{1,40}")
_SHORTEST_PASSWORD = 8
_LONGEST_PASSWORD = 200
_SIGNED_IN_FOR = timedelta(days=14)
_SETUP_FOR = timedelta(hours=24)
_MOST_FAILURES = 5
_FAILURES_COUNT_FOR = timedelta(minutes=15)
_KEY_PREFIX = "coach_"


class Role(StrEnum):
    """What somebody may do: a rep sees his own calls, a supervisor those of his team, an administrator all."""

    REP = "rep"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {Role.REP: "客户经理", Role.SUPERVISOR: "主管", Role.ADMINISTRATOR: "管理员"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who came in. `form_token` must come back with every form he sends; keys have none. `writes`: he may also
    change things.
    """

    id: str
    name: str
    role: Role
    team: str
    form_token: str = ""
    writes: bool = True

    @property
    def leads(self) -> bool:
        """Whether he sees the calls of others."""
        return self.role is not Role.REP


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Accounts:
    """The accounts in a database; `clock` tells the time."""

    database: Database
    clock: Callable[[], datetime] = now

    def setup_token(self) -> str | None:
        """A new secret for making the first administrator; the ones before it no longer work. None once there is one."""
        with self.database.begin() as session:
            if _has_administrator(session):
                return None
            session.execute(delete(SetupLink))
            token = secrets.token_urlsafe(24)
            session.add(SetupLink(digest=_digest(token), expires_at=self.clock() + _SETUP_FOR))
        return token

    def setup_is_open(self, token: str) -> bool:
        """Whether this secret makes an administrator."""
        with self.database.begin() as session:
            return self._setup_link(session, token) is not None

    def set_up(self, token: str, name: str, password: str) -> Visitor:
        """The first administrator. Raises AccessError for a wrong or used secret, InputError for what `add` refuses."""
        with self.database.begin() as session:
            link = self._setup_link(session, token)
            if link is None:
                raise AccessError("这个设置链接已经用过或过期了。请重新启动服务，用控制台上新的链接。")
            session.delete(link)
            return _visitor(self._added(session, name, password, Role.ADMINISTRATOR, ""))

    def add(self, name: str, password: str, role: Role, team: str = "") -> Visitor:
        """A new account. Raises InputError for a name that is taken or odd, or a password that is too short."""
        with self.database.begin() as session:
            return _visitor(self._added(session, name, password, role, team))

    def change_password(self, name: str, password: str) -> None:
        """A new password; whoever was signed in to this account is out. Raises InputError."""
        _check_password(password)
        with self.database.begin() as session:
            user = _named(session, name)
            user.password = _hasher().hash(password)
            session.execute(delete(SignIn).where(SignIn.user_id == user.id))

    def set_disabled(self, name: str, disabled: bool = True) -> None:
        """Shut an account, or open it again; its calls stay. Raises InputError, also for the last administrator."""
        with self.database.begin() as session:
            user = _named(session, name)
            user.disabled = disabled
            session.flush()
            if not _has_administrator(session):
                raise InputError("这是最后一个管理员，不能停用。请先添加另一个管理员。")
            session.execute(delete(SignIn).where(SignIn.user_id == user.id))

    def everybody(self) -> list[User]:
        """All accounts, by team and name."""
        with self.database.begin() as session:
            return list(session.scalars(select(User).order_by(User.team, User.name)))

    def reps_for(self, visitor: Visitor) -> list[User]:
        """The open accounts whose calls this visitor may see, himself included."""
        query = select(User).where(User.disabled.is_(False)).order_by(User.name)
        if visitor.role is Role.REP:
            query = query.where(User.id == visitor.id)
        elif visitor.role is Role.SUPERVISOR:
            query = query.where((User.team == visitor.team) | (User.id == visitor.id))
        with self.database.begin() as session:
            return list(session.scalars(query))

    def sign_in(self, name: str, password: str) -> str:
        """A secret for the browser. Raises AccessError for a wrong name or password, ThrottledError after five wrong ones
        within a quarter of an hour.
        """
        self._check_failures(name)
        with self.database.begin() as session:
            user = session.scalar(select(User).where(User.name == name))
            known = _hasher().verify(password[:_LONGEST_PASSWORD], user.password if user else _no_password())
            if user is not None and known and not user.disabled:
                session.execute(delete(FailedSignIn).where(FailedSignIn.name == name))
                session.execute(delete(SignIn).where(SignIn.expires_at < self.clock()))
                token = secrets.token_urlsafe(32)
                session.add(
                    SignIn(
                        digest=_digest(token),
                        user_id=user.id,
                        form_token=secrets.token_urlsafe(24),
                        expires_at=self.clock() + _SIGNED_IN_FOR,
                    )
                )
                return token
        with self.database.begin() as session:
            session.add(FailedSignIn(name=name[:200], at=self.clock()))
        raise AccessError("用户名或密码不对。")

    def signed_in(self, token: str) -> Visitor | None:
        """Who holds this secret."""
        query = select(User, SignIn).join(SignIn).where(SignIn.digest == _digest(token))
        with self.database.begin() as session:
            found = session.execute(query).one_or_none()
        if found is None or found[0].disabled or found[1].expires_at < self.clock():
            return None
        return _visitor(found[0], form_token=found[1].form_token)

    def sign_out(self, token: str) -> None:
        """The secret is worth nothing any more."""
        with self.database.begin() as session:
            session.execute(delete(SignIn).where(SignIn.digest == _digest(token)))

    def new_key(self, visitor: Visitor, name: str, *, writes: bool) -> str:
        """A key for machines, shown this once; it may do what its owner may. Raises InputError without a name."""
        if not name.strip():
            raise InputError("给密钥起个名字，以后才知道是谁在用。")
        key = _KEY_PREFIX + secrets.token_urlsafe(32)
        with self.database.begin() as session:
            session.add(
                ApiKey(
                    id=uuid4().hex,
                    digest=_digest(key),
                    user_id=visitor.id,
                    name=name.strip()[:200],
                    scope="write" if writes else "read",
                    created_at=self.clock(),
                )
            )
        return key

    def keys_of(self, visitor: Visitor) -> list[ApiKey]:
        """His keys that still work, newest first."""
        query = select(ApiKey).where(ApiKey.user_id == visitor.id, ApiKey.revoked_at.is_(None))
        with self.database.begin() as session:
            return list(session.scalars(query.order_by(ApiKey.created_at.desc())))

    def revoke(self, visitor: Visitor, key_id: str) -> None:
        """One of his keys works no more."""
        with self.database.begin() as session:
            key = session.get(ApiKey, key_id)
            if key is not None and key.user_id == visitor.id:
                key.revoked_at = self.clock()

    def by_key(self, key: str) -> Visitor | None:
        """Whose key this is."""
        query = select(User, ApiKey).join(ApiKey).where(ApiKey.digest == _digest(key), ApiKey.revoked_at.is_(None))
        with self.database.begin() as session:
            found = session.execute(query).one_or_none()
            if found is None or found[0].disabled:
                return None
            found[1].used_at = self.clock()
            return _visitor(found[0], writes=found[1].scope == "write")

    def _added(self, session: Session, name: str, password: str, role: Role, team: str) -> User:
        if not _NAME.fullmatch(name):
            raise InputError("用户名用 1 到 40 个汉字、字母、数字，可以有点、横线和 @。")
        _check_password(password)
        if session.scalar(select(User).where(User.name == name)) is not None:
            raise InputError(f"已经有「{name}」这个用户了。")
        user = User(
            id=uuid4().hex,
            name=name,
            role=role,
            team=team.strip()[:200],
            password=_hasher().hash(password),
            created_at=self.clock(),
        )
        session.add(user)
        return user

    def _setup_link(self, session: Session, token: str) -> SetupLink | None:
        link = session.get(SetupLink, _digest(token))
        return link if link is not None and link.expires_at > self.clock() else None

    def _check_failures(self, name: str) -> None:
        since = self.clock() - _FAILURES_COUNT_FOR
        query = select(func.count()).where(FailedSignIn.name == name, FailedSignIn.at > since)
        with self.database.begin() as session:
            session.execute(delete(FailedSignIn).where(FailedSignIn.at <= since))
            if (session.scalar(query) or 0) >= _MOST_FAILURES:
                raise ThrottledError("密码错了太多次，请过一刻钟再试，或请管理员重设密码。")


def _named(session: Session, name: str) -> User:
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise InputError(f"没有「{name}」这个用户。")
    return user


def _has_administrator(session: Session) -> bool:
    query = select(func.count()).where(User.role == Role.ADMINISTRATOR, User.disabled.is_(False))
    return bool(session.scalar(query))


def _visitor(user: User, *, form_token: str = "", writes: bool = True) -> Visitor:
    return Visitor(user.id, user.name, Role(user.role), user.team, form_token, writes)


def _check_password(password: str) -> None:
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise InputError(f"密码至少 {_SHORTEST_PASSWORD} 个字符，最多 {_LONGEST_PASSWORD} 个。")


def _digest(secret: str) -> str:
    """Secrets are long and random, so that a plain digest is enough to keep them."""
    return hashlib.sha256(secret.encode()).hexdigest()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _no_password() -> str:
    """Checked for names that do not exist, so that these take as long."""
    return _hasher().hash(secrets.token_urlsafe(16))
