"""Which calls are for whom: a rep sees his own, a supervisor those of his team, an administrator all."""

import re
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from coach.errors import NotFoundError
from coach.storage.accounts import Role, Visitor
from coach.storage.tables import Call, User

_ID = re.compile(r"[0-9a-f]{32}")


def visible(query: Select[Any], visitor: Visitor) -> Select[Any]:
    """A query over calls, limited to those that are for this visitor."""
    if visitor.role is Role.ADMINISTRATOR:
        return query
    if visitor.role is Role.SUPERVISOR:
        team = select(User.id).where((User.team == visitor.team) | (User.id == visitor.id))
        return query.where(Call.owner_id.in_(team))
    return query.where(Call.owner_id == visitor.id)


def found(session: Session, visitor: Visitor, call_id: str) -> Call:
    """A call. Raises NotFoundError if there is none or it is not for him."""
    query = visible(select(Call).where(Call.id == call_id), visitor)
    call: Call | None = session.scalar(query) if _ID.fullmatch(call_id) else None
    if call is None:
        raise NotFoundError("没有这通对话，或者它不在您能看的范围里。")
    return call


def sees(visitor: Visitor, owner: User) -> bool:
    """Whether this person's calls are for this visitor: the same as `visible` says of a query."""
    return (
        owner.id == visitor.id
        or visitor.role is Role.ADMINISTRATOR
        or (visitor.role is Role.SUPERVISOR and owner.team == visitor.team)
    )


def person(session: Session, visitor: Visitor, person_id: str) -> User:
    """Somebody whose calls are for this visitor. Raises NotFoundError if there is nobody, or they are not."""
    user = session.get(User, person_id) if _ID.fullmatch(person_id) else None
    if user is None or not sees(visitor, user):
        raise NotFoundError("没有这个人，或者他不在您的团队。")
    return user


def may_own(session: Session, visitor: Visitor, owner_id: str) -> bool:
    """Whether this visitor may put calls into somebody's library."""
    owner = session.get(User, owner_id) if _ID.fullmatch(owner_id) else None
    return owner is not None and not owner.disabled and sees(visitor, owner)
