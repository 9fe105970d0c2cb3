"""A worker as a process of its own beside the pages, started again when it ends, and never left behind."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_WAIT_S = 2.0
_GIVE_UP_S = 10.0


@contextmanager
def worker_beside(*arguments: str) -> Iterator[None]:
    """A worker runs while the block does."""
    stop = threading.Event()
    command = [sys.executable, "-c", "from coach.cli import app; app()", "worker", "--parent", str(os.getpid())]
    thread = threading.Thread(target=_keep_running, args=([*command, *arguments], stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_GIVE_UP_S)


def _keep_running(command: list[str], stop: threading.Event) -> None:
    while not stop.is_set():
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own program
        while process.poll() is None and not stop.wait(0.2):
            pass
        if stop.is_set():
            process.terminate()
            _ended(process)
        else:
            stop.wait(_WAIT_S)


def _ended(process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _GIVE_UP_S / 2
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
        process.wait()
