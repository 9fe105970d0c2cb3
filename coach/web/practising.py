"""What the pages and the API of practice share: where talks are kept, the scenarios, the customer's voice."""

from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request
from pydantic import TypeAdapter, ValidationError

from coach.errors import InputError
from coach.pipeline import Coach
from coach.practice.chat import voice_of
from coach.practice.debrief import Debrief, debrief
from coach.practice.moment import Moments, finding_in, load_moments, start_moment
from coach.practice.scenarios import Scenario, load_scenarios
from coach.practice.session import Session, scenario_of
from coach.practice.voicing import Voice
from coach.report import Report
from coach.resources import folder
from coach.settings import LlmSettings
from coach.storage.accounts import Visitor
from coach.storage.practice import Talks
from coach.transcript import Transcript
from coach.web.service import Service, service_of
from coach.web.visitors import SignedIn

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


def sessions(request: Request, visitor: SignedIn) -> Talks:
    """The talks of who asks."""
    return Talks(service_of(request).database, visitor)


@lru_cache(maxsize=1)
def voice() -> Voice:
    """The customer's voice, as the environment sets it."""
    settings = LlmSettings()
    return voice_of(url=settings.url, model=settings.model, key=settings.key.get_secret_value())


Store = Annotated[Talks, Depends(sessions)]
CustomersVoice = Annotated[Voice, Depends(voice)]


@lru_cache(maxsize=1)
def scenarios() -> dict[str, Scenario]:
    """The shipped scenarios."""
    return load_scenarios(folder("rules") / "scenarios")


def titles() -> dict[str, str]:
    """What each scenario is called."""
    return {code: scenario.title for code, scenario in scenarios().items()}


def opened(store: Talks, session_id: str) -> tuple[Session, Scenario]:
    """A talk with its scenario. Raises NotFoundError, or InputError if the scenario is gone."""
    talk = store.read(session_id)
    return talk, scenario_of(talk, scenarios())


def told(coach: Coach, store: Talks, session_id: str) -> tuple[Session, Scenario, Debrief]:
    """A talk with how it went. Raises InputError if nothing has been said, NotFoundError if it is gone."""
    talk, scenario = opened(store, session_id)
    if not talk.exchanges:
        raise InputError("还没开口，没有报告可看。先回去和客户说几句。")
    return talk, scenario, debrief(coach, scenario, talk, scenarios())


def hand_in(service: Service, visitor: Visitor, store: Talks, session_id: str) -> None:
    """Let the supervisor see a talk. Raises InputError if nothing has been said in it, NotFoundError."""
    told(service.coach, store, session_id)
    store.hand_in(session_id)
    service.audit.note(visitor, "hand-in", session_id)


def handed_in(service: Service, visitor: Visitor, session_id: str) -> tuple[str, Scenario, Debrief]:
    """A talk that was handed in, for its supervisor: whose it is, its scenario, how it went. Raises NotFoundError."""
    talk, rep = service.assignments.read(visitor, session_id)
    scenario = scenario_of(talk, scenarios())
    how = debrief(service.coach, scenario, talk, scenarios())
    service.audit.note(visitor, "read", session_id)
    return rep, scenario, how


def moment_in_call(
    coach: Coach,
    transcript: Transcript,
    *,
    turn: int,
    code: str = "",
    level: int = 1,
    hints: str = "now",
    facts: tuple[str, ...] | None = None,
) -> Session:
    """A talk that takes a call up again at a turn (by its index). Raises InputError if there is nothing to practise."""
    report = coach.analyse(transcript)
    return start_moment(
        _moments(), report, finding_in(report, turn=turn, code=code), level=level, hints=hints, facts=facts
    )


def moment_in_report(report: str, finding_id: str, *, level: int = 1, hints: str = "now") -> Session:
    """The same for a finding of a report, given as its JSON."""
    try:
        read = _REPORT.validate_json(report)
    except ValidationError as error:
        raise InputError("这份报告读不出来，请用 coach analyse --format json 导出的报告。") from error
    return moment_in(read, finding_id, level=level, hints=hints)


def moment_in(report: Report, finding_id: str, *, level: int = 1, hints: str = "now") -> Session:
    """The same for a finding of a report. Raises InputError if there is nothing to practise."""
    return start_moment(_moments(), report, finding_in(report, finding_id=finding_id), level=level, hints=hints)


@lru_cache(maxsize=1)
def _moments() -> Moments:
    return load_moments(folder("rules") / "scenarios")
