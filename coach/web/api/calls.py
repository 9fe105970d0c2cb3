"""Calls over the interface: hand in, list, read, delete, and follow how far they are."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Header, Query, Request, status
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from coach.asr.naming import channel_of
from coach.errors import InputError
from coach.render import render
from coach.storage.accounts import Visitor
from coach.storage.intake import Told, take_in, take_in_text
from coach.storage.listing import PAGE, Wanted
from coach.storage.states import OPEN_STATES
from coach.web.api.shapes import CallOut, CallsOut, Page, PerPage, Uploaded, problems
from coach.web.bodies import SentBody
from coach.web.call import report_of
from coach.web.events import EVENTS, follow
from coach.web.service import Service, service_of
from coach.web.visitors import SignedIn

router = APIRouter(prefix="/api/v1/calls", tags=["对话"])

_CLEAN = r"^[^\x00-\x1f]*$"
_ID = r"^([0-9a-f]{32})?$"
_FORMS = "multipart/form-data"
_REPORT: dict[int | str, dict[str, Any]] = {
    200: {"description": "完整报告，格式见 coach schema", "content": {"application/json": {}}}
}
Once = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="同一个值只会产生一次；断线重传时用同一个值"),
]


class AboutIn(BaseModel):
    """What is said of a call that is handed in; what is left out, the file's name may tell."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=200, pattern=_CLEAN)
    customer: str = Field(default="", max_length=200, pattern=_CLEAN)
    rep_id: str = Field(default="", pattern=_ID, description="客户经理的账号 id；不填是自己")
    made_at: datetime | None = Field(default=None, description="通话时间；没有时区时按服务器的时区")
    rep: str | None = Field(default=None, max_length=100, description="文字对话里客户经理的称呼")
    source: Literal["api", "upload", "paste", "microphone", "watch"] = "api"

    def told(self, once: str | None) -> Told:
        """The same, as the library takes it."""
        return Told(
            owner_id=self.rep_id,
            title=self.title,
            customer=self.customer,
            made_at=self.made_at.astimezone() if self.made_at else None,
            source=self.source,
            rep=self.rep or None,
            once=once or None,
        )


class FileIn(AboutIn):
    """What is said of a file that is handed in."""

    name: str = Field(min_length=1, max_length=300, description="文件名，用来认类型和读信息", examples=["小王.wav"])
    pattern: str = Field(default="", max_length=200, description="文件名的样式，如 {date}_{rep}_{customer}")
    speakers: int | None = Field(default=None, ge=1, le=9, description="单声道录音里有几个人；1 表示全是客户经理")
    rep_channel: str = Field(default="", max_length=10, description="双声道录音里客户经理的声道：left 或 right")
    swap: bool = Field(default=False, description="把客户经理和客户对换")

    def told(self, once: str | None) -> Told:
        """The same, as the library takes it. Raises InputError."""
        listening: dict[str, object] = {"swap": True} if self.swap else {}
        if self.speakers:
            listening["speakers"] = self.speakers
        if self.rep_channel:
            listening["rep_channel"] = channel_of(self.rep_channel)
            if listening["rep_channel"] is None:
                raise InputError("rep_channel 只能是 left 或 right。")
        told = super().told(once)
        return Told(
            told.owner_id,
            told.title,
            told.customer,
            told.made_at,
            told.source,
            self.pattern,
            told.rep,
            told.once,
            listening,
        )


class TextIn(AboutIn):
    """A typed conversation."""

    text: str = Field(max_length=5_000_000, examples=["销售：李姐好，这批货包在我身上。\n客户：上次你也这么说。"])


@router.post(
    "",
    summary="上传一个文件",
    description="文件内容就是请求体，边收边存。一个带标注的 .jsonl 文件会产生多通对话。",
    status_code=status.HTTP_201_CREATED,
    responses=problems(404, 409, 413, 415, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(request: Request, visitor: SignedIn, file: Annotated[FileIn, Query()], once: Once = None) -> Uploaded:
    """Keep a recording or a conversation; it is processed in the background."""
    service = service_of(request)
    if request.headers.get("content-type", "").startswith(_FORMS):
        raise InputError("请把文件内容直接作为请求体发来，不要用表单；文件名写在 name 参数里。")
    body = SentBody(request)
    return await run_in_threadpool(_taken_in, service, visitor, file, body, once)


def _taken_in(service: Service, visitor: Visitor, file: FileIn, body: SentBody, once: str | None) -> Uploaded:
    reps = service.accounts.reps_for(visitor)
    ids = take_in(service.library, visitor, reps, file.name, body, file.told(once))
    for call_id in ids:
        service.audit.note(visitor, "upload", call_id)
    return Uploaded(calls=_shown(service, visitor, ids))


@router.post(
    "/text",
    summary="交一段文字对话",
    status_code=status.HTTP_201_CREATED,
    responses=problems(404, 409, 422, 503),
)
def add_text(request: Request, visitor: SignedIn, typed: Annotated[TextIn, Body()], once: Once = None) -> CallOut:
    """Keep a typed conversation; it is judged in the background."""
    service = service_of(request)
    call_id = take_in_text(service.library, visitor, typed.text, typed.told(once))
    service.audit.note(visitor, "upload", call_id)
    return _shown(service, visitor, [call_id])[0]


class WantedIn(BaseModel):
    """Which calls to list."""

    owner: str = Field(default="", pattern=_ID, description="客户经理的账号 id")
    code: str = Field(default="", max_length=40, pattern=_CLEAN, description="出现了这个习惯的")
    severity: int = Field(default=0, ge=0, le=3, description="至少这么重")
    state: str = Field(default="", max_length=20, pattern=_CLEAN)
    q: str = Field(default="", max_length=200, description="说过的话、标题或客户，几个词之间用空格")
    since: date | None = None
    until: date | None = None
    reviewed: bool | None = None

    def wanted(self) -> Wanted:
        """The same, as the library takes it."""
        return Wanted(self.owner, self.code, self.severity, self.state, self.q, self.since, self.until, self.reviewed)


@router.get("", summary="列出对话", responses=problems(422))
def listing(
    request: Request,
    visitor: SignedIn,
    wanted: Annotated[WantedIn, Depends()],
    page: Page = 1,
    per_page: PerPage = PAGE,
) -> CallsOut:
    """One page of the calls that are for this visitor, newest first."""
    listed, total = service_of(request).library.listing(visitor, wanted.wanted(), page, per_page=per_page)
    return CallsOut(items=[CallOut.of(one) for one in listed], total=total, page=page, per_page=per_page)


@router.get("/{call_id}", summary="一通对话", responses=problems(404))
def one_call(request: Request, visitor: SignedIn, call_id: str) -> CallOut:
    """A call and how far it is."""
    service = service_of(request)
    return _shown(service, visitor, [service.library.find(visitor, call_id).id])[0]


@router.get("/{call_id}/report", summary="报告", response_class=Response, responses={**_REPORT, **problems(404, 422)})
def report(request: Request, visitor: SignedIn, call_id: str) -> Response:
    """The whole report as JSON."""
    service = service_of(request)
    found = report_of(service, visitor, call_id)
    service.audit.note(visitor, "read", call_id)
    return Response(render(found, format="json"), media_type="application/json")


@router.get(
    "/{call_id}/events",
    summary="处理进度",
    description="server-sent events：每次变化一条，data 是这通对话；处理完就结束。",
    response_class=StreamingResponse,
    responses={200: {"content": {EVENTS: {}}}, **problems(404)},
)
def events(request: Request, visitor: SignedIn, call_id: str) -> StreamingResponse:
    """How far a call is, whenever that changes, until it is done."""
    library = service_of(request).library
    library.find(visitor, call_id)
    return follow(request, lambda: library.some(visitor, [call_id]), is_over=lambda one: one.state not in OPEN_STATES)


@router.post("/{call_id}/cancel", summary="取消处理", responses=problems(404, 409))
def cancel(request: Request, visitor: SignedIn, call_id: str) -> CallOut:
    """Leave a call that waits or is in work."""
    service = service_of(request)
    service.library.cancel(visitor, call_id)
    return _shown(service, visitor, [call_id])[0]


@router.post("/{call_id}/retry", summary="再试一次", responses=problems(404, 409))
def retry(request: Request, visitor: SignedIn, call_id: str) -> CallOut:
    """Process a call again that failed or was cancelled; what was done of it is not done again."""
    service = service_of(request)
    service.library.retry(visitor, call_id)
    return _shown(service, visitor, [call_id])[0]


@router.delete("/{call_id}", summary="删除", status_code=status.HTTP_204_NO_CONTENT, responses=problems(404))
def delete(request: Request, visitor: SignedIn, call_id: str) -> None:
    """Delete a call, its report and its recording."""
    service = service_of(request)
    service.library.forget(visitor, call_id)
    service.audit.note(visitor, "delete", call_id)


def _shown(service: Service, visitor: Visitor, call_ids: list[str]) -> list[CallOut]:
    """Some calls, in the order of their ids."""
    listed = {one.id: CallOut.of(one) for one in service.library.some(visitor, call_ids)}
    return [listed[one] for one in call_ids if one in listed]
