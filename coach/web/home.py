"""The first page: what waits for the person who looks at it, and how he is doing."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from coach.habits import HABITS, name_of
from coach.storage.accounts import Visitor
from coach.storage.listing import Wanted
from coach.storage.pending import PendingReviews
from coach.storage.states import OPEN_STATES, STATE_NAMES, State
from coach.trends import Step, starts
from coach.web import trending
from coach.web.practising import titles
from coach.web.service import Service, service_of
from coach.web.templating import page
from coach.web.visitors import SignedIn

router = APIRouter(include_in_schema=False)

_LATEST = 5


@router.get("/")
def home(request: Request, visitor: SignedIn) -> HTMLResponse:
    """The first page."""
    service = service_of(request)
    reviews = PendingReviews(service.database)
    asked = [one for one in service.assignments.for_rep(visitor) if one.talk_id is None and one.scenario in titles()]
    latest, total = service.library.listing(visitor, Wanted(), per_page=_LATEST)
    failed, failed_total = service.library.listing(visitor, Wanted(state=State.FAILED), per_page=_LATEST)
    return page(
        request,
        "home.html.j2",
        to_read=reviews.to_read(visitor),
        to_answer=reviews.to_answer(visitor) if visitor.leads else [],
        queue=service.queue.of(visitor) if visitor.leads else [],
        handed_in=service.assignments.handed_in(visitor, most=_LATEST) if visitor.leads else [],
        asked=asked,
        titles=titles(),
        latest=latest,
        total=total,
        failed=failed,
        failed_total=failed_total,
        person=_person(service, visitor, {one.scenario for one in asked}),
        today=date.today(),  # noqa: DTZ011 - the day on this machine's clock
        changes=trending.CHANGE_NAMES,
        states=STATE_NAMES,
        open_states=OPEN_STATES,
        habits=HABITS,
        name_of=name_of,
    )


def _person(service: Service, visitor: Visitor, asked: set[str]) -> trending.Person | None:
    """How his own habits change; None while he has no judged calls of these weeks."""
    first_days = starts(Step.WEEK, service.trends.today())
    calls = service.trends.counted(visitor, first_days[0], owner_id=visitor.id)
    if not calls:
        return None
    return trending.person_of(service.accounts.of_id(visitor.id), calls, first_days, asked)
