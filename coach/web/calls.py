"""The library as pages: the list of calls, what is done with several at a time, and with one in work."""

import io
import zipfile
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from coach.errors import InputError
from coach.files import file_name
from coach.habits import HABITS
from coach.render import RENDERERS, render
from coach.report import SEVERITY_NAMES
from coach.storage.accounts import Visitor
from coach.storage.listing import PAGE, Wanted
from coach.storage.states import OPEN_STATES, STATE_NAMES
from coach.web.call import as_file, report_of
from coach.web.service import Service, service_of
from coach.web.templating import page
from coach.web.visitors import SignedIn

router = APIRouter(prefix="/calls", include_in_schema=False)

TOGETHER = {"html": "网页", "xlsx": "Excel", "md": "Markdown", "json": "JSON"}
"""The formats in which several reports are exported at once."""


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
    pages = max(1, -(-total // PAGE))
    if at > pages:  # the last one was deleted
        at = pages
        listed, total = service.library.listing(visitor, wanted, at)
    kept = "&".join(f"{key}={quote(str(value))}" for key, value in asked.items() if value)
    return page(
        request,
        "calls.html.j2",
        calls=listed,
        total=total,
        at=at,
        pages=pages,
        asked=asked,
        kept=kept,
        is_filtered=bool(kept),
        reps=service.accounts.reps_for(visitor) if visitor.leads else [],
        habits=HABITS,
        severities=SEVERITY_NAMES,
        states=STATE_NAMES,
        open_states=OPEN_STATES,
        formats=TOGETHER,
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


@router.post("/export")
def export_some(
    request: Request,
    visitor: SignedIn,
    ids: Annotated[list[str] | None, Form(max_length=PAGE)] = None,
    format: Annotated[str, Form(max_length=10)] = "html",
) -> Response:
    """The reports of the ticked calls in one ZIP file; those that have none yet are left out."""
    if format not in TOGETHER:
        raise InputError(f"没有这种格式，可选的有：{'、'.join(TOGETHER)}。")
    service = service_of(request)
    judged = [one.id for one in service.library.some(visitor, ids or []) if one.score is not None]
    if not judged:
        raise InputError("勾选的对话里没有可以导出的报告。请勾选已经分析完的。")
    return as_file(_zipped(service, visitor, judged, format), "reports.zip", "application/zip")


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


def _zipped(service: Service, visitor: Visitor, call_ids: list[str], format: str) -> bytes:
    """The reports as files of one ZIP file, numbered in order, so that two of one title both stay."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, call_id in enumerate(call_ids, start=1):
            report = report_of(service, visitor, call_id)
            name = f"{number:02} {file_name(report.call_id)}{RENDERERS[format].suffix}"
            archive.writestr(name, render(report, format=format))
            service.audit.note(visitor, "export", call_id)
    return packed.getvalue()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError("日期要写成 2026-03-01 这样。") from error
