"""A worker: queues what the library says is to be done, does it as durable jobs with DBOS, and takes over from workers that
never came back.

A run of a call is one workflow, named after both, and each step of it is kept when it is finished: a worker that is killed
goes on after the last finished step when it starts again, or another worker does a minute later.
"""

import logging
import threading
from dataclasses import dataclass
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from coach.errors import StorageError
from coach.jobs.processing import STEPS, Processing
from coach.storage.worklist import Run

_QUEUE = "calls"
_WORKFLOW = "process_call"
_VERSION = "1"
"""Of the steps, not of the product: a new one would leave what is in work to workers of the old."""

_SWEEP_S = 0.5
_LOOK_ROUND_S = 15.0
_CLEAR_S = 3600.0
_MOST_RESTARTS = 5
_ACTIVE = ("PENDING", "ENQUEUED", "DELAYED")
_CRASHED = "处理这通对话时程序几次意外中断（可能内存不够），请联系管理员；也可以重试。"
_OUTAGE = "数据库长时间用不了，没有处理完，请重试。"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """One process that works on calls, under a name that no other has."""

    name: str
    processing: Processing
    jobs_database: str

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; whatever is in work then goes on when a worker starts again."""
        work = self.processing.work
        work.seen(self.name)
        workflow = self._launch()
        since_look = since_clear = float("inf")
        try:
            while True:
                try:
                    self._queue(workflow)
                    if since_look >= _LOOK_ROUND_S:
                        work.seen(self.name)
                        self._take_over()
                        self._settle()
                        since_look = 0.0
                    if since_clear >= _CLEAR_S:
                        self.processing.clear()
                        since_clear = 0.0
                except (StorageError, SQLAlchemyError, dbos_error.DBOSException) as error:
                    _log.warning("the database does not answer: %s", type(error).__name__)
                if stop.wait(_SWEEP_S):
                    break
                since_look += _SWEEP_S
                since_clear += _SWEEP_S
        finally:
            DBOS.destroy(workflow_completion_timeout_sec=0)
        work.gone(self.name)

    def _launch(self) -> Any:
        """Start DBOS in this process; what this worker had in work goes on at once."""
        config: DBOSConfig = {
            "name": "coach",
            "system_database_url": self.jobs_database,
            "executor_id": self.name,
            "application_version": _VERSION,
            "log_level": "WARNING",
            "enable_otlp": False,
        }
        DBOS(config=config)

        @DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=_MOST_RESTARTS)
        def process_call(call_id: str, number: int) -> bool:
            run = Run(call_id, number)
            return all(self._durable_step(name, run) for name in STEPS)

        DBOS.launch()
        DBOS.register_queue(
            _QUEUE,
            worker_concurrency=self.processing.engines.count,
            polling_interval_sec=_SWEEP_S,
            on_conflict="always_update",
        )
        return process_call

    def _durable_step(self, name: str, run: Run) -> bool:
        return DBOS.run_step(
            {
                "name": name,
                "retries_allowed": True,
                "max_attempts": 12,
                "should_retry": lambda error: isinstance(error, StorageError),
            },
            self.processing.step,
            name,
            run,
        )

    def _queue(self, workflow: Any) -> None:
        """Queue the runs that wait; queueing one twice makes one workflow."""
        for run in self.processing.work.not_queued():
            with SetWorkflowID(run.id):
                DBOS.enqueue_workflow(_QUEUE, workflow, run.call_id, run.number)
            self.processing.work.queued(run)

    def _take_over(self) -> None:
        """Go on with what dead workers had begun."""
        alive = self.processing.work.alive()
        for one in DBOS.list_workflows(status="PENDING", name=_WORKFLOW, load_input=False, load_output=False):
            if one.executor_id not in alive:
                _log.warning("taking over call %s from %s", Run.of_id(one.workflow_id).call_id, one.executor_id)
                DBOS.resume_workflow(one.workflow_id, queue_name=_QUEUE)

    def _settle(self) -> None:
        """Calls whose jobs ended without saying so, or are not known any more."""
        work = self.processing.work
        runs = {run.id: run for run in work.in_work()}
        if not runs:
            return
        known = DBOS.list_workflows(workflow_ids=list(runs), load_input=False, load_output=False)
        states = {one.workflow_id: one.status for one in known}
        for id, run in runs.items():
            if id not in states:
                work.not_known(run)
            elif states[id] == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
                work.failed(run, _CRASHED)
            elif states[id] not in _ACTIVE:
                work.failed(run, _OUTAGE)
