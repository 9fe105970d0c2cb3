"""Judging the stored calls anew, by processes on all cores: with a draft of the rules, to show what it would change, or with
the rules in force, to be kept (the reports before stay as past ones).

It can be begun again at any time: calls that are judged as wanted already are left alone.
"""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from threadpoolctl import threadpool_limits

from coach.errors import CoachError, EmptyCallError, InputError, RuleFileError, StorageError
from coach.imports import saved
from coach.pipeline import Coach
from coach.report import Report
from coach.review import Review
from coach.rulechanges import RuleChanges, broken_examples, changed_book
from coach.storage.accounts import now
from coach.storage.database import Database
from coach.storage.replays import Changed, Kind, Place, Replays, Told, Verdict
from coach.storage.reports import dump_report, judged_with, keep_report, read_report
from coach.storage.reviews import Reviews
from coach.storage.rules import TeamRules, load_coach
from coach.storage.states import State
from coach.storage.tables import Call
from coach.training.reviewed import Mistakes, add_mistakes, labelled, mistakes
from coach.transcript import Speaker, Transcript, Turn

_CHUNK = 16
_AHEAD = 3
"""Chunks a process that are read before they are needed."""

_SWEEP_S = 1.0
_BROKEN = "重新分析的进程中断了，可能内存不够。已经分析的都保存了，请再来一次。"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    """A stored call, as the processes get it."""

    call_id: str
    title: str
    version: int
    transcript: str
    report: str
    judged_with: str
    review: Review | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """What came of it: the new report as it is stored (objects take ten times as long from process to process), whether its
    findings are others, and the mistakes of both on a reviewed call.
    """

    call_id: str
    version: int
    report: str
    changed: Changed | None
    old: Mapping[str, Mistakes]
    new: Mapping[str, Mistakes]


@dataclass(frozen=True)
class Rejudging:
    """Does the replays in a database, with `processes` at once (0: one a core)."""

    database: Database
    processes: int = 0

    def run(self, stop: threading.Event) -> None:
        """Do whatever is asked for until told to stop."""
        while not stop.wait(_SWEEP_S):
            try:
                self.run_next()
            except StorageError:
                _log.warning("the database does not answer")

    def run_next(self) -> bool:
        """Do one replay, if one waits; whether there was one."""
        replays = Replays(self.database)
        replay = replays.claim()
        if replay is None:
            return False
        try:
            self._do(replay)
        except StorageError:
            raise  # somebody takes it over in a minute
        except BrokenProcessPool:
            replays.failed(replay.id, _BROKEN)
        except CoachError as error:
            replays.failed(replay.id, str(error))
        return True

    def _do(self, replay: Told) -> None:
        replays, rules = Replays(self.database), TeamRules(self.database)
        base, in_force = rules.stamp(), rules.in_force()
        wanted = _wanted(replay, rules, in_force)
        reviews = Reviews(self.database).latest_settled()
        keeps = replay.kind is Kind.LIBRARY
        changes: list[Changed] = []
        old: dict[str, Mistakes] = {}
        new: dict[str, Mistakes] = {}
        reviewed = done = 0
        processes = self.processes or os.cpu_count() or 1
        with _pool(processes, wanted, in_force) as pool:
            digest = pool.submit(_digest_of_wanted).result()
            call_ids = self._call_ids(but_judged_with=digest if keeps else None)
            for judged in self._judged(pool, processes, call_ids, {} if keeps else reviews):
                if not replays.progressed(replay.id, done=done, total=len(call_ids)):
                    return  # nobody wants it any more
                if keeps:
                    self._keep(judged)
                for one in judged:
                    if one.changed is not None:
                        changes.append(one.changed)
                    add_mistakes(old, one.old)
                    add_mistakes(new, one.new)
                reviewed += sum(1 for one in judged if one.call_id in reviews)
                done = min(done + _CHUNK, len(call_ids))
        replays.progressed(replay.id, done=len(call_ids), total=len(call_ids))
        replays.finished(replay.id, tuple(changes), Verdict(reviewed, old, new, base), judged_with=digest)

    def _call_ids(self, *, but_judged_with: str | None) -> list[str]:
        query = select(Call.id).where(Call.state == State.DONE, Call.report.is_not(None)).order_by(Call.made_at.desc())
        if but_judged_with is not None:
            query = query.where(Call.judged_with != but_judged_with)
        with self.database.reading() as session:
            return list(session.scalars(query))

    def _judged(
        self, pool: ProcessPoolExecutor, processes: int, call_ids: Sequence[str], reviews: Mapping[str, Review]
    ) -> Iterator[list[_Judged]]:
        """Chunk after chunk, with only a few in memory."""
        waiting: deque[Future[list[_Judged]]] = deque()
        for at in range(0, len(call_ids), _CHUNK):
            waiting.append(pool.submit(_judge, self._tasks(call_ids[at : at + _CHUNK], reviews)))
            if len(waiting) >= processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _tasks(self, call_ids: Sequence[str], reviews: Mapping[str, Review]) -> list[_Task]:
        columns: tuple[Any, ...] = (Call.id, Call.title, Call.version, Call.transcript, Call.report, Call.judged_with)
        with self.database.reading() as session:
            rows = session.execute(select(*columns).where(Call.id.in_(call_ids), Call.report.is_not(None))).all()
        return [
            _Task(row.id, row.title, row.version, row.transcript, row.report, row.judged_with, reviews.get(row.id))
            for row in rows
            if row.transcript is not None
        ]

    def _keep(self, judged: Sequence[_Judged]) -> None:
        """Put reports in place, unless the call was changed, deleted or taken in work meanwhile."""
        versions = {one.call_id: one for one in judged}
        with self.database.begin() as session:
            for call in session.scalars(select(Call).where(Call.id.in_(versions), Call.state == State.DONE)):
                one = versions[call.id]
                if call.version == one.version:
                    keep_report(session, call, read_report(one.report), at=now())


def _wanted(replay: Told, rules: TeamRules, in_force: RuleChanges) -> RuleChanges:
    """The rules to judge by. Raises RuleFileError for a draft with mistakes, NotFoundError for one that is gone."""
    if replay.kind is Kind.LIBRARY:
        return in_force
    draft = rules.draft(replay.draft_id)
    wanted = in_force.with_text(draft.path, replay.rules)
    problems = broken_examples(changed_book(wanted), draft.path)
    if problems:
        raise RuleFileError(problems)
    return wanted


def _pool(processes: int, wanted: RuleChanges, in_force: RuleChanges) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare,
        initargs=(wanted, in_force, os.getpid()),
    )


# In a process of the pool.


@dataclass
class _Judges:
    """The coaches of this process: by the rules wanted, and (loaded when it is needed) by those in force."""

    wanted: Coach
    in_force: RuleChanges
    old: Coach | None = None
    old_digest: str | None = None


_judges: _Judges | None = None


def _prepare(wanted: RuleChanges, in_force: RuleChanges, parent: int) -> None:
    global _judges
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    threadpool_limits(1)
    _judges = _Judges(load_coach(wanted), in_force)


def _end_with(parent: int) -> None:
    """No process is left behind by a parent that was killed."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _digest_of_wanted() -> str:
    assert _judges is not None  # noqa: S101 - _prepare has run
    return _digest_of(_judges.wanted)


def _digest_of(coach: Coach) -> str:
    """What reports by this coach will say they were judged with."""
    return judged_with(coach.analyse(Transcript("", (Turn(0, Speaker.REP, "您好"),))).analysis)


def _judge(tasks: Sequence[_Task]) -> list[_Judged]:
    return [judged for task in tasks if (judged := _judge_one(task)) is not None]


def _judge_one(task: _Task) -> _Judged | None:
    assert _judges is not None  # noqa: S101 - _prepare has run
    transcript = replace(saved.load(task.transcript), call_id=task.title)
    try:
        report = _judges.wanted.analyse(transcript)
        before = read_report(task.report)
    except EmptyCallError:
        return None
    except InputError:  # a report of an old version that is not readable any more: all is new
        before = replace(report, findings=())
    old: Mapping[str, Mistakes] = {}
    new: Mapping[str, Mistakes] = {}
    if task.review is not None:
        seen = labelled(transcript, task.review, author="")
        old = mistakes(seen, _by_rules_in_force(task, before, transcript).findings)
        new = mistakes(seen, report.findings)
    return _Judged(task.call_id, task.version, dump_report(report), _changed(task.call_id, before, report), old, new)


def _by_rules_in_force(task: _Task, before: Report, transcript: Transcript) -> Report:
    """The stored report if it is by the rules in force, else one that is: new rules are compared with nothing older."""
    assert _judges is not None  # noqa: S101 - _prepare has run
    if _judges.old is None:
        _judges.old = load_coach(_judges.in_force)
        _judges.old_digest = _digest_of(_judges.old)
    return before if task.judged_with == _judges.old_digest else _judges.old.analyse(transcript)


def _changed(call_id: str, before: Report, after: Report) -> Changed | None:
    had = {(finding.turn, finding.code) for finding in before.findings}
    has = {(finding.turn, finding.code) for finding in after.findings}
    if had == has and before.score == after.score:
        return None
    return Changed(
        call_id,
        added=tuple(Place(*place) for place in sorted(has - had)),
        removed=tuple(Place(*place) for place in sorted(had - has)),
        score_before=before.score,
        score_after=after.score,
    )
