"""Shared parts of the tests."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from house import House, open_house
from sqlalchemy import create_engine, text

from coach.pipeline import Coach
from coach.storage.database import Database

POSTGRESQL = os.environ.get("COACH_TEST_POSTGRESQL_URL", "")


@pytest.fixture(scope="session")
def coach() -> Coach:
    return Coach.load()


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind, brought up to date."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'coach.db'}")
        database.migrate()
        yield database
        database.close()
        return
    name = f"test_{uuid4().hex}"
    server = create_engine(Database(POSTGRESQL).url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = Database(server.url.set(database=name).render_as_string(hide_password=False))
    database.migrate()
    yield database
    database.close()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def house(database: Database, tmp_path: Path, coach: Coach) -> Iterator[House]:
    """A running service with a rep, his colleague and supervisor, a stranger of another team and an administrator."""
    house = open_house(database, tmp_path, coach)
    with house.guest:
        yield house
