"""The library as pages: the list of calls, a call with its report, its sound and its exports, and what is corrected in it."""

import json
from dataclasses import replace
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from coach.errors import InputError, NotFoundError
from coach.habits import HABITS
from coach.imports import saved
from coach.render import RENDERERS, html, render
from coach.render.clip import Clip
from coach.report import SEVERITY_NAMES
from coach.storage.listing import PAGE, Wanted
from coach.storage.reports import read_report
from coach.storage.states import OPEN_STATES, STATE_NAMES, STEP_NAMES, STOPPED_STATES, State
from coach.storage.tables import Call
from coach.transcript import Speaker, Transcript
from coach.web.service import Service, service_of
from coach.web.templating import page
from coach.web.visitors import SignedIn

router = APIRouter(prefix="/calls", include_in_schema=False)

EXPORTS = {"html": "网页", "xlsx": "Excel", "md": "Markdown", "json": "JSON", "srt": "字幕"}
_MEDIA = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SPEAKERS = {Speaker.REP: "销售", Speaker.CUSTOMER: "客户", Speaker.UNKNOWN: "不清楚"}
_LONGEST_TURN = 5_000


@router.get("")
def listing(
    request: Request,
    visitor: SignedIn,
    owner: Annotated[str, Query(max_length=32)] = "",
    code: Annotated[str, Query(max_length=40)] = "",
    severity: Annotated[int, Query(ge=0, le=3)] = 0,
    state: Annotated[str, Query(max_length=20)] = "",
    reviewed: Annotated[str, Query(pattern="^(yes|no|)$")] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    at: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:
    """One page of the visitor's calls, by what he asks for."""
    service = service_of(request)
    asked = {
        "owner": owner,
        "code": code,
        "severity": severity,
        "state": state,
        "reviewed": reviewed,
        "q": q,
        "since": since,
        "until": until,
    }
    wanted = Wanted(
        owner_id=owner,
        code=code,
        least_severity=severity,
        state=state,
        words=q,
        since=_day(since),
        until=_day(until),
        reviewed={"yes": True, "no": False}.get(reviewed),
    )
    listed, total = service.library.listing(visitor, wanted, at)
    kept = "&".join(f"{key}={quote(str(value))}" for key, value in asked.items() if value)
    return page(
        request,
        "calls.html.j2",
        calls=listed,
        total=total,
        at=at,
        pages=max(1, -(-total // PAGE)),
        asked=asked,
        kept=kept,
        is_filtered=bool(kept),
        reps=service.accounts.reps_for(visitor) if visitor.leads else [],
        habits=HABITS,
        severities=SEVERITY_NAMES,
        states=STATE_NAMES,
        steps=STEP_NAMES,
        open_states=OPEN_STATES,
    )


@router.post("/delete")
def delete_some(request: Request, visitor: SignedIn, ids: Annotated[list[str] | None, Form()] = None) -> Response:
    """Delete the ticked calls for good."""
    if not ids:
        raise InputError("还没有勾选要删除的对话。")
    service = service_of(request)
    for call_id in ids:
        service.library.forget(visitor, call_id)
        service.audit.note(visitor, "delete", call_id)
    return RedirectResponse("/calls", 303)


@router.get("/{call_id}")
def call(request: Request, visitor: SignedIn, call_id: str, explain: bool = False) -> Response:
    """A call: how far it is, why it failed, or its report."""
    service = service_of(request)
    found = service.library.find(visitor, call_id)
    if found.report is None:
        return page(
            request,
            "call_in_work.html.j2",
            call=found,
            states=STATE_NAMES,
            step=STEP_NAMES.get(found.step, ""),
            is_open=found.state in OPEN_STATES,
            is_stopped=found.state in STOPPED_STATES,
        )
    service.audit.note(visitor, "read", call_id)
    report = service.library.report(visitor, call_id)
    return page(
        request,
        "call.html.j2",
        call=found,
        owner=service.accounts.of_id(found.owner_id).name,
        speakers=_SPEAKERS,
        exports=EXPORTS,
        past=service.library.past_reports(visitor, call_id),
        can_correct=found.state == State.DONE,
        explain=explain,
        **html.view(report, _clip(found)),
    )


@router.get("/{call_id}/past/{past_id}")
def past_report(request: Request, visitor: SignedIn, call_id: str, past_id: int) -> Response:
    """A report that was replaced, as it was, under the rules of its day. Raises NotFoundError."""
    service = service_of(request)
    past = next((one for one in service.library.past_reports(visitor, call_id) if one.id == past_id), None)
    if past is None:
        raise NotFoundError("没有这份旧报告。")
    service.audit.note(visitor, "read", call_id)
    found = service.library.find(visitor, call_id)
    return page(
        request, "past_report.html.j2", call=found, past=past, explain=False, **html.view(read_report(past.report))
    )


@router.get("/{call_id}/recording")
def recording(request: Request, visitor: SignedIn, call_id: str) -> Response:
    """The sound of a call, as browsers play it, in ranges; personal numbers are silenced. Raises NotFoundError."""
    service = service_of(request)
    found = service.library.find(visitor, call_id)
    sound = service.library.recordings.sound(found.id)
    if found.sound is None or not sound.is_file():
        raise NotFoundError("这通对话没有录音，或者录音已经到期删除。")
    if request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        service.audit.note(visitor, "listen", call_id)
    return FileResponse(sound, media_type="audio/mp4")


@router.get("/{call_id}/export/{format}")
def export(request: Request, visitor: SignedIn, call_id: str, format: str) -> Response:
    """The report as a file. Raises NotFoundError for a format there is none of."""
    if format not in EXPORTS:
        raise NotFoundError(f"没有这种格式，可选的有：{'、'.join(EXPORTS)}。")
    service = service_of(request)
    report = service.library.report(visitor, call_id)
    service.audit.note(visitor, "export", call_id)
    name = quote(f"{report.call_id}{RENDERERS[format].suffix}")
    return Response(
        render(report, format=format),
        media_type=_MEDIA.get(format, "text/plain; charset=utf-8"),
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post("/{call_id}/swap")
def swap(request: Request, visitor: SignedIn, call_id: str, version: Annotated[int, Form()]) -> Response:
    """Exchange rep and customer in every turn; the report follows."""
    service = service_of(request)
    _correct(service, visitor, call_id, version, _transcript(service.library.find(visitor, call_id)).swapped())
    return RedirectResponse(f"/calls/{call_id}#transcript", 303)


@router.post("/{call_id}/turns/{index}")
def correct_turn(
    request: Request,
    visitor: SignedIn,
    call_id: str,
    index: int,
    version: Annotated[int, Form()],
    speaker: Annotated[Speaker, Form()],
    text: Annotated[str, Form(max_length=_LONGEST_TURN)] = "",
) -> Response:
    """Another speaker or text in one turn; the report follows. Words keep their times where the text stays."""
    service = service_of(request)
    transcript = _transcript(service.library.find(visitor, call_id))
    if not 0 <= index < len(transcript.turns):
        raise NotFoundError("没有这一轮，页面可能旧了，请刷新。")
    said = " ".join(text.split())
    if not said:
        raise InputError("这一轮不能改成空的。如果没人说话，请改说话人为「不清楚」。")
    turn = transcript.turns[index]
    turn = replace(turn, speaker=speaker, text=said, words=turn.words if said == turn.text else ())
    turns = (*transcript.turns[:index], turn, *transcript.turns[index + 1 :])
    _correct(service, visitor, call_id, version, replace(transcript, turns=turns))
    return RedirectResponse(f"/calls/{call_id}#t-{index}", 303)


@router.post("/{call_id}/retry")
def retry(request: Request, visitor: SignedIn, call_id: str) -> Response:
    """Process a call again that failed or was cancelled."""
    service_of(request).library.retry(visitor, call_id)
    return RedirectResponse(f"/calls/{call_id}", 303)


@router.post("/{call_id}/cancel")
def cancel(request: Request, visitor: SignedIn, call_id: str) -> Response:
    """Leave a call that waits or is in work."""
    service_of(request).library.cancel(visitor, call_id)
    return RedirectResponse(f"/calls/{call_id}", 303)


@router.post("/{call_id}/delete")
def delete(request: Request, visitor: SignedIn, call_id: str) -> Response:
    """Delete a call for good."""
    return delete_some(request, visitor, [call_id])


def _correct(service: Service, visitor: SignedIn, call_id: str, version: int, transcript: Transcript) -> None:
    service.library.correct(visitor, call_id, version, transcript, service.coach.analyse)
    service.audit.note(visitor, "correct", call_id)


def _transcript(call: Call) -> Transcript:
    if call.transcript is None:
        raise NotFoundError("这通对话还没有文字。")
    return replace(saved.load(call.transcript), call_id=call.title)


def _clip(call: Call) -> Clip | None:
    if call.sound is None:
        return None
    told = json.loads(call.sound)
    return Clip(f"/calls/{call.id}/recording", tuple(told["peaks"]), float(told["duration_s"]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError("日期要写成 2026-03-01 这样。") from error
