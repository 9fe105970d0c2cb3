"""Keys for machines and the log, on both databases."""

import pytest

from coach.errors import InputError, NotFoundError
from coach.storage.accounts import Accounts, Role, Visitor
from coach.storage.audit import AuditLog
from coach.storage.database import Database
from coach.storage.keys import Keys
from coach.storage.secrets import digest_of
from coach.storage.tables import ApiKey


@pytest.fixture
def people(database: Database) -> dict[str, Visitor]:
    accounts = Accounts(database)
    return {
        "rep": accounts.add("小王", Role.REP, "东区"),
        "colleague": accounts.add("小赵", Role.REP, "东区"),
        "chief": accounts.add("老板", Role.ADMINISTRATOR, password="长长的密码123"),
    }


def test_a_key_is_its_owner_within_its_scopes(database: Database, people: dict[str, Visitor]) -> None:
    keys = Keys(database)
    key = keys.add(people["rep"], " 电话系统 ", ["calls:write", "calls:read", "calls:read"])
    visitor = keys.visitor(key)
    assert (visitor.id, visitor.role) == (people["rep"].id, Role.REP)
    assert visitor.scopes == {"calls:read", "calls:write"}
    ((kept, owner),) = keys.of(people["rep"])
    assert (kept.name, owner, kept.digest) == ("电话系统", "小王", digest_of(key))
    assert kept.used_at is not None
    assert key not in repr(vars(kept))
    assert keys.visitor("coach_" + "x" * 40) is None


@pytest.mark.parametrize(
    ("name", "scopes", "told"),
    [
        (" ", ["calls:read"], "名字"),
        ("a", [], "至少选一项"),
        ("a", ["calls:all"], "calls:all"),
        ("a", ["x"], "没有这样"),
    ],
)
def test_a_key_without_a_name_or_for_nothing_is_refused(
    database: Database, people: dict[str, Visitor], name: str, scopes: list[str], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        Keys(database).add(people["rep"], name, scopes)


def test_a_key_is_worth_nothing_once_revoked_or_its_owner_is_out(
    database: Database, people: dict[str, Visitor]
) -> None:
    keys = Keys(database)
    first, second = (keys.add(people["rep"], name, ["calls:read"]) for name in ("甲", "乙"))
    by_name = {key.name: key for key, _ in keys.of(people["rep"])}
    with pytest.raises(NotFoundError):
        keys.revoke(people["colleague"], by_name["甲"].id)
    assert keys.visitor(first) is not None
    assert keys.revoke(people["rep"], by_name["甲"].id) == "甲"
    assert keys.visitor(first) is None
    Accounts(database).change(people["rep"].id, disabled=True)
    assert keys.visitor(second) is None


def test_an_administrator_sees_and_revokes_everybodys(database: Database, people: dict[str, Visitor]) -> None:
    keys = Keys(database)
    keys.add(people["rep"], "甲", ["calls:read"])
    keys.add(people["chief"], "乙", ["calls:read"])
    assert [key.name for key, _ in keys.of(people["colleague"])] == []
    listed = {owner: key for key, owner in keys.of(people["chief"])}
    assert set(listed) == {"小王", "老板"}
    keys.revoke(people["chief"], listed["小王"].id)
    assert keys.of(people["rep"]) == []
    with database.reading() as session:
        assert session.get_one(ApiKey, listed["小王"].id).revoked_at is not None


def test_the_log_is_read_by_person_action_and_target(database: Database, people: dict[str, Visitor]) -> None:
    audit = AuditLog(database)
    for number in range(5):
        audit.note(people["rep"], "read", f"call-{number}", address="10.0.0.1")
    audit.note(people["chief"], "delete", "call-3")
    audit.note_stranger("谁" * 300, "sign-in-refused", address="10.0.0.9")
    entries, total = audit.page(per_page=2)
    assert ([entry.action for entry in entries], total) == (["sign-in-refused", "delete"], 7)
    assert [entry.target for entry in audit.page(name="小王", page=2, per_page=2)[0]] == ["call-2", "call-1"]
    assert {entry.user_name for entry in audit.page(target="call-3")[0]} == {"小王", "老板"}
    assert audit.page(action="export") == ([], 0)
    with pytest.raises(ValueError, match="guess"):
        audit.note(people["rep"], "guess")
