"""`coach worker`: works on the calls in the library, beside the pages or on another machine."""

import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Annotated

import typer

from coach.errors import StorageError
from coach.settings import read_settings
from coach.storage.database import Database

_NICE = 5
"""Pages come first where both share the cores."""


def worker(
    jobs: Annotated[int, typer.Option(help="同时处理几通；0 由处理器和内存决定", min=0, max=64)] = 0,
    parent: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    """处理对话库里的录音和对话；coach serve 已经带了一个，多台机器时在别的机器上再开。"""
    from coach.jobs.chores import Chores
    from coach.jobs.identity import worker_name
    from coach.jobs.rejudging import Rejudging
    from coach.jobs.setup import processing_of
    from coach.jobs.webhooks import Deliverer
    from coach.jobs.worker import Worker
    from coach.storage.library import Library
    from coach.storage.recordings import Recordings
    from coach.storage.retention import Retention
    from coach.storage.rules import CoachOfTheDay, TeamRules
    from coach.storage.standing_draws import StandingDraws
    from coach.storage.webhooks import Webhooks

    settings = read_settings()
    settings = settings.model_copy(update={"workers": jobs}) if jobs else settings
    database = Database(settings.database)
    database.migrate()
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    if parent:
        threading.Thread(target=_stop_with, args=(parent, stop), daemon=True).start()
    with suppress(OSError):
        os.nice(_NICE)
    try:
        with worker_name(settings.work_folder / "workers") as name:
            processing = processing_of(settings, database, CoachOfTheDay(TeamRules(database)))
            library = Library(database, Recordings(settings.recordings_folder))
            chores = Chores(Deliverer(Webhooks(database)), Retention(library), StandingDraws(database))
            for beside in (Rejudging(database).run, chores.run):
                threading.Thread(target=beside, args=(stop,), daemon=True).start()
            typer.echo(f"{name} 开始工作，同时处理 {processing.engines.count} 通，按 Ctrl-C 停止。", err=True)
            Worker(name, processing, settings.jobs_database).run(stop)
    except OSError as error:
        raise StorageError(f"建不了数据文件夹 {settings.work_folder}：{error.strerror}。") from error
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # what is in work goes on when a worker starts again; its threads need not end first


def _stop_with(parent: int, stop: threading.Event) -> None:
    """Stop when the process that started this one is gone."""
    while os.getppid() == parent:
        if stop.wait(1.0):
            return
    stop.set()
