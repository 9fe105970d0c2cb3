"""What keeps the service running: options, retention, webhooks and what they are told, logs without anything said."""

import io
import itertools
import json
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from office import add_user

from coach.errors import InputError, NotFoundError
from coach.imports import read_text
from coach.jobs.webhooks import Deliverer, post, signature
from coach.logs import start_logging
from coach.storage.accounts import Role
from coach.storage.database import Database
from coach.storage.library import About, Library
from coach.storage.listing import Wanted
from coach.storage.options import Options, OptionStore
from coach.storage.recordings import Recordings
from coach.storage.retention import Retention
from coach.storage.states import State
from coach.storage.tables import Call
from coach.storage.webhooks import WAITS, Due, Webhooks, tell

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_options_are_what_nobody_changed_until_somebody_does(database: Database) -> None:
    store = OptionStore(database)
    assert store.read() == Options()
    store.write({"keep_recordings_days": 90, "masked_words": ["李老板"]})
    assert store.read() == Options(keep_recordings_days=90, masked_words=("李老板",))


@pytest.mark.parametrize(
    "values", [{"keep_calls_days": -1}, {"keep_calls_days": "很久"}, {"masked_words": ["词"] * 501}]
)
def test_options_out_of_range_change_nothing(database: Database, values: dict[str, object]) -> None:
    with pytest.raises(InputError, match="什么都没有改"):
        OptionStore(database).write({"keep_recordings_days": 30} | values)
    assert OptionStore(database).read() == Options()


def test_what_comes_in_is_kept_with_the_teams_words_masked(database: Database, tmp_path: Path) -> None:
    rep = add_user(database, "小王", Role.REP, "东区")
    library = Library(database, Recordings(tmp_path / "recordings"))
    OptionStore(database).write({"masked_words": ["福满多"]})
    call_id = library.add_transcript(rep, About(rep.id, "店"), read_text("销售：福满多的老板您好。\n客户：你好。"))
    assert "福满多" not in (library.find(rep, call_id).transcript or "")
    named = library.add_transcript(rep, About(rep.id, "福满多回访", "福满多"), read_text("销售：您好。\n客户：你好。"))
    assert "福满多" not in library.find(rep, named).title + library.find(rep, named).customer
    library.describe(rep, named, title="福满多 13912345678", customer="福满多", made_at=START)
    shown = library.find(rep, named)
    assert not {"福满多", "13912345678"} & set(re.findall(r"福满多|\d{11}", shown.title + shown.customer))


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


def test_recordings_go_first_and_calls_later(database: Database, tmp_path: Path) -> None:
    clock = Clock()
    rep = add_user(database, "小王", Role.REP, "东区")
    library = Library(database, Recordings(tmp_path / "recordings"), clock)
    call_id = library.add_recording(rep, About(rep.id, "李老板"), BytesIO(b"sound"), ".wav")
    waiting = library.add_transcript(rep, About(rep.id, "还没分析"), read_text("销售：您好。\n客户：你好。"))
    with database.begin() as session:
        session.get_one(Call, call_id).state = State.DONE
    OptionStore(database).write({"keep_recordings_days": 30, "keep_calls_days": 60})
    retention = Retention(library, clock)
    clock.time = START + timedelta(days=29)
    assert retention.sweep() == (0, 0)
    clock.time = START + timedelta(days=31)
    assert retention.sweep() == (1, 0)
    assert [path for path in (tmp_path / "recordings").rglob("*") if path.is_file()] == []
    assert library.find(rep, call_id).recording is None
    clock.time = START + timedelta(days=61)
    assert retention.sweep() == (0, 1)
    assert [one.id for one in library.listing(rep, Wanted())[0]] == [waiting]


def test_nothing_goes_unless_days_are_set(database: Database, tmp_path: Path) -> None:
    clock = Clock()
    rep = add_user(database, "小王", Role.REP, "东区")
    library = Library(database, Recordings(tmp_path), clock)
    library.add_recording(rep, About(rep.id, "李老板"), BytesIO(b"sound"), ".wav")
    clock.time = START + timedelta(days=4000)
    assert Retention(library, clock).sweep() == (0, 0)


@contextmanager
def receiver(status: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A server on this machine that keeps what it is told."""
    received: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/coach", received
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_told_is_signed_and_told_once(database: Database) -> None:
    clock = Clock()
    webhooks = Webhooks(database, clock)
    with receiver(204) as (url, received):
        webhook = webhooks.add(url, ["call.done"])
        with database.begin() as session:
            tell(session, "call.done", {"call_id": "a", "score": 80}, at=clock())
            tell(session, "call.failed", {"call_id": "b"}, at=clock())
        assert Deliverer(webhooks).deliver() == 1
        assert Deliverer(webhooks).deliver() == 0
    ((headers, body),) = received
    told = json.loads(body)
    assert (told["event"], told["call_id"], told["score"]) == ("call.done", "a", 80)
    timestamp = int(headers["X-Coach-Signature"].split(",")[0].removeprefix("t="))
    assert headers["X-Coach-Signature"] == signature(webhook.secret, body.decode(), timestamp)
    assert signature("other", body.decode(), timestamp) != headers["X-Coach-Signature"]
    assert webhooks.latest()[0].delivered_at == START


def test_nothing_is_told_of_what_was_undone(database: Database) -> None:
    webhooks = Webhooks(database)
    webhooks.add("https://example.com", ["call.done"])

    def told_and_undone() -> None:
        with database.begin() as session:
            tell(session, "call.done", {}, at=START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        told_and_undone()
    assert webhooks.latest() == []


def test_a_failed_try_is_made_again_later_and_later_and_at_last_no_more(database: Database) -> None:
    clock = Clock()
    webhooks = Webhooks(database, clock)
    webhooks.add("https://example.com", ["call.done"])
    tried: list[datetime] = []

    def refuse(_due: Due, _timestamp: int) -> str:
        tried.append(clock.time)
        return "对方回答 500"

    with database.begin() as session:
        tell(session, "call.done", {}, at=START)
    while clock.time < START + timedelta(days=3):
        Deliverer(webhooks, refuse).deliver()
        clock.time += timedelta(minutes=1)
    waits = [later - earlier for earlier, later in itertools.pairwise(tried)]
    assert waits == list(WAITS)
    assert webhooks.latest()[0].problem == "对方回答 500"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_refusal_is_a_problem_and_redirects_are_not_followed(status: int) -> None:
    with receiver(status) as (url, received):
        assert post(Due("1", url, "secret", "call.done", "{}"), 1) == f"对方回答 {status}"
        assert len(received) == 1


def test_nobody_there_is_a_problem() -> None:
    assert post(Due("1", "http://127.0.0.1:9/", "secret", "call.done", "{}"), 1).startswith("连不上")


@pytest.mark.parametrize(
    ("url", "events"),
    [("ftp://a.b", ["call.done"]), ("file:///etc/passwd", ["call.done"]), ("http://a", []), ("http://a", ["x"])],
)
def test_webhooks_that_cannot_be_are_refused(database: Database, url: str, events: list[str]) -> None:
    with pytest.raises(InputError):
        Webhooks(database).add(url, events)


def test_a_removed_webhook_is_told_nothing_more(database: Database) -> None:
    webhooks = Webhooks(database)
    webhook = webhooks.add("https://example.com", ["call.done"])
    with database.begin() as session:
        tell(session, "call.done", {}, at=START)
    webhooks.remove(webhook.id)
    assert webhooks.take_due() == []
    with pytest.raises(NotFoundError):
        webhooks.remove(webhook.id)


def test_logs_are_json_and_never_hold_the_text_of_an_exception() -> None:
    stream = io.StringIO()
    start_logging("info", stream)
    try:
        raise ValueError("客户说的话")
    except ValueError:
        logging.getLogger("coach.test").exception("step failed", extra={"call_id": "abc"})
    finally:
        logging.basicConfig(force=True)
    line = json.loads(stream.getvalue())
    assert line["event"] == "step failed"
    assert line["call_id"] == "abc"
    assert line["exception"] == "ValueError"
    assert line["places"]
    assert "客户说的话" not in stream.getvalue()
