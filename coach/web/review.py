"""The review of a call: a supervisor goes through it by keyboard or mouse; its rep reads it, answers, appeals, acknowledges.

Every act is a small form with the version of the review it was written on. One that comes too late changes nothing, and
what was typed in it is shown again above the newest review, so that it can be done once more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from coach.errors import CoachError, ConflictError, InputError
from coach.habits import HABITS, name_of
from coach.render import words
from coach.report import SEVERITY_NAMES, Report
from coach.review import (
    DECISION_NAMES,
    LONGEST_TEXT,
    MOST_POINTS,
    STATE_NAMES,
    Comment,
    Decision,
    Message,
    Point,
    Review,
    State,
    Verdict,
    acknowledged,
    answered,
    appealed,
    commented,
    concluded,
    decided,
    judged,
    shared,
    taken_back,
    undecided,
    unjudged,
)
from coach.storage.accounts import Visitor, now
from coach.storage.reviews import Kept
from coach.transcript import Speaker
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import Leader, SignedIn

router = APIRouter(include_in_schema=False)

Act = Callable[[Review, Report], Review]
Text = Annotated[str, Form(max_length=4 * LONGEST_TEXT)]
Version = Annotated[int, Form(ge=0)]
_ADDRESS = "/calls/{call_id}/review"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What could not be kept, and why."""

    problem: str
    texts: tuple[str, ...] = ()
    status: int = 422


@router.get(_ADDRESS)
def review_page(
    request: Request,
    visitor: SignedIn,
    call_id: str,
    whole: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """His own review for whoever may review the call, and what others have said of it."""
    service_of(request).audit.note(visitor, "read", call_id)
    return _page(request, visitor, call_id, whole=whole)


@router.post(_ADDRESS + "/verdict")
def decide_on(
    request: Request,
    visitor: Leader,
    call_id: str,
    version: Version,
    turn: Annotated[int, Form(ge=0)],
    decision: Annotated[Decision, Form()],
    code: Annotated[str, Form(max_length=40)] = "",
    changed_to: Annotated[str, Form(max_length=40)] = "",
    severity: Annotated[int, Form(ge=1, le=3)] = 2,
    note: Text = "",
    instead: Text = "",
    whole: Annotated[bool, Form()] = False,
) -> Response:
    """A decision on one place."""
    verdict = Verdict(turn, code, decision, changed_to, severity, note.strip(), instead.strip())

    def act(review: Review, report: Report) -> Review:
        found = {(finding.turn, finding.code): finding.severity for finding in report.findings}
        given = Verdict(
            turn, code, decision, changed_to, found.get(verdict.place, severity), verdict.note, verdict.instead
        )
        return judged(review, given if decision is Decision.AGREE else verdict, report)

    return _revised(request, visitor, call_id, version, act, turn=turn, texts=(note, instead), whole=whole)


@router.post(_ADDRESS + "/undecide")
def undecide(
    request: Request,
    visitor: Leader,
    call_id: str,
    version: Version,
    turn: Annotated[int, Form(ge=0)],
    code: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Take a decision back."""
    return _revised(request, visitor, call_id, version, lambda review, _report: unjudged(review, turn, code), turn=turn)


@router.post(_ADDRESS + "/comment")
def comment_on(
    request: Request,
    visitor: Leader,
    call_id: str,
    version: Version,
    text: Text = "",
    turn: Annotated[int | None, Form(ge=0)] = None,
    praise: Annotated[bool, Form()] = False,
    whole: Annotated[bool, Form()] = False,
) -> Response:
    """Say something of a turn."""
    comment = Comment(turn, text.strip(), praise)
    act: Act = lambda review, report: commented(review, comment, report)  # noqa: E731
    return _revised(request, visitor, call_id, version, act, turn=turn, texts=(text,), whole=whole)


@router.post(_ADDRESS + "/conclusion")
def conclude(
    request: Request,
    visitor: Leader,
    call_id: str,
    version: Version,
    point: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    point_code: Annotated[list[str], Form()] = [],  # noqa: B006
    summary: Text = "",
    then: Annotated[str, Form()] = "",
    whole: Annotated[bool, Form()] = False,
) -> Response:
    """What to work on and a summary; `then` share: for the rep to see."""
    points = [Point(text.strip(), point_code[at] if at < len(point_code) else "") for at, text in enumerate(point[:9])]

    def act(review: Review, report: Report) -> Review:
        review = concluded(review, points, summary)
        return shared(review, report) if then == "share" else review

    return _revised(request, visitor, call_id, version, act, texts=(summary, *point), whole=whole)


@router.post(_ADDRESS + "/take-back")
def take_back(request: Request, visitor: Leader, call_id: str, version: Version) -> Response:
    """A draft again."""
    return _revised(request, visitor, call_id, version, lambda review, _report: taken_back(review))


@router.post(_ADDRESS + "/reply")
def reply(
    request: Request,
    visitor: Leader,
    call_id: str,
    version: Version,
    text: Text = "",
    then: Annotated[str, Form()] = "",
) -> Response:
    """The reviewer answers; `then` decide: the appeals, and the review is final."""
    message = Message(False, text.strip(), now())
    act: Act = lambda review, _report: (decided if then == "decide" else answered)(review, message)  # noqa: E731
    return _revised(request, visitor, call_id, version, act, texts=(text,))


@router.post(_ADDRESS + "/{review_id}/respond")
def respond(
    request: Request,
    visitor: SignedIn,
    call_id: str,
    review_id: str,
    version: Version,
    then: Annotated[str, Form()] = "answer",
    text: Text = "",
    place: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """The rep answers, appeals (`place` is `turn:code`, or empty for the whole review) or acknowledges."""
    turn, _, code = place.partition(":")
    message = Message(True, text.strip(), now(), int(turn) if turn.isdigit() else None, code)

    def act(review: Review, report: Report) -> Review:
        if then == "appeal":
            return appealed(review, message, report)
        if then == "acknowledge":
            review = answered(review, message) if message.text else review
            return acknowledged(review, message.at)
        return answered(review, message)

    try:
        service_of(request).reviews.respond(visitor, review_id, version, act)
    except (InputError, ConflictError) as error:
        return _page(request, visitor, call_id, unsaved=_unsaved(error, (text,)))
    service_of(request).audit.note(visitor, "review", call_id)
    return RedirectResponse(f"/calls/{call_id}/review#messages", 303)


def _revised(
    request: Request,
    visitor: Visitor,
    call_id: str,
    version: int,
    act: Act,
    *,
    turn: int | None = None,
    texts: tuple[str, ...] = (),
    whole: bool = False,
) -> Response:
    service = service_of(request)
    try:
        service.reviews.revise(visitor, call_id, version, act, whole=whole)
    except InputError as error:
        return _page(request, visitor, call_id, whole=whole, unsaved=_unsaved(error, texts))
    service.audit.note(visitor, "review", call_id)
    return RedirectResponse(f"/calls/{call_id}/review" + (f"#turn-{turn}" if turn is not None else ""), 303)


def _unsaved(error: CoachError, texts: tuple[str, ...]) -> Unsaved:
    return Unsaved(str(error), tuple(text.strip() for text in texts if text.strip()), error.status)


def _page(
    request: Request, visitor: Visitor, call_id: str, *, whole: bool = False, unsaved: Unsaved | None = None
) -> HTMLResponse:
    service = service_of(request)
    call = service.library.find(visitor, call_id)
    report = service.library.report(visitor, call_id)
    given = service.reviews.of_call(visitor, call_id)
    may_review = visitor.leads and call.owner_id != visitor.id
    own = service.reviews.own(visitor, call_id, whole=whole) if may_review else None
    return page(
        request,
        "review.html.j2",
        status=unsaved.status if unsaved else 200,
        call=call,
        report=report,
        words=words,
        name_of=name_of,
        habits=HABITS.values(),
        rep_speaker=Speaker.REP,
        severity_names=SEVERITY_NAMES,
        decision_names=DECISION_NAMES,
        state_names=STATE_NAMES,
        own=own,
        others=[one for one in given if own is None or one.id != own.id],
        is_rep=call.owner_id == visitor.id,
        whole=whole,
        findings_in=_findings_in(report),
        left=undecided(own.review, report) if own else [],
        still_sampled=[turn for turn in own.review.sampled if turn not in own.review.looked_at] if own else [],
        changed_since=own is not None and own.version > 0 and own.review.call_version != call.version,
        points=_points(own),
        most_points=MOST_POINTS,
        longest=LONGEST_TEXT,
        states=State,
        unsaved=unsaved,
    )


def _findings_in(report: Report) -> dict[int, list[object]]:
    findings: dict[int, list[object]] = {}
    for finding in report.findings:
        findings.setdefault(finding.turn, []).append(finding)
    return findings


def _points(own: Kept | None) -> list[Point]:
    points = list(own.review.points) if own else []
    return points + [Point("")] * (MOST_POINTS - len(points))
