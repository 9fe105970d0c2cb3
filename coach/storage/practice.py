"""Practice in the database: talks that nobody but their rep sees until he hands them in, and what supervisors ask for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from coach.errors import InputError, NotFoundError
from coach.practice.session import Session
from coach.practice.store import dump, load
from coach.storage.accounts import Role, Visitor, now
from coach.storage.database import Database
from coach.storage.tables import Assignment, PracticeTalk, User
from coach.storage.webhooks import tell

_GONE = "没有这次练习，可能已经删掉了。请重新开始一次。"


@dataclass(frozen=True)
class Talks:
    """The talks of one person. The store knows whose they are; a session does not."""

    database: Database
    owner: Visitor
    clock: Callable[[], datetime] = now

    def read(self, session_id: str) -> Session:
        """A talk of his. Raises NotFoundError if there is none of this id, InputError if it cannot be read."""
        with self.database.reading() as transaction:
            return load(self._found(transaction, session_id).session)

    def write(self, session: Session) -> None:
        """Keep a talk, in place of what was kept of it before. Raises NotFoundError if the id is somebody else's."""
        with self.database.begin() as transaction:
            kept = transaction.get(PracticeTalk, session.id)
            if kept is None:
                kept = PracticeTalk(id=session.id, owner_id=self.owner.id, scenario=session.scenario)
                transaction.add(kept)
            elif kept.owner_id != self.owner.id:
                raise NotFoundError(_GONE)
            kept.session = dump(session)
            kept.changed_at = self.clock()

    def forget(self, session_id: str) -> None:
        """Delete a talk; one that was handed in is gone for the supervisor too. Raises NotFoundError."""
        with self.database.begin() as transaction:
            transaction.delete(self._found(transaction, session_id))

    def latest(self, most: int = 20) -> Iterator[Session]:
        """The talks touched last, newest first; what cannot be read is passed over."""
        query = select(PracticeTalk.session).where(PracticeTalk.owner_id == self.owner.id)
        with self.database.reading() as transaction:
            kept = list(transaction.scalars(query.order_by(PracticeTalk.changed_at.desc()).limit(most)))
        for one in kept:
            try:
                yield load(one)
            except InputError:
                continue

    def is_handed_in(self, session_id: str) -> bool:
        """Whether his supervisor may see it. Raises NotFoundError if there is none."""
        with self.database.reading() as transaction:
            return self._found(transaction, session_id).handed_in_at is not None

    def hand_in(self, session_id: str) -> None:
        """Let the supervisor see a talk as it stands; it answers the oldest open assignment of its scenario.

        Raises NotFoundError if there is none.
        """
        with self.database.begin() as transaction:
            talk = self._found(transaction, session_id)
            answered = select(PracticeTalk.assignment_id).where(PracticeTalk.assignment_id.is_not(None))
            open_one = (
                select(Assignment)
                .where(
                    Assignment.rep_id == self.owner.id,
                    Assignment.scenario == talk.scenario,
                    Assignment.id.not_in(answered),
                )
                .order_by(Assignment.created_at)
                .limit(1)
            )
            assignment = transaction.scalar(open_one)
            talk.assignment_id = assignment.id if assignment is not None else talk.assignment_id
            talk.handed_in_at = self.clock()
            tell(transaction, "practice.handed_in", {"practice_id": talk.id, "rep_id": self.owner.id}, at=self.clock())

    def _found(self, transaction: Transaction, session_id: str) -> PracticeTalk:
        talk = transaction.get(PracticeTalk, session_id)
        if talk is None or talk.owner_id != self.owner.id:
            raise NotFoundError(_GONE)
        return talk


@dataclass(frozen=True, slots=True)
class Asked:
    """Something to practise: who asked whom, by when, and the talk handed in for it, if any."""

    id: str
    rep: str
    by: str
    scenario: str
    level: int
    due_on: date | None
    talk_id: str | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A talk that a rep let his supervisor see."""

    id: str
    rep: str
    scenario: str
    at: datetime


@dataclass(frozen=True)
class Assignments:
    """What is asked for in a database, and what was handed in."""

    database: Database
    clock: Callable[[], datetime] = now

    def ask(self, visitor: Visitor, rep_id: str, scenario: str, *, level: int = 1, due_on: date | None = None) -> str:
        """Ask a rep of one's own to practise a scenario; the assignment's id. Raises NotFoundError, InputError."""
        if due_on is not None and due_on < self.clock().astimezone().date():
            raise InputError("截止日期已经过了，请选今天或以后的日子。")
        with self.database.begin() as transaction:
            rep = transaction.get(User, rep_id)
            if rep is None or rep.disabled or not _leads(visitor, rep):
                raise NotFoundError("没有这个人，或者他不在您的团队。")
            assignment = Assignment(
                id=uuid4().hex,
                rep_id=rep.id,
                assigned_by=visitor.id,
                scenario=scenario,
                level=level,
                due_on=due_on,
                created_at=self.clock(),
            )
            transaction.add(assignment)
            return assignment.id

    def withdraw(self, visitor: Visitor, assignment_id: str) -> None:
        """No longer ask for it; a talk handed in for it stays. Raises NotFoundError."""
        with self.database.begin() as transaction:
            assignment = transaction.get(Assignment, assignment_id)
            rep = transaction.get(User, assignment.rep_id) if assignment is not None else None
            if assignment is None or rep is None or not _leads(visitor, rep):
                raise NotFoundError("没有这个练习任务。")
            for talk in transaction.scalars(select(PracticeTalk).where(PracticeTalk.assignment_id == assignment.id)):
                talk.assignment_id = None
            transaction.flush()
            transaction.delete(assignment)

    def for_rep(self, visitor: Visitor) -> list[Asked]:
        """What this person is asked to practise, what is due first first; what was handed in comes last."""
        with self.database.reading() as transaction:
            return self._asked(transaction, [visitor.id])

    def of_team(self, visitor: Visitor) -> list[Asked]:
        """What the people of this supervisor (all, for an administrator) are asked to practise."""
        with self.database.reading() as transaction:
            return self._asked(transaction, [user.id for user in _led(transaction, visitor)])

    def handed_in(self, visitor: Visitor, most: int = 50) -> list[HandedIn]:
        """What his people handed in, newest first."""
        with self.database.reading() as transaction:
            names = {user.id: user.name for user in _led(transaction, visitor)}
            query = (
                select(PracticeTalk)
                .where(PracticeTalk.owner_id.in_(names), PracticeTalk.handed_in_at.is_not(None))
                .order_by(PracticeTalk.handed_in_at.desc())
                .limit(most)
            )
            return [
                HandedIn(talk.id, names[talk.owner_id], talk.scenario, talk.handed_in_at)
                for talk in transaction.scalars(query)
                if talk.handed_in_at is not None
            ]

    def read(self, visitor: Visitor, session_id: str) -> tuple[Session, str]:
        """A talk handed in by one of his people, and that person's name. Raises NotFoundError."""
        with self.database.reading() as transaction:
            talk = transaction.get(PracticeTalk, session_id)
            rep = transaction.get(User, talk.owner_id) if talk is not None else None
            if talk is None or rep is None or talk.handed_in_at is None or not _leads(visitor, rep):
                raise NotFoundError("没有这次练习，或者它还没有交。")
            return load(talk.session), rep.name

    def _asked(self, transaction: Transaction, rep_ids: list[str]) -> list[Asked]:
        today = self.clock().astimezone().date()
        names = {user.id: user.name for user in transaction.scalars(select(User))}
        handed = dict(
            transaction.execute(
                select(PracticeTalk.assignment_id, PracticeTalk.id).where(PracticeTalk.assignment_id.is_not(None))
            ).all()
        )
        asked = [
            Asked(
                one.id,
                names[one.rep_id],
                names[one.assigned_by],
                one.scenario,
                one.level,
                one.due_on,
                handed.get(one.id),
                is_late=one.due_on is not None and one.due_on < today and one.id not in handed,
            )
            for one in transaction.scalars(select(Assignment).where(Assignment.rep_id.in_(rep_ids)))
        ]
        return sorted(asked, key=lambda one: (one.talk_id is not None, one.due_on or date.max, one.rep))


def _leads(visitor: Visitor, rep: User) -> bool:
    return visitor.role is Role.ADMINISTRATOR or (visitor.role is Role.SUPERVISOR and rep.team == visitor.team)


def _led(transaction: Transaction, visitor: Visitor) -> list[User]:
    return [user for user in transaction.scalars(select(User)) if _leads(visitor, user)]
