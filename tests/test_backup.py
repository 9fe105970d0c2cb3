"""Everything that is kept goes into one file and comes back, also into the other kind of database."""

import json
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from office import add_user
from sqlalchemy import func, select

from coach.errors import CoachError, InputError, StorageError
from coach.imports import read_text, saved
from coach.pipeline import Coach
from coach.storage.accounts import Role, Visitor
from coach.storage.audit import AuditLog
from coach.storage.backup import restore, save
from coach.storage.database import Database
from coach.storage.library import About, Library
from coach.storage.listing import Wanted
from coach.storage.recordings import Recordings
from coach.storage.tables import AuditEntry, Base
from coach.storage.worklist import Run, WorkList

SAID = "销售：李老板好，这批货包在我身上，保您月月赚钱。\n客户：价格贵不贵？"


@pytest.fixture
def rep(database: Database, tmp_path: Path, coach: Coach) -> Visitor:
    """Somebody with a judged call, a recording that waits, and an entry in the log."""
    rep = add_user(database, "小王", Role.REP, "东区")
    library = Library(database, Recordings(tmp_path / "recordings"))
    run = Run(library.add_transcript(rep, About(rep.id, "李老板"), read_text(SAID)), 1)
    work = WorkList(database)
    work.judged(run, coach.analyse(saved.load(work.begin(run, "analyse").transcript)))
    library.add_recording(rep, About(rep.id, "录音"), BytesIO(b"some sound"), ".wav")
    AuditLog(database).note(rep, "upload", run.call_id)
    return rep


def new(folder: Path) -> tuple[Database, Recordings]:
    return Database(f"sqlite:///{folder / 'restored.db'}"), Recordings(folder / "restored")


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_what_is_restored_is_what_was_saved(database: Database, rep: Visitor, tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "recordings")
    told = save(database, recordings, tmp_path / "backup.tar")
    assert told.rows["calls"] == 2
    assert told.recordings == 1
    other, others_recordings = new(tmp_path)
    restore(tmp_path / "backup.tar", other, others_recordings)
    assert rows(other) == rows(database)
    library = Library(other, others_recordings)
    (call,) = library.listing(rep, Wanted(words="包在我身上"))[0]
    assert library.report(rep, call.id).findings
    (waiting,) = (one for one in library.listing(rep, Wanted())[0] if one.title == "录音")
    assert others_recordings.path(library.find(rep, waiting.id).recording).read_bytes() == b"some sound"
    other.close()


def test_a_restored_database_goes_on_counting(database: Database, rep: Visitor, tmp_path: Path) -> None:
    """Backup from SQLite into the kind of database under test."""
    small, recordings = new(tmp_path)
    small.migrate()
    visitor = add_user(small, "小李", Role.REP, "西区")
    AuditLog(small).note(visitor, "upload")
    save(small, recordings, tmp_path / "small.tar")
    small.close()
    with database.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    restore(tmp_path / "small.tar", database, recordings)
    AuditLog(database).note(visitor, "read")
    with database.reading() as session:
        assert session.scalar(select(func.count(AuditEntry.id))) == 2


def test_nothing_is_put_over_what_is_there(database: Database, rep: Visitor, tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "recordings")
    save(database, recordings, tmp_path / "backup.tar")
    with pytest.raises(InputError, match="已经存在"):
        save(database, recordings, tmp_path / "backup.tar")
    before = rows(database)
    with pytest.raises(StorageError, match="已经有数据"):
        restore(tmp_path / "backup.tar", database, recordings)
    assert rows(database) == before


def test_what_is_no_backup_is_told(tmp_path: Path) -> None:
    database, recordings = new(tmp_path)
    (tmp_path / "text.tar").write_text("not a tar")
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        archive.add(tmp_path / "text.tar", "a")
    for name, told in (("text.tar", "不是完整的备份"), ("other.tar", "不是这个程序"), ("none.tar", "找不到")):
        with pytest.raises(InputError, match=told):
            restore(tmp_path / name, database, recordings)
    assert not (tmp_path / "restored.db").exists()


def test_a_backup_that_cannot_be_written_leaves_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(StorageError, match="磁盘空间"):
        save(database, Recordings(tmp_path), tmp_path / "backup.tar")
    assert list(tmp_path.glob("*.tar*")) == list(tmp_path.glob(".backup*")) == []


def test_a_backup_of_a_newer_version_is_refused(database: Database, tmp_path: Path) -> None:
    save(database, Recordings(tmp_path / "recordings"), tmp_path / "new.tar")
    with tarfile.open(tmp_path / "new.tar") as archive:
        told = json.load(archive.extractfile("backup.json"))
    for change in ({"format": 2}, {"revisions": ["9999"]}):
        content = json.dumps(told | change).encode()
        entry = tarfile.TarInfo("backup.json")
        entry.size = len(content)
        with tarfile.open(tmp_path / "newer.tar", "w") as archive:
            archive.addfile(entry, BytesIO(content))
        other, recordings = new(tmp_path)
        with pytest.raises(CoachError, match="先升级"):
            restore(tmp_path / "newer.tar", other, recordings)
        other.close()
