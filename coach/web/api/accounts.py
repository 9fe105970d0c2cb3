"""Accounts over the interface: who asks, who there is, keys and the log. Keys are made in a browser only: a key that could
make keys could not be limited.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, status
from pydantic import BaseModel, ConfigDict, Field

from coach.storage.accounts import Role
from coach.storage.tables import User
from coach.web.api.shapes import Page, PerPage, problems
from coach.web.service import service_of
from coach.web.visitors import Administrator, SignedIn, address_of

router = APIRouter(prefix="/api/v1", tags=["账号"])

_NAME = Annotated[str, Field(max_length=40, examples=["小王"])]
_TEAM = Annotated[str, Field(max_length=40, examples=["东区"], description="同一个团队的主管看得到他的对话")]


class MeOut(BaseModel):
    """Who asks, and what he may do."""

    id: str
    name: str
    role: Role
    team: str
    scopes: list[str] | None = Field(description="这个密钥的权限；浏览器登录时为空", examples=[["calls:read"]])


class UserOut(BaseModel):
    """An account; its password is never told."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    role: Role
    team: str
    disabled: bool
    created_at: datetime
    has_password: bool

    @classmethod
    def of(cls, user: User) -> "UserOut":
        """What is shown of an account."""
        return cls(
            id=user.id,
            name=user.name,
            role=Role(user.role),
            team=user.team,
            disabled=user.disabled,
            created_at=user.created_at,
            has_password=bool(user.password),
        )


class UsersOut(BaseModel):
    """One page of accounts."""

    items: list[UserOut]
    total: int
    page: int
    per_page: int


class UserIn(BaseModel):
    """A new account."""

    model_config = ConfigDict(extra="forbid")

    name: _NAME
    role: Role = Role.REP
    team: _TEAM = ""


class UserChange(BaseModel):
    """What shall be different; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    team: _TEAM | None = None
    disabled: bool | None = None


class Invited(BaseModel):
    """An account, and the link with which its owner sets his password: told this once."""

    user: UserOut
    link: str


class EntryOut(BaseModel):
    """A line of the log."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    user_id: str
    user_name: str
    action: str
    target: str
    address: str


class EntriesOut(BaseModel):
    """One page of the log, newest first."""

    items: list[EntryOut]
    total: int
    page: int
    per_page: int


@router.get("/me", summary="我是谁", responses=problems())
def me(visitor: SignedIn) -> MeOut:
    """Who asks."""
    scopes = None if visitor.scopes is None else sorted(visitor.scopes)
    return MeOut(id=visitor.id, name=visitor.name, role=visitor.role, team=visitor.team, scopes=scopes)


@router.get("/users", summary="有哪些账号", responses=problems())
def users(request: Request, _visitor: Administrator, page: Page = 1, per_page: PerPage = 50) -> UsersOut:
    """All accounts, by team and name."""
    everybody = service_of(request).accounts.everybody()
    shown = everybody[per_page * (page - 1) : per_page * page]
    return UsersOut(items=[UserOut.of(one) for one in shown], total=len(everybody), page=page, per_page=per_page)


@router.post("/users", summary="添加账号", status_code=status.HTTP_201_CREATED, responses=problems(422))
def add_user(request: Request, visitor: Administrator, wanted: Annotated[UserIn, Body()]) -> Invited:
    """A new account, with the link that sets its password."""
    accounts = service_of(request).accounts
    return _invited(request, visitor, accounts.add(wanted.name, wanted.role, wanted.team).id)


@router.patch("/users/{user_id}", summary="改账号", responses=problems(404, 422))
def change_user(
    request: Request, visitor: Administrator, user_id: str, wanted: Annotated[UserChange, Body()]
) -> UserOut:
    """Another role or team, shut or open again: all of it or nothing."""
    service = service_of(request)
    user = service.accounts.change(user_id, role=wanted.role, team=wanted.team, disabled=wanted.disabled)
    service.audit.note(visitor, "account", user_id, address=address_of(request))
    return UserOut.of(user)


@router.post("/users/{user_id}/link", summary="发设置密码的链接", responses=problems(404))
def invite(request: Request, visitor: Administrator, user_id: str) -> Invited:
    """A new link that sets this person's password; the ones before it no longer work."""
    return _invited(request, visitor, user_id)


@router.get("/audit", summary="操作记录", responses=problems(422))
def audit(
    request: Request,
    _visitor: Administrator,
    name: Annotated[str, Query(max_length=200, description="用户名")] = "",
    action: Annotated[str, Query(max_length=40, description="如 read、listen、export、delete")] = "",
    target: Annotated[str, Query(max_length=200, description="如一通对话的 id")] = "",
    page: Page = 1,
    per_page: PerPage = 50,
) -> EntriesOut:
    """Who did what to what, newest first."""
    entries, total = service_of(request).audit.page(
        name=name, action=action, target=target, page=page, per_page=per_page
    )
    items = [EntryOut.model_validate(one) for one in entries]
    return EntriesOut(items=items, total=total, page=page, per_page=per_page)


def _invited(request: Request, visitor: Administrator, user_id: str) -> Invited:
    service = service_of(request)
    token = service.accounts.invitation(user_id)
    service.audit.note(visitor, "account", user_id, address=address_of(request))
    return Invited(
        user=UserOut.of(service.accounts.with_id(user_id)), link=f"{service.settings.public_url}/setup/{token}"
    )
