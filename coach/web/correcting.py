"""What pages and the interface share when a call is corrected: the report follows, the one before is kept, and two people
who change the same call are told.
"""

from dataclasses import replace
from datetime import datetime

from coach.asr.decode import decoded
from coach.errors import InputError, NotFoundError
from coach.imports import saved
from coach.render.clip import put_sound, silent_in
from coach.report import Report
from coach.roles import exchanged
from coach.storage.accounts import Visitor
from coach.storage.tables import Call
from coach.transcript import Speaker, Transcript
from coach.web.service import Service

LONGEST_TURN = 5_000


def transcript_of(call: Call) -> Transcript:
    """What was said in a call, as corrected so far. Raises NotFoundError where there is nothing yet."""
    if call.transcript is None:
        raise NotFoundError("这通对话还没有文字。")
    return replace(saved.load(call.transcript), call_id=call.title)


def swap(service: Service, visitor: Visitor, call_id: str, version: int) -> Report:
    """Exchange rep and customer in every turn. Raises NotFoundError, ConflictError."""
    transcript = transcript_of(service.library.find(visitor, call_id))
    return _put(service, visitor, call_id, version, transcript, exchanged(transcript))


def correct_turn(
    service: Service,
    visitor: Visitor,
    call_id: str,
    version: int,
    index: int,
    speaker: Speaker | None,
    text: str | None,
) -> Report:
    """Another speaker or text in one turn; None: as it is. Raises NotFoundError, InputError, ConflictError."""
    transcript = transcript_of(service.library.find(visitor, call_id))
    if not 0 <= index < len(transcript.turns):
        raise NotFoundError("没有这一轮，页面可能旧了，请刷新。")
    turn = transcript.turns[index]
    said = turn.text if text is None else " ".join(text.split())
    if not said:
        raise InputError("这一轮不能改成空的。如果没人说话，请改说话人为「不清楚」。")
    corrected = transcript.corrected(index, speaker or turn.speaker, said)
    return _put(service, visitor, call_id, version, transcript, corrected)


def describe(service: Service, visitor: Visitor, call_id: str, *, title: str, customer: str, made_at: datetime) -> None:
    """Another title, customer or time. Raises NotFoundError, InputError."""
    if not title.strip():
        raise InputError("请写一个标题。")
    service.library.describe(visitor, call_id, title=title, customer=customer, made_at=made_at)
    service.audit.note(visitor, "correct", call_id)


def _put(
    service: Service, visitor: Visitor, call_id: str, version: int, before: Transcript, after: Transcript
) -> Report:
    report = service.library.correct(visitor, call_id, version, after, service.coach.analyse)
    if set(silent_in(report.transcript)) - set(silent_in(before)):
        _silence(service, service.library.find(visitor, call_id), report.transcript)
    service.audit.note(visitor, "correct", call_id)
    return report


def _silence(service: Service, call: Call, transcript: Transcript) -> None:
    """Write the sound that browsers play anew, where a number is masked that was not known to be one before."""
    recordings = service.library.recordings
    if call.recording is None or not recordings.sound(call.id).is_file():
        return
    with decoded(recordings.path(call.recording)) as audio:
        put_sound(audio, transcript, recordings.sound(call.id))
