"""Reports in the database: kept with what lists and searches need, the one before kept too, and read again."""

import hashlib
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from coach.errors import InputError
from coach.report import Analysis, Report
from coach.storage import search
from coach.storage.states import State
from coach.storage.tables import Call, FoundHabit, PastReport

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


def dump_report(report: Report) -> str:
    """A report as it is stored: one line of JSON."""
    return _REPORT.dump_json(report).decode()


def read_report(stored: str | bytes) -> Report:
    """A stored report. Raises InputError where it was written by a version that can no longer be read."""
    try:
        return _REPORT.validate_json(stored)
    except ValidationError as error:
        raise InputError("这份报告是旧版本写的，读不出来了。请重新分析这通对话。") from error


def judged_with(analysis: Analysis) -> str:
    """The digest of the rules, models and policy behind a report; the same for all calls judged alike."""
    parts = [analysis.version, analysis.policy_digest, *(f"{ran.detector} {ran.digest}" for ran in analysis.ran)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def keep_report(session: Session, call: Call, report: Report, *, at: datetime) -> None:
    """Put a report in place: the call is done, and found by what was said in it.

    The report before it stays readable as a past one unless the very same is put in its place.
    """
    stored = dump_report(report)
    if call.report is not None and call.report != stored:
        session.add(PastReport(call_id=call.id, replaced_at=at, judged_with=call.judged_with, report=call.report))
    call.report = stored
    call.judged_with = judged_with(report.analysis)
    call.score = report.score
    call.severity = max((finding.severity for finding in report.findings), default=0)
    call.judged_turns = report.analysis.judged_turns
    call.duration_s = report.transcript.duration_s
    call.state, call.progress, call.step, call.problem = State.DONE, 1.0, "", ""
    search.index(session, call, "\n".join(turn.text for turn in report.transcript.turns))
    session.execute(delete(FoundHabit).where(FoundHabit.call_id == call.id))
    session.add_all(_found_habits(call.id, report))


def _found_habits(call_id: str, report: Report) -> list[FoundHabit]:
    severities: dict[str, list[int]] = {}
    for finding in report.findings:
        severities.setdefault(finding.code, []).append(finding.severity)
    return [
        FoundHabit(call_id=call_id, code=code, count=len(each), severity=max(each)) for code, each in severities.items()
    ]
