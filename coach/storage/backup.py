"""A backup of everything that is kept: one tar file with every table as lines of JSON and every recording.

It is written in one reading transaction, so that it shows one moment while others go on working, and is of no kind of
database: what was saved from SQLite can be put back into PostgreSQL, and the other way round.
"""

import json
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Date, DateTime, MetaData, Table, func, insert, select, text

from coach import __version__
from coach.errors import InputError, StorageError
from coach.storage import search
from coach.storage.accounts import now
from coach.storage.database import Database
from coach.storage.recordings import Recordings
from coach.storage.tables import Base, Call

_ABOUT = "backup.json"
_FORMAT = 1
_ROWS_AT_ONCE = 200
_NO_SECRETS = frozenset({"sign_ins", "failed_sign_ins", "setup_links", "workers"})
"""Tables of the moment: who is signed in, which process works. They are worth nothing later."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds: when it was made, the version of the tables, rows a table, and how many recordings."""

    made_at: str
    product: str
    revisions: tuple[str, ...]
    rows: dict[str, int]
    recordings: int
    format: int = _FORMAT


def save(database: Database, recordings: Recordings, target: Path) -> Saved:
    """Write a backup, whole or not at all. Raises InputError if the file is there already, StorageError if it fails."""
    if target.exists():
        raise InputError(f"{target} 已经存在，不会覆盖。请换一个文件名。")
    draft = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)  # as private as what is in it
        with tarfile.open(draft, "w") as archive, database.snapshot() as connection:
            saved = _save(archive, connection, recordings)
        draft.replace(target)
    except OSError as error:
        raise StorageError(f"备份写不下去（{error.strerror or error}），请检查磁盘空间和权限。") from error
    finally:
        draft.unlink(missing_ok=True)
    return saved


def restore(source: Path, database: Database, recordings: Recordings) -> Saved:
    """Put a backup into an empty database, and bring that up to date.

    Raises InputError if the file is no backup, StorageError if the database has tables or cannot be used; then the database
    is left empty.
    """
    try:
        with tarfile.open(source) as archive:
            saved = _about(archive, source)
            database.migrate(saved.revisions)
            with database.engine.begin() as connection:
                if any(_count(connection, table) for table in _tables(connection)):
                    raise StorageError("要恢复到的数据库里已经有数据。请换一个空的数据库，或者先把它移走。")
                for table in _tables(connection):
                    _fill(connection, table, archive)
            _restore_recordings(archive, recordings)
    except tarfile.TarError as error:
        raise InputError(f"{source.name} 不是完整的备份文件。") from error
    except FileNotFoundError as error:
        raise InputError(f"找不到备份文件 {source}。") from error
    except OSError as error:
        raise StorageError(f"恢复时读写失败（{error.strerror or error}），请检查磁盘空间和权限。") from error
    database.migrate()
    _index(database)
    return saved


def _save(archive: tarfile.TarFile, connection: Connection, recordings: Recordings) -> Saved:
    rows: dict[str, int] = {}
    names: set[str] = set()
    for table in Base.metadata.sorted_tables:
        if table.name in _NO_SECRETS:
            continue
        with tempfile.TemporaryFile() as file:
            rows[table.name] = _write_rows(connection, table, file)
            _add(archive, f"tables/{table.name}.jsonl", file)
    for name in connection.scalars(select(Call.recording).where(Call.recording.is_not(None)).distinct()):
        path = recordings.path(str(name))
        if path.is_file():
            archive.add(path, f"recordings/{name}")
            names.add(str(name))
    for call_id in connection.scalars(select(Call.id)):
        if recordings.sound(call_id).is_file():
            archive.add(recordings.sound(call_id), f"sounds/{call_id}")
    saved = Saved(
        made_at=now().isoformat(timespec="seconds"),
        product=__version__,
        revisions=tuple(MigrationContext.configure(connection).get_current_heads()),
        rows=rows,
        recordings=len(names),
    )
    _add(archive, _ABOUT, BytesIO(json.dumps(asdict(saved), ensure_ascii=False, indent=1).encode()))
    return saved


def _write_rows(connection: Connection, table: Table, file: IO[bytes]) -> int:
    written = 0
    for row in connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table)).mappings():
        file.write(json.dumps(dict(row), ensure_ascii=False, default=_as_text).encode() + b"\n")
        written += 1
    return written


def _as_text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"cannot keep {type(value).__name__}")


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = file.seek(0, 2)
    file.seek(0)
    archive.addfile(entry, file)


def _about(archive: tarfile.TarFile, source: Path) -> Saved:
    try:
        told = json.loads(_read(archive, _ABOUT))
        saved = Saved(**told | {"revisions": tuple(told["revisions"])})
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{source.name} 不是这个程序的备份文件。") from error
    if saved.format != _FORMAT:
        raise InputError(f"{source.name} 是更新的版本（{saved.product}）做的备份，请先升级再恢复。")
    return saved


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()


def _tables(connection: Connection) -> list[Table]:
    """The tables as they are now, which may be of an older version than ours, parents first."""
    ours = set(Base.metadata.tables) - _NO_SECRETS
    there = MetaData()
    there.reflect(connection, only=lambda name, _: name in ours)
    return there.sorted_tables


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _fill(connection: Connection, table: Table, archive: tarfile.TarFile) -> None:
    batch: list[dict[str, Any]] = []
    for row in _rows(archive, table):
        batch.append(row)
        if len(batch) == _ROWS_AT_ONCE:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
    if connection.dialect.name == "postgresql":
        for column in table.primary_key.columns:
            if column.autoincrement is True or column.server_default is not None:
                _go_on_counting(connection, table.name, column.name)


def _go_on_counting(connection: Connection, table: str, column: str) -> None:
    """PostgreSQL counts new ids from where the restored ones end."""
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "  # noqa: S608 - names of our own tables
            f"COALESCE((SELECT MAX({column}) FROM {table}), 0) + 1, false)"
        )
    )


def _rows(archive: tarfile.TarFile, table: Table) -> Iterator[dict[str, Any]]:
    file = archive.extractfile(f"tables/{table.name}.jsonl")
    if file is None:
        return
    for line in file:
        yield {key: _from_text(table, key, value) for key, value in json.loads(line).items()}


def _from_text(table: Table, key: str, value: Any) -> Any:
    """Moments are kept in UTC without a zone, as the tables keep them."""
    kind = table.columns[key].type
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _restore_recordings(archive: tarfile.TarFile, recordings: Recordings) -> None:
    for entry in archive:
        folder, _, name = entry.name.partition("/")
        if folder not in ("recordings", "sounds") or not entry.isfile() or "/" in name or name.startswith("."):
            continue
        path = recordings.path(name) if folder == "recordings" else recordings.sound(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = archive.extractfile(entry)
        if file is not None:
            with path.open("wb") as copy:
                while block := file.read(1 << 20):
                    copy.write(block)


def _index(database: Database) -> None:
    """Let every call be found by its words again: each kind of database keeps its own index of them."""
    with database.reading() as session:
        call_ids = list(session.scalars(select(Call.id)))
    for call_id in call_ids:
        with database.begin() as session:
            call = session.get_one(Call, call_id)
            if call.words:
                search.index(session, call, call.words.split("\n", 2)[-1])
