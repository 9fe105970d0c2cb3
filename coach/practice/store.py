"""Where sessions are kept: what a store must do, and one in a folder, a file each, addressed by ids that cannot be guessed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from coach.errors import InputError
from coach.files import write_whole
from coach.practice.session import Session

_ADAPTER = TypeAdapter(Session)
_ID = re.compile(r"[0-9a-f]{32}")


def sessions_folder() -> Path:
    """Where sessions are kept unless told otherwise: the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("sales-conversation-coach", appauthor=False) / "practice"


class SessionStore(Protocol):
    """Keeps sessions. A store knows whose they are; a session does not."""

    def read(self, session_id: str) -> Session:
        """A session. Raises InputError if there is none of this id, or it cannot be read."""
        ...

    def write(self, session: Session) -> None:
        """Keep a session, in place of what was kept of it before, whole or not at all."""
        ...

    def forget(self, session_id: str) -> None:
        """Delete a session. Raises InputError if there is none."""
        ...

    def latest(self, most: int = 20) -> Iterable[Session]:
        """The sessions touched last, newest first."""
        ...


@dataclass(frozen=True)
class FolderStore:
    """Keeps sessions in a folder, for whoever can read it."""

    folder: Path

    def read(self, session_id: str) -> Session:
        """A session. Raises InputError if there is none of this id, or it cannot be read."""
        path = self.folder / f"{session_id}.json"
        if not _ID.fullmatch(session_id) or not path.is_file():
            raise InputError("没有这次练习，可能已经删掉了。请重新开始一次。")
        return load(path.read_bytes())

    def write(self, session: Session) -> None:
        """Keep a session, in place of what was kept of it before."""
        write_whole(self.folder / f"{session.id}.json", dump(session))

    def forget(self, session_id: str) -> None:
        """Delete a session. Raises InputError if there is none."""
        self.read(session_id)
        (self.folder / f"{session_id}.json").unlink()

    def latest(self, most: int = 20) -> Iterator[Session]:
        """The sessions touched last, newest first; files that cannot be read are passed over."""
        if not self.folder.is_dir():
            return
        paths = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in paths[:most]:
            try:
                yield load(path.read_bytes())
            except InputError:
                continue


def dump(session: Session) -> str:
    """A session as JSON."""
    return _ADAPTER.dump_json(session, indent=1).decode()


def load(text: str | bytes) -> Session:
    """The session in what `dump` wrote. Raises InputError for anything else."""
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise InputError("这个练习记录读不出来，可能已经损坏。请重新开始一次。") from error
