"""Refuses bodies that are too large, by what they declare and by what they really send."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1 << 30
"""Bytes; a recording of four hours fits."""

_TOO_LARGE = {"type": "about:blank", "title": "内容太大", "status": 413, "detail": "一次最多 1 GB，请拆成几次上传。"}


class LimitBody:
    """ASGI middleware: 413 as soon as a request is known to be larger than allowed."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > self._largest:
            await _refuse(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._largest:
                raise _TooLargeError
            return message

        try:
            await self._app(scope, counted, send)
        except _TooLargeError:
            await _refuse(scope, receive, send)


class _TooLargeError(Exception):
    """The body grew past the limit while it was read."""


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    response = JSONResponse(_TOO_LARGE, 413, media_type="application/problem+json")
    await response(scope, receive, send)
