"""From a conversation to a report, in every format."""

import json
from pathlib import Path

import jsonschema
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import CoachError, InputError
from coach.imports import parse, read_text
from coach.pipeline import Coach
from coach.render import RENDERERS, render
from coach.render.json import batch_line, report_schema
from coach.resources import folder
from coach.transcript import Speaker, Transcript, Turn
from coach.web import create_app

CALL = "销售:李老板好,这批货包在我身上。<script>\n客户:剩了三条。\n销售:不可能,你搞错了。"


def test_finds_what_was_said_and_quotes_it(coach: Coach) -> None:
    report = coach.analyse(read_text(CALL))
    assert [(one.turn, one.code, one.lead.quote) for one in report.findings] == [
        (0, "overpromising", "包在我身上"),
        (2, "rebutting", "不可能"),
    ]
    assert len(report.habits) == 10


@pytest.mark.parametrize("format", RENDERERS)
def test_the_same_call_gives_the_same_bytes(coach: Coach, format: str) -> None:
    first, second = (render(coach.analyse(read_text(CALL)), format=format, explain=True) for _ in range(2))
    assert first == second
    assert first


def test_html_escapes_what_people_said_and_loads_nothing(coach: Coach) -> None:
    page = str(render(coach.analyse(read_text(CALL)), format="html"))
    assert "<script" not in page
    assert "http" not in page


def test_json_follows_its_schema(coach: Coach) -> None:
    jsonschema.validate(json.loads(render(coach.analyse(read_text(CALL)), format="json")), json.loads(report_schema()))


def test_batch_line_has_the_contract_keys(coach: Coach) -> None:
    line = json.loads(batch_line(coach.analyse(read_text(CALL))))
    assert set(line) == {"id", "findings", "strengths", "metrics", "score"}
    assert line["findings"][0]["span"] == [8, 13]


@pytest.mark.parametrize("raw", [b"", b"  \n", b"\x00\x01\x02", b"fLaC....", b"PK\x03\x04zip"])
def test_bad_files_are_refused_in_chinese(raw: bytes) -> None:
    with pytest.raises(InputError, match=r"[一-龥]"):
        list(parse(raw, file_name="a.txt"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_reads_the_encodings_people_use(encoding: str) -> None:
    (call,) = parse(CALL.encode(encoding), file_name="a.txt")
    assert [turn.speaker for turn in call.turns] == [Speaker.REP, Speaker.CUSTOMER, Speaker.REP]


@given(st.lists(st.tuples(st.sampled_from(list(Speaker)), st.text(max_size=40)), max_size=8))
def test_quotes_are_slices_and_only_the_rep_is_judged(coach: Coach, turns: list[tuple[Speaker, str]]) -> None:
    call = Transcript("x", tuple(Turn(index, who, text) for index, (who, text) in enumerate(turns)))
    try:
        report = coach.analyse(call)
    except CoachError:
        return
    for finding in report.findings:
        turn = report.transcript.turns[finding.turn]
        assert turn.speaker is Speaker.REP
        assert all(one.quote == (one.span.of(turn.text) if one.span else turn.text) for one in finding.evidence)


def test_the_service_answers(coach: Coach) -> None:
    with TestClient(create_app(coach)) as client:
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.get("/").status_code == 200
        assert client.post("/api/analyse", json={"text": CALL}).json()["findings"][0]["code"] == "overpromising"
        assert client.post("/report", data={"text": CALL}).status_code == 200
        assert client.post("/report", data={"text": " "}).status_code == 422
        assert client.post("/api/analyse", json={}).headers["content-type"] == "application/problem+json"


def test_labelled_calls_are_read(coach: Coach) -> None:
    passes: list[Path] = sorted((folder("samples") / "labelled").glob("*.jsonl"))
    assert passes
    (first, *_) = parse(passes[0].read_bytes(), file_name=passes[0].name)
    assert coach.analyse(first).call_id == first.call_id
