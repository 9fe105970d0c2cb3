"""The accounts: who there is, what they may do, and the links with which people set their passwords."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coach.errors import AccessError, InputError, NotFoundError
from coach.storage.database import Database
from coach.storage.secrets import check_password, digest_of, hashed
from coach.storage.tables import SetupLink, SignIn, User

_NAME = re.compile(r"[\w.\-@]{1,40}")
_LONGEST_TEAM = 40
_SETUP_FOR = timedelta(hours=24)
_INVITED_FOR = timedelta(days=7)
LANGUAGES = {"zh": "中文", "en": "English"}


class Role(StrEnum):
    """What somebody may do: a rep sees his own calls, a supervisor those of his team, an administrator all."""

    REP = "rep"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {Role.REP: "客户经理", Role.SUPERVISOR: "主管", Role.ADMINISTRATOR: "管理员"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who came in. `form_token` must come back with every form he sends; keys have none. `scopes` is what a key
    may do (`calls:read`); None: a person, who may do all that his role allows.
    """

    id: str
    name: str
    role: Role
    team: str
    language: str = "zh"
    form_token: str = ""
    scopes: frozenset[str] | None = None

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

    # Links: the first administrator's, and those of people who are invited or have forgotten their password.

    def setup_token(self) -> str | None:
        """A new secret for making the first administrator; the ones before it no longer work. None once there is one."""
        with self.database.begin() as session:
            if _administrators(session):
                return None
            session.execute(delete(SetupLink).where(SetupLink.user_id.is_(None)))
            return self._link(session, None, _SETUP_FOR)

    def invitation(self, user_id: str) -> str:
        """A new secret with which this person sets his password; the ones before it no longer work.

        Raises NotFoundError, InputError for an account that is shut.
        """
        with self.database.begin() as session:
            user = _with_id(session, user_id)
            if user.disabled:
                raise InputError("这个账号已停用，请先重新启用，再发设置密码的链接。")
            session.execute(delete(SetupLink).where(SetupLink.user_id == user.id))
            return self._link(session, user.id, _INVITED_FOR)

    def invited(self, token: str) -> User | None:
        """Whose password this secret sets; None: it makes the first administrator. Raises AccessError if it is used up."""
        with self.database.reading() as session:
            link = self._open_link(session, token)
            return session.get(User, link.user_id) if link.user_id else None

    def set_up(self, token: str, password: str, *, name: str = "") -> Visitor:
        """Use a link: the first administrator, of this name, or a new password for the invited one.

        Raises AccessError for a wrong or used secret, InputError for what `add` refuses.
        """
        with self.database.begin() as session:
            link = self._open_link(session, token, to_use=True)
            session.delete(link)
            if link.user_id is None:
                return visitor_of(self._added(session, name, Role.ADMINISTRATOR, "", password))
            user = _with_id(session, link.user_id)
            _set_password(session, user, password)
            return visitor_of(user)

    # Changes.

    def add(self, name: str, role: Role, team: str = "", *, password: str = "") -> Visitor:
        """A new account; without a password nobody can sign in to it until a link has set one.

        Raises InputError for a name that is taken or odd, or a password that is too short.
        """
        with self.database.begin() as session:
            return visitor_of(self._added(session, name, role, team, password))

    def change(
        self, user_id: str, *, role: Role | None = None, team: str | None = None, disabled: bool | None = None
    ) -> User:
        """Another role or team, shut or open again; None leaves it. The calls of a shut account stay, its browsers, keys and
        links do not work. Raises NotFoundError, InputError for the last administrator.
        """
        with self.database.begin() as session:
            _administrators(
                session
            )  # locked before anything is changed: two who shut each other out must not both succeed
            user = _with_id(session, user_id)
            if role is not None:
                user.role = role
            if team is not None:
                user.team = _team(team)
            if disabled is not None:
                user.disabled = disabled
            _keep_an_administrator(session)
            if user.disabled:
                session.execute(delete(SignIn).where(SignIn.user_id == user.id))
                session.execute(delete(SetupLink).where(SetupLink.user_id == user.id))
            return user

    def change_password(self, user_id: str, password: str) -> None:
        """A new password; whoever was signed in to this account is out. Raises NotFoundError, InputError."""
        with self.database.begin() as session:
            _set_password(session, _with_id(session, user_id), password)

    def speak(self, user_id: str, language: str) -> None:
        """The language of this person's pages. Raises NotFoundError, InputError."""
        if language not in LANGUAGES:
            raise InputError("只有中文和英文两种界面。")
        with self.database.begin() as session:
            _with_id(session, user_id).language = language

    # Who there is.

    def everybody(self) -> list[User]:
        """All accounts, by team and name."""
        with self.database.reading() as session:
            return list(session.scalars(select(User).order_by(User.team, User.name)))

    def with_id(self, user_id: str) -> User:
        """The account of this id. Raises NotFoundError."""
        with self.database.reading() as session:
            return _with_id(session, user_id)

    def named(self, name: str) -> User:
        """The account of this name. Raises NotFoundError."""
        with self.database.reading() as session:
            user = session.scalar(select(User).where(User.name == name))
        if user is None:
            raise NotFoundError(f"没有「{name}」这个用户。")
        return user

    def of_id(self, user_id: str) -> User:
        """The account of this id. Raises NotFoundError."""
        with self.database.reading() as session:
            return _with_id(session, user_id)

    def reps_for(self, visitor: Visitor) -> list[User]:
        """The open accounts whose calls this visitor may see, himself included."""
        query = select(User).where(User.disabled.is_(False)).order_by(User.name)
        if visitor.role is Role.REP:
            query = query.where(User.id == visitor.id)
        elif visitor.role is Role.SUPERVISOR:
            query = query.where((User.team == visitor.team) | (User.id == visitor.id))
        with self.database.reading() as session:
            return list(session.scalars(query))

    def _added(self, session: Session, name: str, role: Role, team: str, password: str) -> User:
        if not _NAME.fullmatch(name):
            raise InputError("用户名用 1 到 40 个汉字、字母、数字，可以有点、横线和 @。")
        if password:
            check_password(password)
        user = User(
            id=uuid4().hex,
            name=name,
            role=role,
            team=_team(team),
            password=hashed(password) if password else "",
            language="zh",
            created_at=self.clock(),
        )
        session.add(user)
        try:
            session.flush()
        except IntegrityError as error:
            raise InputError(f"已经有「{name}」这个用户了。") from error
        return user

    def _link(self, session: Session, user_id: str | None, lasts: timedelta) -> str:
        token = secrets.token_urlsafe(24)
        session.add(SetupLink(digest=digest_of(token), user_id=user_id, expires_at=self.clock() + lasts))
        return token

    def _open_link(self, session: Session, token: str, *, to_use: bool = False) -> SetupLink:
        """A link that still works; `to_use`: whoever wants to use it too waits until this transaction ends."""
        link = session.get(SetupLink, digest_of(token), with_for_update=to_use or None)
        if link is None or link.expires_at <= self.clock():
            raise AccessError(
                "这个链接已经用过或过期了。请找管理员要新的；还没有管理员时，请重新启动服务，用控制台上的新链接。"
            )
        return link


def visitor_of(user: User, *, form_token: str = "", scopes: frozenset[str] | None = None) -> Visitor:
    """The person of an account, come in."""
    return Visitor(user.id, user.name, Role(user.role), user.team, user.language, form_token, scopes)


def _with_id(session: Session, user_id: str) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFoundError("没有这个用户。")
    return user


def _set_password(session: Session, user: User, password: str) -> None:
    check_password(password)
    user.password = hashed(password)
    session.execute(delete(SignIn).where(SignIn.user_id == user.id))
    session.execute(delete(SetupLink).where(SetupLink.user_id == user.id))


def _administrators(session: Session) -> list[str]:
    """The ids of those who can still come in as administrators; nobody else changes them until this transaction ends."""
    query = select(User.id).where(User.role == Role.ADMINISTRATOR, User.disabled.is_(False), User.password != "")
    return list(session.scalars(query.order_by(User.id).with_for_update()))


def _keep_an_administrator(session: Session) -> None:
    session.flush()
    if not _administrators(session):
        raise InputError("这是最后一个管理员，不能停用，也不能改成别的角色。请先添加另一个管理员。")


def _team(team: str) -> str:
    if len(team.strip()) > _LONGEST_TEAM:
        raise InputError(f"团队的名字最多 {_LONGEST_TEAM} 个字。")
    return team.strip()
