"""The first page: what there is to do for the person who looks at it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from coach.web.templating import page
from coach.web.visitors import SignedIn

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, _visitor: SignedIn) -> Response:
    """The first page."""
    return page(request, "home.html.j2")
