"""The accounts, for administrators: who there is, who may do what, links that set a password; and the log of what was done."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from coach.errors import InputError
from coach.storage.accounts import ROLE_NAMES, Role
from coach.storage.audit import ACTIONS
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import Administrator, address_of

router = APIRouter(prefix="/admin", include_in_schema=False)

_ENTRIES = 50


@router.get("/users")
def users(request: Request, _visitor: Administrator) -> Response:
    """Everybody, and a form for one more."""
    return _users(request)


@router.post("/users")
def add_user(
    request: Request,
    visitor: Administrator,
    name: Annotated[str, Form(max_length=200)] = "",
    role: Annotated[Role, Form()] = Role.REP,
    team: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """A new account with the link that sets its password, or the form again with what is wrong."""
    service = service_of(request)
    try:
        added = service.accounts.add(name.strip(), role, team)
    except InputError as error:
        return _users(request, name=name, role=role, team=team, problem=str(error), status=error.status)
    service.audit.note(visitor, "account", added.id, address=address_of(request))
    return _users(request, link=_link(request, added.id), invited=added.name)


@router.post("/users/{user_id}")
def change_user(
    request: Request,
    visitor: Administrator,
    user_id: str,
    role: Annotated[Role, Form()],
    team: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Another role or team."""
    service = service_of(request)
    try:
        service.accounts.change(user_id, role=role, team=team)
    except InputError as error:
        return _users(request, problem=str(error), status=error.status)
    service.audit.note(visitor, "account", user_id, address=address_of(request))
    return RedirectResponse("/admin/users", 303)


@router.post("/users/{user_id}/link")
def invite(request: Request, visitor: Administrator, user_id: str) -> Response:
    """A new link that sets this person's password, shown this once."""
    service = service_of(request)
    try:
        link = _link(request, user_id)
    except InputError as error:
        return _users(request, problem=str(error), status=error.status)
    service.audit.note(visitor, "account", user_id, address=address_of(request))
    return _users(request, link=link, invited=service.accounts.with_id(user_id).name)


@router.post("/users/{user_id}/disabled")
def disable(
    request: Request, visitor: Administrator, user_id: str, disabled: Annotated[bool, Form()] = True
) -> Response:
    """Shut an account, or open it again."""
    service = service_of(request)
    try:
        service.accounts.change(user_id, disabled=disabled)
    except InputError as error:
        return _users(request, problem=str(error), status=error.status)
    service.audit.note(visitor, "account", user_id, address=address_of(request))
    return RedirectResponse("/admin/users", 303)


@router.get("/audit")
def audit(
    request: Request,
    visitor: Administrator,
    name: Annotated[str, Query(max_length=200)] = "",
    action: Annotated[str, Query(max_length=40)] = "",
    target: Annotated[str, Query(max_length=200)] = "",
    at: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """What was done, newest first; of one person, one action, one call."""
    service = service_of(request)
    entries, total = service.audit.page(name=name, action=action, target=target, page=at, per_page=_ENTRIES)
    targets = list({entry.target for entry in entries})
    return page(
        request,
        "audit.html.j2",
        entries=[(entry, entry.at.replace(tzinfo=UTC).astimezone()) for entry in entries],
        calls={call.id: call for call in service.library.some(visitor, targets)},
        accounts={user.id: user.name for user in service.accounts.everybody()},
        actions=ACTIONS,
        target=target,
        name=name,
        action=action,
        at=at,
        pages=max(1, -(-total // _ENTRIES)),
    )


def _link(request: Request, user_id: str) -> str:
    service = service_of(request)
    return f"{service.settings.public_url}/setup/{service.accounts.invitation(user_id)}"


def _users(
    request: Request,
    *,
    name: str = "",
    role: Role = Role.REP,
    team: str = "",
    link: str = "",
    invited: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    everybody = service_of(request).accounts.everybody()
    return page(
        request,
        "users.html.j2",
        status=status,
        users=everybody,
        teams=sorted({user.team for user in everybody if user.team}),
        roles=ROLE_NAMES,
        name=name,
        role=role,
        team=team,
        link=link,
        invited=invited,
        problem=problem,
    )
