"""The API of practice: scenarios, talks, moments of a call, reports, handing in."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from coach.errors import InputError
from coach.practice.customer import LEVELS
from coach.practice.debrief import Debrief
from coach.practice.scenarios import Scenario, find
from coach.practice.session import SecondTry, Session, say, say_again, start
from coach.web.api.analyse import CallIn
from coach.web.api.shapes import problems
from coach.web.practising import (
    CustomersVoice,
    Store,
    hand_in,
    moment_in_call,
    moment_in_report,
    opened,
    scenarios,
    told,
)
from coach.web.service import service_of
from coach.web.visitors import SignedIn, signed_in

router = APIRouter(prefix="/api/v1/practice", tags=["练习"], dependencies=[Depends(signed_in)])

_SESSION: TypeAdapter[Session] = TypeAdapter(Session)
_SESSIONS: TypeAdapter[list[Session]] = TypeAdapter(list[Session])
_TRIED: TypeAdapter[tuple[Session, SecondTry]] = TypeAdapter(tuple[Session, SecondTry])
_DEBRIEF: TypeAdapter[Debrief] = TypeAdapter(Debrief)
_SCENARIO: TypeAdapter[Scenario] = TypeAdapter(Scenario)
_TOLD_BEFOREHAND = {"id", "title", "domain", "provokes", "aim", "name", "person", "facts", "opening"}


class HowIn(BaseModel):
    """How a new talk is to go."""

    model_config = ConfigDict(extra="forbid")

    level: int = Field(default=1, ge=min(LEVELS), le=max(LEVELS))
    hints: str = Field(default="now", description="now、end 或 severe")


class StartIn(HowIn):
    """A new talk with a scenario's customer."""

    scenario: str = Field(examples=["new-brand-slow"])


class MomentIn(HowIn):
    """A moment of a call: the `call` with the `turn` (its index, from 0), or a `report` as JSON with a `finding`'s id."""

    call: CallIn | None = None
    turn: int | None = Field(default=None, ge=0)
    code: str = Field(default="", description="这一轮里有几个习惯时，指明一个")
    report: str | None = Field(default=None, description="coach analyse --format json 导出的报告")
    finding: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> "MomentIn":
        if (self.call is None) == (self.report is None):
            raise ValueError("call 和 report 要给一个，而且只给一个")
        return self


class SayIn(BaseModel):
    """What the rep says."""

    text: str = Field(max_length=5_000, examples=["您先别急，我理解。您平时把它摆在哪儿？"])


@router.get("/scenarios", summary="有哪些情景")
def list_scenarios() -> JSONResponse:
    """Every scenario, without what the customer will say."""
    return JSONResponse(
        [_SCENARIO.dump_python(one, mode="json", include=_TOLD_BEFOREHAND) for one in scenarios().values()]
    )


@router.get("/sessions", summary="自己最近的练习")
def list_sessions(store: Store) -> Response:
    """One's own latest talks, the one touched last first."""
    return _json(_SESSIONS.dump_json(list(store.latest())))


@router.post("/sessions", summary="开始一次练习", status_code=201, responses=problems(422))
def begin(wanted: StartIn, store: Store) -> Response:
    """A new talk."""
    talk = start(find(scenarios(), wanted.scenario), level=wanted.level, hints=wanted.hints)
    store.write(talk)
    return _json(_SESSION.dump_json(talk), 201)


@router.post("/moments", summary="再练通话里的一刻", status_code=201, responses=problems(422))
def begin_moment(request: Request, wanted: MomentIn, store: Store) -> Response:
    """A new talk that takes a call up again right before a turn in which a habit was found."""
    if wanted.report is not None:
        talk = moment_in_report(wanted.report, wanted.finding, level=wanted.level, hints=wanted.hints)
    elif wanted.call is None or wanted.turn is None:
        raise InputError("请用 turn 指明要练第几轮（从 0 数起）。")
    else:
        talk = moment_in_call(
            service_of(request).coach,
            wanted.call.transcript(),
            turn=wanted.turn,
            code=wanted.code,
            level=wanted.level,
            hints=wanted.hints,
        )
    store.write(talk)
    return _json(_SESSION.dump_json(talk), 201)


@router.get("/sessions/{session_id}", summary="练到哪儿了", responses=problems(404, 422))
def read(session_id: str, store: Store) -> Response:
    """A talk as it stands."""
    return _json(_SESSION.dump_json(store.read(session_id)))


@router.post("/sessions/{session_id}/say", summary="说一句", responses=problems(404, 422))
def answer(request: Request, session_id: str, said: SayIn, store: Store, voice: CustomersVoice) -> Response:
    """The rep's next turn; the talk with the customer's answer."""
    talk, scenario = opened(store, session_id)
    talk = say(service_of(request).coach, scenario, talk, said.text, voice=voice)
    store.write(talk)
    return _json(_SESSION.dump_json(talk))


@router.post("/sessions/{session_id}/again", summary="重说上一句", responses=problems(404, 422))
def again(request: Request, session_id: str, said: SayIn, store: Store, voice: CustomersVoice) -> Response:
    """The last turn anew; the talk, and whether it is better."""
    talk, scenario = opened(store, session_id)
    talk, tried = say_again(service_of(request).coach, scenario, talk, said.text, voice=voice)
    store.write(talk)
    return _json(_TRIED.dump_json((talk, tried)))


@router.get("/sessions/{session_id}/report", summary="练得怎么样", responses=problems(404, 422))
def report(request: Request, session_id: str, store: Store) -> Response:
    """How the talk went."""
    return told_of(told(service_of(request).coach, store, session_id)[2])


@router.post("/sessions/{session_id}/hand-in", summary="交给主管", status_code=204, responses=problems(404, 422))
def give(request: Request, visitor: SignedIn, session_id: str, store: Store) -> Response:
    """Let the supervisor see a talk; it answers the oldest open assignment of its scenario."""
    hand_in(service_of(request), visitor, store, session_id)
    return Response(status_code=204)


@router.delete("/sessions/{session_id}", summary="删除一次练习", status_code=204, responses=problems(404))
def forget(session_id: str, store: Store) -> Response:
    """Delete a talk."""
    store.forget(session_id)
    return Response(status_code=204)


def told_of(how: Debrief) -> Response:
    """How a talk went, as the interface gives it."""
    return _json(_DEBRIEF.dump_json(how))


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")
