"""The rules over the interface: read, try, draft, replay, put in force, switch off, judge the library anew."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field

from coach.rulechanges import LONGEST_FILE, text_of
from coach.storage.replays import Told
from coach.storage.rules import Draft
from coach.web.api.shapes import problems
from coach.web.rules import tried
from coach.web.service import service_of
from coach.web.visitors import Administrator, Leader

router = APIRouter(prefix="/api/v1/rules", tags=["规则"])


class RuleOut(BaseModel):
    """A rule in force."""

    name: str = Field(examples=["overpromising/on-me"])
    code: str
    severity: int = Field(description="1 轻微，2 明显，3 严重；优点为 0")
    confidence: float
    reason: str


class RulesOut(BaseModel):
    """The rules in force, and what the team changed."""

    rules: list[RuleOut]
    disabled: list[str]
    changed_files: list[str]
    drafts: list[dict[str, Any]]


class FileOut(BaseModel):
    """A file as it is in force; `based_on` comes along with the draft of it."""

    path: str
    text: str
    based_on: str


class FileIn(BaseModel):
    """A draft of a file."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(max_length=100, examples=["overpromising.yaml"])
    text: str = Field(max_length=LONGEST_FILE)
    based_on: str = Field(default="", max_length=32)


class SwitchIn(BaseModel):
    """A rule to be switched off or on."""

    model_config = ConfigDict(extra="forbid")

    rule: str = Field(min_length=1, max_length=200, examples=["overpromising/on-me"])
    on: bool
    anyway: bool = Field(False, description="复核过的对话会因此变差时也关掉")


class SentenceIn(BaseModel):
    """A sentence to try; `customer → rep` with what came before."""

    model_config = ConfigDict(extra="forbid")

    sentence: str = Field(max_length=2000, examples=["放心，包在我身上。"])


class Begun(BaseModel):
    """The id of what was begun."""

    id: str


@router.get("", summary="现行的规则")
def rules(request: Request, _visitor: Leader) -> RulesOut:
    """All rules in force."""
    service = service_of(request)
    changes = service.rules.in_force()
    return RulesOut(
        rules=[
            RuleOut(name=one.name, code=one.code, severity=one.severity, confidence=one.confidence, reason=one.reason)
            for one in service.coach.book.rules
        ],
        disabled=sorted(changes.disabled),
        changed_files=sorted(changes.texts),
        drafts=[_draft(one) for one in service.rules.drafts()],
    )


@router.post("/try", summary="试一句话", responses=problems(422))
def try_sentence(request: Request, _visitor: Leader, typed: Annotated[SentenceIn, Body()]) -> list[dict[str, Any]]:
    """What a report would say of it (`counts`), and what it lets pass: that has an exemption, or is not enough by itself."""
    return [asdict(one.evidence) | {"counts": one.counts} for one in tried(service_of(request), typed.sentence)]


@router.get("/file", summary="一个规则文件", responses=problems(422))
def file(request: Request, _visitor: Leader, path: str) -> FileOut:
    """Its text as it is in force."""
    store = service_of(request).rules
    return FileOut(path=path, text=text_of(path, store.in_force()), based_on=store.active_id(path))


@router.post("/drafts", summary="存一份草稿", responses=problems(422))
def save_draft(request: Request, visitor: Leader, draft: Annotated[FileIn, Body()]) -> Begun:
    """His draft of a file; there is one a person and file."""
    service = service_of(request)
    id = service.rules.save_draft(visitor, draft.path, draft.text, based_on=draft.based_on)
    service.audit.note(visitor, "rules", f"draft {draft.path}")
    return Begun(id=id)


@router.delete("/drafts/{draft_id}", summary="删掉草稿", status_code=204, responses=problems(404))
def drop_draft(request: Request, visitor: Leader, draft_id: str) -> None:
    """Throw a draft away."""
    service_of(request).rules.drop_draft(visitor, draft_id)


@router.post("/drafts/{draft_id}/replay", summary="在库里试判草稿", status_code=202, responses=problems(404))
def replay(request: Request, visitor: Leader, draft_id: str) -> Begun:
    """Ask for a replay; look at it under /replays/{id}."""
    return Begun(id=service_of(request).replays.ask_for_draft(visitor, draft_id))


@router.post("/drafts/{draft_id}/activate", summary="启用草稿", status_code=204, responses=problems(404, 409, 422))
def activate(request: Request, visitor: Administrator, draft_id: str) -> None:
    """Put it in force, if it does not lose on the reviewed calls."""
    service = service_of(request)
    path = service.rules.draft(draft_id).path
    service.replays.activate(visitor, draft_id)
    service.judge.look_again()
    service.audit.note(visitor, "rules", f"activate {path}")


@router.get("/replays/{replay_id}", summary="试判或重新分析的结果", responses=problems(404))
def replayed(request: Request, visitor: Leader, replay_id: str) -> dict[str, Any]:
    """How far it is and what changes, of the calls that are for this visitor."""
    service = service_of(request)
    told: Told = service.replays.get(visitor, replay_id)
    visible = {one.id for one in service.library.some(visitor, [one.call_id for one in told.changes])}
    return asdict(told) | {"changes": [asdict(one) for one in told.changes if one.call_id in visible]}


@router.post("/switch", summary="关掉或打开一条规则", status_code=204, responses=problems(404, 422))
def switch(request: Request, visitor: Administrator, wanted: Annotated[SwitchIn, Body()]) -> None:
    """Switch a rule; off only where the reviewed calls do not lose by it, or `anyway`."""
    service = service_of(request)
    service.switches.switch(visitor, wanted.rule, on=wanted.on, anyway=wanted.anyway)
    service.judge.look_again()
    service.audit.note(visitor, "rules", f"{'on' if wanted.on else 'off'} {wanted.rule}")


@router.post("/rejudge", summary="全部重新分析", status_code=202)
def rejudge(request: Request, visitor: Administrator) -> Begun:
    """Have the library judged by the rules in force."""
    service = service_of(request)
    id = service.replays.ask_for_library(visitor)
    service.audit.note(visitor, "rules", "rejudge")
    return Begun(id=id)


def _draft(draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "path": draft.path, "author": draft.author, "created_at": draft.created_at}
