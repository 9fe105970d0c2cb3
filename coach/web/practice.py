"""Practice in the browser: choose a scenario, talk to the customer, read how it went. Works without JavaScript; with it one
can speak, and hear the customer.
"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from coach.asr import Listening
from coach.errors import InputError
from coach.habits import name_of
from coach.imports import read_text
from coach.practice.customer import LEVELS, trust_at_first
from coach.practice.debrief import END_NAMES, Debrief
from coach.practice.scenarios import Scenario, find
from coach.practice.session import HINTS, SecondTry, Session, say, say_again, scenario_of, shown, start, transcript_of
from coach.render import html
from coach.storage.accounts import Visitor
from coach.web import practising
from coach.web.practising import (
    CustomersVoice,
    Store,
    moment_in,
    moment_in_call,
    moment_in_report,
    opened,
    scenarios,
    titles,
    told,
)
from coach.web.service import service_of
from coach.web.templating import page
from coach.web.uploads import as_file
from coach.web.visitors import Leader, SignedIn, signed_in

router = APIRouter(include_in_schema=False, dependencies=[Depends(signed_in)])

_LONGEST_SPEECH = 20 << 20


@router.get("/practice")
def index(request: Request, visitor: SignedIn, store: Store) -> HTMLResponse:
    """What one is asked to practise, the talks that can be gone on with, and the scenarios."""
    known = scenarios()
    kept = [talk for talk in store.latest() if talk.moment or talk.scenario in known]
    return page(
        request,
        "practice_list.html.j2",
        asked=[one for one in service_of(request).assignments.for_rep(visitor) if one.scenario in known],
        titles=titles(),
        scenarios=known.values(),
        going_on=[(talk, scenario_of(talk, known)) for talk in kept],
        name_of=name_of,
        end_names=END_NAMES,
        levels=LEVELS,
        hints=HINTS,
    )


@router.post("/practice")
def begin(
    store: Store,
    scenario: Annotated[str, Form()],
    level: Annotated[int, Form()] = 1,
    hints: Annotated[str, Form()] = "now",
) -> Response:
    """A new talk."""
    return _begun(store, start(find(scenarios(), scenario), level=level, hints=hints))


@router.post("/practice/moment")
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
        store, moment_in_call(service_of(request).coach, called, turn=turn, code=code, level=level, hints=hints)
    )


@router.post("/practice/hear")
def hear(request: Request, sound: Annotated[UploadFile, File()]) -> JSONResponse:
    """What the rep said into the microphone, as text."""
    coach = service_of(request).coach
    if (sound.size or 0) > _LONGEST_SPEECH:
        raise InputError("一次说得太长了，请一句一句说。")
    with as_file(sound, ".webm") as path:
        transcript = coach.listen(path, Listening(speakers=1))
    return JSONResponse({"text": "".join(turn.text for turn in transcript.turns)})


@router.get("/practice/{session_id}")
def talk_page(request: Request, session_id: str, store: Store) -> HTMLResponse:
    """A talk as it stands."""
    return _talk(request, *opened(store, session_id))


@router.post("/practice/{session_id}")
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
    coach = service_of(request).coach
    talk, scenario = opened(store, session_id)
    if after is not None and after != len(talk.exchanges):
        return _talk(request, talk, scenario, problem="这一页旧了，下面是最新的，看看再说。", typed=text, status=409)
    try:
        if again:
            talk, tried = say_again(coach, scenario, talk, text, voice=voice)
            if not tried.good:
                return _talk(request, talk, scenario, tried=tried, typed=text)
        else:
            talk = say(coach, scenario, talk, text, voice=voice)
    except InputError as error:
        return _talk(request, talk, scenario, problem=str(error), typed=text, status=error.status)
    store.write(talk)
    return RedirectResponse(f"/practice/{session_id}#end", 303)


@router.get("/practice/{session_id}/report")
def report(request: Request, session_id: str, store: Store) -> HTMLResponse:
    """How the talk went."""
    talk, scenario, how = told(service_of(request).coach, store, session_id)
    return page(
        request,
        "practice_report.html.j2",
        talk=talk,
        scenario=scenario,
        told=how,
        end=END_NAMES[how.end],
        points=_points(how, talk),
        next_one=scenarios()[how.next_scenario] if how.next_scenario else None,
        is_own=True,
        is_handed_in=store.is_handed_in(session_id),
    )


@router.get("/practice/{session_id}/call")
def call(request: Request, session_id: str, store: Store) -> HTMLResponse:
    """The same report as for a call."""
    how = told(service_of(request).coach, store, session_id)[2]
    return page(request, "practice_call.html.j2", back=f"/practice/{session_id}/report", **report_view(how))


@router.post("/practice/{session_id}/moment")
def moment(request: Request, session_id: str, store: Store, exchange: Annotated[int, Form()]) -> Response:
    """A new talk from an exchange of this one (by its place, from 0)."""
    talk, scenario = opened(store, session_id)
    again = moment_in_call(
        service_of(request).coach,
        transcript_of(talk, scenario),
        turn=2 * exchange + 1,
        level=talk.level,
        hints=talk.hints,
        facts=scenario.facts,
    )
    return _begun(store, again)


@router.post("/practice/{session_id}/forget")
def forget(session_id: str, store: Store) -> Response:
    """Delete a talk."""
    store.forget(session_id)
    return RedirectResponse("/practice", 303)


@router.post("/practice/{session_id}/hand-in")
def hand_in(request: Request, visitor: SignedIn, session_id: str, store: Store) -> Response:
    """Let the supervisor see a talk. Raises InputError if nothing has been said in it."""
    practising.hand_in(service_of(request), visitor, store, session_id)
    return RedirectResponse(f"/practice/{session_id}/report", 303)


@router.post("/calls/{call_id}/practise/{finding_id}")
def practise_finding(request: Request, visitor: SignedIn, call_id: str, finding_id: str, store: Store) -> Response:
    """A new talk from a finding in a stored call of one's own library. Raises NotFoundError, InputError."""
    report = service_of(request).library.report(visitor, call_id)
    return _begun(store, moment_in(report, finding_id))


@router.get("/team/practice")
def team_practice(request: Request, visitor: Leader) -> HTMLResponse:
    """What the team is asked to practise, and what was handed in."""
    return _team(request, visitor)


@router.post("/team/practice")
def assign(
    request: Request,
    visitor: Leader,
    rep: Annotated[str, Form(max_length=32)] = "",
    scenario: Annotated[str, Form(max_length=80)] = "",
    level: Annotated[int, Form(ge=1, le=3)] = 1,
    due_on: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask somebody to practise, or the page again with what is wrong."""
    service = service_of(request)
    try:
        chosen = find(scenarios(), scenario)
        due = date.fromisoformat(due_on) if due_on else None
        service.assignments.ask(visitor, rep, chosen.id, level=level, due_on=due)
    except ValueError:
        return _team(request, visitor, problem="日期要写成 2026-03-01 这样。", status=422)
    except InputError as error:
        return _team(request, visitor, problem=str(error), status=error.status)
    return RedirectResponse("/team/practice", 303)


@router.post("/team/practice/{assignment_id}/withdraw")
def withdraw(request: Request, visitor: Leader, assignment_id: str) -> Response:
    """No longer ask for it."""
    service_of(request).assignments.withdraw(visitor, assignment_id)
    return RedirectResponse("/team/practice", 303)


@router.get("/team/practice/{session_id}")
def handed_in(request: Request, visitor: Leader, session_id: str) -> HTMLResponse:
    """A talk that was handed in, as its supervisor reads it. Raises NotFoundError."""
    rep, scenario, how = practising.handed_in(service_of(request), visitor, session_id)
    return page(request, "practice_call.html.j2", back="/team/practice", rep=rep, scenario=scenario, **report_view(how))


def _team(request: Request, visitor: Visitor, *, problem: str = "", status: int = 200) -> HTMLResponse:
    service = service_of(request)
    return page(
        request,
        "team_practice.html.j2",
        status=status,
        asked=service.assignments.of_team(visitor),
        handed_in=service.assignments.handed_in(visitor),
        reps=[user for user in service.accounts.reps_for(visitor) if user.id != visitor.id],
        titles=titles(),
        scenarios=scenarios().values(),
        levels=LEVELS,
        problem=problem,
    )


def report_view(how: Debrief) -> dict[str, Any]:
    """What a template shows of a talk's report."""
    return html.view(how.report) | {"explain": False}


def _begun(store: Store, talk: Session) -> Response:
    store.write(talk)
    return RedirectResponse(f"/practice/{talk.id}", 303)


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


def _points(how: Debrief, talk: Session) -> list[tuple[float, float, bool]]:
    """Trust before and after every turn as points of a drawing 100 wide and 100 high, and whether the turn slipped."""
    step = 100 / len(how.trust)
    slipped = [bool(exchange.hints) and not exchange.first_try for exchange in talk.exchanges]
    after = [(round((at + 1) * step, 1), 100 - trust, slipped[at]) for at, trust in enumerate(how.trust)]
    return [(0.0, 100 - trust_at_first(talk.level), False), *after]
