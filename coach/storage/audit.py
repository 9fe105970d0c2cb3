"""The log of who did what to which call. It never holds anything that anybody said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from coach.storage.accounts import Visitor, now
from coach.storage.database import Database
from coach.storage.tables import AuditEntry

ACTIONS = {
    "sign-in": "登录",
    "sign-out": "退出",
    "sign-in-refused": "登录失败",
    "upload": "上传",
    "read": "看报告",
    "listen": "听录音",
    "export": "导出",
    "correct": "改动",
    "delete": "删除",
    "expire": "到期删除",
    "review": "复核",
    "hand-in": "交练习",
    "rules": "改规则",
    "settings": "改设置",
    "account": "改账号",
    "key": "改密钥",
}


@dataclass(frozen=True)
class AuditLog:
    """The log in a database."""

    database: Database

    def note(
        self, visitor: Visitor, action: str, target: str = "", *, address: str = "", at: datetime | None = None
    ) -> None:
        """Somebody did one of ACTIONS to something, named by its id."""
        self._add(visitor.id, visitor.name, action, target, address, at)

    def note_stranger(self, name: str, action: str, *, address: str = "") -> None:
        """Somebody who only says that this is his name did one of ACTIONS."""
        self._add("", name[:200], action, "", address, None)

    def page(
        self, *, name: str = "", action: str = "", target: str = "", page: int = 1, per_page: int = 50
    ) -> tuple[list[AuditEntry], int]:
        """What was done, newest first, and how many entries there are: of one person, one action, one target."""
        query = select(AuditEntry)
        for column, wanted in ((AuditEntry.user_name, name), (AuditEntry.action, action), (AuditEntry.target, target)):
            if wanted:
                query = query.where(column == wanted)
        with self.database.reading() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            shown = query.order_by(AuditEntry.id.desc()).limit(per_page).offset(per_page * (page - 1))
            return list(session.scalars(shown)), total

    def _add(self, user_id: str, user_name: str, action: str, target: str, address: str, at: datetime | None) -> None:
        if action not in ACTIONS:
            raise ValueError(action)
        entry = AuditEntry(
            at=at or now(),
            user_id=user_id,
            user_name=user_name,
            action=action,
            target=target[:200],
            address=address[:60],
        )
        with self.database.begin() as session:
            session.add(entry)
