"""Practice in the browser: choose a scenario, talk to the customer, read how it went. Works without JavaScript; with it one
can speak, and hear the customer.
"""

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, TypeAdapter

from coach.asr import Listening
from coach.errors import InputError
from coach.habits import name_of
from coach.pipeline import Coach
from coach.practice.customer import LEVELS
from coach.practice.debrief import END_NAMES, Debrief, debrief
from coach.practice.scenarios import Scenario, find, load_scenarios
from coach.practice.session import HINTS, SecondTry, Session, say, say_again, shown, start
from coach.practice.store import SessionStore, sessions_folder
from coach.render import render
from coach.resources import folder
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.uploads import as_file
from coach.web.visitors import signed_in

pages = APIRouter(include_in_schema=False, dependencies=[Depends(signed_in)])
api = APIRouter(prefix="/api/v1/practice", tags=["练习"], dependencies=[Depends(signed_in)])

_LONGEST_SPEECH = 20 << 20


@pages.get("/practice")
def index(request: Request) -> HTMLResponse:
    """The scenarios, and the talks that can be gone on with."""
    going_on = [(talk, _scenarios()[talk.scenario]) for talk in _store().latest() if talk.scenario in _scenarios()]
    return page(
        request,
        "practice_list.html.j2",
        scenarios=_scenarios().values(),
        going_on=going_on,
        name_of=name_of,
        end_names=END_NAMES,
        levels=LEVELS,
        hints=HINTS,
    )


@pages.post("/practice")
def begin(
    scenario: Annotated[str, Form()], level: Annotated[int, Form()] = 1, hints: Annotated[str, Form()] = "now"
) -> Response:
    """A new talk."""
    talk = start(find(_scenarios(), scenario), level=level, hints=hints)
    _store().write(talk)
    return RedirectResponse(f"/practice/{talk.id}", 303)


@pages.post("/practice/hear")
def hear(request: Request, sound: Annotated[UploadFile, File()]) -> JSONResponse:
    """What the rep said into the microphone, as text."""
    coach: Coach = service_of(request).coach
    if (sound.size or 0) > _LONGEST_SPEECH:
        raise InputError("一次说得太长了，请一句一句说。")
    with as_file(sound, ".webm") as path:
        transcript = coach.listen(path, Listening(speakers=1))
    return JSONResponse({"text": "".join(turn.text for turn in transcript.turns)})


@pages.get("/practice/{session_id}")
def talk_page(request: Request, session_id: str) -> HTMLResponse:
    """A talk as it stands."""
    return _talk(request, *_opened(session_id))


@pages.post("/practice/{session_id}")
def answer(
    request: Request, session_id: str, text: Annotated[str, Form()] = "", again: Annotated[bool, Form()] = False
) -> Response:
    """The rep's next turn, or his last one anew; what cannot be used is told, and what he typed is kept."""
    coach: Coach = service_of(request).coach
    talk, scenario = _opened(session_id)
    try:
        if again:
            talk, tried = say_again(coach, scenario, talk, text)
            if not tried.good:
                return _talk(request, talk, scenario, tried=tried, typed=text)
        else:
            talk = say(coach, scenario, talk, text)
    except InputError as error:
        return _talk(request, talk, scenario, problem=str(error), typed=text, status=error.status)
    _store().write(talk)
    return RedirectResponse(f"/practice/{session_id}#end", 303)


@pages.get("/practice/{session_id}/report")
def report(request: Request, session_id: str) -> HTMLResponse:
    """How the talk went."""
    talk, scenario, told = _told(service_of(request).coach, session_id)
    return page(
        request,
        "practice_report.html.j2",
        talk=talk,
        scenario=scenario,
        told=told,
        end=END_NAMES[told.end],
        points=_points(told.trust),
        next_one=_scenarios()[told.next_scenario] if told.next_scenario else None,
    )


@pages.get("/practice/{session_id}/call")
def call(request: Request, session_id: str) -> HTMLResponse:
    """The same report as for a call."""
    return HTMLResponse(render(_told(service_of(request).coach, session_id)[2].report, format="html"))


@pages.post("/practice/{session_id}/forget")
def forget(session_id: str) -> Response:
    """Delete a talk."""
    _store().forget(session_id)
    return RedirectResponse("/practice", 303)


class StartIn(BaseModel):
    """What a new talk is to be."""

    scenario: str = Field(examples=["new-brand-slow"])
    level: int = Field(default=1, ge=min(LEVELS), le=max(LEVELS))
    hints: str = Field(default="now", description="now、end 或 severe")


class SayIn(BaseModel):
    """What the rep says."""

    text: str = Field(max_length=5_000, examples=["您先别急，我理解。您平时把它摆在哪儿？"])


_SESSION: TypeAdapter[Session] = TypeAdapter(Session)
_TRIED: TypeAdapter[tuple[Session, SecondTry]] = TypeAdapter(tuple[Session, SecondTry])
_DEBRIEF: TypeAdapter[Debrief] = TypeAdapter(Debrief)
_SCENARIO: TypeAdapter[Scenario] = TypeAdapter(Scenario)


@api.get("/scenarios", summary="有哪些情景")
def scenarios() -> JSONResponse:
    """Every scenario, without what the customer will say."""
    kept = {"id", "title", "domain", "provokes", "aim", "name", "person", "facts", "opening"}
    return JSONResponse([_SCENARIO.dump_python(one, mode="json", include=kept) for one in _scenarios().values()])


@api.post("/sessions", summary="开始一次练习", status_code=201)
def api_begin(wanted: StartIn) -> Response:
    """A new talk."""
    talk = start(find(_scenarios(), wanted.scenario), level=wanted.level, hints=wanted.hints)
    _store().write(talk)
    return _json(_SESSION.dump_json(talk), 201)


@api.get("/sessions/{session_id}", summary="练到哪儿了")
def api_talk(session_id: str) -> Response:
    """A talk as it stands."""
    return _json(_SESSION.dump_json(_store().read(session_id)))


@api.post("/sessions/{session_id}/say", summary="说一句")
def api_say(request: Request, session_id: str, said: SayIn) -> Response:
    """The rep's next turn; the talk with the customer's answer."""
    talk, scenario = _opened(session_id)
    talk = say(service_of(request).coach, scenario, talk, said.text)
    _store().write(talk)
    return _json(_SESSION.dump_json(talk))


@api.post("/sessions/{session_id}/again", summary="重说上一句")
def api_again(request: Request, session_id: str, said: SayIn) -> Response:
    """The last turn anew; the talk, and whether it is better."""
    talk, scenario = _opened(session_id)
    talk, tried = say_again(service_of(request).coach, scenario, talk, said.text)
    _store().write(talk)
    return _json(_TRIED.dump_json((talk, tried)))


@api.get("/sessions/{session_id}/report", summary="练得怎么样")
def api_report(request: Request, session_id: str) -> Response:
    """How the talk went."""
    return _json(_DEBRIEF.dump_json(_told(service_of(request).coach, session_id)[2]))


def _opened(session_id: str) -> tuple[Session, Scenario]:
    """A talk with its scenario. Raises InputError if either is gone."""
    talk = _store().read(session_id)
    return talk, find(_scenarios(), talk.scenario)


def _talk(
    request: Request,
    talk: Session,
    scenario: Scenario,
    *,
    problem: str = "",
    typed: str = "",
    tried: SecondTry | None = None,
    status: int = 200,
) -> HTMLResponse:
    hints = {at: shown(talk, exchange.hints) for at, exchange in enumerate(talk.exchanges)}
    may_retry = talk.can_try_again and bool(hints[len(talk.exchanges) - 1])
    return page(
        request,
        "practice_talk.html.j2",
        status=status,
        talk=talk,
        scenario=scenario,
        hints_at=hints,
        may_retry=may_retry,
        tried=tried,
        problem=problem,
        typed=typed,
        end=END_NAMES[talk.state.end],
    )


def _told(coach: Coach, session_id: str) -> tuple[Session, Scenario, Debrief]:
    talk, scenario = _opened(session_id)
    return talk, scenario, debrief(coach, scenario, talk, _scenarios())


def _points(trust: tuple[float, ...]) -> str:
    """Trust over the turns as points of a drawing 100 wide and 100 high."""
    step = 100 / max(len(trust) - 1, 1)
    return " ".join(f"{at * step:.1f},{100 - one:.1f}" for at, one in enumerate(trust))


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


@lru_cache(maxsize=1)
def _scenarios() -> dict[str, Scenario]:
    return load_scenarios(folder("rules") / "scenarios")


def _store() -> SessionStore:
    return SessionStore(sessions_folder())
