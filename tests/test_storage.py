"""The database comes up, and what the tables say is what the migrations make."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from coach.errors import StorageError
from coach.storage.accounts import Accounts, Role
from coach.storage.database import Database
from coach.storage.tables import Base


def test_migrations_make_what_the_tables_say(database: Database) -> None:
    options = {"include_name": lambda name, kind, _parents: kind != "table" or not name.startswith("call_search")}
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'new' / 'coach.db'}").migrate()
    assert (tmp_path / "new" / "coach.db").exists()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    Accounts(database).add("小王", Role.REP)
    database.migrate()
    assert [user.name for user in Accounts(database).everybody()] == ["小王"]


def test_what_raises_is_undone(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.begin() as session:  # noqa: PT012 - what is undone
        session.execute(Base.metadata.tables["settings"].insert().values(key="a", value=1))
        raise ZeroDivisionError
    with database.begin() as session:
        assert session.execute(Base.metadata.tables["settings"].select()).all() == []


@pytest.mark.parametrize("url", ["mysql://a/b", "nonsense"])
def test_other_databases_are_refused_in_chinese(url: str) -> None:
    with pytest.raises(StorageError, match="COACH_DATABASE_URL"):
        Database(url)
