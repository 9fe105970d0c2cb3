"""How a session is written down, and read again."""

from pydantic import TypeAdapter, ValidationError

from coach.errors import InputError
from coach.practice.session import Session

_ADAPTER = TypeAdapter(Session)


def dump(session: Session) -> str:
    """A session as JSON."""
    return _ADAPTER.dump_json(session, indent=1).decode()


def load(text: str | bytes) -> Session:
    """The session in what `dump` wrote. Raises InputError for anything else."""
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise InputError("这个练习记录读不出来，可能已经损坏。请重新开始一次。") from error
