"""The queue of calls to review over the interface: what waits, drawing more, drawing every week."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field

from coach.storage.review_queue import Draw, Way
from coach.web.api.shapes import problems
from coach.web.service import service_of
from coach.web.visitors import Leader

router = APIRouter(prefix="/api/v1/reviews", tags=["复核"])


class _Drawn(BaseModel):
    """Which calls to draw, and how."""

    model_config = ConfigDict(extra="forbid")

    way: Way
    number: int = 5
    percent: int = 5
    code: str = Field(default="", max_length=40)
    owner_id: str = Field(default="", max_length=32)


class DrawIn(_Drawn):
    """Which calls to put into one's queue."""

    since: date | None = None
    until: date | None = None
    due_on: date | None = None


class WeeklyIn(_Drawn):
    """Which calls to put into one's queue every week."""

    due_days: int = Field(default=0, description="抽到以后几天内看完；0 表示不限")


class WeeklyOut(BaseModel):
    """A draw that is repeated every week."""

    id: str
    drawn_by: str
    due_days: int
    next_on: date


class WaitingOut(BaseModel):
    """A call that waits for one's review."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    call_id: str
    title: str
    rep: str
    made_at: datetime
    drawn_by: str
    due_on: date | None
    state: str


@router.get("/queue", summary="等自己复核的对话")
def queue(request: Request, visitor: Leader) -> list[WaitingOut]:
    """The queue, what is due first first."""
    return [WaitingOut.model_validate(one) for one in service_of(request).queue.of(visitor)]


@router.post("/queue", summary="抽对话来复核", responses=problems(422))
def draw(request: Request, visitor: Leader, wanted: Annotated[DrawIn, Body()]) -> dict[str, int]:
    """How many calls were put into the queue."""
    return {"drawn": service_of(request).queue.draw(visitor, Draw(**wanted.model_dump()))}


@router.get("/weekly", summary="每周自动抽的")
def weekly(request: Request, visitor: Leader) -> list[WeeklyOut]:
    """His standing draws."""
    return [
        WeeklyOut(id=one.id, drawn_by=one.described, due_days=one.due_days, next_on=one.next_on)
        for one in service_of(request).standing.of(visitor)
    ]


@router.post("/weekly", summary="以后每周自动抽", responses=problems(422))
def keep_weekly(request: Request, visitor: Leader, wanted: Annotated[WeeklyIn, Body()]) -> dict[str, str]:
    """The id of the standing draw; the first time is in a week."""
    draw = Draw(**wanted.model_dump(exclude={"due_days"}))
    return {"id": service_of(request).standing.keep(visitor, draw, due_days=wanted.due_days)}


@router.delete("/weekly/{standing_id}", summary="停止每周自动抽", status_code=204, responses=problems(404))
def stop_weekly(request: Request, visitor: Leader, standing_id: str) -> None:
    """Draw no more; what is in the queue stays."""
    service_of(request).standing.stop(visitor, standing_id)


@router.delete("/queue/{queued_id}", summary="移出队列", status_code=204, responses=problems(404))
def drop(request: Request, visitor: Leader, queued_id: str) -> None:
    """Take a call out of the queue."""
    service_of(request).queue.drop(visitor, queued_id)
