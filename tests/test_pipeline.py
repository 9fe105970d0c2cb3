"""From a conversation to a report, in every format."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import CoachError, EmptyCallError, InputError
from coach.findings import Policy
from coach.habits import HABITS
from coach.imports import parse, read_calls, read_text
from coach.pipeline import Coach
from coach.render import RENDERERS, render
from coach.render.json import batch_line, report_schema
from coach.resources import folder
from coach.transcript import Speaker, Transcript, Turn

CALL = "销售:李老板好,这批货包在我身上。<script>\n客户:剩了三条。\n销售:不可能,你搞错了。"


def timed(transcript: Transcript) -> Transcript:
    """The same call as if every turn took two seconds."""
    turns = (replace(turn, start_s=2.0 * turn.index, end_s=2.0 * turn.index + 2) for turn in transcript.turns)
    return replace(transcript, turns=tuple(turns))


def test_finds_what_was_said_and_quotes_it(coach: Coach) -> None:
    report = coach.analyse(read_text(CALL))
    quoted = {(one.turn, one.code, sign.quote) for one in report.findings for sign in one.evidence}
    assert {(0, "overpromising", "包在我身上"), (2, "rebutting", "不可能")} <= quoted
    assert len(report.habits) == 10


@pytest.mark.parametrize("format", RENDERERS)
def test_the_same_call_gives_the_same_bytes(coach: Coach, format: str) -> None:
    first, second = (render(coach.analyse(timed(read_text(CALL))), format=format, explain=True) for _ in range(2))
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


def test_labelled_calls_are_read(coach: Coach) -> None:
    passes: list[Path] = sorted((folder("samples") / "labelled").glob("*.jsonl"))
    assert passes
    (first, *_) = parse(passes[0].read_bytes(), file_name=passes[0].name)
    assert coach.analyse(first).call_id == first.call_id


def test_three_thousand_turns(coach: Coach) -> None:
    turns = (Turn(at, Speaker.REP if at % 2 else Speaker.CUSTOMER, "这事包在我身上。") for at in range(3_000))
    findings = coach.analyse(Transcript("long", tuple(turns))).findings
    assert sum(1 for finding in findings if finding.code == "overpromising") == 1_500


@pytest.mark.parametrize("text", ["啊" * 20_000, "这个好。" * 5_000, "😀👍" * 200, "a" * 20_000, "包在我身上" * 4_000])
def test_strange_turns_are_judged_without_harm(coach: Coach, text: str) -> None:
    report = coach.analyse(Transcript("x", (Turn(0, Speaker.REP, text), Turn(1, Speaker.CUSTOMER, "?"))))
    assert render(report, format="html")
    assert all(one.quote in text for finding in report.findings for one in finding.evidence)


def test_a_call_without_the_rep_says_so(coach: Coach) -> None:
    report = coach.analyse(read_text("客户:喂。\n客户:在吗?"))
    assert any("只有客户" in warning for warning in report.transcript.warnings)


def test_a_call_with_only_the_rep_says_so(coach: Coach) -> None:
    report = coach.analyse(read_text("销售:您好。"))
    assert any("没有客户的话" in warning for warning in report.transcript.warnings)


@pytest.mark.parametrize("turns", [(), (Turn(0, Speaker.REP, "  "),)])
def test_an_empty_call_is_refused(coach: Coach, turns: tuple[Turn, ...]) -> None:
    with pytest.raises(EmptyCallError, match="空的"):
        coach.analyse(Transcript("x", turns))


def test_personal_numbers_never_reach_a_report(coach: Coach) -> None:
    report = coach.analyse(timed(read_text("销售:包在我身上,打13812345678找我。\n客户:好。")))
    for format in RENDERERS:
        rendered = render(report, format=format)
        assert b"12345678" not in (rendered if isinstance(rendered, bytes) else rendered.encode())


@pytest.mark.parametrize("format", ["srt", "vtt", "textgrid"])
def test_a_typed_call_has_no_subtitles(coach: Coach, format: str) -> None:
    with pytest.raises(InputError, match="没有时间"):
        render(coach.analyse(read_text(CALL)), format=format)


def test_the_receipt_changes_with_what_it_covers(coach: Coach) -> None:
    first = coach.analyse(read_text(CALL)).analysis
    other = coach.analyse(read_text(CALL + "好")).analysis
    stricter = replace(coach, policy=Policy(threshold=0.8)).analyse(read_text(CALL)).analysis
    assert first.input_digest != other.input_digest
    assert first.policy_digest != stricter.policy_digest
    assert first.ran == other.ran


def test_the_samples_show_every_habit_and_two_excellent_calls(coach: Coach) -> None:
    calls = sorted((folder("samples") / "calls").iterdir())
    reports = [coach.analyse(call) for path in calls for call in read_calls(path)]
    found = {finding.code for report in reports for finding in report.findings}
    assert found == set(HABITS)
    assert sum(1 for report in reports if not report.findings and len(report.strengths) >= 4) >= 2
