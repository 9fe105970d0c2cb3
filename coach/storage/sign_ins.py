"""Browsers that are signed in: passwords checked without haste, secrets kept as digests, forgotten after a while."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from coach.errors import AccessError, InputError, ThrottledError
from coach.storage.accounts import Visitor, now, visitor_of
from coach.storage.database import Database
from coach.storage.secrets import digest_of, is_password
from coach.storage.tables import FailedSignIn, SignIn, User

LONGEST = timedelta(days=14)
"""After this a browser must sign in again, however busy it is."""

_LONGEST_IDLE = timedelta(hours=24)
_NOTED_EVERY = timedelta(minutes=5)
_FAILURES_COUNT_FOR = timedelta(minutes=15)
_MOST_HERE = 5
"""Wrong passwords for one name from one address."""

_MOST_FOR_NAME = 30
"""From everywhere: more than one address can try, so that nobody can lock another out by five wrong guesses."""

_MOST_FROM_ADDRESS = 60
"""For all names: a whole office may come from one address."""


@dataclass(frozen=True)
class SignIns:
    """The signed-in browsers in a database; `clock` tells the time."""

    database: Database
    clock: Callable[[], datetime] = now

    def sign_in(self, name: str, password: str, *, address: str = "", browser: str = "") -> str:
        """A secret for the browser. Raises AccessError for a wrong name or password or a closed account, ThrottledError
        after too many wrong ones.
        """
        attempt = self._attempt(name, address)
        with self.database.reading() as session:
            user = session.scalar(select(User).where(User.name == name))
        known = is_password(password, user.password if user else "")
        if user is None or not known or user.disabled:
            raise AccessError("用户名或密码不对。")
        with self.database.begin() as session:
            session.execute(
                delete(FailedSignIn).where(
                    (FailedSignIn.id == attempt) | ((FailedSignIn.name == name) & (FailedSignIn.address == address))
                )
            )
        return self.let_in(user.id, address=address, browser=browser)

    def let_in(self, user_id: str, *, address: str = "", browser: str = "") -> str:
        """A secret for the browser of somebody who has shown who he is."""
        token = secrets.token_urlsafe(32)
        at = self.clock()
        with self.database.begin() as session:
            session.execute(delete(SignIn).where(self._is_over()))
            session.add(
                SignIn(
                    digest=digest_of(token),
                    user_id=user_id,
                    form_token=secrets.token_urlsafe(24),
                    expires_at=at + LONGEST,
                    created_at=at,
                    seen_at=at,
                    address=address[:60],
                    browser=browser[:200],
                )
            )
        return token

    def visitor(self, token: str) -> Visitor | None:
        """Who holds this secret."""
        digest = digest_of(token)
        query = select(User, SignIn).join(SignIn).where(SignIn.digest == digest, ~self._is_over())
        with self.database.reading() as session:
            found = session.execute(query).one_or_none()
        if found is None or found[0].disabled:
            return None
        user, sign_in = found
        if self.clock() - sign_in.seen_at > _NOTED_EVERY:
            with self.database.begin() as session:
                session.execute(update(SignIn).where(SignIn.digest == digest).values(seen_at=self.clock()))
        return visitor_of(user, form_token=sign_in.form_token)

    def of(self, visitor: Visitor) -> list[SignIn]:
        """The browsers in which somebody is signed in, the latest seen first."""
        query = select(SignIn).where(SignIn.user_id == visitor.id, ~self._is_over())
        with self.database.reading() as session:
            return list(session.scalars(query.order_by(SignIn.seen_at.desc())))

    def sign_out(self, token: str) -> None:
        """The secret is worth nothing any more."""
        with self.database.begin() as session:
            session.execute(delete(SignIn).where(SignIn.digest == digest_of(token)))

    def sign_out_everywhere(self, visitor: Visitor) -> None:
        """Every browser of this person is out."""
        with self.database.begin() as session:
            session.execute(delete(SignIn).where(SignIn.user_id == visitor.id))

    def check_password(self, visitor: Visitor, password: str, *, address: str = "") -> None:
        """Whether he who sits here is the one who signed in. Raises InputError, ThrottledError."""
        attempt = self._attempt(visitor.name, address)
        with self.database.reading() as session:
            user = session.get_one(User, visitor.id)
        if not is_password(password, user.password):
            raise InputError("原来的密码不对。")
        with self.database.begin() as session:
            session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))

    def _is_over(self) -> ColumnElement[bool]:
        at = self.clock()
        return (SignIn.expires_at < at) | (SignIn.seen_at < at - _LONGEST_IDLE)

    def _attempt(self, name: str, address: str) -> int:
        """Note an attempt as failed before it is tried, so that many at once count too; its id. Raises ThrottledError."""
        name, address = name[:200], address[:60]
        since = self.clock() - _FAILURES_COUNT_FOR
        with self.database.begin() as session:
            session.execute(delete(FailedSignIn).where(FailedSignIn.at <= since))
            of_name, from_address = FailedSignIn.name == name, FailedSignIn.address == address
            if (
                _count(session, of_name & from_address) >= _MOST_HERE
                or _count(session, of_name) >= _MOST_FOR_NAME
                or _count(session, from_address) >= _MOST_FROM_ADDRESS
            ):
                raise ThrottledError("密码错了太多次，请过一刻钟再试，或请管理员发一个重设密码的链接。")
            attempt = FailedSignIn(name=name, address=address, at=self.clock())
            session.add(attempt)
            session.flush()
            return attempt.id


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(FailedSignIn).where(which)) or 0
