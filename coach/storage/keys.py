"""Keys for machines: hashed, shown once, limited to what they are for, and revocable."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update

from coach.errors import InputError, NotFoundError
from coach.storage.accounts import Role, Visitor, now, visitor_of
from coach.storage.database import Database
from coach.storage.secrets import digest_of
from coach.storage.tables import ApiKey, User

SUBJECTS = {
    "calls": "对话",
    "analyse": "分析文字（不保存）",
    "reviews": "复核",
    "rules": "规则",
    "team": "团队",
    "practice": "练习",
    "settings": "设置",
    "webhooks": "通知",
    "users": "账号",
    "audit": "操作记录",
}
"""What a key may be for: the first part of an address under `/api/v1/`."""

RIGHTS = {"read": "读", "write": "改"}
_PREFIX = "coach_"
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Keys:
    """The keys in a database; `clock` tells the time."""

    database: Database
    clock: Callable[[], datetime] = now

    def add(self, visitor: Visitor, name: str, scopes: Iterable[str]) -> str:
        """A key, shown this once; within its scopes (`calls:read`) it may do what its owner may.

        Raises InputError without a name or a scope, or for one that does not exist.
        """
        wanted = sorted(set(scopes))
        if not name.strip():
            raise InputError("给密钥起个名字，以后才知道是谁在用。")
        if not wanted:
            raise InputError("请至少选一项这个密钥能做的事。")
        known = {f"{subject}:{right}" for subject in SUBJECTS for right in RIGHTS}
        if odd := [scope for scope in wanted if scope not in known]:
            raise InputError(f"没有这样的权限：{'、'.join(odd)[:100]}。")
        key = _PREFIX + secrets.token_urlsafe(32)
        with self.database.begin() as session:
            session.add(
                ApiKey(
                    id=uuid4().hex,
                    digest=digest_of(key),
                    user_id=visitor.id,
                    name=name.strip()[:200],
                    scopes=" ".join(wanted),
                    created_at=self.clock(),
                )
            )
        return key

    def of(self, visitor: Visitor) -> list[tuple[ApiKey, str]]:
        """The keys that still work with their owners' names, newest first: an administrator sees everybody's."""
        query = select(ApiKey, User.name).join(User).where(ApiKey.revoked_at.is_(None))
        if visitor.role is not Role.ADMINISTRATOR:
            query = query.where(ApiKey.user_id == visitor.id)
        with self.database.reading() as session:
            rows = session.execute(query.order_by(ApiKey.created_at.desc())).all()
        return [(key, owner) for key, owner in rows]

    def revoke(self, visitor: Visitor, key_id: str) -> str:
        """This key works no more; its name. Raises NotFoundError where it is not one of `of`."""
        with self.database.begin() as session:
            key = session.get(ApiKey, key_id)
            if key is None or (key.user_id != visitor.id and visitor.role is not Role.ADMINISTRATOR):
                raise NotFoundError("没有这个密钥。")
            key.revoked_at = key.revoked_at or self.clock()
            return key.name

    def visitor(self, key: str) -> Visitor | None:
        """Whose key this is, with what it may do."""
        query = select(User, ApiKey).join(ApiKey).where(ApiKey.digest == digest_of(key), ApiKey.revoked_at.is_(None))
        with self.database.reading() as session:
            found = session.execute(query).one_or_none()
        if found is None or found[0].disabled:
            return None
        user, kept = found
        if kept.used_at is None or self.clock() - kept.used_at > _NOTED_EVERY:
            with self.database.begin() as session:
                session.execute(update(ApiKey).where(ApiKey.id == kept.id).values(used_at=self.clock()))
        return visitor_of(user, scopes=frozenset(kept.scopes.split()))
