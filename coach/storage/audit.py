"""The log of who did what to which call. It never holds anything that anybody said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from coach.storage.accounts import Visitor, now
from coach.storage.database import Database
from coach.storage.tables import AuditEntry

ACTIONS = {
    "sign-in": "登录",
    "upload": "上传",
    "read": "看报告",
    "listen": "听录音",
    "export": "导出",
    "correct": "改动",
    "delete": "删除",
    "expire": "到期删除",
    "account": "改账号",
    "key": "改密钥",
}


@dataclass(frozen=True)
class AuditLog:
    """The log in a database."""

    database: Database

    def note(self, visitor: Visitor, action: str, target: str = "", *, at: datetime | None = None) -> None:
        """Somebody did one of ACTIONS to something, named by its id."""
        entry = AuditEntry(
            at=at or now(), user_id=visitor.id, user_name=visitor.name, action=action, target=target[:200]
        )
        with self.database.begin() as session:
            session.add(entry)

    def latest(self, most: int = 200) -> list[AuditEntry]:
        """What was done last, newest first."""
        with self.database.begin() as session:
            return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)))
