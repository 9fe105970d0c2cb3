"""Practice in the browser: choose a scenario, talk to the customer, read how it went. Works without JavaScript; with it one
can speak, and hear the customer.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from coach.asr import Listening
from coach.errors import InputError
from coach.habits import name_of
from coach.imports import read_text
from coach.pipeline import Coach
from coach.practice.customer import LEVELS, trust_at_first
from coach.practice.debrief import END_NAMES, Debrief
from coach.practice.scenarios import Scenario, find
from coach.practice.session import HINTS, SecondTry, Session, say, say_again, scenario_of, shown, start, transcript_of
from coach.render import render
from coach.web.practice_api import api
from coach.web.practising import CustomersVoice, Store, moment_in_call, moment_in_report, opened, scenarios, told
from coach.web.templating import page
from coach.web.uploads import as_file

__all__ = ["api", "pages"]

pages = APIRouter(include_in_schema=False)

_SCRIPT = Path(__file__).parent / "static" / "practice.js"
_LONGEST_SPEECH = 20 << 20


@pages.get("/practice")
def index(store: Store) -> HTMLResponse:
    """The scenarios, and the talks that can be gone on with."""
    known = scenarios()
    kept = [talk for talk in store.latest() if talk.moment or talk.scenario in known]
    return HTMLResponse(
        page(
            "practice_list.html.j2",
            scenarios=known.values(),
            going_on=[(talk, scenario_of(talk, known)) for talk in kept],
            name_of=name_of,
            end_names=END_NAMES,
            levels=LEVELS,
            hints=HINTS,
        )
    )


@pages.post("/practice")
def begin(
    store: Store,
    scenario: Annotated[str, Form()],
    level: Annotated[int, Form()] = 1,
    hints: Annotated[str, Form()] = "now",
) -> Response:
    """A new talk."""
    return _begun(store, start(find(scenarios(), scenario), level=level, hints=hints))


@pages.post("/practice/moment")
def begin_moment(
    request: Request,
    store: Store,
    text: Annotated[str, Form()] = "",
    rep: Annotated[str, Form()] = "",
    turn: Annotated[int, Form()] = 0,
    code: Annotated[str, Form()] = "",
    report: Annotated[str, Form()] = "",
    finding: Annotated[str, Form()] = "",
    level: Annotated[int, Form()] = 1,
    hints: Annotated[str, Form()] = "now",
) -> Response:
    """A new talk from a moment of a call: its text and the turn (its index, from 0), or a report's JSON and a finding."""
    if report:
        return _begun(store, moment_in_report(report, finding, level=level, hints=hints))
    called = read_text(text, rep=rep.strip() or None)
    return _begun(
        store, moment_in_call(request.app.state.coach, called, turn=turn, code=code, level=level, hints=hints)
    )


@pages.get("/practice/practice.js")
def script() -> FileResponse:
    """Push to talk, and the customer's voice."""
    return FileResponse(_SCRIPT, media_type="text/javascript")


@pages.post("/practice/hear")
def hear(request: Request, sound: Annotated[UploadFile, File()]) -> JSONResponse:
    """What the rep said into the microphone, as text."""
    coach: Coach = request.app.state.coach
    if (sound.size or 0) > _LONGEST_SPEECH:
        raise InputError("一次说得太长了，请一句一句说。")
    with as_file(sound, ".webm") as path:
        transcript = coach.listen(path, Listening(speakers=1))
    return JSONResponse({"text": "".join(turn.text for turn in transcript.turns)})


@pages.get("/practice/{session_id}")
def talk_page(session_id: str, store: Store) -> HTMLResponse:
    """A talk as it stands."""
    return _talk(*opened(store, session_id))


@pages.post("/practice/{session_id}")
def answer(
    request: Request,
    session_id: str,
    store: Store,
    voice: CustomersVoice,
    text: Annotated[str, Form()] = "",
    again: Annotated[bool, Form()] = False,
    after: Annotated[int | None, Form()] = None,
) -> Response:
    """The rep's next turn, or his last one anew; what cannot be used is told, and what he typed is kept.

    `after`: how many turns he had seen; a page that is behind (sent twice, open in two tabs) is shown anew.
    """
    coach: Coach = request.app.state.coach
    talk, scenario = opened(store, session_id)
    if after is not None and after != len(talk.exchanges):
        return _talk(talk, scenario, problem="这一页旧了，下面是最新的，看看再说。", typed=text, status=409)
    try:
        if again:
            talk, tried = say_again(coach, scenario, talk, text, voice=voice)
            if not tried.good:
                return _talk(talk, scenario, tried=tried, typed=text)
        else:
            talk = say(coach, scenario, talk, text, voice=voice)
    except InputError as error:
        return _talk(talk, scenario, problem=str(error), typed=text, status=error.status)
    store.write(talk)
    return RedirectResponse(f"/practice/{session_id}#end", 303)


@pages.get("/practice/{session_id}/report")
def report(request: Request, session_id: str, store: Store) -> HTMLResponse:
    """How the talk went."""
    talk, scenario, how = told(request.app.state.coach, store, session_id)
    return HTMLResponse(
        page(
            "practice_report.html.j2",
            talk=talk,
            scenario=scenario,
            told=how,
            end=END_NAMES[how.end],
            points=_points(how, talk),
            next_one=scenarios()[how.next_scenario] if how.next_scenario else None,
        )
    )


@pages.get("/practice/{session_id}/call")
def call(request: Request, session_id: str, store: Store) -> HTMLResponse:
    """The same report as for a call."""
    return HTMLResponse(render(told(request.app.state.coach, store, session_id)[2].report, format="html"))


@pages.post("/practice/{session_id}/moment")
def moment(request: Request, session_id: str, store: Store, exchange: Annotated[int, Form()]) -> Response:
    """A new talk from an exchange of this one (by its place, from 0)."""
    talk, scenario = opened(store, session_id)
    again = moment_in_call(
        request.app.state.coach,
        transcript_of(talk, scenario),
        turn=2 * exchange + 1,
        level=talk.level,
        hints=talk.hints,
        facts=scenario.facts,
    )
    return _begun(store, again)


@pages.post("/practice/{session_id}/forget")
def forget(session_id: str, store: Store) -> Response:
    """Delete a talk."""
    store.forget(session_id)
    return RedirectResponse("/practice", 303)


def _begun(store: Store, talk: Session) -> Response:
    store.write(talk)
    return RedirectResponse(f"/practice/{talk.id}", 303)


def _talk(
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
    return HTMLResponse(
        page(
            "practice_talk.html.j2",
            talk=talk,
            scenario=scenario,
            hints_at=hints,
            may_retry=may_retry,
            tried=tried,
            problem=problem,
            typed=typed,
            end=END_NAMES[talk.state.end],
        ),
        status,
    )


def _points(how: Debrief, talk: Session) -> list[tuple[float, float, bool]]:
    """Trust before and after every turn as points of a drawing 100 wide and 100 high, and whether the turn slipped."""
    step = 100 / len(how.trust)
    slipped = [bool(exchange.hints) and not exchange.first_try for exchange in talk.exchanges]
    after = [(round((at + 1) * step, 1), 100 - trust, slipped[at]) for at, trust in enumerate(how.trust)]
    return [(0.0, 100 - trust_at_first(talk.level), False), *after]
