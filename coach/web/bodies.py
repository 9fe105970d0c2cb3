"""The body of a request as something to read from, so that what is sent goes to disk as it comes."""

from collections.abc import AsyncIterator

from anyio import from_thread
from fastapi import Request
from starlette.requests import ClientDisconnect

from coach.errors import InputError


class SentBody:
    """Reads a request's body from a thread of the server's pool, block by block."""

    def __init__(self, request: Request) -> None:
        self._blocks: AsyncIterator[bytes] = request.stream()
        self._left = b""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; none at the end. Raises InputError if the sender breaks off."""
        while not self._left:
            try:
                sent = from_thread.run(self._next)
            except ClientDisconnect as error:
                raise InputError("上传中断了，没有存下。请重新上传。") from error
            if sent is None:
                return b""
            self._left = sent
        block, self._left = self._left[:size], self._left[size:]
        return block

    async def _next(self) -> bytes | None:
        return await anext(self._blocks, None)
