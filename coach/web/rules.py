"""The rules: read, try a sentence, draft, replay a draft over the stored calls, put it in force, switch rules off."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from coach.detectors.rule import judge
from coach.errors import CoachError, InputError, RuleFileError
from coach.findings import Evidence
from coach.habits import HABITS, name_of
from coach.render import words
from coach.rulechanges import broken_examples, changed_book, text_of
from coach.rulecheck import call_of
from coach.rulefiles import DICTIONARY_FILE, WORDS_FILE, Rule, file_of
from coach.storage.accounts import Role, Visitor
from coach.storage.replays import Changed, Told
from coach.storage.reports import judged_with
from coach.text import Segmenter
from coach.transcript import Speaker, Transcript, Turn
from coach.web.service import Service, service_of
from coach.web.templating import page
from coach.web.visitors import Administrator, Leader

router = APIRouter(prefix="/admin/rules", include_in_schema=False)

_LONGEST_SENTENCE = 2000
_MOST_SHOWN = 200
_FILE = "/file/{path:path}"


@dataclass(frozen=True, slots=True)
class ChangedCall:
    """A call whose findings a replay changes, for whoever may see it: its words are read from the library."""

    change: Changed
    title: str
    rep: str
    texts: dict[int, str]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one detector says of a sentence that is tried; whether a report would count it."""

    evidence: Evidence
    counts: bool


@router.get("")
def rules_page(request: Request, visitor: Leader, sentence: Annotated[str, Query()] = "") -> HTMLResponse:
    """All files with their rules; what a sentence sets off."""
    return _rules_page(request, visitor, sentence=sentence)


@router.get(_FILE)
def file_page(request: Request, visitor: Leader, path: str) -> HTMLResponse:
    """A file in full, to be read or drafted anew."""
    return _file_page(request, visitor, path)


@router.post(_FILE)
def save_draft(
    request: Request,
    visitor: Leader,
    path: str,
    text: Annotated[str, Form()] = "",
    based_on: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """Keep a draft, mistakes and all, and show them."""
    service = service_of(request)
    try:
        id = service.rules.save_draft(visitor, path, text, based_on=based_on)
    except CoachError as error:
        return _file_page(request, visitor, path, text=text, problems=[str(error)], status=error.status)
    service.audit.note(visitor, "rules", f"draft {path}")
    return RedirectResponse(f"/admin/rules/drafts/{id}", 303)


@router.get("/drafts/{draft_id}")
def draft_page(request: Request, visitor: Leader, draft_id: str) -> HTMLResponse:
    """A draft: its mistakes, what it would change in the stored calls, how it does on the reviewed ones."""
    return _draft_page(request, visitor, draft_id)


@router.post("/drafts/{draft_id}/replay")
def replay(request: Request, visitor: Leader, draft_id: str) -> Response:
    """Try the draft on all stored calls."""
    service_of(request).replays.ask_for_draft(visitor, draft_id)
    return RedirectResponse(f"/admin/rules/drafts/{draft_id}", 303)


@router.post("/drafts/{draft_id}/activate")
def activate(request: Request, visitor: Administrator, draft_id: str) -> Response:
    """Put the draft in force, if it does not lose on the reviewed calls."""
    service = service_of(request)
    try:
        path = service.rules.draft(draft_id).path
        service.replays.activate(visitor, draft_id)
    except CoachError as error:
        if error.status == 404:
            raise
        return _draft_page(request, visitor, draft_id, problem=str(error), status=error.status)
    service.judge.look_again()
    service.audit.note(visitor, "rules", f"activate {path}")
    return RedirectResponse("/admin/rules", 303)


@router.post("/drafts/{draft_id}/drop")
def drop(request: Request, visitor: Leader, draft_id: str) -> Response:
    """Throw a draft away."""
    service_of(request).rules.drop_draft(visitor, draft_id)
    return RedirectResponse("/admin/rules", 303)


@router.post("/revert")
def revert(request: Request, visitor: Administrator, path: Annotated[str, Form(max_length=100)]) -> Response:
    """Back to the shipped file."""
    service = service_of(request)
    service.rules.revert(visitor, path)
    service.judge.look_again()
    service.audit.note(visitor, "rules", f"revert {path}")
    return RedirectResponse("/admin/rules", 303)


@router.post("/switch")
def switch(
    request: Request,
    visitor: Administrator,
    rule: Annotated[str, Form(max_length=200)],
    on: Annotated[bool, Form()] = False,
    anyway: Annotated[bool, Form()] = False,
) -> Response:
    """Switch a rule off or on; where the reviewed calls would lose by it, ask once more."""
    service = service_of(request)
    try:
        service.switches.switch(visitor, rule, on=on, anyway=anyway)
    except InputError as error:
        return _rules_page(request, visitor, problem=str(error), kept_on=rule, status=error.status)
    service.judge.look_again()
    service.audit.note(visitor, "rules", f"{'on' if on else 'off'} {rule}")
    return RedirectResponse(f"/admin/rules#{rule}", 303)


@router.post("/rejudge")
def rejudge(request: Request, visitor: Administrator) -> Response:
    """Have the whole library judged by the rules in force."""
    service = service_of(request)
    id = service.replays.ask_for_library(visitor)
    service.audit.note(visitor, "rules", "rejudge")
    return RedirectResponse(f"/admin/rules/replays/{id}", 303)


@router.get("/replays/{replay_id}")
def replay_page(request: Request, visitor: Leader, replay_id: str) -> HTMLResponse:
    """How far the judging anew is, and what changed."""
    service = service_of(request)
    told = service.replays.get(visitor, replay_id)
    return page(request, "replay.html.j2", name_of=name_of, **_replay_shown(service, visitor, told))


def _rules_page(
    request: Request, visitor: Visitor, *, sentence: str = "", problem: str = "", kept_on: str = "", status: int = 200
) -> HTMLResponse:
    service = service_of(request)
    changes = service.rules.in_force()
    book = service.coach.book
    by_code: dict[str, list[Rule]] = {}
    for rule in book.rules:
        by_code.setdefault(rule.code, []).append(rule)
    return page(
        request,
        "rules.html.j2",
        status=status,
        problem=problem,
        kept_on=kept_on,
        by_code=by_code,
        name_of=name_of,
        words=words,
        habits=HABITS,
        guides=book.guides,
        disabled=sorted(changes.disabled),
        changed=changes.texts,
        other_files=[WORDS_FILE, DICTIONARY_FILE],
        file_of=lambda code: file_of(code, Path()).as_posix(),
        sentence=sentence,
        said=tried(service, sentence[:_LONGEST_SENTENCE]),
        drafts=service.rules.drafts(),
        outdated=service.replays.outdated(_digest(service)),
        library=service.replays.latest(),
        administers=visitor.role is Role.ADMINISTRATOR,
    )


def _file_page(
    request: Request,
    visitor: Visitor,
    path: str,
    *,
    text: str | None = None,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HTMLResponse:
    service = service_of(request)
    changes = service.rules.in_force()
    return page(
        request,
        "rule_file.html.j2",
        status=status,
        path=path,
        text=text_of(path, changes) if text is None else text,
        based_on=service.rules.active_id(path),
        is_changed=path in changes.texts,
        history=service.rules.history(path),
        problems=problems,
        administers=visitor.role is Role.ADMINISTRATOR,
    )


def _draft_page(
    request: Request, visitor: Visitor, draft_id: str, *, problem: str = "", status: int = 200
) -> HTMLResponse:
    service = service_of(request)
    draft = service.rules.draft(draft_id)
    told = service.replays.latest(draft_id=draft_id)
    stale = told is not None and told.rules != draft.text
    active = service.rules.active_id(draft.path)
    return page(
        request,
        "rule_draft.html.j2",
        status=status,
        draft=draft,
        is_own=draft.author_id == visitor.id,
        problem=problem,
        mistakes=_mistakes(service, draft_id) if told is None or stale else told.problem.splitlines(),
        administers=visitor.role is Role.ADMINISTRATOR,
        overtaken=active != draft.based_on,
        active=active,
        stale=stale,
        name_of=name_of,
        **_replay_shown(service, visitor, None if stale else told),
    )


def _replay_shown(service: Service, visitor: Visitor, told: Told | None) -> dict[str, Any]:
    """What a replay changes, of the calls that are for this visitor."""
    changes = {one.call_id: one for one in told.changes} if told else {}
    listed = service.library.some(visitor, list(changes))
    calls = []
    for one in listed[:_MOST_SHOWN]:
        change = changes[one.id]
        turns = {place.turn for place in (*change.added, *change.removed)}
        spoken = service.library.report(visitor, one.id).transcript.turns
        texts = {turn.index: turn.text for turn in spoken if turn.index in turns}
        calls.append(ChangedCall(change, one.title, one.owner, texts))
    return {"replay": told, "calls": calls, "more": len(listed) - len(calls)}


def _mistakes(service: Service, draft_id: str) -> list[str]:
    """What is wrong with a draft."""
    try:
        changes = service.rules.with_draft(draft_id)
        return broken_examples(changed_book(changes), service.rules.draft(draft_id).path)
    except RuleFileError as error:
        return list(error.problems)


def tried(service: Service, sentence: str) -> list[Tried]:
    """What a report would say of a sentence, good and bad, what it would let pass and why, and rules that hear too little by
    themselves.
    """
    if not sentence.strip():
        return []
    book = service.coach.book
    call = call_of(sentence, Segmenter(book.dictionary))
    report = service.coach.analyse(call.transcript)
    turn = len(call.transcript.turns) - 1
    counted = [one for finding in report.findings if finding.turn == turn for one in finding.evidence]
    counted += [strength.evidence for strength in report.strengths if strength.turn == turn]
    let_pass = [one for one in report.exempted if one.turn == turn]
    heard = {(one.detector, one.code) for one in (*counted, *let_pass)}
    weak = [
        one
        for rule in book.rules
        if (one := judge(rule, call.turns[-1])) is not None and (one.detector, one.code) not in heard
    ]
    return [*(Tried(one, True) for one in counted), *(Tried(one, False) for one in (*let_pass, *weak))]


def _digest(service: Service) -> str:
    """What reports made now say they were judged with."""
    return judged_with(service.coach.analyse(Transcript("", (Turn(0, Speaker.REP, "您好"),))).analysis)
