"""How habits change over time, over the interface: of a team, and of one person."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from coach.trends import Change, CountedCall, Rate, Step, Trend, most_in_need, starts, trends, were_judged_alike
from coach.web.api.shapes import problems
from coach.web.practising import scenarios
from coach.web.service import service_of
from coach.web.trending import scenario_for
from coach.web.visitors import Leader, SignedIn

router = APIRouter(prefix="/api/v1/team", tags=["团队"])


class RateOut(BaseModel):
    """A habit in some calls. The range is at 95 percent; with `is_thin` too little was said to conclude anything."""

    calls: int
    turns: int
    found: int
    value: float | None = Field(description="每 100 轮里有几轮；没有话是 null")
    low: float
    high: float
    is_thin: bool = Field(description="话太少，看不出")

    @classmethod
    def of(cls, rate: Rate) -> "RateOut":
        """The same rate."""
        return cls.model_validate(rate, from_attributes=True)


class PeriodOut(BaseModel):
    """A week or a month."""

    start: date
    rate: RateOut


class TrendOut(BaseModel):
    """A habit over time, and its latest third against the time before."""

    code: str
    change: Change
    now: RateOut
    before: RateOut
    periods: list[PeriodOut]

    @classmethod
    def of(cls, trend: Trend) -> "TrendOut":
        """The same trend."""
        return cls(
            code=trend.code,
            change=trend.change,
            now=RateOut.of(trend.now),
            before=RateOut.of(trend.before),
            periods=[PeriodOut(start=one.start, rate=RateOut.of(one.rate)) for one in trend.periods],
        )


class TrendsOut(BaseModel):
    """Every habit over time. `practise`: the habit to work on first and a scenario for it, where something can be said."""

    calls: int
    turns: int
    judged_alike: bool = Field(description="这些对话是不是用同一套规则判断的；不是就不比较")
    practise: str | None = Field(description="先练哪个习惯（代码）")
    scenario: str | None = Field(description="适合的练习情景")
    trends: list[TrendOut]


class MemberOut(BaseModel):
    """Somebody of the team."""

    id: str
    name: str


class TeamOut(BaseModel):
    """The team as a whole, and who is in it, by name."""

    members: list[MemberOut]
    whole: TrendsOut


@router.get("", summary="整个团队的变化", responses=problems(422))
def team(request: Request, visitor: Leader, step: Step = Step.WEEK) -> TeamOut:
    """The team as a whole."""
    service = service_of(request)
    first_days = starts(step, service.trends.today())
    people = service.accounts.reps_for(visitor)
    return TeamOut(
        members=[MemberOut(id=user.id, name=user.name) for user in people if user.id != visitor.id],
        whole=_told(service.trends.counted(visitor, first_days[0]), first_days),
    )


@router.get("/{person_id}", summary="一个人的变化", responses=problems(404, 422))
def person(request: Request, visitor: SignedIn, person_id: str, step: Step = Step.WEEK) -> TrendsOut:
    """One person, against his own past."""
    service = service_of(request)
    user = service.trends.person(visitor, person_id)
    first_days = starts(step, service.trends.today())
    return _told(service.trends.counted(visitor, first_days[0], owner_id=user.id), first_days)


def _told(calls: Sequence[CountedCall], first_days: Sequence[date]) -> TrendsOut:
    found = trends(calls, first_days)
    need = most_in_need(found)
    scenario = scenario_for(need.code, scenarios()) if need else None
    return TrendsOut(
        calls=len(calls),
        turns=sum(call.turns for call in calls),
        judged_alike=were_judged_alike(calls),
        practise=need.code if need else None,
        scenario=scenario.id if scenario else None,
        trends=[TrendOut.of(one) for one in found],
    )
