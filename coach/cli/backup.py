"""`coach backup` and `coach restore`: everything that is kept, in one file, and back."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from coach.settings import read_settings
from coach.storage.backup import Saved, save
from coach.storage.backup import restore as put_back
from coach.storage.database import Database
from coach.storage.recordings import Recordings


def backup(
    target: Annotated[Path | None, typer.Argument(help="备份写到哪个文件，默认在当前文件夹、以时间命名")] = None,
) -> None:
    """把数据库和录音备份成一个文件；服务开着也能做。"""
    settings = read_settings()
    database = Database(settings.database)
    database.migrate()
    target = target or Path(f"coach-{datetime.now().astimezone():%Y%m%d-%H%M%S}.tar")
    saved = save(database, Recordings(settings.recordings_folder), target)
    database.close()
    typer.echo(f"已备份到 {target}：{_told(saved)}。里面有录音和对话全文，请像原件一样保管。")


def restore(source: Annotated[Path, typer.Argument(help="备份文件")]) -> None:
    """把备份恢复到一个空的数据库（COACH_DATABASE_URL 或 COACH_DATA_FOLDER 指的那个）；请先停下服务。"""
    settings = read_settings()
    database = Database(settings.database)
    saved = put_back(source, database, Recordings(settings.recordings_folder))
    database.close()
    typer.echo(f"已恢复 {saved.made_at} 的备份：{_told(saved)}。大家需要重新登录。")


def _told(saved: Saved) -> str:
    return f"{saved.rows['users']} 个用户、{saved.rows['calls']} 通对话、{saved.recordings} 个录音"
