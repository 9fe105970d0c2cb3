"""Reviews in general: a supervisor's queue and what he wrote, a rep's reviews, what they say of the tool, the export."""

import json
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from coach.errors import CoachError
from coach.habits import HABITS, name_of
from coach.review import STATE_NAMES
from coach.storage.accounts import Visitor
from coach.storage.review_queue import WAY_NAMES, Draw, Way
from coach.training.reviewed import figures_of
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import Leader, SignedIn

router = APIRouter(prefix="/reviews", include_in_schema=False)


@router.get("")
def reviews_page(request: Request, visitor: SignedIn) -> HTMLResponse:
    """What waits for him: calls to review and appeals, or the reviews of his own calls."""
    return _page(request, visitor)


@router.post("/draw")
def draw(
    request: Request,
    visitor: Leader,
    way: Annotated[Way, Form()],
    number: Annotated[int, Form()] = 5,
    percent: Annotated[int, Form()] = 5,
    code: Annotated[str, Form(max_length=40)] = "",
    owner_id: Annotated[str, Form(max_length=32)] = "",
    since: Annotated[str, Form(max_length=10)] = "",
    due_on: Annotated[str, Form(max_length=10)] = "",
    weekly: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """Put calls into his queue; `weekly`: and do so every week, with as many days to review them."""
    service = service_of(request)
    try:
        wanted = Draw(way, number, percent, code, owner_id, since=_day(since), due_on=_day(due_on))
        if weekly:
            days = (wanted.due_on - _today()).days if wanted.due_on else 0
            service.standing.keep(visitor, wanted, due_days=days)
        drawn = service.queue.draw(visitor, wanted)
    except CoachError as error:
        return _page(request, visitor, problem=str(error), status=error.status)
    return _page(request, visitor, drawn=drawn)


@router.post("/queue/{queued_id}/drop")
def drop(request: Request, visitor: Leader, queued_id: str) -> Response:
    """Take a call out of his queue."""
    service_of(request).queue.drop(visitor, queued_id)
    return RedirectResponse("/reviews", 303)


@router.post("/weekly/{standing_id}/stop")
def stop_weekly(request: Request, visitor: Leader, standing_id: str) -> Response:
    """Draw no more every week."""
    service_of(request).standing.stop(visitor, standing_id)
    return RedirectResponse("/reviews", 303)


@router.post("/{review_id}/take-over")
def take_over(request: Request, visitor: Leader, review_id: str) -> Response:
    """Answer an appeal in place of somebody whose account is closed."""
    service = service_of(request)
    call_id = service.reviews.take_over(visitor, review_id)
    service.audit.note(visitor, "review", call_id)
    return RedirectResponse(f"/calls/{call_id}/review#messages", 303)


@router.get("/figures")
def figures(request: Request, visitor: Leader) -> HTMLResponse:
    """What the reviews say of the tool: precision and recall a habit, agreement between reviewers."""
    return page(
        request,
        "review_figures.html.j2",
        figures=figures_of(service_of(request).reviews.settled(visitor)),
        name_of=name_of,
    )


@router.get("/export")
def export(request: Request, visitor: Leader) -> Response:
    """The reviewed calls as labelled calls, for `coach train --with`."""
    service = service_of(request)
    exported = service.reviews.labelled(visitor)
    service.audit.note(visitor, "export", "reviews")
    return Response(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in exported.lines),
        media_type="application/x-ndjson",
        headers={
            "Content-Disposition": 'attachment; filename="reviews.jsonl"',
            "X-Left-Out": str(exported.changed_since),
        },
    )


def _page(
    request: Request, visitor: Visitor, *, drawn: int | None = None, problem: str = "", status: int = 200
) -> HTMLResponse:
    service = service_of(request)
    return page(
        request,
        "reviews.html.j2",
        status=status,
        queue=service.queue.of(visitor) if visitor.leads else [],
        written=service.reviews.by_reviewer(visitor) if visitor.leads else [],
        received=service.reviews.for_rep(visitor),
        left_behind=service.reviews.left_behind(visitor) if visitor.leads else [],
        reps=service.accounts.reps_for(visitor) if visitor.leads else [],
        standing=service.standing.of(visitor) if visitor.leads else [],
        today=_today(),
        way_names=WAY_NAMES,
        habits=HABITS.values(),
        state_names=STATE_NAMES,
        drawn=drawn,
        problem=problem,
    )


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day on this machine's clock


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
