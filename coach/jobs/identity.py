"""Names of workers: the same after a restart, so that a worker finds its own work again; never two alike at once."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path


@contextmanager
def worker_name(folder: Path) -> Iterator[str]:
    """This machine's name and the first number that no other worker here holds; the system gives it back even if this
    process is killed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    host = "".join(mark if mark.isalnum() else "-" for mark in socket.gethostname())[:60]
    for number in count():
        with (folder / f"{host}-{number}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield f"{host}-{number}"
            return
