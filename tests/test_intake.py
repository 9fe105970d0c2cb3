"""What becomes of a file that is handed in: its kind, its owner, its date, its title."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from office import add_user
from sounds import recording

from coach.errors import CoachError, InputError, NotFoundError
from coach.imports import saved
from coach.storage.accounts import Accounts, Role, Visitor
from coach.storage.database import Database
from coach.storage.intake import Told, clean_name, moment_of, take_in, take_in_text
from coach.storage.library import Library
from coach.storage.recordings import Recordings
from coach.storage.tables import Call
from coach.transcript import Speaker

CALL = "小王：这批货包在我身上。\n李姐：好。".encode()
PATTERN = "{date}_{rep}_{customer}_{rep_channel}"


class Desk:
    """Where files are handed in."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'coach.db'}")
        self.database.migrate()
        self.library = Library(self.database, Recordings(folder / "recordings"))
        self.rep = add_user(self.database, "小王", Role.REP, "东区")
        self.lead = add_user(self.database, "张主管", Role.SUPERVISOR, "东区")
        self.stranger = add_user(self.database, "小李", Role.REP, "西区")

    def hand_in(self, name: str, content: bytes, visitor: Visitor | None = None, **told: object) -> list[Call]:
        visitor = visitor or self.rep
        reps = Accounts(self.database).reps_for(visitor)
        ids = take_in(self.library, visitor, reps, name, BytesIO(content), Told(**told))
        return [self.library.find(visitor, one) for one in ids]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.close()


def test_a_name_tells_whose_call_it_is_and_when_it_was_made(desk: Desk) -> None:
    (call,) = desk.hand_in("20261103_小王_李姐_右.wav", recording(), desk.lead, pattern=PATTERN)
    assert call.owner_id == desk.rep.id
    assert (call.title, call.customer, call.listening) == ("20261103_小王_李姐_右", "李姐", {"rep_channel": 1})
    assert call.made_at == datetime(2026, 11, 3).astimezone()
    with pytest.raises(InputError, match="对不上，不知道是谁的通话"):
        desk.hand_in("别的名字.wav", recording(), desk.lead, pattern=PATTERN)
    (told,) = desk.hand_in("别的名字.wav", recording(), desk.lead, pattern=PATTERN, owner_id=desk.rep.id)
    (own,) = desk.hand_in("我的录音.wav", recording(), desk.rep, pattern=PATTERN)
    assert {told.owner_id, own.owner_id} == {desk.rep.id}


def test_what_is_told_comes_before_the_name(desk: Desk) -> None:
    told = {"title": "回访", "customer": "王姐", "owner_id": desk.rep.id, "made_at": datetime(2026, 1, 1).astimezone()}
    (call,) = desk.hand_in("20261103_小李_李姐_左.wav", recording(), desk.lead, pattern=PATTERN, **told)
    assert (call.title, call.customer, call.owner_id, call.made_at) == tuple(told.values())


@pytest.mark.parametrize("rep", ["小李", "没有这个人"])
def test_a_name_gives_no_calls_to_others(desk: Desk, rep: str) -> None:
    for visitor in (desk.rep, desk.lead):
        with pytest.raises(InputError, match=f"「{rep}」.*没有这个账号"):
            desk.hand_in(f"20261103_{rep}_李姐_左.wav", recording(), visitor, pattern=PATTERN)
    with pytest.raises(NotFoundError):
        desk.hand_in("a.wav", recording(), owner_id=desk.stranger.id)


def test_conversations_are_read_at_once(desk: Desk) -> None:
    (call,) = desk.hand_in("../记录\x00.txt", CALL, rep="小王")
    transcript = saved.load(call.transcript)
    assert call.title == "记录"
    assert transcript.turns[0].speaker is Speaker.REP
    (swapped,) = desk.hand_in("记录.txt", CALL, rep="小王", listening={"swap": True})
    assert saved.load(swapped.transcript).turns[0].speaker is Speaker.CUSTOMER


def test_labelled_calls_become_one_each_and_only_once(desk: Desk) -> None:
    line = '{"id": "%s", "turns": [{"speaker": "rep", "text": "包在我身上"}]}\n'
    content = (line % "甲" + line % "乙").encode()
    calls = desk.hand_in("calls.jsonl", content, once="key")
    assert [call.title for call in calls] == ["甲", "乙"]
    assert [call.id for call in desk.hand_in("calls.jsonl", content, once="key")] == [call.id for call in calls]


def test_a_recording_under_a_wrong_ending_is_one_still(desk: Desk) -> None:
    (call,) = desk.hand_in("录音.txt", recording())
    assert call.recording.endswith(".txt")
    assert desk.library.recordings.path(call.recording).read_bytes() == recording()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.wav", b"", "0 字节"),
        ("a.txt", b"", "0 字节"),
        ("a.txt", b"\x00\x01\x02" * 99, "不是能读的文字"),
        ("a.zip", b"PK\x03\x04" + b"\x00" * 99, "压缩包"),
        ("a.txt", b"x" * (51 << 20), "超过 50 MB"),
        ("昨天_小王_李姐_左.wav", b"RIFF" * 9, "「昨天」不是日期"),
        ("20261340_小王_李姐_左.wav", b"RIFF" * 9, "不是日期"),
    ],
)
def test_what_cannot_be_used_is_told_and_leaves_nothing(desk: Desk, name: str, content: bytes, told: str) -> None:
    with pytest.raises(CoachError, match=told):
        desk.hand_in(name, content, pattern=PATTERN)
    assert not [one for one in desk.library.recordings.folder.rglob("*") if one.is_file()]


def test_numbers_in_names_are_masked(desk: Desk) -> None:
    (call,) = desk.hand_in("13812345678_李姐.wav", recording())
    assert call.title == "138****5678_李姐"


def test_a_pasted_conversation_is_called_by_its_first_words(desk: Desk) -> None:
    told = Told(source="paste", rep="小王")
    call = desk.library.find(desk.rep, take_in_text(desk.library, desk.rep, CALL.decode(), told))
    assert (call.title, call.source) == ("这批货包在我身上。", "paste")
    named = take_in_text(desk.library, desk.rep, CALL.decode(), replace(told, title="回访"))
    assert desk.library.find(desk.rep, named).title == "回访"


@pytest.mark.parametrize(
    ("day", "time", "read"),
    [
        ("2026-11-03", "", "2026-11-03 00:00:00"),
        ("20261103", "1530", "2026-11-03 15:30:00"),
        ("2026年11月3日", "15:30:05", "2026-11-03 15:30:05"),
        ("2026.1.3", "9", "2026-01-03 09:00:00"),
    ],
)
def test_days_are_read_as_people_write_them(day: str, time: str, read: str) -> None:
    moment = moment_of(day, time)
    assert moment.tzinfo is not None
    assert f"{moment:%Y-%m-%d %H:%M:%S}" == read


@pytest.mark.parametrize("day", ["", "昨天", "11-03", "20261301"])
def test_other_days_are_not_guessed(day: str) -> None:
    assert moment_of(day) is None


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "", "a\x00.wav", "C:\\x\\y.wav", "长" * 300 + ".wav", "\u202e.wav"]
)
def test_names_are_cleaned(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned.isprintable()
    assert cleaned
    assert not set(cleaned) & set("/\\")
    assert len(cleaned) <= 220
