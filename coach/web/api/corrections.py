"""One call over the interface: what was said and what is corrected in it, earlier reports, exports, the sound."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from coach.errors import NotFoundError
from coach.render import render
from coach.report import Report
from coach.storage.reports import read_report
from coach.transcript import Speaker
from coach.web import call as pages
from coach.web import correcting
from coach.web.api.shapes import CallOut, problems
from coach.web.service import service_of
from coach.web.visitors import SignedIn

router = APIRouter(prefix="/api/v1/calls", tags=["对话"])

_CLEAN = r"^[^\x00-\x1f]*$"
_VERSION = Field(ge=0, le=2**31 - 1, examples=[1], description="看到的版本；不是最新的会得到 409，什么也不改")
_FILE: dict[int | str, dict[str, Any]] = {200: {"description": "文件", "content": {"application/octet-stream": {}}}}
_SOUND: dict[int | str, dict[str, Any]] = {
    200: {"description": "AAC（MP4），手机号等已消音", "content": {"audio/mp4": {}}},
    206: {"description": "其中一段"},
    416: {"description": "没有这一段"},
}


class TurnOut(BaseModel):
    """A turn of a call."""

    index: int
    speaker: Speaker
    text: str
    start_s: float | None
    end_s: float | None


class TranscriptOut(BaseModel):
    """What was said in a call, as corrected so far."""

    version: int = Field(description="每改一次加一；改的时候要带上")
    turns: list[TurnOut]


class VersionIn(BaseModel):
    """Which state of a call is to be changed."""

    model_config = ConfigDict(extra="forbid")

    version: int = _VERSION


class TurnIn(VersionIn):
    """What is to be changed in a turn; what is left out stays."""

    speaker: Speaker | None = None
    text: str | None = Field(default=None, max_length=correcting.LONGEST_TURN, examples=["我周五下午给您送来。"])


class AboutCallIn(BaseModel):
    """What is to be changed of what is known of a call; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(default=None, max_length=200, pattern=_CLEAN, examples=["李老板 回访"])
    customer: str | None = Field(default=None, max_length=200, pattern=_CLEAN)
    made_at: datetime | None = Field(default=None, description="通话时间；没有时区时按服务器的时区")


class CorrectedOut(BaseModel):
    """What came of a correction."""

    version: int
    score: int
    findings: int = Field(description="发现了几处")

    @classmethod
    def of(cls, report: Report, version: int) -> "CorrectedOut":
        """The outcome of the correction that made this report."""
        return cls(version=version + 1, score=report.score, findings=len(report.findings))


class PastOut(BaseModel):
    """A report that was replaced."""

    id: int
    replaced_at: datetime


@router.get("/{call_id}/transcript", summary="文字", responses=problems(404))
def transcript(request: Request, visitor: SignedIn, call_id: str) -> TranscriptOut:
    """What was said, with the version that a correction must name."""
    service = service_of(request)
    found = service.library.find(visitor, call_id)
    said = correcting.transcript_of(found)
    service.audit.note(visitor, "read", call_id)
    turns = [
        TurnOut(index=turn.index, speaker=turn.speaker, text=turn.text, start_s=turn.start_s, end_s=turn.end_s)
        for turn in said.turns
    ]
    return TranscriptOut(version=found.version, turns=turns)


@router.patch("/{call_id}", summary="改标题、客户或时间", responses=problems(404, 422))
def describe(request: Request, visitor: SignedIn, call_id: str, about: Annotated[AboutCallIn, Body()]) -> CallOut:
    """Change what is known of a call."""
    service = service_of(request)
    found = service.library.find(visitor, call_id)
    correcting.describe(
        service,
        visitor,
        call_id,
        title=found.title if about.title is None else about.title,
        customer=found.customer if about.customer is None else about.customer,
        made_at=about.made_at.astimezone() if about.made_at else found.made_at,
    )
    return CallOut.of(service.library.some(visitor, [call_id])[0])


@router.post("/{call_id}/swap", summary="对换客户经理和客户", responses=problems(404, 409, 422))
def swap(request: Request, visitor: SignedIn, call_id: str, state: Annotated[VersionIn, Body()]) -> CorrectedOut:
    """Exchange rep and customer in every turn; the report follows."""
    report = correcting.swap(service_of(request), visitor, call_id, state.version)
    return CorrectedOut.of(report, state.version)


@router.patch("/{call_id}/turns/{index}", summary="改一轮的说话人或文字", responses=problems(404, 409, 422))
def correct_turn(
    request: Request, visitor: SignedIn, call_id: str, index: int, turn: Annotated[TurnIn, Body()]
) -> CorrectedOut:
    """Another speaker or text in one turn; the report follows."""
    service = service_of(request)
    report = correcting.correct_turn(service, visitor, call_id, turn.version, index, turn.speaker, turn.text)
    return CorrectedOut.of(report, turn.version)


@router.get("/{call_id}/past", summary="以前的报告", responses=problems(404))
def past_reports(request: Request, visitor: SignedIn, call_id: str) -> list[PastOut]:
    """The reports that were replaced, newest first."""
    past = service_of(request).library.past_reports(visitor, call_id)
    return [PastOut(id=one.id, replaced_at=one.replaced_at) for one in past]


@router.get(
    "/{call_id}/past/{past_id}",
    summary="一份以前的报告",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}, **problems(404, 422)},
)
def past_report(request: Request, visitor: SignedIn, call_id: str, past_id: int) -> Response:
    """A report that was replaced, under the rules of its day."""
    service = service_of(request)
    for one in service.library.past_reports(visitor, call_id):
        if one.id == past_id:
            service.audit.note(visitor, "read", call_id)
            return Response(render(read_report(one.report), format="json"), media_type="application/json")
    raise NotFoundError("没有这份旧报告。")


@router.get(
    "/{call_id}/export/{format}",
    summary="导出报告",
    description="format：html、xlsx、md、json 或 srt。",
    response_class=Response,
    responses={**_FILE, **problems(404, 422)},
)
def export(request: Request, visitor: SignedIn, call_id: str, format: str) -> Response:
    """The report as a file."""
    return pages.export(request, visitor, call_id, format)


@router.get(
    "/{call_id}/recording",
    summary="录音",
    response_class=Response,
    responses={**_SOUND, **problems(404)},
)
def recording(request: Request, visitor: SignedIn, call_id: str) -> Response:
    """The sound as browsers play it, in ranges."""
    return pages.recording(request, visitor, call_id)
