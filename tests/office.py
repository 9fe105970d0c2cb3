"""People for the tests of the service."""

from uuid import uuid4

from coach.storage.accounts import Role, Visitor, now
from coach.storage.database import Database
from coach.storage.tables import User


def add_user(database: Database, name: str, role: Role, team: str) -> Visitor:
    """An account nobody can sign in to: hashing passwords is slow."""
    user = User(id=uuid4().hex, name=name, role=role, team=team, password="", created_at=now())
    with database.begin() as session:
        session.add(user)
    return Visitor(user.id, name, role, team)
