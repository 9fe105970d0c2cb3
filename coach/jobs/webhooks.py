"""Tells webhooks what is due: one POST each, signed, with no redirects followed.

The signature is the hexadecimal HMAC-SHA256 of `<timestamp>.<body>` under the webhook's secret, sent as
`X-Coach-Signature: t=<timestamp>,v1=<signature>`, the form that Stripe made common: who receives it can tell an old message
sent again.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from coach import __version__
from coach.storage.webhooks import Due, Webhooks

_TIMEOUT_S = 10.0

_log = logging.getLogger(__name__)


def signature(secret: str, body: str, timestamp: int) -> str:
    """What is sent as X-Coach-Signature."""
    signed = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={signed}"


class _NoRedirect(HTTPRedirectHandler):
    """An address that moved must be entered anew: what is told goes nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(due: Due, timestamp: int) -> str:
    """Tell it; the problem in Chinese, empty if it was taken (a status of 2xx)."""
    request = Request(  # noqa: S310 - only http and https are let in
        due.url,
        data=due.body.encode(),
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"sales-conversation-coach/{__version__}",
            "X-Coach-Event": due.event,
            "X-Coach-Delivery": due.delivery_id,
            "X-Coach-Signature": signature(due.secret, due.body, timestamp),
        },
    )
    try:
        with build_opener(_NoRedirect).open(request, timeout=_TIMEOUT_S):
            return ""
    except HTTPError as error:
        return f"对方回答 {error.code}"
    except (URLError, TimeoutError, HTTPException, OSError, ValueError) as error:
        return f"连不上（{type(error).__name__}）"


@dataclass(frozen=True)
class Deliverer:
    """Tells what is due in a database."""

    webhooks: Webhooks
    send: Callable[[Due, int], str] = post

    def deliver(self) -> int:
        """Tell everything that is due now, each once; how many were taken."""
        taken = 0
        for due in self.webhooks.take_due():
            problem = self.send(due, int(time.time()))
            self.webhooks.told(due.delivery_id, problem)
            taken += not problem
            if problem:
                _log.warning("webhook delivery %s failed", due.delivery_id)
        return taken
