"""The rules as the team has them: drafts, what is in force, what is switched off, and the coach that judges by them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from time import monotonic
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.errors import AccessError, ConflictError, InputError, NotFoundError, RuleFileError
from coach.pipeline import Coach
from coach.report import Skipped
from coach.rulechanges import RuleChanges, changed_book
from coach.storage.accounts import Role, Visitor, now
from coach.storage.database import Database
from coach.storage.tables import DisabledRule, RuleChange, User

DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"
_LOOK_EVERY_S = 3.0
_UNREADABLE = "团队改过的规则和现在的版本合不上，暂时按自带的规则判断；请管理员在「规则」页检查。"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that somebody wants changed, and who."""

    id: str
    path: str
    text: str
    state: str
    author_id: str
    author: str
    based_on: str
    created_at: datetime
    activated_at: datetime | None


@dataclass(frozen=True)
class TeamRules:
    """The changes of the rules in a database. Leaders draft; administrators put in force and switch off."""

    database: Database
    clock: Callable[[], datetime] = now

    def in_force(self) -> RuleChanges:
        """What is changed in the shipped rules now."""
        with self.database.reading() as session:
            return _in_force(session)

    def stamp(self) -> tuple[str, ...]:
        """Something that changes whenever what is in force does, and is cheap to ask for."""
        with self.database.reading() as session:
            changes = session.scalars(select(RuleChange.id).where(RuleChange.state == ACTIVE).order_by(RuleChange.id))
            disabled = session.scalars(select(DisabledRule.rule_id).order_by(DisabledRule.rule_id))
            return (*changes, "", *disabled)

    def drafts(self) -> list[Draft]:
        """All drafts, newest first."""
        return self._listed(DRAFT)

    def history(self, path: str) -> list[Draft]:
        """What was in force for a file, and is, newest first."""
        return [one for one in self._listed(ACTIVE, RETIRED) if one.path == path]

    def draft(self, id: str) -> Draft:
        """One draft. Raises NotFoundError."""
        found = [one for one in self._listed(DRAFT) if one.id == id]
        if not found:
            raise NotFoundError("没有这份草稿，可能已经启用或删除了。")
        return found[0]

    def active_id(self, path: str) -> str:
        """Which change of a file is in force; empty for the shipped file."""
        with self.database.reading() as session:
            return _active_id(session, path)

    def save_draft(self, visitor: Visitor, path: str, text: str, *, based_on: str) -> str:
        """Keep what he writes as his draft of a file; its id. It may still have mistakes: replaying it tells them.
        `based_on` is what `active_id` was when he began.

        Raises AccessError for reps, InputError for a path that is not a rule file.
        """
        if not visitor.leads:
            raise AccessError("规则由主管和管理员来改。")
        text = text.replace("\r\n", "\n")
        RuleChanges().with_text(path, text)
        with self.database.begin() as session:
            own = session.scalar(
                select(RuleChange).where(
                    RuleChange.path == path, RuleChange.state == DRAFT, RuleChange.author_id == visitor.id
                )
            )
            if own is None:
                own = RuleChange(id=uuid4().hex, path=path, state=DRAFT, author_id=visitor.id, created_at=self.clock())
                session.add(own)
            own.text, own.based_on = text, based_on[:32]
            return own.id

    def drop_draft(self, visitor: Visitor, id: str) -> None:
        """Throw a draft away: his own, or any for an administrator. Raises NotFoundError, AccessError."""
        with self.database.begin() as session:
            change = _draft(session, id)
            if change.author_id != visitor.id and visitor.role is not Role.ADMINISTRATOR:
                raise AccessError("这是别人的草稿，只有他自己和管理员能删。")
            session.delete(change)

    def with_draft(self, id: str) -> RuleChanges:
        """What would be in force with this draft. Raises NotFoundError."""
        with self.database.reading() as session:
            change = _draft(session, id)
            return _in_force(session).with_text(change.path, change.text)

    def activate(self, visitor: Visitor, id: str, *, text: str) -> None:
        """Put a draft in force in place of what was, provided that it still is the `text` that was checked and that nobody
        else has changed the file since the draft was begun. Ask `Replays.activate`, which sees that it does not lose.

        Raises NotFoundError, AccessError, ConflictError.
        """
        check_administers(visitor)
        with self.database.begin() as session:
            change = _draft(session, id)
            if change.text != text:
                raise ConflictError("这份草稿在试判以后又改过，请再试判一次。")
            active = _active_id(session, change.path)
            if active != change.based_on:
                raise ConflictError(
                    "您起草以后，这个文件已经被别人改过并启用了。请打开新的规则，把您的改动加进去再保存，您的草稿还在。"
                )
            if active:
                session.get_one(RuleChange, active).state = RETIRED
            change.state, change.activated_at = ACTIVE, self.clock()

    def revert(self, visitor: Visitor, path: str) -> None:
        """Back to the shipped file. Raises AccessError, InputError where it is in force already."""
        check_administers(visitor)
        with self.database.begin() as session:
            active = _active_id(session, path)
            if not active:
                raise InputError("这个文件本来就是自带的，没有改过。")
            session.get_one(RuleChange, active).state = RETIRED

    def switch(self, visitor: Visitor, rule_name: str, *, on: bool) -> None:
        """Switch a rule off, or on again. Ask `RuleSwitches.switch`, which sees that it does not harm. Raises AccessError."""
        check_administers(visitor)
        with self.database.begin() as session:
            off = session.get(DisabledRule, rule_name)
            if on and off is not None:
                session.delete(off)
            elif not on and off is None:
                session.add(DisabledRule(rule_id=rule_name[:200], user_id=visitor.id, at=self.clock()))

    def _listed(self, *states: str) -> list[Draft]:
        query = (
            select(RuleChange, User.name)
            .join(User, User.id == RuleChange.author_id)
            .where(RuleChange.state.in_(states))
            .order_by(RuleChange.activated_at.desc(), RuleChange.created_at.desc())
        )
        with self.database.reading() as session:
            return [
                Draft(
                    one.id,
                    one.path,
                    one.text,
                    one.state,
                    one.author_id,
                    author,
                    one.based_on,
                    one.created_at,
                    one.activated_at,
                )
                for one, author in session.execute(query)
            ]


class CoachOfTheDay:
    """Called, it gives the coach that judges by the rules in force; it looks for changes every few seconds.

    Rules that can no longer be read, after an upgrade say, are left out, and every report says so.
    """

    def __init__(self, rules: TeamRules, *, shipped: Coach | None = None) -> None:
        self._rules = rules
        self._shipped = shipped
        self._one_at_a_time = Lock()
        self._coach: Coach | None = None
        self._stamp: tuple[str, ...] | None = None
        self._looked_at = float("-inf")

    def __call__(self) -> Coach:
        with self._one_at_a_time:
            if self._coach is None or monotonic() - self._looked_at >= _LOOK_EVERY_S:
                stamp = self._rules.stamp()
                if self._coach is None or stamp != self._stamp:
                    changes = self._rules.in_force()
                    self._coach = self._shipped if self._shipped and changes == RuleChanges() else load_coach(changes)
                    self._stamp = stamp
                self._looked_at = monotonic()
            return self._coach

    def look_again(self) -> None:
        """Something was changed here: do not wait."""
        self._looked_at = float("-inf")


def load_coach(changes: RuleChanges) -> Coach:
    """The coach of these changes, or of the shipped rules where they cannot be read any more."""
    try:
        return Coach.load(rules=changed_book(changes))
    except RuleFileError as error:
        _log.error("the team's rules cannot be read: %d mistakes", len(error.problems))
        shipped = Coach.load()
        return replace(shipped, skipped=(*shipped.skipped, Skipped("rules", _UNREADABLE)))


def _in_force(session: Session) -> RuleChanges:
    changes = session.execute(select(RuleChange.path, RuleChange.text).where(RuleChange.state == ACTIVE))
    disabled = session.scalars(select(DisabledRule.rule_id))
    return RuleChanges({row.path: row.text for row in changes}, frozenset(disabled))


def _active_id(session: Session, path: str) -> str:
    query = select(RuleChange.id).where(RuleChange.path == path, RuleChange.state == ACTIVE)
    return session.scalar(query) or ""


def _draft(session: Session, id: str) -> RuleChange:
    change = session.get(RuleChange, id)
    if change is None or change.state != DRAFT:
        raise NotFoundError("没有这份草稿，可能已经启用或删除了。")
    return change


def check_administers(visitor: Visitor) -> None:
    """Raises AccessError for all but administrators."""
    if visitor.role is not Role.ADMINISTRATOR:
        raise AccessError("只有管理员能启用或关闭规则。")
