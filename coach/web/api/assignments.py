"""Practice that is asked for, over the interface: supervisors ask and read what was handed in; a rep sees what he is asked."""

from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from coach.practice.customer import LEVELS
from coach.practice.scenarios import find
from coach.web.api.practice import told_of
from coach.web.api.shapes import problems
from coach.web.practising import handed_in, scenarios
from coach.web.service import service_of
from coach.web.visitors import Leader, SignedIn

router = APIRouter(prefix="/api/v1/practice", tags=["练习"])


class AskIn(BaseModel):
    """Whom to ask, for which scenario, by when."""

    model_config = ConfigDict(extra="forbid")

    rep_id: str = Field(max_length=32, description="/api/v1/team 里的 id")
    scenario: str = Field(max_length=80, examples=["new-brand-slow"])
    level: int = Field(default=1, ge=min(LEVELS), le=max(LEVELS))
    due_on: date | None = None


class AssignmentOut(BaseModel):
    """Something to practise, and the talk handed in for it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    rep: str
    by: str
    scenario: str
    level: int
    due_on: date | None
    talk_id: str | None = Field(description="为它交上来的练习；还没交是 null")
    is_late: bool


class HandedInOut(BaseModel):
    """A talk that a rep let his supervisor see."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    rep: str
    scenario: str
    at: datetime


class AskedOut(BaseModel):
    """What was asked for."""

    id: str


@router.get("/assignments", summary="要自己练的")
def for_rep(request: Request, visitor: SignedIn) -> list[AssignmentOut]:
    """What one is asked to practise, what is due first first; what was handed in comes last."""
    return [AssignmentOut.model_validate(one) for one in service_of(request).assignments.for_rep(visitor)]


@router.get("/team/assignments", summary="要团队练的")
def of_team(request: Request, visitor: Leader) -> list[AssignmentOut]:
    """What one's people are asked to practise."""
    return [AssignmentOut.model_validate(one) for one in service_of(request).assignments.of_team(visitor)]


@router.post("/team/assignments", summary="布置一次练习", status_code=201, responses=problems(404, 422))
def ask(request: Request, visitor: Leader, wanted: AskIn) -> AskedOut:
    """Ask somebody to practise a scenario."""
    scenario = find(scenarios(), wanted.scenario)
    assignments = service_of(request).assignments
    return AskedOut(id=assignments.ask(visitor, wanted.rep_id, scenario.id, level=wanted.level, due_on=wanted.due_on))


@router.delete("/team/assignments/{assignment_id}", summary="撤回布置", status_code=204, responses=problems(404))
def withdraw(request: Request, visitor: Leader, assignment_id: str) -> None:
    """No longer ask for it; a talk that was handed in for it stays."""
    service_of(request).assignments.withdraw(visitor, assignment_id)


@router.get("/team/sessions", summary="团队交上来的练习")
def given(request: Request, visitor: Leader) -> list[HandedInOut]:
    """What one's people handed in, newest first."""
    return [HandedInOut.model_validate(one) for one in service_of(request).assignments.handed_in(visitor)]


@router.get("/team/sessions/{session_id}/report", summary="交上来的练习练得怎么样", responses=problems(404))
def report(request: Request, visitor: Leader, session_id: str) -> Response:
    """How a talk that was handed in went. What was not handed in is not there."""
    return told_of(handed_in(service_of(request), visitor, session_id)[2])
