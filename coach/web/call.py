"""One call as a page: its report with its sound, the reports before it, its exports, and what is corrected in it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from coach.errors import ConflictError, InputError, NotFoundError
from coach.render import RENDERERS, html, render
from coach.render.clip import Clip
from coach.report import Report
from coach.review import DECISION_NAMES, Verdict
from coach.review import State as ReviewState
from coach.storage.accounts import Visitor
from coach.storage.reports import read_report
from coach.storage.reviews import Kept
from coach.storage.states import OPEN_STATES, STATE_NAMES, STEP_NAMES, STOPPED_STATES, State
from coach.storage.tables import Call
from coach.transcript import Speaker
from coach.web import correcting
from coach.web.service import Service, service_of
from coach.web.templating import page
from coach.web.visitors import SignedIn

router = APIRouter(prefix="/calls", include_in_schema=False)

EXPORTS = {"html": "网页", "xlsx": "Excel", "md": "Markdown", "json": "JSON", "srt": "字幕"}
MEDIA = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SPEAKERS = {Speaker.REP: "销售", Speaker.CUSTOMER: "客户", Speaker.UNKNOWN: "不清楚"}


@router.get("/{call_id}")
def call(request: Request, visitor: SignedIn, call_id: str, explain: bool = False) -> HTMLResponse:
    """A call: how far it is, why it failed, or its report."""
    return _page(request, visitor, call_id, explain=explain)


@router.get("/{call_id}/past/{past_id}")
def past_report(request: Request, visitor: SignedIn, call_id: str, past_id: int) -> HTMLResponse:
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
    report = report_of(service_of(request), visitor, call_id)
    content = render(report, format=format)
    service_of(request).audit.note(visitor, "export", call_id)
    return as_file(
        content, f"{report.call_id}{RENDERERS[format].suffix}", MEDIA.get(format, "text/plain; charset=utf-8")
    )


@router.post("/{call_id}/swap")
def swap(request: Request, visitor: SignedIn, call_id: str, version: Annotated[int, Form()]) -> Response:
    """Exchange rep and customer in every turn; the report follows."""
    try:
        correcting.swap(service_of(request), visitor, call_id, version)
    except ConflictError as error:
        return _page(request, visitor, call_id, problem=str(error), status=error.status)
    return RedirectResponse(f"/calls/{call_id}#transcript", 303)


@router.post("/{call_id}/turns/{index}")
def correct_turn(
    request: Request,
    visitor: SignedIn,
    call_id: str,
    index: int,
    version: Annotated[int, Form()],
    speaker: Annotated[Speaker, Form()],
    text: Annotated[str, Form(max_length=correcting.LONGEST_TURN)] = "",
) -> Response:
    """Another speaker or text in one turn; the report follows. Where that cannot be, what was typed is kept on the page."""
    try:
        correcting.correct_turn(service_of(request), visitor, call_id, version, index, speaker, text)
    except (ConflictError, InputError) as error:
        return _page(request, visitor, call_id, problem=str(error), typed={index: (speaker, text)}, status=error.status)
    return RedirectResponse(f"/calls/{call_id}#t-{index}", 303)


@router.post("/{call_id}/about")
def describe(
    request: Request,
    visitor: SignedIn,
    call_id: str,
    title: Annotated[str, Form(max_length=200)],
    made_at: Annotated[str, Form(max_length=30)],
    customer: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Another title, customer or time."""
    try:
        made = datetime.fromisoformat(made_at).astimezone()
        correcting.describe(service_of(request), visitor, call_id, title=title, customer=customer, made_at=made)
    except (ValueError, OverflowError):
        return _page(request, visitor, call_id, problem="时间要写成 2026-03-01 09:30 这样。", status=422)
    except InputError as error:
        return _page(request, visitor, call_id, problem=str(error), status=error.status)
    return RedirectResponse(f"/calls/{call_id}", 303)


def report_of(service: Service, visitor: Visitor, call_id: str) -> Report:
    """The report of a call under its present title. Raises NotFoundError."""
    found = service.library.find(visitor, call_id)
    return replace(service.library.report(visitor, call_id), call_id=found.title)


def as_file(content: str | bytes, name: str, media_type: str) -> Response:
    """An answer that a browser keeps as a file of this name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=media_type, headers=headers)


def _page(
    request: Request,
    visitor: Visitor,
    call_id: str,
    *,
    explain: bool = False,
    problem: str = "",
    typed: dict[int, tuple[Speaker, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The page of a call; `typed`: what somebody wrote for a turn that could not be put in place."""
    service = service_of(request)
    found = service.library.find(visitor, call_id)
    if found.report is None:
        return page(
            request,
            "call_in_work.html.j2",
            status=status,
            call=found,
            states=STATE_NAMES,
            step=STEP_NAMES.get(found.step, ""),
            is_open=found.state in OPEN_STATES,
            is_stopped=found.state in STOPPED_STATES,
        )
    service.audit.note(visitor, "read", call_id)
    reviews = [kept for kept in service.reviews.of_call(visitor, call_id) if kept.review.state is not ReviewState.DRAFT]
    return page(
        request,
        "call.html.j2",
        status=status,
        call=found,
        owner=service.accounts.of_id(found.owner_id).name,
        speakers=_SPEAKERS,
        exports=EXPORTS,
        past=service.library.past_reports(visitor, call_id),
        can_correct=found.state == State.DONE and (visitor.leads or not reviews),
        reviews=reviews,
        verdicts=_verdicts(reviews),
        decision_names=DECISION_NAMES,
        explain=explain,
        problem=problem,
        typed=typed or {},
        **html.view(report_of(service, visitor, call_id), _clip(found)),
    )


def _verdicts(reviews: Sequence[Kept]) -> dict[tuple[int, str], list[tuple[str, Verdict]]]:
    """What reviewers say of each finding, by turn and habit: who, and what."""
    said: dict[tuple[int, str], list[tuple[str, Verdict]]] = {}
    for kept in reviews:
        for verdict in kept.review.verdicts:
            said.setdefault(verdict.place, []).append((kept.reviewer, verdict))
    return said


def _clip(call: Call) -> Clip | None:
    if call.sound is None:
        return None
    told = json.loads(call.sound)
    return Clip(f"/calls/{call.id}/recording", tuple(told["peaks"]), float(told["duration_s"]))
