"""A worker beside the pages: it starts, is started again when it dies, and ends with them."""

import os
import signal
import time
from pathlib import Path

import pytest

from coach.jobs.beside import worker_beside


def workers(until: int, seconds: float = 60.0) -> list[int]:
    """The worker processes of this one, once there are as many as expected and their names are taken."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = []
        for task in Path("/proc/self/task").iterdir():
            try:
                children = [int(one) for one in (task / "children").read_text().split()]
                found += [one for one in children if "worker" in Path(f"/proc/{one}/cmdline").read_text()]
            except (FileNotFoundError, ProcessLookupError):
                continue
        if len(found) == until:
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_a_worker_runs_beside_and_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("COACH_DATABASE_URL", "")
    with worker_beside():
        (first,) = workers(1)
        deadline = time.monotonic() + 60
        while not (tmp_path / "jobs.db").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        os.kill(first, signal.SIGKILL)
        workers(0)
        (second,) = workers(1)
        assert second != first
    workers(0)
