"""What of the stored calls counts, and for whom."""

from datetime import UTC, date, datetime

import pytest
from counted import add_counted
from office import add_user

from coach.errors import NotFoundError
from coach.storage.accounts import Role
from coach.storage.database import Database
from coach.storage.trends import Trends

MADE = datetime(2026, 3, 2, 4, tzinfo=UTC)


def test_everybody_counts_what_he_may_see(database: Database) -> None:
    rep = add_user(database, "小王", Role.REP, "东区")
    colleague = add_user(database, "小赵", Role.REP, "东区")
    lead = add_user(database, "张主管", Role.SUPERVISOR, "东区")
    other = add_user(database, "钱主管", Role.SUPERVISOR, "西区")
    chief = add_user(database, "管理员", Role.ADMINISTRATOR, "")
    add_counted(database, rep, MADE, turns=20, found={"boasting": 2, "rude": 1})
    add_counted(database, colleague, MADE, turns=30, found={})
    add_counted(database, rep, MADE.replace(year=2025), turns=10, found={"rude": 1})
    add_counted(database, rep, MADE, turns=0, found={})
    trends = Trends(database, lambda: MADE)
    since = date(2026, 1, 1)
    (own,) = trends.counted(rep, since)
    assert (own.turns, own.found, own.judged_with) == (20, {"boasting": 2, "rude": 1}, "rules")
    assert sorted(one.turns for one in trends.counted(lead, since)) == [20, 30]
    assert [one.turns for one in trends.counted(lead, since, owner_id=colleague.id)] == [30]
    assert trends.counted(other, since) == []
    assert trends.counted(rep, since, owner_id=colleague.id) == []
    assert len(trends.counted(chief, date(2025, 1, 1))) == 3
    for visitor in (rep, lead, chief):
        assert trends.person(visitor, rep.id).name == "小王"
    for visitor, wanted in ((colleague, rep.id), (other, rep.id), (chief, "0" * 32), (chief, "none")):
        with pytest.raises(NotFoundError):
            trends.person(visitor, wanted)
