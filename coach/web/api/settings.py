"""Options and webhooks over the interface; for administrators."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request, status
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from coach.storage.options import Options
from coach.storage.tables import Webhook
from coach.storage.webhooks import EVENTS
from coach.web.api.shapes import problems
from coach.web.service import service_of
from coach.web.visitors import Administrator

router = APIRouter(prefix="/api/v1", tags=["设置"])


class OptionsIn(BaseModel):
    """The options to set; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    keep_recordings_days: int | None = Field(default=None, ge=0, le=3650, examples=[90])
    keep_calls_days: int | None = Field(default=None, ge=0, le=3650, examples=[365])
    masked_words: list[str] | None = Field(default=None, max_length=500, examples=[["李老板"]])


class WebhookIn(BaseModel):
    """Whom to tell of what."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=500, examples=["https://crm.example.com/coach"])
    events: list[str] = Field(min_length=1, max_length=20, examples=[["call.done"]], description="、".join(EVENTS))


class WebhookOut(BaseModel):
    """A webhook; its secret is told once, when it is made."""

    id: str
    url: str
    events: list[str]
    created_at: datetime
    secret: str | None = None

    @classmethod
    def of(cls, webhook: Webhook, *, with_secret: bool = False) -> "WebhookOut":
        """What is shown of a webhook."""
        return cls(
            id=webhook.id,
            url=webhook.url,
            events=webhook.events,
            created_at=webhook.created_at,
            secret=webhook.secret if with_secret else None,
        )


@router.get("/settings", summary="看设置")
def read_settings(request: Request, _visitor: Administrator) -> Options:
    """The options as they are set."""
    return service_of(request).options.read()


@router.patch("/settings", summary="改设置")
def change_settings(request: Request, visitor: Administrator, wanted: Annotated[OptionsIn, Body()]) -> Options:
    """Set some options."""
    service = service_of(request)
    options = service.options.write(wanted.model_dump(exclude_none=True))
    service.audit.note(visitor, "settings")
    return options


@router.get("/webhooks", summary="有哪些推送")
def list_webhooks(request: Request, _visitor: Administrator) -> list[WebhookOut]:
    """Every webhook, without its secret."""
    return [WebhookOut.of(one) for one in service_of(request).webhooks.all()]


@router.post("/webhooks", summary="加一个推送", status_code=status.HTTP_201_CREATED, responses=problems(422))
def add_webhook(request: Request, visitor: Administrator, wanted: Annotated[WebhookIn, Body()]) -> WebhookOut:
    """A new webhook, with its secret this once."""
    service = service_of(request)
    webhook = service.webhooks.add(wanted.url, wanted.events)
    service.audit.note(visitor, "settings", webhook.id)
    return WebhookOut.of(webhook, with_secret=True)


@router.delete(
    "/webhooks/{webhook_id}", summary="删一个推送", status_code=status.HTTP_204_NO_CONTENT, responses=problems(404)
)
def remove_webhook(request: Request, visitor: Administrator, webhook_id: str) -> Response:
    """Tell it nothing more."""
    service = service_of(request)
    service.webhooks.remove(webhook_id)
    service.audit.note(visitor, "settings", webhook_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
