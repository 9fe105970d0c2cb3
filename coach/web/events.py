"""Server-sent events: how far calls are, whenever that changes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from coach.errors import CoachError
from coach.storage.listing import Listed
from coach.web.api.shapes import CallOut

EVENTS = "text/event-stream"
_LOOK_EVERY_S = 1.0
_SIGN_OF_LIFE_S = 15.0
_LONGEST_S = 600.0
"""Then the browser asks again, and is asked again who it is."""


def follow(
    request: Request, look: Callable[[], Sequence[Listed]], *, is_over: Callable[[Listed], bool]
) -> StreamingResponse:
    """Every call that `look` gives, as an event when it is first seen and whenever it has changed; the stream ends when
    all that it gives are over, or it gives none any more.
    """
    return StreamingResponse(
        _events(request, look, is_over),
        media_type=EVENTS,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(
    request: Request, look: Callable[[], Sequence[Listed]], is_over: Callable[[Listed], bool]
) -> AsyncIterator[str]:
    known: dict[str, Listed] = {}
    begun = told_at = time.monotonic()
    while time.monotonic() - begun < _LONGEST_S and not await request.is_disconnected():
        try:
            seen: Sequence[Listed] | None = await run_in_threadpool(look)
        except CoachError:  # the database does not answer just now
            seen = None
        for one in seen or ():
            if known.get(one.id) != one:
                known[one.id] = one
                told_at = time.monotonic()
                yield f"data: {CallOut.of(one).model_dump_json()}\n\n"
        if seen is not None and all(is_over(one) for one in seen):
            return
        if time.monotonic() - told_at > _SIGN_OF_LIFE_S:
            told_at = time.monotonic()
            yield ": \n\n"
        await asyncio.sleep(_LOOK_EVERY_S)
