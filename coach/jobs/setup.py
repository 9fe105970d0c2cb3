"""Puts a worker together from the settings."""

from collections.abc import Callable

from coach.asr import Listening, engine_for
from coach.asr.batch import jobs_for
from coach.asr.engine import Engine
from coach.jobs.engines import Engines
from coach.jobs.processing import Processing
from coach.pipeline import Coach
from coach.settings import Settings
from coach.storage.database import Database
from coach.storage.recordings import Recordings
from coach.storage.worklist import WorkList

_MANY = 64


def processing_of(settings: Settings, database: Database, coach: Callable[[], Coach]) -> Processing:
    """What turns the calls of this database into reports; nothing is loaded before the first call."""

    def load(threads: int) -> Engine:
        listening = Listening(engine=settings.engine, model=settings.model, threads=threads)
        return engine_for(listening)

    return Processing(
        WorkList(database),
        Recordings(settings.recordings_folder),
        coach,
        Engines(load, jobs_for(_MANY, settings.workers)),
        settings.work_folder,
    )
