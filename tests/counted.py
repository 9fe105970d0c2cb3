"""Calls that are stored already judged, with a made-up number of findings, for the tests of lists and trends."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from coach.storage.accounts import Visitor
from coach.storage.database import Database
from coach.storage.states import State
from coach.storage.tables import Call, FoundHabit


def add_counted(
    database: Database,
    owner: Visitor,
    made_at: datetime,
    *,
    turns: int,
    found: Mapping[str, int],
    judged_with: str = "rules",
) -> str:
    """A judged call without a text; its id."""
    call = Call(
        id=uuid4().hex,
        owner_id=owner.id,
        uploaded_by=owner.id,
        title="通话",
        source="upload",
        made_at=made_at,
        created_at=made_at,
        state=State.DONE,
        judged_turns=turns,
        judged_with=judged_with,
    )
    with database.begin() as session:
        session.add(call)
        session.flush()
        session.add_all(
            FoundHabit(call_id=call.id, code=code, count=count, severity=2) for code, count in found.items()
        )
    return call.id
