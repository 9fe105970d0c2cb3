"""What administrators set: how long things are kept, which words are masked, who is told of events."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from coach.errors import InputError
from coach.storage.webhooks import EVENTS
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.visitors import Administrator

router = APIRouter(prefix="/admin", include_in_schema=False)


@router.get("")
def index(request: Request, _visitor: Administrator) -> Response:
    """What there is to administer."""
    return page(request, "admin.html.j2")


@router.get("/settings")
def settings_form(request: Request, _visitor: Administrator, saved: bool = False) -> Response:
    """The options as they are set."""
    options = service_of(request).options.read()
    return _settings(request, options.model_dump() | {"masked_words": "\n".join(options.masked_words)}, saved=saved)


@router.post("/settings")
def save_settings(
    request: Request,
    visitor: Administrator,
    keep_recordings_days: Annotated[str, Form(max_length=10)] = "0",
    keep_calls_days: Annotated[str, Form(max_length=10)] = "0",
    masked_words: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Set them, or the form again with what is wrong."""
    service = service_of(request)
    typed = {
        "keep_recordings_days": keep_recordings_days,
        "keep_calls_days": keep_calls_days,
        "masked_words": masked_words,
    }
    words = list(dict.fromkeys(word.strip() for word in masked_words.splitlines() if word.strip()))
    try:
        service.options.write(typed | {"masked_words": words})
    except InputError as error:
        return _settings(request, typed, problem=str(error), status=error.status)
    service.audit.note(visitor, "settings")
    return RedirectResponse("/admin/settings?saved=true", 303)


@router.get("/webhooks")
def webhooks(request: Request, _visitor: Administrator) -> Response:
    """Who is told what, and how the latest deliveries went."""
    return _webhooks(request)


@router.post("/webhooks")
def add_webhook(
    request: Request,
    visitor: Administrator,
    url: Annotated[str, Form(max_length=600)] = "",
    events: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """A new one, with its secret shown this once; or the form again with what is wrong."""
    service = service_of(request)
    try:
        webhook = service.webhooks.add(url, events or [])
    except InputError as error:
        return _webhooks(request, url=url, chosen=events or [], problem=str(error), status=error.status)
    service.audit.note(visitor, "settings", webhook.id)
    return _webhooks(request, secret=webhook.secret)


@router.post("/webhooks/{webhook_id}/remove")
def remove_webhook(request: Request, visitor: Administrator, webhook_id: str) -> Response:
    """Tell it nothing more."""
    service = service_of(request)
    service.webhooks.remove(webhook_id)
    service.audit.note(visitor, "settings", webhook_id)
    return RedirectResponse("/admin/webhooks", 303)


def _settings(
    request: Request, typed: Mapping[str, object], *, saved: bool = False, problem: str = "", status: int = 200
) -> Response:
    return page(request, "admin_settings.html.j2", status=status, typed=typed, saved=saved, problem=problem)


def _webhooks(
    request: Request,
    *,
    url: str = "",
    chosen: list[str] | None = None,
    secret: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    service = service_of(request)
    return page(
        request,
        "admin_webhooks.html.j2",
        status=status,
        webhooks=service.webhooks.all(),
        deliveries=service.webhooks.latest(20),
        events=EVENTS,
        url=url,
        chosen=chosen or list(EVENTS),
        secret=secret,
        problem=problem,
    )
