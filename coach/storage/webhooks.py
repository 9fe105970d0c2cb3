"""Other systems that are told of events. What is to be told is written in the transaction of the event itself, so that
neither can happen without the other; `coach.webhooks` delivers it.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coach.errors import InputError, NotFoundError
from coach.storage.accounts import now
from coach.storage.database import Database
from coach.storage.tables import Delivery, Webhook

EVENTS: Mapping[str, str] = {
    "call.done": "一通对话分析完成",
    "call.failed": "一通对话没能处理",
    "review.shared": "主管发出复核",
    "review.appealed": "客户经理提出异议",
    "review.final": "复核定稿",
    "practice.handed_in": "练习已交",
}
"""What can happen, with its name. What is told are ids, states and figures, never what anybody said."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""How long after each failed try the next one is made; after the last there is none."""

_LONGEST_URL = 500


def tell(session: Session, event: str, facts: Mapping[str, Any], *, at: datetime) -> None:
    """Note, in the event's own transaction, what those who want to know of it are to be told."""
    for webhook in session.scalars(select(Webhook)):
        if event in webhook.events:
            body = {"id": uuid4().hex, "event": event, "at": at.isoformat(), **facts}
            session.add(
                Delivery(
                    id=body["id"],
                    webhook_id=webhook.id,
                    event=event,
                    body=json.dumps(body, ensure_ascii=False, sort_keys=True),
                    next_at=at,
                    created_at=at,
                )
            )


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be told now."""

    delivery_id: str
    url: str
    secret: str
    event: str
    body: str


@dataclass(frozen=True)
class Webhooks:
    """The webhooks in a database."""

    database: Database
    clock: Callable[[], datetime] = now

    def add(self, url: str, events: Sequence[str]) -> Webhook:
        """A new webhook with a new secret. Raises InputError for an address or an event that cannot be."""
        parts = urlsplit(url.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > _LONGEST_URL:
            raise InputError("地址要以 http:// 或 https:// 开头，例如 https://crm.example.com/coach。")
        unknown = [event for event in events if event not in EVENTS]
        if unknown or not events:
            raise InputError(f"请选至少一种事件，可选的有：{'、'.join(EVENTS)}。")
        webhook = Webhook(
            id=uuid4().hex,
            url=url.strip(),
            secret=secrets.token_hex(32),
            events=list(dict.fromkeys(events)),
            created_at=self.clock(),
        )
        with self.database.begin() as session:
            session.add(webhook)
        return webhook

    def all(self) -> list[Webhook]:
        """Every webhook, oldest first."""
        with self.database.reading() as session:
            return list(session.scalars(select(Webhook).order_by(Webhook.created_at)))

    def remove(self, webhook_id: str) -> None:
        """Tell it nothing more. Raises NotFoundError."""
        with self.database.begin() as session:
            if session.get(Webhook, webhook_id) is None:
                raise NotFoundError("没有这个推送地址，可能已经删掉了。")
            session.execute(delete(Webhook).where(Webhook.id == webhook_id))

    def latest(self, most: int = 50) -> list[Delivery]:
        """What was to be told last, newest first."""
        with self.database.reading() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.created_at.desc()).limit(most)))

    def take_due(self, most: int = 20) -> list[Due]:
        """What is to be told now. Each is put off at once by its next wait, so that two workers do not tell it twice and one
        that dies on it is not the last to try.
        """
        moment = self.clock()
        query = (
            select(Delivery, Webhook)
            .join(Webhook, Webhook.id == Delivery.webhook_id)
            .where(Delivery.next_at <= moment)
            .order_by(Delivery.next_at)
            .limit(most)
            .with_for_update(skip_locked=True, of=Delivery)
        )
        with self.database.begin() as session:
            due = []
            for delivery, webhook in session.execute(query):
                delivery.next_at = moment + WAITS[delivery.attempts] if delivery.attempts < len(WAITS) else None
                delivery.attempts += 1
                due.append(Due(delivery.id, webhook.url, webhook.secret, delivery.event, delivery.body))
            return due

    def told(self, delivery_id: str, problem: str = "") -> None:
        """How a try ended: well, or with a problem, and then the next one is made at its time."""
        with self.database.begin() as session:
            delivery = session.get(Delivery, delivery_id)
            if delivery is None:
                return
            delivery.problem = problem[:200]
            if not problem:
                delivery.next_at, delivery.delivered_at = None, self.clock()
