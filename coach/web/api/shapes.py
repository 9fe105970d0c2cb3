"""What the interface gives and takes, in shapes that several of its parts share."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from coach.storage.listing import Listed
from coach.storage.states import State

MOST_A_PAGE = 100
Page = Annotated[int, Query(ge=1, le=1_000_000, description="第几页，从 1 起")]
PerPage = Annotated[int, Query(ge=1, le=MOST_A_PAGE, description="一页几条")]


class Problem(BaseModel):
    """An error (RFC 9457); `detail` is a Chinese sentence that says what is wrong and what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How a route describes the errors it answers with."""
    told = {
        401: "没有登录，或密钥无效",
        403: "没有这个权限",
        404: "没有，或不在您能看的范围里",
        409: "已经变了，这次没有改动",
        413: "太大",
        415: "请求体的类型不对",
        422: "内容没法用，detail 说明原因和办法",
        503: "数据库或磁盘现在用不了",
    }
    return {
        status: {"model": Problem, "description": told[status], "content": {"application/problem+json": {}}}
        for status in (401, 403, *statuses)
    }


class CallOut(BaseModel):
    """A call without what was said: what lists show."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["5f0c6a3f8e0b4c0c9d7c8f6f2f3e1a0b"])
    title: str = Field(examples=["2026-11-03 李老板"])
    customer: str
    owner: str = Field(description="客户经理的用户名")
    made_at: datetime
    state: State
    step: str = Field(description="正在做的步骤：decode、transcribe、speakers、analyse、store，或空")
    progress: float = Field(ge=0, le=1, description="这一步做了多少")
    problem: str = Field(description="没成功时，原因和办法")
    score: int | None
    duration_s: float | None
    has_recording: bool
    habits: dict[str, int] = Field(description="习惯代码到最重的程度（1 轻微，2 明显，3 严重）")

    @classmethod
    def of(cls, listed: Listed) -> "CallOut":
        """The same call."""
        return cls.model_validate(listed)


class CallsOut(BaseModel):
    """One page of calls."""

    items: list[CallOut]
    total: int
    page: int
    per_page: int


class Uploaded(BaseModel):
    """The calls that were made of what was handed in."""

    calls: list[CallOut]
