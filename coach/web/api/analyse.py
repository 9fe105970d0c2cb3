"""The interface: a conversation in, a report out, and nothing kept."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from coach.errors import InputError
from coach.habits import HABITS, STRENGTHS
from coach.imports import read_text
from coach.render import render
from coach.transcript import Speaker, Transcript, Turn
from coach.web.service import service_of
from coach.web.visitors import SignedIn

router = APIRouter(prefix="/api/v1", tags=["分析"])

_LONGEST_TEXT = 5_000_000
_EXAMPLES: dict[str, Any] = {
    "text": {
        "summary": "粘贴的对话",
        "value": {"text": "销售：李姐好，这批货包在我身上，保您月月赚钱。\n客户：上次你也这么说。", "call_id": "demo"},
    },
    "turns": {
        "summary": "分好轮次的对话",
        "value": {
            "turns": [
                {"speaker": "customer", "text": "别人家的比你们好卖。"},
                {"speaker": "rep", "text": "不可能，你根本没用心推。"},
            ]
        },
    },
}


class TurnIn(BaseModel):
    """One turn of a request."""

    model_config = ConfigDict(extra="ignore")

    speaker: Speaker
    text: str = Field(max_length=_LONGEST_TEXT)
    start_s: float | None = Field(default=None, ge=0)
    end_s: float | None = Field(default=None, ge=0)


class CallIn(BaseModel):
    """A conversation: either pasted `text` or `turns`, never both."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(default=None, max_length=_LONGEST_TEXT)
    turns: list[TurnIn] | None = None
    rep: str | None = Field(default=None, max_length=100, description="文本里销售的称呼")
    call_id: str = Field(default="对话", min_length=1, max_length=200)
    only: list[str] = Field(default_factory=list, description="只看这些代码；空为全部")

    @model_validator(mode="after")
    def _one_of_both(self) -> "CallIn":
        if (self.text is None) == (self.turns is None):
            raise ValueError("text 和 turns 要给一个，而且只给一个")
        return self

    def transcript(self) -> Transcript:
        """The call as a transcript."""
        if self.text is not None:
            return read_text(self.text, name=self.call_id, rep=self.rep)
        turns = tuple(
            Turn(index, turn.speaker, turn.text, start_s=turn.start_s, end_s=turn.end_s)
            for index, turn in enumerate(self.turns or [])
        )
        return Transcript(self.call_id, turns, source="接口")


@router.post(
    "/analyse",
    summary="分析一段对话",
    response_class=Response,
    responses={
        200: {"description": "完整报告，格式见 coach schema", "content": {"application/json": {}}},
        422: {"description": "内容没法分析，detail 说明原因和办法", "content": {"application/problem+json": {}}},
    },
)
def analyse(
    request: Request, _visitor: SignedIn, call: Annotated[CallIn, Body(openapi_examples=_EXAMPLES)]
) -> Response:
    """Judge a conversation and give the whole report as JSON."""
    unknown = [code for code in call.only if code not in HABITS and code not in STRENGTHS]
    if unknown:
        raise InputError(f"only 里有不认识的代码：{'、'.join(unknown)}。")
    report = service_of(request).coach.analyse(call.transcript(), only=call.only)
    return Response(render(report, format="json"), media_type="application/json")
