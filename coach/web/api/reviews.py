"""Reviews over the interface: read, write, share, answer; the figures; the export for training."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from coach.report import Report
from coach.review import (
    LONGEST_TEXT,
    MOST_POINTS,
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
)
from coach.storage.accounts import now
from coach.storage.reviews import Kept
from coach.training.reviewed import figures_of
from coach.web.api.shapes import Page, PerPage, problems
from coach.web.service import service_of
from coach.web.visitors import Leader, SignedIn

router = APIRouter(prefix="/api/v1/reviews", tags=["复核"])

_Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
_VERSION = Field(ge=0, description="看到的版本；还没有复核时是 0。不是最新的会得到 409，什么也不改")


class VerdictIn(BaseModel):
    """A decision on one place."""

    model_config = ConfigDict(extra="forbid")

    turn: int = Field(ge=0, examples=[1])
    code: str = Field(default="", max_length=40, examples=["overpromising"], description="clear 时为空")
    decision: Decision
    changed_to: str = Field(default="", max_length=40)
    severity: int = Field(default=2, ge=1, le=3)
    note: _Text = ""
    instead: _Text = ""


class CommentIn(BaseModel):
    """Something said of a turn, or of the call."""

    model_config = ConfigDict(extra="forbid")

    turn: int | None = Field(default=None, ge=0)
    text: _Text
    praise: bool = False


class PointIn(BaseModel):
    """Something to work on."""

    model_config = ConfigDict(extra="forbid")

    text: _Text
    code: str = Field(default="", max_length=40)


class ReviewIn(BaseModel):
    """What is added to one's own review of a call, or replaced in it; `then` shares it or takes it back."""

    model_config = ConfigDict(extra="forbid")

    version: int = _VERSION
    verdicts: list[VerdictIn] = Field(default=[], max_length=5000)
    comments: list[CommentIn] = Field(default=[], max_length=5000)
    points: list[PointIn] | None = Field(default=None, max_length=MOST_POINTS)
    summary: _Text | None = None
    reply: _Text = Field(default="", description="decide 和 answer 时要写")
    then: Literal["", "share", "take_back", "decide", "answer"] = ""

    def act(self, review: Review, report: Report) -> Review:
        """The review with all of it."""
        for verdict in self.verdicts:
            review = judged(review, Verdict(**verdict.model_dump()), report)
        for comment in self.comments:
            review = commented(review, Comment(**comment.model_dump()), report)
        if self.points is not None or self.summary is not None:
            points = review.points if self.points is None else [Point(one.text, one.code) for one in self.points]
            review = concluded(review, points, review.summary if self.summary is None else self.summary)
        match self.then:
            case "share":
                return shared(review, report)
            case "take_back":
                return taken_back(review)
            case "decide":
                return decided(review, Message(False, self.reply, now()))
            case "answer":
                return answered(review, Message(False, self.reply, now()))
            case _:
                return review


class ResponseIn(BaseModel):
    """What the rep says of a review of his call."""

    model_config = ConfigDict(extra="forbid")

    version: int = _VERSION
    then: Literal["answer", "appeal", "acknowledge"]
    text: _Text = ""
    turn: int | None = Field(default=None, ge=0)
    code: str = Field(default="", max_length=40)


class ReviewOut(BaseModel):
    """A review as it stands."""

    id: str = Field(description="空：还没有存过")
    call_id: str
    reviewer: str
    version: int
    state: State
    changed_at: datetime
    review: dict[str, Any] = Field(description="判断、评语、改进点、来回的话")

    @classmethod
    def of(cls, kept: Kept) -> "ReviewOut":
        """The same review."""
        return cls(
            id=kept.id,
            call_id=kept.call_id,
            reviewer=kept.reviewer,
            version=kept.version,
            state=kept.review.state,
            changed_at=kept.changed_at,
            review=asdict(kept.review),
        )


class ReviewsOut(BaseModel):
    """One page of reviews."""

    items: list[ReviewOut]
    total: int
    page: int
    per_page: int


@router.get("", summary="自己写的和收到的复核", responses=problems(422))
def reviews(request: Request, visitor: SignedIn, page: Page = 1, per_page: PerPage = 50) -> ReviewsOut:
    """What the visitor has written, for a rep what he was given, newest first."""
    store = service_of(request).reviews
    written = [kept for kept, _, _ in store.by_reviewer(visitor)] if visitor.leads else []
    found = [*written, *(kept for kept, _ in store.for_rep(visitor))]
    found.sort(key=lambda kept: kept.changed_at, reverse=True)
    shown = found[per_page * (page - 1) : per_page * page]
    return ReviewsOut(items=[ReviewOut.of(one) for one in shown], total=len(found), page=page, per_page=per_page)


@router.get("/figures", summary="复核说明工具准不准")
def figures(request: Request, visitor: Leader) -> dict[str, Any]:
    """Precision, recall and agreement by habit."""
    return asdict(figures_of(service_of(request).reviews.settled(visitor)))


@router.get(
    "/export",
    summary="导出为标注对话",
    response_class=Response,
    responses={200: {"description": "每行一通，给 coach train --with 用", "content": {"application/x-ndjson": {}}}},
)
def export(request: Request, visitor: Leader) -> Response:
    """The reviewed calls as labelled calls."""
    service = service_of(request)
    exported = service.reviews.labelled(visitor)
    service.audit.note(visitor, "export", "reviews")
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in exported.lines)
    return Response(lines, media_type="application/x-ndjson", headers={"X-Left-Out": str(exported.changed_since)})


@router.get("/calls/{call_id}", summary="一通对话的复核", responses=problems(404))
def of_call(request: Request, visitor: SignedIn, call_id: str) -> list[ReviewOut]:
    """The reviews of a call that are for this visitor."""
    return [ReviewOut.of(one) for one in service_of(request).reviews.of_call(visitor, call_id)]


@router.post("/calls/{call_id}", summary="写自己的复核", responses=problems(404, 409, 422))
def write(request: Request, visitor: SignedIn, call_id: str, written: Annotated[ReviewIn, Body()]) -> ReviewOut:
    """All of it is kept, or nothing."""
    service = service_of(request)
    kept = service.reviews.revise(visitor, call_id, written.version, written.act)
    service.audit.note(visitor, "review", call_id)
    return ReviewOut.of(kept)


@router.get("/left-behind", summary="没有人答复的申诉")
def left_behind(request: Request, visitor: Leader) -> list[ReviewOut]:
    """Appeals to somebody whose account is closed, which the visitor may take over."""
    return [ReviewOut.of(kept) for kept, _, _ in service_of(request).reviews.left_behind(visitor)]


@router.post("/{review_id}/take-over", summary="接手答复申诉", status_code=204, responses=problems(404, 409))
def take_over(request: Request, visitor: Leader, review_id: str) -> None:
    """The review is the visitor's from now on."""
    service = service_of(request)
    service.audit.note(visitor, "review", service.reviews.take_over(visitor, review_id))


@router.post("/{review_id}/response", summary="本人回复、申诉或确认", responses=problems(404, 409, 422))
def respond(request: Request, visitor: SignedIn, review_id: str, response: Annotated[ResponseIn, Body()]) -> ReviewOut:
    """The rep of the call answers, appeals or acknowledges."""
    message = Message(True, response.text, now(), response.turn, response.code)

    def act(review: Review, report: Report) -> Review:
        if response.then == "appeal":
            return appealed(review, message, report)
        if response.then == "answer":
            return answered(review, message)
        return acknowledged(answered(review, message) if message.text else review, message.at)

    service = service_of(request)
    kept = service.reviews.respond(visitor, review_id, response.version, act)
    service.audit.note(visitor, "review", kept.call_id)
    return ReviewOut.of(kept)
