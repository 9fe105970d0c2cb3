"""Replays: the stored calls judged by a draft of the rules, or again by the rules in force. Who asked for one, how far it
is, what came of it; `coach.jobs.rejudging` does them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from coach.errors import AccessError, InputError, NotFoundError
from coach.storage.accounts import Role, Visitor, now
from coach.storage.database import Database
from coach.storage.rules import TeamRules
from coach.storage.states import State
from coach.storage.tables import Call, Replay
from coach.training.reviewed import Mistakes

ALIVE_FOR = timedelta(seconds=60)
"""A replay that nobody was seen at for this long is taken over."""


class Kind(StrEnum):
    """What is judged anew: all calls by a draft, to look at; or by the rules in force, to be kept."""

    DRAFT = "draft"
    LIBRARY = "library"


WAITING, WORKING, DONE, FAILED = "waiting", "working", "done", "failed"


@dataclass(frozen=True, slots=True)
class Place:
    """A habit in a turn of a call."""

    turn: int
    code: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A call whose findings are others now."""

    call_id: str
    added: tuple[Place, ...]
    removed: tuple[Place, ...]
    score_before: int
    score_after: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How old and new rules do on `calls` reviewed calls: their mistakes by habit. `base` is the stamp of the old rules."""

    calls: int = 0
    old: Mapping[str, Mistakes] = field(default_factory=dict)
    new: Mapping[str, Mistakes] = field(default_factory=dict)
    base: tuple[str, ...] = ()

    @property
    def mistakes(self) -> tuple[int, int]:
        """Of the old rules and of the new, in all."""
        old, new = (sum(side.values(), Mistakes()).total for side in (self.old, self.new))
        return old, new

    @property
    def loses(self) -> bool:
        """Whether the new rules make more mistakes than the old."""
        old, new = self.mistakes
        return new > old


@dataclass(frozen=True, slots=True)
class Told:
    """A replay as it is shown."""

    id: str
    kind: Kind
    state: str
    draft_id: str
    rules: str
    asked_at: datetime
    total: int
    done: int
    changes: tuple[Changed, ...]
    verdict: Verdict
    problem: str

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done or being done."""
        return self.state in (WAITING, WORKING)


_CHANGES: TypeAdapter[tuple[Changed, ...]] = TypeAdapter(tuple[Changed, ...])
_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)


@dataclass(frozen=True)
class Replays:
    """The replays in a database."""

    database: Database
    clock: Callable[[], datetime] = now

    def ask_for_draft(self, visitor: Visitor, draft_id: str) -> str:
        """Have a draft tried on all calls, as it is now; the replays of it before are thrown away. Its id.

        Raises NotFoundError, AccessError.
        """
        if not visitor.leads:
            raise AccessError("规则由主管和管理员来改。")
        draft = TeamRules(self.database).draft(draft_id)
        with self.database.begin() as session:
            session.execute(delete(Replay).where(Replay.draft_id == draft_id))
            return self._added(session, visitor, Kind.DRAFT, draft_id=draft_id, rules=draft.text)

    def ask_for_library(self, visitor: Visitor) -> str:
        """Have all calls judged by the rules in force, and kept so; the id of the replay, or of the one that is on its way.

        Raises AccessError.
        """
        if visitor.role is not Role.ADMINISTRATOR:
            raise AccessError("只有管理员能把全部对话重新分析。")
        with self.database.begin() as session:
            on_its_way = session.scalar(
                select(Replay.id).where(Replay.kind == Kind.LIBRARY, Replay.state.in_((WAITING, WORKING)))
            )
            return on_its_way or self._added(session, visitor, Kind.LIBRARY)

    def get(self, visitor: Visitor, id: str) -> Told:
        """A replay. Raises NotFoundError."""
        with self.database.reading() as session:
            replay = session.get(Replay, id) if visitor.leads else None
            if replay is None:
                raise NotFoundError("没有这次试判。")
            return _told(replay)

    def latest(self, *, draft_id: str | None = None) -> Told | None:
        """The latest replay of a draft, or of the library."""
        query = select(Replay).order_by(Replay.asked_at.desc(), Replay.id).limit(1)
        query = (
            query.where(Replay.kind == Kind.LIBRARY) if draft_id is None else query.where(Replay.draft_id == draft_id)
        )
        with self.database.reading() as session:
            replay = session.scalar(query)
            return _told(replay) if replay is not None else None

    def activate(self, visitor: Visitor, draft_id: str) -> None:
        """Put a draft in force: one that was replayed as it is, beside the rules that are in force now, and that makes no
        more mistakes on the reviewed calls than they do.

        Raises InputError, and what `TeamRules.activate` raises.
        """
        rules = TeamRules(self.database, self.clock)
        replay = self.latest(draft_id=draft_id)
        if replay is None or replay.state != DONE:
            raise InputError("请先在库里试判这份草稿，看看会多出和少掉哪些，再启用。")
        if replay.verdict.base != rules.stamp():
            raise InputError("试判以后，别的规则改过了。请再试判一次。")
        if replay.verdict.loses:
            old, new = replay.verdict.mistakes
            raise InputError(
                f"在主管复核过的 {replay.verdict.calls} 通对话上，现在的规则错 {old} 处，新规则错 {new} 处，"
                "比原来差，没有启用。请看错在哪里，改过再试。"
            )
        rules.activate(visitor, draft_id, text=replay.rules)

    # What the worker does.

    def claim(self) -> Told | None:
        """A replay that waits, or that its worker left; from now on it is ours."""
        lost = (Replay.state == WORKING) & (Replay.seen_at < self.clock() - ALIVE_FOR)
        free = or_(Replay.state == WAITING, lost)
        with self.database.begin() as session:
            id = session.scalar(select(Replay.id).where(free).order_by(Replay.asked_at).limit(1))
            if id is None:
                return None
            taken = session.execute(
                update(Replay).where(Replay.id == id, free).values(state=WORKING, seen_at=self.clock(), done=0)
            )
            return _told(session.get_one(Replay, id)) if taken.rowcount else None  # type: ignore[attr-defined]

    def progressed(self, id: str, *, done: int, total: int) -> bool:
        """Note how many calls are done; False if nobody wants it any more."""
        return self._update(id, done=done, total=total, seen_at=self.clock())

    def finished(self, id: str, changes: tuple[Changed, ...], verdict: Verdict, *, judged_with: str) -> None:
        """Note what came of it."""
        self._update(
            id,
            state=DONE,
            changes=_CHANGES.dump_python(changes, mode="json"),
            verdict=_VERDICT.dump_python(verdict, mode="json"),
            judged_with=judged_with,
        )

    def failed(self, id: str, problem: str) -> None:
        """Note why nothing came of it."""
        self._update(id, state=FAILED, problem=problem)

    def outdated(self, judged_with: str) -> int:
        """How many calls were judged otherwise than by this digest."""
        query = select(func.count(Call.id)).where(Call.state == State.DONE, Call.judged_with != judged_with)
        with self.database.reading() as session:
            return session.scalar(query) or 0

    def _added(
        self, session: Session, visitor: Visitor, kind: Kind, *, draft_id: str | None = None, rules: str = ""
    ) -> str:
        replay = Replay(
            id=uuid4().hex,
            kind=kind,
            state=WAITING,
            draft_id=draft_id,
            rules=rules,
            asked_by=visitor.id,
            asked_at=self.clock(),
            changes=[],
            verdict={},
        )
        session.add(replay)
        return replay.id

    def _update(self, id: str, **values: object) -> bool:
        with self.database.begin() as session:
            query = update(Replay).where(Replay.id == id, Replay.state == WORKING).values(**values)
            return bool(session.execute(query).rowcount)  # type: ignore[attr-defined]


def _told(replay: Replay) -> Told:
    return Told(
        id=replay.id,
        kind=Kind(replay.kind),
        state=replay.state,
        draft_id=replay.draft_id or "",
        rules=replay.rules,
        asked_at=replay.asked_at,
        total=replay.total,
        done=replay.done,
        changes=_CHANGES.validate_python(replay.changes),
        verdict=_VERDICT.validate_python(replay.verdict),
        problem=replay.problem,
    )
