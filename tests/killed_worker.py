"""A worker that is killed: for `test_worker.py`, which runs it as a process of its own.

A call's title says where the process kills itself the first time it comes by: `decode before`, `store after`, or
`block` between two blocks of what is heard. Arguments: the URL of the database, the folder, the worker's name, and how far
its clock is ahead of the true one (seconds). It goes on with new processes until no call is in work.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from coach.asr.engine import Segment
from coach.asr.fake import FakeEngine, loud_parts
from coach.jobs.engines import Engines
from coach.jobs.processing import Processing
from coach.jobs.worker import Worker
from coach.pipeline import Coach
from coach.storage.accounts import now
from coach.storage.database import Database
from coach.storage.recordings import Recordings
from coach.storage.states import OPEN_STATES
from coach.storage.tables import Call
from coach.storage.worklist import Run, WorkList

TEXTS = {True: "李老板好这批货包在我身上", False: "价格贵不贵"}


def die(folder: Path, where: str) -> None:
    """Once at each place, without a chance to clean up."""
    mark = folder / f"{where}.mark"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


class CountingEngine:
    """Hears the loud channel and the quiet one, and writes down how often."""

    id = "counting"
    workers = 1

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def language(self, _samples: object) -> tuple[str, float]:
        return "zh", 0.9

    def hear(self, samples: object, *, after: str = "") -> Iterator[Segment]:
        is_loud = abs(samples).max() > 0.4
        if not is_loud and (self.folder / "block").exists():
            die(self.folder, "block")
        with (self.folder / "heard.log").open("a") as log:
            log.write(f"{is_loud}\n")
        yield from FakeEngine([TEXTS[is_loud]]).hear(samples, after=after)


@dataclass(frozen=True)
class KilledProcessing(Processing):
    """Kills the process at the start or at the end of a step."""

    def step(self, name: str, run: Run) -> bool:
        with self.work.database.reading() as session:
            title = session.get(Call, run.call_id).title
        if title == f"{name} before":
            die(self.folder, title)
        (self.folder / "block").unlink(missing_ok=True)
        if title == "block":
            (self.folder / "block").touch()
        went_well = super().step(name, run)
        if title == f"{name} after":
            die(self.folder, title)
        return went_well


def open_calls(database: Database) -> int:
    with database.reading() as session:
        return session.query(Call).filter(Call.state.in_(OPEN_STATES)).count()


def work(url: str, folder: Path, name: str, ahead_s: float, coach: Coach) -> None:
    database = Database(url)
    jobs = f"sqlite:///{folder / 'jobs.db'}" if database.is_sqlite else url
    processing = KilledProcessing(
        WorkList(database, lambda: now() + timedelta(seconds=ahead_s)),
        Recordings(folder / "recordings"),
        lambda: coach,
        Engines(lambda _threads: CountingEngine(folder), 1),
        folder,
        loud_parts,
    )
    stop = threading.Event()

    def watch() -> None:
        while open_calls(database):
            time.sleep(0.2)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    Worker(name, processing, jobs).run(stop)


def main() -> None:
    url, folder, name, ahead_s, restarts = sys.argv[1:]
    coach = Coach.load()
    for _ in range(int(restarts)):
        child = os.fork()
        if child == 0:
            work(url, Path(folder), name, float(ahead_s), coach)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
