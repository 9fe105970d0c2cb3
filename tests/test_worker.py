"""Workers that are killed lose nothing and do nothing twice, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from office import add_user
from sounds import recording

from coach.jobs.identity import worker_name
from coach.jobs.processing import STEPS
from coach.storage.accounts import Role
from coach.storage.database import Database
from coach.storage.library import About, Library
from coach.storage.listing import Listed, Wanted
from coach.storage.recordings import Recordings
from coach.storage.states import State
from coach.storage.worklist import Run, WorkList

SCRIPT = Path(__file__).with_name("killed_worker.py")


class Site:
    """A library, and workers on it as processes of their own."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.library = Library(database, Recordings(folder / "recordings"))
        self.rep = add_user(database, "小王", Role.REP, "东区")

    def add(self, title: str) -> str:
        return self.library.add_recording(self.rep, About(self.rep.id, title), BytesIO(recording()), ".wav")

    def work(self, name: str = "one", *, ahead_s: int = 0, restarts: int = 30) -> int:
        url = self.database.url.render_as_string(hide_password=False)
        arguments = [sys.executable, str(SCRIPT), url, str(self.folder), name, str(ahead_s), str(restarts)]
        path = os.pathsep.join(filter(None, [str(SCRIPT.parents[1]), os.environ.get("PYTHONPATH")]))
        return subprocess.run(arguments, timeout=240, env=os.environ | {"PYTHONPATH": path}).returncode

    def calls(self) -> list[Listed]:
        return self.library.listing(self.rep, Wanted())[0]

    @property
    def heard(self) -> int:
        return len((self.folder / "heard.log").read_text().splitlines())


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Site:
    return Site(database, tmp_path)


def test_a_process_killed_at_every_step_goes_on_and_hears_nothing_twice(site: Site) -> None:
    places = [*(f"{step} {when}" for step in STEPS for when in ("before", "after")), "block"]
    ids = [site.add(place) for place in places]
    assert site.work() == 0
    assert sorted(path.stem for path in site.folder.glob("*.mark")) == sorted(places), "it was killed everywhere"
    assert [(call.state, call.problem) for call in site.calls()] == [(State.DONE, "")] * len(places)
    assert site.heard == 2 * len(places)
    report = site.library.report(site.rep, ids[0])
    assert [turn.text for turn in report.transcript.turns] == ["李老板好这批货包在我身上。", "价格贵不贵。"]
    assert all(site.library.recordings.sound(one).stat().st_size for one in ids)
    assert not list(site.folder.glob("?" * 32)), "nothing is left of the work"


def test_another_worker_takes_over_from_one_that_never_comes_back(site: Site) -> None:
    site.add("transcribe after")
    assert site.work("gone", restarts=1) == 0
    assert [call.state for call in site.calls()] == [State.WORKING]
    assert site.work("other", ahead_s=300) == 0
    assert [call.state for call in site.calls()] == [State.DONE]
    assert site.heard == 2


def test_a_run_that_no_job_is_known_of_is_queued_again(site: Site) -> None:
    call_id = site.add("lost")
    WorkList(site.database).queued(Run(call_id, 1))
    assert site.work() == 0
    assert [call.state for call in site.calls()] == [State.DONE]


def test_workers_on_one_machine_have_names_of_their_own(tmp_path: Path) -> None:
    with worker_name(tmp_path) as first:
        with worker_name(tmp_path) as second:
            assert first != second
        with worker_name(tmp_path) as again:
            assert again == second
    with worker_name(tmp_path) as restarted:
        assert restarted == first
