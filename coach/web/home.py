"""The first page: what waits for the person who looks at it, and his latest calls."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from coach import review
from coach.storage.accounts import Visitor
from coach.storage.listing import Wanted
from coach.storage.reviews import Kept
from coach.storage.states import STATE_NAMES
from coach.web.practising import titles
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import SignedIn

router = APIRouter(include_in_schema=False)

_LATEST = 8


@router.get("/")
def home(request: Request, visitor: SignedIn) -> Response:
    """The first page."""
    service = service_of(request)
    calls, total = service.library.listing(visitor, Wanted(), 1, per_page=_LATEST)
    return page(
        request,
        "home.html.j2",
        calls=calls,
        total=total,
        states=STATE_NAMES,
        to_read=[(kept, title) for kept, title in service.reviews.for_rep(visitor) if _waits_for_rep(kept)],
        to_practise=[one for one in service.assignments.for_rep(visitor) if one.talk_id is None],
        to_review=service.queue.of(visitor) if visitor.leads else [],
        appeals=_appeals(service.reviews.by_reviewer(visitor), visitor),
        titles=titles(),
    )


def _waits_for_rep(kept: Kept) -> bool:
    """Whether a review of his own call is new to him: shared, and neither acknowledged nor appealed."""
    return kept.review.state is review.State.SHARED


def _appeals(written: list[tuple[Kept, str, str]], visitor: Visitor) -> list[tuple[Kept, str, str]]:
    if not visitor.leads:
        return []
    return [one for one in written if one[0].review.state is review.State.APPEALED]
