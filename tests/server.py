"""The service of a test on a real socket, and a worker that works in this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from house import House

from coach.asr.fake import FakeEngine, loud_parts
from coach.jobs.engines import Engines
from coach.jobs.processing import Processing
from coach.storage.worklist import WorkList


@contextmanager
def served(house: House) -> Iterator[str]:
    """The address of the service."""
    server = uvicorn.Server(uvicorn.Config(house.app, port=0, log_level="error", lifespan="off"))
    server.config.timeout_graceful_shutdown = 1
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def work(house: House) -> None:
    """Do what a worker does with everything that waits."""
    processing = Processing(
        WorkList(house.service.database),
        house.service.library.recordings,
        lambda: house.service.coach,
        Engines(lambda _threads: FakeEngine(["这批货包在我身上", "贵不贵"]), 1),
        house.service.settings.work_folder,
        loud_parts,
    )
    for run in processing.work.not_queued():
        processing.all_steps(run)
