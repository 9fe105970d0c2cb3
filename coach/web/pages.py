"""The page: paste a conversation or choose a file, read the report. Works without JavaScript."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse

from coach.asr.decode import RECORDING_SUFFIXES
from coach.errors import CoachError
from coach.imports import TEXT_SUFFIXES, parse, read_text
from coach.pipeline import Coach
from coach.render import render
from coach.web.templating import page
from coach.web.uploads import as_file

router = APIRouter(include_in_schema=False)


@router.get("/")
def index() -> HTMLResponse:
    """The empty form."""
    return HTMLResponse(_form())


@router.post("/report")
def report(
    request: Request,
    text: Annotated[str, Form()] = "",
    rep: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    """The report of what was pasted or sent, or the form again with what is wrong and what was typed."""
    coach: Coach = request.app.state.coach
    try:
        return HTMLResponse(_report(coach, text=text, rep=rep.strip() or None, file=file))
    except CoachError as error:
        return HTMLResponse(_form(text=text, rep=rep, problem=str(error)), error.status)


def _report(coach: Coach, *, text: str, rep: str | None, file: UploadFile | None) -> str:
    """The report as a page; of a recording, with the recording in it, which is deleted here afterwards."""
    if file is None or not file.filename:
        return str(render(coach.analyse(read_text(text, rep=rep)), format="html"))
    name = Path(file.filename.replace("\\", "/")).name
    if Path(name).suffix.lower() not in RECORDING_SUFFIXES:
        return str(render(coach.analyse(next(parse(file.file.read(), file_name=name, rep=rep))), format="html"))
    with as_file(file, Path(name).suffix.lower()) as path:
        transcript = replace(coach.listen(path), call_id=Path(name).stem)
        return str(render(coach.analyse(transcript), format="html", recording=path))


def _form(*, text: str = "", rep: str = "", problem: str = "") -> str:
    accept = ",".join(sorted(TEXT_SUFFIXES | RECORDING_SUFFIXES))
    return page("index.html.j2", text=text, rep=rep, problem=problem, accept=accept)
