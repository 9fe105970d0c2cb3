"""The steps of processing: what bad recordings and faults do to a call, what is cancelled, what is told while it runs."""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from office import add_user
from sounds import recording

from coach.asr.engine import Heard, Segment
from coach.asr.fake import FakeEngine, loud_parts
from coach.errors import MissingPartError, StorageError
from coach.imports import read_text
from coach.jobs.engines import Engines
from coach.jobs.processing import Processing
from coach.pipeline import Coach
from coach.storage.accounts import Role, Visitor
from coach.storage.database import Database
from coach.storage.library import About, Library
from coach.storage.listing import Listed
from coach.storage.recordings import Recordings
from coach.storage.states import State
from coach.storage.tables import Call
from coach.storage.worklist import Run, WorkList
from coach.transcript import Speaker


class Room:
    """A library with one rep, and what works on its calls, in this process."""

    def __init__(self, folder: Path, coach: Coach) -> None:
        self.database = Database(f"sqlite:///{folder / 'coach.db'}")
        self.database.migrate()
        self.library = Library(self.database, Recordings(folder / "recordings"))
        self.rep: Visitor = add_user(self.database, "小王", Role.REP, "东区")
        self.processing = Processing(
            WorkList(self.database),
            self.library.recordings,
            lambda: coach,
            Engines(lambda _threads: FakeEngine(["这批货包在我身上", "我电话13812345678"]), 1),
            folder / "work",
            loud_parts,
        )

    def add(self, content: bytes, suffix: str = ".wav", **about: object) -> str:
        return self.library.add_recording(self.rep, About(self.rep.id, "李老板", **about), BytesIO(content), suffix)

    def work(self, call_id: str) -> Listed:
        self.processing.all_steps(Run(call_id, self.library.find(self.rep, call_id).run))
        return self.seen(call_id)

    def seen(self, call_id: str) -> Listed:
        return self.library.some(self.rep, [call_id])[0]


@pytest.fixture
def room(tmp_path: Path, coach: Coach) -> Iterator[Room]:
    room = Room(tmp_path, coach)
    yield room
    room.database.close()


def test_a_recording_becomes_a_report(room: Room) -> None:
    call_id = room.add(recording(), listening={"rep_channel": 0})
    assert room.work(call_id).state is State.DONE
    call = room.library.find(room.rep, call_id)
    report = room.library.report(room.rep, call_id)
    assert report.call_id == "李老板"
    assert [turn.speaker for turn in report.transcript.turns] == [Speaker.REP, Speaker.CUSTOMER]
    assert "13812345678" not in f"{call.heard}{call.transcript}{call.report}{call.words}"
    sound = json.loads(call.sound)
    assert sound["duration_s"] == 3
    assert max(sound["peaks"]) == 1
    assert room.library.recordings.sound(call_id).read_bytes()[4:8] == b"ftyp"


def test_a_typed_conversation_becomes_a_report(room: Room) -> None:
    about = About(room.rep.id, "李老板", source="paste")
    call_id = room.library.add_transcript(room.rep, about, read_text("销售：包在我身上。\n客户：好。"))
    assert room.work(call_id).state is State.DONE
    assert room.library.find(room.rep, call_id).sound is None


@pytest.mark.parametrize(
    ("content", "suffix", "told"),
    [
        (b"", ".wav", "空文件"),
        (b"this is no sound at all" * 100, ".mp3", "读不出声音"),
        (b"PK\x03\x04" + os.urandom(2000), ".m4a", "读不出声音"),
        (recording()[:1000], ".wav", "几乎没有声音"),
        (recording(loud=0.0), ".wav", "没有听到人说话"),
    ],
)
def test_bad_recordings_say_why(room: Room, content: bytes, suffix: str, told: str) -> None:
    listed = room.work(room.add(content, suffix))
    assert listed.state is State.FAILED
    assert told in listed.problem
    assert ".wav" not in listed.problem


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (OSError(28, "No space left on device"), "清理磁盘"),
        (MissingPartError("请运行 pip install"), "请运行 pip install"),
        (MemoryError("said: secret"), "意外（MemoryError）"),
    ],
)
def test_faults_say_why_and_a_retry_goes_on(room: Room, fault: Exception, told: str, caplog) -> None:
    class Broken(FakeEngine):
        def language(self, _samples: object) -> tuple[str, float]:
            raise fault

    call_id = room.add(recording())
    working = room.processing
    room.processing = replace(working, engines=Engines(lambda _threads: Broken([]), 1))
    listed = room.work(call_id)
    assert (listed.state, told in listed.problem) == (State.FAILED, True)
    assert "secret" not in listed.problem + caplog.text
    room.processing = working
    room.library.retry(room.rep, call_id)
    assert room.work(call_id).state is State.DONE


def test_while_the_database_is_out_a_step_is_tried_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    call_id = room.add(recording())

    def out(*_: object) -> None:
        raise StorageError("数据库现在用不了")

    with monkeypatch.context() as patch:
        patch.setattr(WorkList, "heard", out)
        with pytest.raises(StorageError):
            room.work(call_id)
    assert room.seen(call_id).state is State.WORKING
    assert room.work(call_id).state is State.DONE


@pytest.mark.parametrize("change", [Library.cancel, Library.forget])
def test_what_is_cancelled_or_deleted_while_it_is_heard_ends(room: Room, change: Callable[..., None]) -> None:
    class Watched(FakeEngine):
        def hear(self, _samples: object, **_: object) -> Iterator[Segment]:
            change(room.library, room.rep, call_id)
            while True:  # it would never end of itself
                yield Segment((Heard("话", 0.0, 0.1, 0.9),))
                time.sleep(0.01)

    call_id = room.add(recording())
    room.processing = replace(room.processing, engines=Engines(lambda _threads: Watched(["话"]), 1))
    assert not room.processing.all_steps(Run(call_id, 1))
    assert [one.state for one in room.library.some(room.rep, [call_id])] in ([], [State.CANCELLED])
    room.processing.clear()
    assert [one.name for one in room.processing.folder.iterdir()] == ([] if change is Library.forget else [call_id])


def test_progress_is_told_while_it_is_heard(room: Room) -> None:
    seen: list[Listed] = []

    class Watched(FakeEngine):
        def hear(self, samples: object, *, after: str = "") -> Iterator[Segment]:
            yield from super().hear(samples, after=after)
            while not room.seen(call_id).progress:
                time.sleep(0.01)
            seen.append(room.seen(call_id))

    call_id = room.add(recording())
    room.processing = replace(room.processing, engines=Engines(lambda _threads: Watched(["好", "好"]), 1))
    room.work(call_id)
    assert [(one.state, one.step) for one in seen] == [(State.WORKING, "transcribe")] * 2
    assert seen[-1].progress > 0
    assert room.seen(call_id).progress == 1


def test_a_call_without_text_fails(room: Room) -> None:
    call_id = room.library.add_transcript(room.rep, About(room.rep.id, "a"), read_text("销售：好。"))
    with room.database.begin() as session:
        session.get_one(Call, call_id).transcript = None
    assert "没有文字" in room.work(call_id).problem
