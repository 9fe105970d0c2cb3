"""`coach user`: accounts from the console of the machine, and the links it prints."""

import re
from pathlib import Path

import pytest
from test_cli import coach_run

from coach.storage.accounts import Accounts, Role
from coach.storage.database import Database
from coach.storage.secrets import is_password

PASSWORD = "长长的密码123"


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    monkeypatch.setenv("COACH_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example/")
    database = Database(f"sqlite:///{tmp_path / 'coach.db'}")
    database.migrate()
    return Accounts(database)


def test_an_account_is_added_and_its_link_sets_the_password(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coach_run(monkeypatch, "user", "add", "张主管", "--role", "supervisor", "--team", "东区") == 0
    shown = capsys.readouterr().out
    token = re.search(r"https://coach\.example/setup/(\S+)", shown)[1]
    assert accounts.set_up(token, PASSWORD).role is Role.SUPERVISOR
    assert is_password(PASSWORD, accounts.named("张主管").password)


def test_a_new_password_by_a_link_or_typed(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts.add("小王", Role.REP, password=PASSWORD)
    assert coach_run(monkeypatch, "user", "passwd", "小王") == 0
    assert "https://coach.example/setup/" in capsys.readouterr().out
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "另一个密码456")
    assert coach_run(monkeypatch, "user", "passwd", "小王", "--ask") == 0
    assert is_password("另一个密码456", accounts.named("小王").password)


def test_an_account_is_shut_and_opened_and_listed(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts.add("老板", Role.ADMINISTRATOR, password=PASSWORD)
    accounts.add("小王", Role.REP, "东区")
    assert coach_run(monkeypatch, "user", "disable", "小王") == 0
    assert coach_run(monkeypatch, "user", "list") == 0
    assert "小王\t客户经理\t东区\t已停用" in capsys.readouterr().out
    assert coach_run(monkeypatch, "user", "disable", "小王", "--undo") == 0
    assert not accounts.named("小王").disabled


@pytest.mark.parametrize(
    ("arguments", "exit_code", "told"),
    [
        (("add", "小王"), 3, "已经有"),
        (("add", "a b"), 3, "用户名用"),
        (("disable", "没有"), 1, "没有「没有」"),
        (("disable", "老板"), 3, "最后一个管理员"),
        (("passwd", "没有"), 1, "没有「没有」"),
        (("add", "小孙", "--role", "king"), 2, "--role"),
    ],
)
def test_mistakes_are_told_in_chinese(
    accounts: Accounts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    exit_code: int,
    told: str,
) -> None:
    accounts.add("老板", Role.ADMINISTRATOR, password=PASSWORD)
    accounts.add("小王", Role.REP)
    assert coach_run(monkeypatch, "user", *arguments) == exit_code
    assert told in capsys.readouterr().err
