"""Signed-in browsers on both databases: how long they last, how often a password may be wrong."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from coach.errors import AccessError, InputError, ThrottledError
from coach.storage.accounts import Accounts, Role, Visitor, now
from coach.storage.database import Database
from coach.storage.secrets import digest_of
from coach.storage.sign_ins import SignIns
from coach.storage.tables import SignIn

PASSWORD = "长长的密码123"


@dataclass
class Clock:
    """A time that tests move."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **time: int) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock(now())


@pytest.fixture
def rep(database: Database) -> Visitor:
    Accounts(database).add("老板", Role.ADMINISTRATOR, password=PASSWORD)
    return Accounts(database).add("小王", Role.REP, "东区", password=PASSWORD)


@pytest.fixture
def sign_ins(database: Database, clock: Clock) -> SignIns:
    return SignIns(database, clock)


def test_the_right_password_lets_in_and_only_a_digest_is_kept(
    database: Database, sign_ins: SignIns, rep: Visitor
) -> None:
    token = sign_ins.sign_in("小王", PASSWORD)
    visitor = sign_ins.visitor(token)
    assert visitor == replace(rep, form_token=visitor.form_token)
    assert len(visitor.form_token) > 20
    with database.reading() as session:
        assert session.get(SignIn, token) is None
        assert session.get(SignIn, digest_of(token)) is not None
    assert sign_ins.visitor(token + "x") is None
    assert sign_ins.visitor("") is None


@pytest.mark.parametrize(
    ("name", "password"), [("小王", "不对的密码"), ("没有这个人", PASSWORD), ("小王", ""), ("", "")]
)
def test_whatever_is_wrong_sounds_the_same(sign_ins: SignIns, rep: Visitor, name: str, password: str) -> None:
    with pytest.raises(AccessError, match=r"^用户名或密码不对。$"):
        sign_ins.sign_in(name, password)


def test_an_account_without_a_password_lets_nobody_in(database: Database, sign_ins: SignIns) -> None:
    Accounts(database).add("小孙", Role.REP)
    with pytest.raises(AccessError):
        sign_ins.sign_in("小孙", "")


def test_a_shut_account_is_out_at_once(database: Database, sign_ins: SignIns, rep: Visitor) -> None:
    token = sign_ins.sign_in("小王", PASSWORD)
    Accounts(database).change(rep.id, disabled=True)
    assert sign_ins.visitor(token) is None
    with pytest.raises(AccessError, match="用户名或密码不对"):
        sign_ins.sign_in("小王", PASSWORD)


def test_who_is_idle_for_a_day_is_out(sign_ins: SignIns, rep: Visitor, clock: Clock) -> None:
    used, idle = sign_ins.let_in(rep.id), sign_ins.let_in(rep.id)
    clock.pass_by(hours=23)
    assert sign_ins.visitor(used) is not None
    clock.pass_by(hours=2)
    assert sign_ins.visitor(used) is not None
    assert sign_ins.visitor(idle) is None


def test_nobody_stays_in_for_more_than_a_fortnight(
    database: Database, sign_ins: SignIns, rep: Visitor, clock: Clock
) -> None:
    token = sign_ins.let_in(rep.id)
    for _ in range(13):
        clock.pass_by(hours=23)
        assert sign_ins.visitor(token) is not None
    clock.pass_by(days=2)
    assert sign_ins.visitor(token) is None
    sign_ins.let_in(rep.id)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 1, "what is over is cleared away"


def test_one_browser_out_or_all(sign_ins: SignIns, rep: Visitor) -> None:
    here, there, elsewhere = (sign_ins.let_in(rep.id, browser=name) for name in ("甲", "乙", "丙"))
    sign_ins.sign_out(here)
    assert {one.browser for one in sign_ins.of(rep)} == {"乙", "丙"}
    sign_ins.sign_out_everywhere(rep)
    assert sign_ins.of(rep) == []
    assert sign_ins.visitor(there) is sign_ins.visitor(elsewhere) is None


def wrong(sign_ins: SignIns, name: str, address: str, times: int) -> list[type[Exception]]:
    """The errors of so many wrong passwords."""
    errors: list[type[Exception]] = []
    for _ in range(times):
        with pytest.raises(AccessError) as caught:
            sign_ins.sign_in(name, "不对的密码", address=address)
        errors.append(caught.type)
    return errors


def test_five_wrong_ones_from_one_place_then_a_quarter_of_an_hour(
    sign_ins: SignIns, rep: Visitor, clock: Clock
) -> None:
    assert wrong(sign_ins, "小王", "10.0.0.1", 6) == [AccessError] * 5 + [ThrottledError]
    with pytest.raises(ThrottledError):
        sign_ins.sign_in("小王", PASSWORD, address="10.0.0.1")
    assert sign_ins.sign_in("小王", PASSWORD, address="10.0.0.2"), "nobody can lock another out by five wrong guesses"
    clock.pass_by(minutes=16)
    assert sign_ins.sign_in("小王", PASSWORD, address="10.0.0.1")


def test_the_right_password_forgives_the_wrong_ones_before_it(sign_ins: SignIns, rep: Visitor) -> None:
    for _ in range(3):
        assert wrong(sign_ins, "小王", "10.0.0.1", 4) == [AccessError] * 4
        sign_ins.sign_in("小王", PASSWORD, address="10.0.0.1")


def test_one_name_from_many_places_is_slowed_down_too(
    sign_ins: SignIns, rep: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.storage.sign_ins.is_password", lambda *_: False)
    errors = [wrong(sign_ins, "小王", f"10.0.0.{place}", 1)[0] for place in range(31)]
    assert errors == [AccessError] * 30 + [ThrottledError]


def test_one_place_with_many_names_is_slowed_down_too(
    sign_ins: SignIns, rep: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.storage.sign_ins.is_password", lambda *_: False)
    errors = [wrong(sign_ins, f"用户{number}", "10.0.0.1", 1)[0] for number in range(61)]
    assert errors == [AccessError] * 60 + [ThrottledError]


def test_ones_own_password_is_guessed_no_faster(sign_ins: SignIns, rep: Visitor) -> None:
    sign_ins.check_password(rep, PASSWORD)
    for _ in range(5):
        with pytest.raises(InputError, match="原来的密码不对"):
            sign_ins.check_password(rep, "不对的密码")
    with pytest.raises(ThrottledError):
        sign_ins.check_password(rep, PASSWORD)
