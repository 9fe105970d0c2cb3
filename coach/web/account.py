"""One's own account: password, language, the browsers one is signed in with, and keys for machines."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from coach.errors import InputError
from coach.storage.accounts import LANGUAGES, ROLE_NAMES
from coach.storage.keys import RIGHTS, SUBJECTS
from coach.web import languages
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import COOKIE, SignedIn, Whoever, address_of, check_same_site, let_in, own_address

router = APIRouter(include_in_schema=False)


@router.get("/account")
def account(request: Request, _visitor: SignedIn) -> Response:
    """The page."""
    return _account(request)


@router.post("/account/password")
def change_password(
    request: Request,
    visitor: SignedIn,
    old: Annotated[str, Form(max_length=1000)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """A new password: every other browser is out, this one stays."""
    service, address = service_of(request), address_of(request)
    try:
        if password != again:
            raise InputError("两次输入的密码不一样，请再输一遍。")
        service.sign_ins.check_password(visitor, old, address=address)
        service.accounts.change_password(visitor.id, password)
    except InputError as error:
        return _account(request, problem=str(error), status=error.status)
    service.audit.note(visitor, "account", visitor.id, address=address)
    token = service.sign_ins.let_in(visitor.id, address=address, browser=request.headers.get("user-agent", ""))
    return let_in(request, RedirectResponse("/account", 303), token)


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(request: Request, visitor: SignedIn) -> Response:
    """Every browser of this person is out, this one too."""
    service = service_of(request)
    service.sign_ins.sign_out_everywhere(visitor)
    service.audit.note(visitor, "sign-out", address=address_of(request))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE)
    return response


@router.post("/language")
def speak(
    request: Request,
    visitor: Whoever,
    language: Annotated[str, Form(max_length=10)] = "zh",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Another language: on the account of who is signed in, else in this browser."""
    if visitor is None:
        check_same_site(request)
    if language not in LANGUAGES:
        raise InputError("只有中文和英文两种界面。")
    response = RedirectResponse(own_address(next), 303)
    if visitor is not None:
        service_of(request).accounts.speak(visitor.id, language)
    else:
        response.set_cookie(languages.COOKIE, language, max_age=365 * 86400, httponly=True, samesite="lax")
    return response


@router.get("/admin/keys")
def keys(request: Request, _visitor: SignedIn) -> Response:
    """The keys that work: one's own, for an administrator everybody's."""
    return _keys(request, _visitor)


@router.post("/admin/keys")
def add_key(
    request: Request,
    visitor: SignedIn,
    name: Annotated[str, Form(max_length=200)] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """A new key, shown this once; or the form again with what is wrong."""
    service = service_of(request)
    try:
        key = service.keys.add(visitor, name, scopes or [])
    except InputError as error:
        return _keys(request, visitor, name=name, chosen=scopes or [], problem=str(error), status=error.status)
    service.audit.note(visitor, "key", name.strip(), address=address_of(request))
    return _keys(request, visitor, key=key)


@router.post("/admin/keys/{key_id}/revoke")
def revoke_key(request: Request, visitor: SignedIn, key_id: str) -> Response:
    """This key works no more."""
    service = service_of(request)
    name = service.keys.revoke(visitor, key_id)
    service.audit.note(visitor, "key", name, address=address_of(request))
    return RedirectResponse("/admin/keys", 303)


def _account(request: Request, *, problem: str = "", status: int = 200) -> Response:
    visitor = request.state.visitor
    return page(
        request,
        "account.html.j2",
        status=status,
        role=ROLE_NAMES[visitor.role],
        browsers=service_of(request).sign_ins.of(visitor),
        problem=problem,
    )


def _keys(
    request: Request,
    visitor: SignedIn,
    *,
    name: str = "",
    chosen: list[str] | None = None,
    key: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    return page(
        request,
        "keys.html.j2",
        status=status,
        keys=service_of(request).keys.of(visitor),
        subjects=SUBJECTS,
        rights=RIGHTS,
        name=name,
        chosen=chosen or ["calls:read"],
        key=key,
        problem=problem,
    )
