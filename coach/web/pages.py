"""The page: paste a conversation or choose a file, read the report. Works without JavaScript."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse

from coach.asr.decode import RECORDING_SUFFIXES
from coach.errors import CoachError
from coach.imports import TEXT_SUFFIXES, parse, read_text
from coach.pipeline import Coach
from coach.render import render
from coach.transcript import Transcript
from coach.web.templating import page

router = APIRouter(include_in_schema=False)

_BLOCK = 1 << 20


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
        transcript = _transcript(coach, text=text, rep=rep.strip() or None, file=file)
        return HTMLResponse(render(coach.analyse(transcript), format="html"))
    except CoachError as error:
        return HTMLResponse(_form(text=text, rep=rep, problem=str(error)), error.status)


def _transcript(coach: Coach, *, text: str, rep: str | None, file: UploadFile | None) -> Transcript:
    if file is None or not file.filename:
        return read_text(text, rep=rep)
    name = Path(file.filename.replace("\\", "/")).name
    if Path(name).suffix.lower() not in RECORDING_SUFFIXES:
        return next(parse(file.file.read(), file_name=name, rep=rep))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(name).suffix.lower()}"
        with path.open("wb") as copy:
            while block := file.file.read(_BLOCK):
                copy.write(block)
        return coach.listen(path)


def _form(*, text: str = "", rep: str = "", problem: str = "") -> str:
    accept = ",".join(sorted(TEXT_SUFFIXES | RECORDING_SUFFIXES))
    return page("index.html.j2", text=text, rep=rep, problem=problem, accept=accept)
