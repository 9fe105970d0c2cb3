"""Refuses bodies that are too large, by what they declare and by what they really send: a body is read before the page that
wants it is asked who may send it.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.errors import StorageError

LARGEST_BODY = 1 << 30
"""Bytes that go to disk as they come; a recording of four hours fits."""

LARGEST_IN_MEMORY = 64 << 20
"""Bytes of JSON or of a plain form; the longest conversation that is taken fits, however it is written."""

LARGEST_FROM_STRANGERS = 64 << 10
"""Bytes from whoever is not known here: enough to sign in."""

_IN_MEMORY = ("application/json", "application/x-www-form-urlencoded")


class LimitBody:
    """ASGI middleware: an error as soon as a request is known to be larger than allowed. `is_known` tells whether a request
    comes from somebody with a session or a key; it is asked only where the body may be large.
    """

    def __init__(self, app: ASGIApp, is_known: Callable[[Request], Awaitable[bool]]) -> None:
        self._app = app
        self._is_known = is_known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        declared = _declared(request)
        refuse, largest = _too_large(_largest(request)), _largest(request)
        may_be_large = declared > LARGEST_FROM_STRANGERS or "transfer-encoding" in request.headers
        try:
            if may_be_large and not await self._is_known(request):
                refuse, largest = _STRANGER, LARGEST_FROM_STRANGERS
        except StorageError as error:
            await _refusal(error.status, "暂时用不了", str(error))(scope, receive, send)
            return
        if declared > largest:
            await refuse(scope, receive, send)
            return
        received = 0
        is_answered = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > largest:
                raise _TooLargeError
            return message

        async def told(message: Message) -> None:
            """What the application makes of a body that was broken off is not told."""
            nonlocal is_answered
            if received <= largest or is_answered:
                is_answered = True
                await send(message)

        with suppress(_TooLargeError):
            await self._app(scope, counted, told)
        if not is_answered:
            await refuse(scope, receive, send)


class _TooLargeError(Exception):
    """The body grew past the limit while it was read."""


def _declared(request: Request) -> int:
    told = request.headers.get("content-length", "0")
    return int(told) if told.isdecimal() else 0


def _largest(request: Request) -> int:
    """A key's upload is streamed whatever it is called: curl calls everything a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_streamed = kind not in _IN_MEMORY or (kind != "application/json" and "authorization" in request.headers)
    return LARGEST_BODY if is_streamed else LARGEST_IN_MEMORY


def _refusal(status: int, title: str, detail: str) -> JSONResponse:
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(told, status, media_type="application/problem+json")


def _too_large(largest: int) -> JSONResponse:
    size = "1 GB" if largest == LARGEST_BODY else f"{largest >> 20} MB"
    return _refusal(413, "内容太大", f"一次最多 {size}，请拆成几次上传。")


_STRANGER = _refusal(401, "需要登录", "请先登录，再上传；程序调用时请带上有效的密钥（Authorization: Bearer …）。")
