"""How the habits of a team and of each of its people change over time: each against his own past, and no ranking.

A rep sees his own page; his supervisor sees those of the team, in the order of their names.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from coach.habits import name_of
from coach.trends import FEWEST_CALLS, FEWEST_TURNS, CountedCall, Step, starts, trends, were_judged_alike
from coach.web import trending
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import Leader, SignedIn

router = APIRouter(prefix="/team", include_in_schema=False)


@router.get("")
def team(request: Request, visitor: Leader, step: Annotated[Step, Query()] = Step.WEEK) -> HTMLResponse:
    """The team as a whole, and what each of its people could work on."""
    service = service_of(request)
    first_days = starts(step, service.trends.today())
    calls = service.trends.counted(visitor, first_days[0])
    by_owner: dict[str, list[CountedCall]] = {}
    for call in calls:
        by_owner.setdefault(call.owner_id, []).append(call)
    open_asked = [one for one in service.assignments.of_team(visitor) if one.talk_id is None]
    people = [
        trending.person_of(
            user,
            by_owner.get(user.id, []),
            first_days[:: len(first_days) // 3],  # what is now and what was before is the same by thirds
            {one.scenario for one in open_asked if one.rep == user.name},
        )
        for user in service.accounts.reps_for(visitor)
        if user.id != visitor.id or user.id in by_owner
    ]
    return page(
        request,
        "team.html.j2",
        people=people,
        drawn=trending.drawn(trends(calls, first_days)),
        **_shared(step, calls),
    )


@router.get("/{person_id}")
def person(
    request: Request, visitor: SignedIn, person_id: str, step: Annotated[Step, Query()] = Step.WEEK
) -> HTMLResponse:
    """One person's habits over time. Raises NotFoundError."""
    service = service_of(request)
    user = service.trends.person(visitor, person_id)
    is_own = user.id == visitor.id
    first_days = starts(step, service.trends.today())
    calls = service.trends.counted(visitor, first_days[0], owner_id=user.id)
    asked = service.assignments.for_rep(visitor) if is_own else service.assignments.of_team(visitor)
    return page(
        request,
        "person.html.j2",
        is_own=is_own,
        person=trending.person_of(
            user,
            calls,
            first_days,
            {one.scenario for one in asked if one.rep == user.name and one.talk_id is None},
        ),
        drawn=trending.drawn(trends(calls, first_days)),
        **_shared(step, calls),
    )


def _shared(step: Step, calls: Sequence[CountedCall]) -> dict[str, Any]:
    """What both pages show."""
    return {
        "step": step,
        "steps": trending.STEP_NAMES,
        "changes": trending.CHANGE_NAMES,
        "calls": len(calls),
        "turns": sum(call.turns for call in calls),
        "alike": were_judged_alike(calls),
        "fewest_turns": FEWEST_TURNS,
        "fewest_calls": FEWEST_CALLS,
        "name_of": name_of,
        "width": trending.WIDTH,
        "height": trending.HEIGHT,
    }
