"""The upload page: files, folders, a pasted conversation, the microphone, and how far everything is. Works without
JavaScript; with it files go up one by one and the page tells of each as it is processed.
"""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from coach.asr.decode import RECORDING_SUFFIXES
from coach.errors import CoachError, InputError
from coach.imports import TEXT_SUFFIXES
from coach.storage.accounts import Visitor
from coach.storage.intake import Told, clean_name, take_in, take_in_text
from coach.storage.states import OPEN_STATES, STATE_NAMES, STEP_NAMES
from coach.storage.worklist import WorkList
from coach.web.events import follow
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import SignedIn

router = APIRouter(include_in_schema=False)

_LATELY = timedelta(hours=24)
_MOST_SHOWN = 1000
_FIELDS = {
    "date": "日期",
    "time": "时间",
    "rep": "客户经理的用户名",
    "customer": "客户",
    "rep_channel": "客户经理的声道",
    "": "不用的部分",
}
_ACCEPTED = sorted(RECORDING_SUFFIXES | TEXT_SUFFIXES)


@router.get("/upload")
def upload_page(request: Request, visitor: SignedIn) -> HTMLResponse:
    """The forms, and what was handed in lately."""
    return _page(request, visitor)


@router.post("/upload")
def upload(
    request: Request,
    visitor: SignedIn,
    files: Annotated[list[UploadFile], File()],
    pattern: Annotated[str, Form(max_length=200)] = "",
    rep_id: Annotated[str, Form()] = "",
    customer: Annotated[str, Form(max_length=200)] = "",
    speakers: Annotated[int, Form(ge=1, le=9)] = 2,
    rep_channel: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Take in files that a browser without JavaScript sends; each that cannot be used is told, the rest is kept."""
    service = service_of(request)
    listening: dict[str, object] = {"speakers": speakers}
    if rep_channel in ("0", "1"):
        listening["rep_channel"] = int(rep_channel)
    told = Told(owner_id=rep_id, customer=customer, pattern=pattern.strip(), listening=listening)
    reps = service.accounts.reps_for(visitor)
    problems: list[str] = []
    for file in files:
        try:
            if not file.filename:
                raise InputError("还没有选文件。")
            for call_id in take_in(service.library, visitor, reps, file.filename, file.file, told):
                service.audit.note(visitor, "upload", call_id)
        except CoachError as error:
            problems.append(f"{clean_name(file.filename or '')}：{error}" if file.filename else str(error))
    return _page(request, visitor, problems=problems, status=422 if problems else 200)


@router.post("/upload/text")
def upload_text(
    request: Request,
    visitor: SignedIn,
    text: Annotated[str, Form(max_length=5_000_000)] = "",
    rep: Annotated[str, Form(max_length=100)] = "",
    rep_id: Annotated[str, Form()] = "",
    customer: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take in a pasted conversation and go to its report, or show what is wrong with what was typed still there."""
    service = service_of(request)
    told = Told(owner_id=rep_id, customer=customer, source="paste", rep=rep.strip() or None)
    try:
        call_id = take_in_text(service.library, visitor, text, told)
    except InputError as error:
        return _page(request, visitor, text=text, rep=rep, text_problem=str(error), status=error.status)
    service.audit.note(visitor, "upload", call_id)
    return RedirectResponse(f"/calls/{call_id}", 303)


@router.get("/upload/events")
def events(request: Request, visitor: SignedIn) -> StreamingResponse:
    """How far everything is that this visitor handed in lately, until nothing of it is in work."""
    library = service_of(request).library
    return follow(
        request,
        lambda: library.uploads(visitor, _LATELY, most=_MOST_SHOWN),
        is_over=lambda one: one.state not in OPEN_STATES,
    )


def _page(
    request: Request,
    visitor: Visitor,
    *,
    problems: list[str] | None = None,
    text: str = "",
    rep: str = "",
    text_problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    service = service_of(request)
    return page(
        request,
        "upload.html.j2",
        status=status,
        accept=",".join(_ACCEPTED),
        fields=_FIELDS,
        reps=service.accounts.reps_for(visitor) if visitor.leads else [],
        uploads=service.library.uploads(visitor, _LATELY, most=_MOST_SHOWN),
        state_names=STATE_NAMES,
        step_names=STEP_NAMES,
        nobody_works=not WorkList(service.database).alive(),
        problems=problems or [],
        text=text,
        rep=rep,
        text_problem=text_problem,
    )
