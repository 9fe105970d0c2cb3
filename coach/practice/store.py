"""Where sessions are kept: what a store must do, and how a session is written."""

from collections.abc import Iterable
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from coach.errors import InputError
from coach.practice.session import Session

_ADAPTER = TypeAdapter(Session)


class SessionStore(Protocol):
    """Keeps sessions. A store knows whose they are; a session does not."""

    def read(self, session_id: str) -> Session:
        """A session. Raises NotFoundError if there is none of this id, InputError if it cannot be read."""
        ...

    def write(self, session: Session) -> None:
        """Keep a session, in place of what was kept of it before, whole or not at all."""
        ...

    def forget(self, session_id: str) -> None:
        """Delete a session. Raises NotFoundError if there is none."""
        ...

    def latest(self, most: int = 20) -> Iterable[Session]:
        """The sessions touched last, newest first."""
        ...


def dump(session: Session) -> str:
    """A session as JSON."""
    return _ADAPTER.dump_json(session, indent=1).decode()


def load(text: str | bytes) -> Session:
    """The session in what `dump` wrote. Raises InputError for anything else."""
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise InputError("这个练习记录读不出来，可能已经损坏。请重新开始一次。") from error
