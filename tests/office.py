"""People for the tests of the service."""

from functools import lru_cache
from uuid import uuid4

from coach.storage.accounts import Role, Visitor, now
from coach.storage.database import Database
from coach.storage.secrets import hashed
from coach.storage.tables import User


def add_user(database: Database, name: str, role: Role, team: str) -> Visitor:
    """An account with a password that nobody knows."""
    user = User(id=uuid4().hex, name=name, role=role, team=team, password=_of_nobody(), created_at=now())
    with database.begin() as session:
        session.add(user)
    return Visitor(user.id, name, role, team)


@lru_cache(maxsize=1)
def _of_nobody() -> str:
    """One hash for all: making one is slow."""
    return hashed(uuid4().hex)
