"""Coming in and going out: the sign-in form, links that set a password, and signing out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from coach.errors import CoachError, InputError
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import COOKIE, SignedIn, Whoever, address_of, check_same_site, let_in, own_address

router = APIRouter(include_in_schema=False)

_SIGN_IN, _SETUP = "sign_in.html.j2", "setup.html.j2"


@router.get("/sign-in")
def sign_in_form(request: Request, visitor: Whoever, next: str = "/") -> Response:
    """The form; somebody who is in already goes on."""
    if visitor is not None:
        return RedirectResponse(own_address(next), 303)
    return page(request, _SIGN_IN, next=own_address(next), name="", problem="")


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Come in, or the form again with what is wrong."""
    check_same_site(request)
    service, address = service_of(request), address_of(request)
    try:
        token = service.sign_ins.sign_in(
            name.strip(), password, address=address, browser=request.headers.get("user-agent", "")
        )
    except CoachError as error:
        service.audit.note_stranger(name.strip(), "sign-in-refused", address=address)
        return page(
            request, _SIGN_IN, status=error.status, next=own_address(next), name=name.strip(), problem=str(error)
        )
    visitor = service.sign_ins.visitor(token)
    if visitor is not None:
        service.audit.note(visitor, "sign-in", address=address)
    return let_in(request, RedirectResponse(own_address(next), 303), token)


@router.post("/sign-out")
def sign_out(request: Request, visitor: SignedIn) -> Response:
    """Go out; the secret is worth nothing any more."""
    service = service_of(request)
    service.sign_ins.sign_out(request.cookies.get(COOKIE, ""))
    service.audit.note(visitor, "sign-out", address=address_of(request))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE)
    return response


@router.get("/setup/{token}")
def setup_form(request: Request, token: str) -> Response:
    """The form behind a one-time link: a name and a password, or only a password for who is invited."""
    user = service_of(request).accounts.invited(token)
    return page(request, _SETUP, name=user.name if user else "", is_new=user is None, problem="")


@router.post("/setup/{token}")
def set_up(
    request: Request,
    token: str,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Use the link and come in at once, or the form again with what is wrong."""
    check_same_site(request)
    service = service_of(request)
    user = service.accounts.invited(token)
    try:
        if password != again:
            raise InputError("两次输入的密码不一样，请再输一遍。")
        visitor = service.accounts.set_up(token, password, name=name.strip())
    except InputError as error:
        return page(
            request,
            _SETUP,
            status=error.status,
            name=user.name if user else name.strip(),
            is_new=user is None,
            problem=str(error),
        )
    service.audit.note(visitor, "account", visitor.id, address=address_of(request))
    secret = service.sign_ins.let_in(
        visitor.id, address=address_of(request), browser=request.headers.get("user-agent", "")
    )
    return let_in(request, RedirectResponse("/", 303), secret)
