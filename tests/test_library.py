"""The library of calls: who sees what, lists, search, corrections, deletion; on SQLite and on PostgreSQL."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from office import add_user
from sqlalchemy import select, text

from coach.errors import ConflictError, InputError, NotFoundError, StorageError
from coach.imports import read_text, saved
from coach.pipeline import Coach
from coach.storage.accounts import Role, Visitor
from coach.storage.database import Database
from coach.storage.library import About, Library
from coach.storage.listing import Wanted
from coach.storage.recordings import Recordings
from coach.storage.reports import judged_with
from coach.storage.states import State
from coach.storage.tables import Call, FoundHabit
from coach.storage.worklist import Run, WorkList

BOAST = (
    "销售：李老板好，这批货包在我身上，保您月月赚钱。\n客户：价格贵不贵？我电话13812345678。\n销售：不贵，WiFi也送您。"
)
MILD = "销售：王姐您好，最近店里生意怎么样？\n客户：还行，就是天气热。\n销售：那我下周二上午十点给您送两箱水过来。"


@dataclass
class Office:
    """A library with a rep, his supervisor, a stranger of another team and an administrator."""

    library: Library
    work: WorkList
    coach: Coach
    rep: Visitor
    lead: Visitor
    stranger: Visitor
    chief: Visitor

    def typed(self, said: str = BOAST, visitor: Visitor | None = None, **about: object) -> str:
        visitor = visitor or self.rep
        about = {"owner_id": visitor.id, "title": "李老板"} | about
        return self.library.add_transcript(visitor, About(**about), read_text(said))

    def judged(self, said: str = BOAST, visitor: Visitor | None = None, **about: object) -> str:
        call_id = self.typed(said, visitor, **about)
        run = Run(call_id, 1)
        call = self.work.begin(run, "analyse")
        assert self.work.judged(run, self.coach.analyse(saved.load(call.transcript)))
        return call_id

    def found(self, words: str, visitor: Visitor | None = None) -> list[str]:
        return [one.id for one in self.library.listing(visitor or self.rep, Wanted(words=words))[0]]


@pytest.fixture
def office(database: Database, tmp_path: Path, coach: Coach) -> Office:
    return Office(
        Library(database, Recordings(tmp_path / "recordings")),
        WorkList(database),
        coach,
        add_user(database, "小王", Role.REP, "东区"),
        add_user(database, "张主管", Role.SUPERVISOR, "东区"),
        add_user(database, "小李", Role.REP, "西区"),
        add_user(database, "管理员", Role.ADMINISTRATOR, ""),
    )


def test_a_call_is_for_its_rep_his_supervisor_and_administrators(office: Office) -> None:
    call_id = office.judged()
    for visitor in (office.rep, office.lead, office.chief):
        assert office.library.find(visitor, call_id).id == call_id
        assert office.library.listing(visitor, Wanted())[1] == 1
    assert office.library.listing(office.stranger, Wanted()) == ([], 0)
    assert office.library.some(office.stranger, [call_id]) == []
    for forbidden in (
        lambda: office.library.find(office.stranger, call_id),
        lambda: office.library.report(office.stranger, call_id),
        lambda: office.library.past_reports(office.stranger, call_id),
        lambda: office.library.retry(office.stranger, call_id),
        lambda: office.library.cancel(office.stranger, call_id),
        lambda: office.library.forget(office.stranger, call_id),
        lambda: office.library.correct(
            office.stranger, call_id, 1, office.library.report(office.rep, call_id).transcript, office.coach.analyse
        ),
    ):
        with pytest.raises(NotFoundError):
            forbidden()


def test_nobody_puts_calls_into_the_library_of_another_team(office: Office) -> None:
    assert office.typed(visitor=office.lead, owner_id=office.rep.id)
    for visitor, owner in ((office.rep, office.lead), (office.lead, office.stranger), (office.rep, office.stranger)):
        with pytest.raises(NotFoundError):
            office.typed(visitor=visitor, owner_id=owner.id)
        with pytest.raises(NotFoundError):
            office.library.add_recording(visitor, About(owner.id, "a"), BytesIO(b"sound"), ".wav")
    assert not list(office.library.recordings.folder.rglob("*.wav"))


def test_a_report_is_kept_with_what_lists_need(office: Office) -> None:
    call_id = office.judged(customer="李老板便利店")
    (listed,), total = office.library.listing(office.rep, Wanted())
    report = office.library.report(office.rep, call_id)
    assert total == 1
    assert listed.state is State.DONE
    assert listed.score == report.score
    assert listed.habits == {finding.code: finding.severity for finding in report.findings} != {}
    assert office.library.find(office.rep, call_id).judged_with == judged_with(report.analysis)
    assert "13812345678" not in office.library.find(office.rep, call_id).report


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("包在我身上", True),
        ("价格", True),
        ("贵", True),
        ("不贵不", False),
        ("格价", False),
        ("身上保您", False),
        ("wifi", True),
        ("ＷＩＦ", True),
        ("包在我身上 价格", True),
        ("包在我身上 天气", False),
        ("價格", True),
        ("李老板便利", True),
        ("'\"*) OR (", False),
        ("13812345678", False),
        ("%", False),
    ],
)
def test_search_finds_what_was_said(office: Office, words: str, found: bool) -> None:
    call_id = office.judged(customer="李老板便利店")
    office.judged(MILD, title="王姐")
    assert office.found(words) == ([call_id] if found else [])
    assert office.found(words, office.stranger) == []


def test_what_was_corrected_or_deleted_is_found_anew(office: Office) -> None:
    call_id = office.judged()
    report = office.library.report(office.rep, call_id)
    turns = (replace(report.transcript.turns[0], text="李老板好，我查过库存再答复您。"), *report.transcript.turns[1:])
    office.library.correct(office.rep, call_id, 1, replace(report.transcript, turns=turns), office.coach.analyse)
    assert office.found("包在我身上") == []
    assert office.found("查过库存") == [call_id]
    office.library.describe(office.rep, call_id, title="新标题", customer="", made_at=datetime.now(UTC))
    assert office.found("新标题") == office.found("查过库存") == [call_id]
    office.library.forget(office.rep, call_id)
    assert office.found("查过库存") == []
    with office.library.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM call_search")).scalar() == 0


def test_a_waiting_call_is_found_by_its_title(office: Office) -> None:
    call_id = office.typed()
    assert office.found("李老板") == [call_id]


def test_lists_are_limited_to_what_is_wanted(office: Office) -> None:
    boast = office.judged(made_at=datetime(2026, 3, 1, 4, tzinfo=UTC))
    mild = office.judged(MILD, made_at=datetime(2026, 3, 5, 4, tzinfo=UTC))
    waiting = office.typed(MILD, made_at=datetime(2026, 3, 9, 4, tzinfo=UTC))
    code = next(iter(office.library.some(office.rep, [boast])[0].habits))

    def ids(**wanted: object) -> list[str]:
        return [one.id for one in office.library.listing(office.lead, Wanted(**wanted))[0]]

    assert ids() == [waiting, mild, boast]
    assert ids(code=code) == [boast]
    assert boast in ids(least_severity=1)
    assert ids(state="waiting") == [waiting]
    assert ids(owner_id=office.rep.id) == [waiting, mild, boast]
    assert ids(owner_id=office.lead.id) == []
    assert ids(since=date(2026, 3, 5), until=date(2026, 3, 5)) == [mild]
    assert ids(reviewed=False) == [waiting, mild, boast]
    assert ids(reviewed=True) == []
    rows, total = office.library.listing(office.lead, Wanted(), 2, per_page=2)
    assert ([one.id for one in rows], total) == ([boast], 3)


def test_two_who_correct_at_once_are_told(office: Office) -> None:
    call_id = office.judged()
    transcript = office.library.report(office.rep, call_id).transcript
    swapped = office.library.correct(office.rep, call_id, 1, transcript.swapped(), office.coach.analyse)
    with pytest.raises(ConflictError, match="没有存下"):
        office.library.correct(office.lead, call_id, 1, transcript, office.coach.analyse)
    assert office.library.report(office.rep, call_id) == swapped
    assert office.library.find(office.rep, call_id).version == 2
    (past,) = office.library.past_reports(office.rep, call_id)
    assert "包在我身上" in past.report


def test_a_correction_that_cannot_be_judged_changes_nothing(office: Office) -> None:
    call_id = office.judged()
    before = office.library.find(office.rep, call_id)
    empty = replace(saved.load(before.transcript), turns=())
    with pytest.raises(InputError):
        office.library.correct(office.rep, call_id, 1, empty, office.coach.analyse)
    assert office.library.find(office.rep, call_id).transcript == before.transcript


def test_the_same_key_makes_one_call(office: Office) -> None:
    def add(content: bytes, visitor: Visitor) -> str:
        about = About(visitor.id, "a", once="key-1")
        return office.library.add_recording(visitor, about, BytesIO(content), ".wav")

    first = add(b"one", office.rep)
    assert add(b"one", office.rep) == first
    assert add(b"one", office.stranger) != first, "another person's key is another key"
    with pytest.raises(ConflictError, match="Idempotency-Key"):
        add(b"two", office.rep)
    assert office.typed(once="key-2") == office.typed(once="key-2")
    assert office.library.listing(office.rep, Wanted())[1] == 2
    assert len(list(office.library.recordings.folder.rglob("*.wav"))) == 1, "the refused recording is not kept"


def test_a_recording_goes_with_the_last_call_made_of_it(office: Office) -> None:
    add = office.library.add_recording
    first, second = (add(office.rep, About(office.rep.id, "a"), BytesIO(b"sound"), ".WAV") for _ in range(2))
    path = office.library.recordings.path(office.library.find(office.rep, first).recording)
    office.library.recordings.sound(first).parent.mkdir()
    office.library.recordings.sound(first).write_bytes(b"sound")
    office.library.forget(office.rep, first)
    assert path.read_bytes() == b"sound"
    assert not office.library.recordings.sound(first).exists()
    office.library.forget(office.rep, second)
    assert [one for one in office.library.recordings.folder.rglob("*") if one.is_file()] == []


def test_a_recording_uploaded_while_it_is_deleted_stays(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    name = recordings.keep(BytesIO(b"sound"), ".wav")
    answers = iter([False, True])
    recordings.forget(name, lambda: next(answers))
    assert recordings.path(name).read_bytes() == b"sound"


def test_a_full_disk_leaves_nothing_behind(office: Office) -> None:
    class Failing(BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="请清理磁盘"):
        office.library.add_recording(office.rep, About(office.rep.id, "a"), Failing(b""), ".wav")
    assert office.library.listing(office.rep, Wanted())[1] == 0
    assert [one for one in office.library.recordings.folder.rglob("*") if one.is_file()] == []


def test_titles_are_one_line(office: Office) -> None:
    call_id = office.typed(title="../a\x00b\nc\u202e" + "长" * 300)
    title = office.library.find(office.rep, call_id).title
    assert title.isprintable()
    assert len(title) == 200


def test_runs_that_are_over_change_nothing(office: Office) -> None:
    call_id = office.typed()
    first = Run(call_id, 1)
    assert office.work.not_queued() == [first]
    office.work.queued(first)
    assert office.work.not_queued() == []
    assert office.work.begin(first, "analyse").state == State.WORKING
    assert office.work.in_work() == [first]
    assert office.work.progressed(first, 0.5)
    office.library.cancel(office.rep, call_id)
    assert not office.work.progressed(first, 0.6)
    assert office.work.begin(first, "store") is None
    with pytest.raises(ConflictError, match="已取消"):
        office.library.cancel(office.rep, call_id)
    office.library.retry(office.rep, call_id)
    second = Run(call_id, 2)
    assert office.work.not_queued() == [second]
    transcript = saved.load(office.library.find(office.rep, call_id).transcript)
    assert not office.work.heard(first, transcript)
    assert not office.work.judged(first, office.coach.analyse(transcript))
    office.work.begin(second, "analyse")
    office.work.failed(second, "读不出声音")
    assert office.library.find(office.rep, call_id).problem == "读不出声音"
    assert Run.of_id(second.id) == second


def test_workers_are_seen(office: Office) -> None:
    office.work.seen("a-0")
    office.work.seen("a-0")
    assert office.work.alive() == ["a-0"]
    office.work.gone("a-0")
    assert office.work.alive() == []


def test_all_that_belongs_to_a_call_goes_with_it(office: Office) -> None:
    call_id = office.judged()
    office.library.forget(office.rep, call_id)
    with office.library.database.reading() as session:
        assert session.scalars(select(FoundHabit)).all() == []
        assert session.scalars(select(Call)).all() == []
