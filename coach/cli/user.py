"""`coach user`: accounts from the console of the machine, for whoever cannot come in by the pages."""

from typing import Annotated

import typer

from coach.settings import read_settings
from coach.storage.accounts import ROLE_NAMES, Accounts, Role
from coach.storage.database import Database

app = typer.Typer(help="管理网页的账号。", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(help="用户名")]


@app.command("add")
def add(
    name: _Name,
    role: Annotated[Role, typer.Option(help="rep 客户经理、supervisor 主管、administrator 管理员")] = Role.REP,
    team: Annotated[str, typer.Option(help="团队")] = "",
) -> None:
    """添加账号，打印设置密码的一次性链接。"""
    accounts, public_url = _accounts()
    user = accounts.add(name, role, team)
    typer.echo(f"已添加{ROLE_NAMES[role]}「{name}」。请打开链接设置密码（七天内有效，只能用一次）：")
    typer.echo(f"{public_url}/setup/{accounts.invitation(user.id)}")


@app.command("passwd")
def passwd(
    name: _Name,
    ask: Annotated[bool, typer.Option("--ask", help="在这里输入新密码，而不是打印链接")] = False,
) -> None:
    """打印重设密码的一次性链接；加 --ask 则在这里输入。"""
    accounts, public_url = _accounts()
    user = accounts.named(name)
    if ask:
        accounts.change_password(user.id, typer.prompt("新密码", hide_input=True, confirmation_prompt="再输一遍"))
        typer.echo(f"「{name}」的密码已改，所有浏览器都要重新登录。")
    else:
        typer.echo(f"{public_url}/setup/{accounts.invitation(user.id)}")


@app.command("disable")
def disable(name: _Name, enable: Annotated[bool, typer.Option("--undo", help="重新启用")] = False) -> None:
    """停用账号：不能再登录，对话都保留。"""
    accounts, _ = _accounts()
    accounts.change(accounts.named(name).id, disabled=not enable)
    typer.echo(f"已{'重新启用' if enable else '停用'}「{name}」。")


@app.command("list")
def list_users() -> None:
    """列出所有账号。"""
    accounts, _ = _accounts()
    for user in accounts.everybody():
        typer.echo(
            f"{user.name}\t{ROLE_NAMES[Role(user.role)]}\t{user.team or '-'}\t{'已停用' if user.disabled else ''}"
        )


def _accounts() -> tuple[Accounts, str]:
    settings = read_settings()
    database = Database(settings.database)
    database.migrate()
    return Accounts(database), settings.public_url
