"""Accounts on both databases: names, passwords, links, the last administrator."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from coach.errors import AccessError, CoachError, InputError, NotFoundError
from coach.storage.accounts import Accounts, Role, now
from coach.storage.database import Database
from coach.storage.secrets import check_password, digest_of, is_password
from coach.storage.tables import SetupLink, User

PASSWORD = "长长的密码123"


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 41, "a/b", "<b>", "小王\n"])
def test_odd_names_are_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(InputError, match="用户名用"):
        accounts.add(name, Role.REP)


def test_a_name_is_taken_once(accounts: Accounts) -> None:
    accounts.add("小王", Role.REP, "东区")
    with pytest.raises(InputError, match="已经有「小王」"):
        accounts.add("小王", Role.SUPERVISOR)
    assert [user.role for user in accounts.everybody()] == ["rep"]


@pytest.mark.parametrize(
    ("password", "told"), [("短", "至少"), ("x" * 201, "最多"), ("aaaaaaaaa", "太好猜"), ("", "至少")]
)
def test_poor_passwords_are_refused(password: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        check_password(password)


def test_passwords_are_kept_as_argon2_and_secrets_as_digests(accounts: Accounts, database: Database) -> None:
    token = accounts.setup_token()
    assert token is not None
    with database.reading() as session:
        assert session.get(SetupLink, token) is None
        assert session.get(SetupLink, digest_of(token)) is not None
    chief = accounts.set_up(token, PASSWORD, name="老板")
    with database.reading() as session:
        kept = session.get_one(User, chief.id).password
    assert kept.startswith("$argon2id$")
    assert is_password(PASSWORD, kept)
    assert not is_password(PASSWORD + "x", kept)
    assert not is_password("", "")


def test_the_first_link_works_once_and_only_the_latest(accounts: Accounts) -> None:
    first, second = accounts.setup_token(), accounts.setup_token()
    assert first is not None
    assert second is not None
    with pytest.raises(AccessError):
        accounts.set_up(first, PASSWORD, name="老板")
    with pytest.raises(InputError):
        accounts.set_up(second, "短", name="老板")
    assert accounts.set_up(second, PASSWORD, name="老板").role is Role.ADMINISTRATOR
    with pytest.raises(AccessError):
        accounts.set_up(second, PASSWORD, name="别人")
    assert accounts.setup_token() is None


def test_two_who_use_the_first_link_at_once_make_one_administrator(accounts: Accounts) -> None:
    token = accounts.setup_token() or ""
    start, refused = Barrier(2), []

    def use(name: str) -> None:
        start.wait()
        try:
            accounts.set_up(token, PASSWORD, name=name)
        except CoachError as error:
            refused.append(error)

    people = [Thread(target=use, args=(name,)) for name in ("甲", "乙")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert len(accounts.everybody()) == 1
    assert [type(error) for error in refused] == [AccessError]


def test_links_run_out(database: Database) -> None:
    late = Accounts(database, lambda: now() + timedelta(days=8))
    accounts = Accounts(database)
    user = accounts.add("小王", Role.REP)
    token, setup = accounts.invitation(user.id), accounts.setup_token() or ""
    assert accounts.invited(token) is not None
    assert accounts.invited(setup) is None
    for one in (token, setup):
        with pytest.raises(AccessError, match="过期"):
            late.invited(one)


def test_a_shut_account_gets_no_link_and_its_old_one_is_dead(accounts: Accounts) -> None:
    accounts.add("老板", Role.ADMINISTRATOR, password=PASSWORD)
    user = accounts.add("小王", Role.REP)
    token = accounts.invitation(user.id)
    accounts.change(user.id, disabled=True)
    with pytest.raises(AccessError):
        accounts.set_up(token, PASSWORD)
    with pytest.raises(InputError, match="已停用"):
        accounts.invitation(user.id)


def test_the_last_administrator_who_can_come_in_stays(accounts: Accounts) -> None:
    chief = accounts.add("老板", Role.ADMINISTRATOR, password=PASSWORD)
    accounts.add("还没来过", Role.ADMINISTRATOR)
    for change in ({"disabled": True}, {"role": Role.REP}):
        with pytest.raises(InputError, match="最后一个管理员"):
            accounts.change(chief.id, **change)
    assert accounts.named("老板").role == "administrator"
    assert not accounts.named("老板").disabled
    accounts.add("副手", Role.ADMINISTRATOR, password=PASSWORD)
    assert accounts.change(chief.id, role=Role.REP, team=" 东区 ").team == "东区"


def test_two_administrators_who_shut_each_other_out_at_once_leave_one(accounts: Accounts) -> None:
    ids = [accounts.add(name, Role.ADMINISTRATOR, password=PASSWORD).id for name in ("甲", "乙")]
    start, refused = Barrier(2), []

    def shut(user_id: str) -> None:
        start.wait()
        try:
            accounts.change(user_id, disabled=True)
        except InputError as error:
            refused.append(error)

    people = [Thread(target=shut, args=(one,)) for one in ids]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert len(refused) == 1
    assert sorted(user.disabled for user in accounts.everybody()) == [False, True]


def test_what_is_not_there_is_said(accounts: Accounts) -> None:
    for act in (
        lambda: accounts.change("0" * 32, role=Role.REP),
        lambda: accounts.invitation("0" * 32),
        lambda: accounts.change_password("0" * 32, PASSWORD),
        lambda: accounts.with_id("0" * 32),
        lambda: accounts.named("没有"),
    ):
        with pytest.raises(NotFoundError, match="没有"):
            act()


def test_whose_calls_somebody_sees(accounts: Accounts) -> None:
    people = {
        name: accounts.add(name, role, team)
        for name, role, team in (
            ("甲", Role.REP, "东区"),
            ("乙", Role.REP, "西区"),
            ("丙", Role.SUPERVISOR, "东区"),
            ("丁", Role.ADMINISTRATOR, ""),
        )
    }
    seen = {name: {user.name for user in accounts.reps_for(visitor)} for name, visitor in people.items()}
    assert seen == {"甲": {"甲"}, "乙": {"乙"}, "丙": {"甲", "丙"}, "丁": {"甲", "乙", "丙", "丁"}}
