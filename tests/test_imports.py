"""Conversations in every shape that people paste or export."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import EmptyCallError, InputError
from coach.imports import parse, read_calls, read_text
from coach.transcript import Speaker, Transcript

REP, CUSTOMER, UNKNOWN = Speaker.REP, Speaker.CUSTOMER, Speaker.UNKNOWN


def said(call: Transcript) -> list[tuple[Speaker, str]]:
    return [(turn.speaker, turn.text) for turn in call.turns]


@pytest.mark.parametrize(
    "text",
    [
        "销售:您好\n客户:喂",
        "销售：您好\n客户：喂",
        "销售: 您好\n\n客户: 喂\n",
        "【销售】您好\n【客户】喂",
        "1. 销售:您好\n2. 客户:喂",
        "- 销售:您好\n- 客户:喂",
        "[00:01] 销售: 您好\n[00:03] 客户: 喂",
        "**销售**:您好\n**客户**:喂",
        "我:您好\n对方:喂",
        "客户经理小王(14:02):您好\n李老板(14:03):喂",
        "销售 14:02\n您好\n客户 14:03\n喂",
        "2024-05-06 14:02:11 销售\n您好\n2024-05-06 14:02:30 客户\n喂",
        "客户经理小王 2024/5/6 14:02:11\n您好\n李老板 2024/5/6 14:03:00\n喂",
        "銷售:您好\n客戶:喂",
    ],
)
def test_reads_the_shapes_people_paste(text: str) -> None:
    assert said(read_text(text)) == [(REP, "您好"), (CUSTOMER, "喂")]


def test_a_and_b_are_told_by_what_they_say() -> None:
    call = read_text(
        "A:李总您好,我是进销存公司的小林,请问您方便吗?\nB:你们这系统多少钱?太贵了吧\n"
        "A:我给您核实一下,请您稍等,我们公司这边有活动,我帮您申请。\nB:那你能便宜点吗"
    )
    assert [turn.speaker for turn in call.turns] == [REP, CUSTOMER, REP, CUSTOMER]
    assert any("把握" in warning for warning in call.warnings)


def test_several_lines_belong_to_one_turn() -> None:
    call = read_text("销售:您好\n我是小王\n客户:喂\n销售:打扰了\n销售:再见")
    assert said(call) == [(REP, "您好\n我是小王"), (CUSTOMER, "喂"), (REP, "打扰了\n再见")]


def test_the_user_may_say_who_the_rep_is() -> None:
    call = read_text("小王:您好\n老李:喂", rep="小王")
    assert said(call) == [(REP, "您好"), (CUSTOMER, "喂")]


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(InputError, match="「小王」、「老李」"):
        read_text("小王:您好\n老李:喂\n小王:好\n老李:嗯", rep="小赵")


def test_who_cannot_be_told_stays_unknown_and_is_said() -> None:
    call = read_text("小王:嗯\n老李:嗯\n小王:哦\n老李:哦")
    assert {turn.speaker for turn in call.turns} == {UNKNOWN}
    assert any("--rep" in warning for warning in call.warnings)


def test_text_without_names_is_asked_to_name_them() -> None:
    call = read_text("今天天气不错\n那我们改天再说")
    assert any("称呼" in warning for warning in call.warnings)


def test_system_lines_of_chats_are_left_out() -> None:
    call = read_text("销售 14:02\n您好\n客户撤回了一条消息\n客户 14:03\n喂")
    assert [turn.text for turn in call.turns] == ["您好", "喂"]


SRT = "1\n00:00:01,000 --> 00:00:02,500\n销售:您好\n\n2\n00:00:03,000 --> 00:00:04,000\n客户:喂\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\n<v 销售>您好\n\n00:03.000 --> 00:04.000\n<v 客户>喂\n"


@pytest.mark.parametrize(("name", "text"), [("a.srt", SRT), ("a.vtt", VTT)])
def test_subtitles_keep_their_times(name: str, text: str) -> None:
    (call,) = parse(text.encode(), file_name=name)
    assert said(call) == [(REP, "您好"), (CUSTOMER, "喂")]
    assert [(turn.start_s, turn.end_s) for turn in call.turns] == [(1.0, 2.5), (3.0, 4.0)]


@pytest.mark.parametrize(
    "text",
    [
        "speaker,text\nrep,您好\ncustomer,喂\n",
        "说话人;内容\n销售;您好\n客户;喂\n",
        "角色\t文本\n坐席\t您好\n客户\t喂\n",
    ],
)
def test_tables_with_a_speaker_and_a_text_column(text: str) -> None:
    (call,) = parse(text.encode("gb18030"), file_name="a.csv")
    assert said(call) == [(REP, "您好"), (CUSTOMER, "喂")]


def test_a_table_without_a_text_column_is_refused() -> None:
    with pytest.raises(InputError, match="列"):
        list(parse("甲,乙\n1,2\n".encode(), file_name="a.csv"))


def test_labelled_calls_one_a_line() -> None:
    lines = [json.dumps({"id": f"c{n}", "turns": [{"speaker": "rep", "text": "您好", "labels": []}]}) for n in (1, 2)]
    calls = list(parse("\n".join(lines).encode(), file_name="a.jsonl"))
    assert [call.call_id for call in calls] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "第 1 行"),
        ('{"id": "x"}', "turns"),
        ('{"turns": [{"speaker": "rep"}]}', "第 1 轮"),
        ('{"turns": [{"speaker": "boss", "text": "x"}]}', "boss"),
    ],
)
def test_wrong_labelled_lines_are_named(line: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        list(parse(line.encode(), file_name="a.jsonl"))


@pytest.mark.parametrize("raw", [b"", b"  \n", "\ufeff".encode()])
def test_empty_files_say_so(raw: bytes) -> None:
    with pytest.raises(EmptyCallError, match="空"):
        list(parse(raw, file_name="a.txt"))


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\x00\x01\x02\x03", "不是能读的文字"),
        (bytes(range(128, 256)) * 4, "不是能读的文字"),
        (b"fLaC....", "录音"),
        (b"RIFF\x00\x00", "录音"),
        (b"PK\x03\x04zip", "Office"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_text_is_named(raw: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        list(parse(raw, file_name="a.txt"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_reads_the_encodings_people_use(encoding: str) -> None:
    (call,) = parse("销售:您好\r\n客户:喂\r\n".encode(encoding), file_name="a.txt")
    assert said(call) == [(REP, "您好"), (CUSTOMER, "喂")]


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "samples/calls").iterdir()), ids=lambda p: p.name)
def test_the_samples_name_both_sides(path: Path) -> None:
    (call,) = read_calls(path)
    assert {turn.speaker for turn in call.turns} == {REP, CUSTOMER}
    assert len(call.turns) >= 7


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)),
    st.sampled_from([".txt", ".csv", ".srt", ".jsonl"]),
)
def test_any_bytes_are_read_or_refused_in_chinese(raw: bytes, suffix: str) -> None:
    try:
        told = f"读到 {len(list(parse(raw, file_name=f'a{suffix}')))} 通"
    except InputError as error:
        told = str(error)
    assert any("一" <= mark <= "龥" for mark in told)
