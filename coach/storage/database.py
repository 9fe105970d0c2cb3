"""One database, SQLite or PostgreSQL: opened, brought up to date, and used in transactions that hold or leave nothing."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session, sessionmaker

from coach.errors import StorageError

_MIGRATIONS = Path(__file__).parent / "migrations"
_WAIT_S = 15
"""How long SQLite waits for another writer before it gives up."""

_ONLY_READS = "coach_only_reads"
_MIGRATING = 0x636F616368
"""The lock in PostgreSQL that is held while the tables are changed."""

_BUSY = "数据库现在用不了（可能正在重启，或被别的程序占用）。刚才的操作没有保存，请稍等再试。"


class Database:
    """A database and its connections. Constructing one connects to nothing."""

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.engine = _engine(self.url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        reading = self.engine.execution_options(**{_ONLY_READS: True})
        self._reading_sessions = sessionmaker(reading, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction: kept when the block ends, undone when it raises. Raises StorageError if the database fails.

        On SQLite one such transaction goes at a time; what only reads uses `reading`, which waits for nobody.
        """
        with self._in(self._sessions) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that changes nothing. Raises StorageError if the database fails."""
        with self._in(self._reading_sessions) as session:
            yield session

    @contextmanager
    def _in(self, sessions: "sessionmaker[Session]") -> Iterator[Session]:
        try:
            with sessions.begin() as session:
                yield session
        except DBAPIError as error:
            if error.connection_invalidated or _is_outage(error):
                raise StorageError(_BUSY) from error
            raise

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one moment for as long as it is open. Raises StorageError if the database fails."""
        options = {_ONLY_READS: True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        try:
            with self.engine.execution_options(**options).connect() as connection:
                yield connection
        except DBAPIError as error:
            raise StorageError(_BUSY) from error

    def migrate(self, revisions: Sequence[str] = ("heads",)) -> None:
        """Bring the tables up to date, or to older `revisions`; on a new database make them.

        Raises StorageError if it cannot be used.
        """
        if self.is_sqlite and self.url.database:
            _make_folder(Path(self.url.database).parent)
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        engine = _engine(self.url, foreign_keys=False)
        try:
            with engine.begin() as connection:
                if not self.is_sqlite:  # one process at a time; SQLite has one writer anyway
                    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
                config.attributes["connection"] = connection
                for revision in revisions:
                    command.upgrade(config, revision)
        except CommandError as error:
            raise StorageError("数据库是更新的版本建的，请先升级程序。") from error
        except DBAPIError as error:
            raise StorageError(f"数据库打不开或升级失败：{self.url.render_as_string(hide_password=True)}。") from error
        finally:
            engine.dispose()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StorageError("COACH_DATABASE_URL 不是数据库地址，例如 postgresql://用户:密码@主机/库名。") from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StorageError("COACH_DATABASE_URL 只支持 sqlite 和 postgresql。")
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _engine(url: URL, *, foreign_keys: bool = True) -> Engine:
    """Without `foreign_keys` a migration may put a new table in the place of one that others point to."""
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, connect_args={"timeout": _WAIT_S}, hide_parameters=True)
            event.listen(engine, "connect", partial(_prepare_sqlite, foreign_keys=foreign_keys))
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StorageError(
            "缺少这种数据库的驱动，请运行 pip install 'sales-conversation-coach[postgresql]'。"
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any, *, foreign_keys: bool) -> None:
    """Readers beside a writer, foreign keys, and transactions begun by us: the driver begins them too late."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"foreign_keys={'ON' if foreign_keys else 'OFF'}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    """What may write claims the right at once and waits for it: a reader that became a writer later could not wait."""
    only_reads = connection.get_execution_options().get(_ONLY_READS, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _is_outage(error: DBAPIError) -> bool:
    name = type(error.orig).__name__
    return name in (
        "OperationalError",
        "InterfaceError",
        "AdminShutdown",
        "DiskFull",
        "SerializationFailure",
        "DeadlockDetected",
    )


def _make_folder(folder: Path) -> None:
    """Make the folder of what people said, where it is not there: for its owner alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"建不了数据文件夹 {folder}：{error.strerror}。请检查权限，或设置 COACH_DATA_FOLDER。"
        ) from error
