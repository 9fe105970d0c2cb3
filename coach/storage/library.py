"""The library of calls as visitors see it: who may see which, and what he may do with them.

Every method takes the visitor; a call that is not for him does not exist for him. What workers do is in `worklist`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coach.errors import AccessError, ConflictError, NotFoundError, StorageError
from coach.imports import saved
from coach.privacy import mask
from coach.report import Report
from coach.review import State as ReviewState
from coach.storage import search
from coach.storage.access import found, may_own
from coach.storage.accounts import Visitor, now
from coach.storage.database import Database
from coach.storage.listing import PAGE, Listed, Wanted, listed, listed_by_id, listed_uploads
from coach.storage.options import OptionStore
from coach.storage.recordings import Readable, Recordings
from coach.storage.reports import keep_report, read_report
from coach.storage.states import OPEN_STATES, STATE_NAMES, STOPPED_STATES, State
from coach.storage.tables import Call, PastReport, StoredReview
from coach.transcript import Transcript

_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a call before it is heard: whose it is, its title, the customer, when it was made.

    `source`: upload, paste, microphone, api or watch. `once`: the same value from the same visitor never makes a second
    call. `listening`: fields of `coach.asr.Listening` that its uploader chose.
    """

    owner_id: str
    title: str
    customer: str = ""
    source: str = "upload"
    made_at: datetime | None = None
    once: str | None = None
    listening: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Library:
    """The calls in a database, with their recordings in a folder."""

    database: Database
    recordings: Recordings
    clock: Callable[[], datetime] = now

    def add_recording(self, visitor: Visitor, about: About, content: Readable, suffix: str) -> str:
        """Keep a recording and make its call, which waits to be heard; the call's id.

        Raises NotFoundError where the owner is not his to give calls to, ConflictError where `once` stands for another
        recording, StorageError where there is no room.
        """
        self._check_owner(visitor, about)
        name = self.recordings.keep(content, suffix.lower())
        try:
            call_id = self._added(visitor, about, recording=name, transcript=None)
        except BaseException:
            self._forget_recording(name)
            raise
        if not self.recordings.path(
            name
        ).exists():  # somebody deleted the last call made of the same recording just now
            self.forget(visitor, call_id)
            raise StorageError("同样的录音刚被删除，这次没有存下，请重新上传。")
        return call_id

    def add_transcript(self, visitor: Visitor, about: About, transcript: Transcript) -> str:
        """Make the call of something typed or imported, which waits to be judged; the call's id. Raises NotFoundError."""
        self._check_owner(visitor, about)
        return self._added(visitor, about, recording=None, transcript=OptionStore(self.database).masked(transcript))

    def find(self, visitor: Visitor, call_id: str) -> Call:
        """A call. Raises NotFoundError."""
        with self.database.reading() as session:
            return found(session, visitor, call_id)

    def report(self, visitor: Visitor, call_id: str) -> Report:
        """What was found in a call. Raises NotFoundError, also where it is not judged yet."""
        call = self.find(visitor, call_id)
        if call.report is None:
            raise NotFoundError("这通对话还没有报告。")
        return read_report(call.report)

    def past_reports(self, visitor: Visitor, call_id: str) -> list[PastReport]:
        """The reports that were replaced, newest first. Raises NotFoundError."""
        with self.database.reading() as session:
            call = found(session, visitor, call_id)
            query = select(PastReport).where(PastReport.call_id == call.id).order_by(PastReport.id.desc())
            return list(session.scalars(query))

    def listing(
        self, visitor: Visitor, wanted: Wanted, page: int = 1, *, per_page: int = PAGE
    ) -> tuple[list[Listed], int]:
        """One page of the visitor's calls, newest first, and how many there are in all."""
        with self.database.reading() as session:
            return listed(session, visitor, wanted, page=page, per_page=per_page)

    def some(self, visitor: Visitor, call_ids: Sequence[str]) -> list[Listed]:
        """Those of some calls that are for this visitor, newest first."""
        with self.database.reading() as session:
            return listed_by_id(session, visitor, list(call_ids))

    def uploads(self, visitor: Visitor, within: timedelta, *, most: int) -> list[Listed]:
        """What this visitor handed in lately, latest first."""
        with self.database.reading() as session:
            return listed_uploads(session, visitor, self.clock() - within, most)

    def describe(self, visitor: Visitor, call_id: str, *, title: str, customer: str, made_at: datetime) -> None:
        """Change what is known of a call. Raises NotFoundError."""
        title, customer = self._named(title, customer)
        with self.database.begin() as session:
            call = found(session, visitor, call_id)
            said = call.words.split("\n", 2)[-1] if call.words else ""
            call.title, call.customer, call.made_at = title, customer, made_at
            search.index(session, call, said)

    def correct(
        self,
        visitor: Visitor,
        call_id: str,
        version: int,
        transcript: Transcript,
        judge: Callable[[Transcript], Report],
    ) -> Report:
        """Put a corrected transcript in place with the report that `judge` makes of it; the one before is kept.

        Raises NotFoundError, AccessError for the rep of a call that was reviewed, ConflictError if somebody else has changed
        it since `version` or it is in work, and what `judge` raises; then nothing is changed.
        """
        corrected = OptionStore(self.database).masked(transcript)
        report = judge(corrected)
        with self.database.begin() as session:
            call = found(session, visitor, call_id)
            _check_not_reviewed(session, visitor, call)
            if call.version != version or call.state != State.DONE:
                raise ConflictError("这通对话刚被别人改过，或正在处理。请刷新后再改，您的改动没有存下。")
            call.transcript = saved.dump(corrected)
            call.version = version + 1
            keep_report(session, call, report, at=self.clock())
        return report

    def retry(self, visitor: Visitor, call_id: str) -> None:
        """A call that failed or was cancelled waits again; what was done of it is not done again.

        Raises NotFoundError, ConflictError.
        """
        self._move(visitor, call_id, STOPPED_STATES, State.WAITING, run=Call.run + 1, queued_at=None)

    def cancel(self, visitor: Visitor, call_id: str) -> None:
        """A call that waits or is in work is left. Raises NotFoundError, ConflictError."""
        self._move(visitor, call_id, OPEN_STATES, State.CANCELLED)

    def forget(self, visitor: Visitor, call_id: str) -> None:
        """Delete a call and all that was made of it, and its recording if no other call is made of it.

        Raises NotFoundError, AccessError for the rep of a call that was reviewed.
        """
        with self.database.begin() as session:
            call = found(session, visitor, call_id)
            _check_not_reviewed(session, visitor, call)
            name = call.recording
            search.forget(session, call.id)
            session.delete(call)
        self.recordings.sound(call_id).unlink(missing_ok=True)
        if name:
            self._forget_recording(name)

    def forget_recording(self, visitor: Visitor, call_id: str) -> None:
        """Delete the recording of a call; what was said and found stays. Raises NotFoundError."""
        with self.database.begin() as session:
            call = found(session, visitor, call_id)
            name = call.recording
            call.recording, call.sound = None, None
        self.recordings.sound(call_id).unlink(missing_ok=True)
        if name:
            self._forget_recording(name)

    def _forget_recording(self, name: str) -> None:
        def is_used() -> bool:
            with self.database.reading() as session:
                return bool(session.scalar(select(func.count(Call.id)).where(Call.recording == name)))

        self.recordings.forget(name, is_used)

    def _check_owner(self, visitor: Visitor, about: About) -> None:
        with self.database.reading() as session:
            if not may_own(session, visitor, about.owner_id):
                raise NotFoundError("没有这个人，或者他不在您的团队。")

    def _added(self, visitor: Visitor, about: About, *, recording: str | None, transcript: Transcript | None) -> str:
        text = None if transcript is None else saved.dump(transcript)
        title, customer = self._named(about.title, about.customer)
        call = Call(
            id=uuid4().hex,
            owner_id=about.owner_id,
            uploaded_by=visitor.id,
            once=about.once,
            title=title,
            customer=customer,
            source=about.source,
            made_at=about.made_at or self.clock(),
            created_at=self.clock(),
            state=State.WAITING,
            recording=recording,
            heard=text,
            transcript=text,
            listening=about.listening,
        )
        try:
            with self.database.begin() as session:
                known = _known(session, visitor, about)
                if known is None:
                    session.add(call)
                    session.flush()
                    search.index(session, call, "")
        except IntegrityError:
            with self.database.reading() as session:
                known = _known(session, visitor, about)
            if known is None:
                raise
        if known is not None and not (known.recording == recording if recording else known.heard == text):
            raise ConflictError("这个 Idempotency-Key 已经用在另一通对话上了，请换一个。")
        return call.id if known is None else known.id

    def _named(self, title: str, customer: str) -> tuple[str, str]:
        """A title and a customer as they are kept."""
        words = OptionStore(self.database).read().masked_words
        return _line(title, words) or "未命名", _line(customer, words)

    def _move(self, visitor: Visitor, call_id: str, before: Sequence[State], after: State, **values: Any) -> None:
        with self.database.begin() as session:
            call = found(session, visitor, call_id)
            changed = session.execute(
                update(Call)
                .where(Call.id == call.id, Call.state.in_(before))
                .values(state=after, progress=0.0, problem="", step="", **values)
            )
            if not changed.rowcount:  # type: ignore[attr-defined]
                raise ConflictError(f"这通对话现在是「{STATE_NAMES[State(call.state)]}」，不用再改。")


def _known(session: Session, visitor: Visitor, about: About) -> Call | None:
    """The call that the same visitor made before with the same `once`."""
    if about.once is None:
        return None
    return session.scalar(select(Call).where(Call.uploaded_by == visitor.id, Call.once == about.once))


def _line(text: str, words: Collection[str]) -> str:
    """One line without control characters, as long as the column, with personal numbers and the team's words masked."""
    line = "".join(mark if mark.isprintable() else " " for mark in text).strip()
    return mask(line, words=words)[:_LONGEST_TITLE]


def _check_not_reviewed(session: Session, visitor: Visitor, call: Call) -> None:
    """What a supervisor has judged is not changed or deleted by the one who was judged."""
    if visitor.leads:
        return
    reviewed = select(StoredReview.id).where(StoredReview.call_id == call.id, StoredReview.state != ReviewState.DRAFT)
    if session.scalar(reviewed.limit(1)) is not None:
        raise AccessError("主管已经复核过这通对话，不能再改或删除。要改请找主管；不同意复核，请在复核里申诉。")
