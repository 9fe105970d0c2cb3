"""Markdown, with everything people said escaped."""

import re

from coach.habits import name_of
from coach.render.words import (
    SPEAKER_NAMES,
    clock,
    detector_name,
    habit_state,
    marked,
    range_of,
    severity_name,
    short,
    summary_of,
    value_of,
    verdict_on,
)
from coach.report import Report
from coach.transcript import Span, Turn

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")


def render(report: Report, explain: bool = False) -> str:
    """The report as Markdown."""
    sections = [
        _head(report),
        _priorities(report),
        _findings(report),
        _strengths(report),
        _habits(report),
        _metrics(report),
    ]
    if explain:
        sections.append(_exempted(report))
    sections += [_transcript(report), _receipt(report)]
    return "\n\n".join(section for section in sections if section) + "\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "<br>")


def _quoted(turn: Turn, spans: tuple[Span, ...]) -> str:
    return "".join(f"**{_escaped(piece)}**" if mark else _escaped(piece) for piece, mark in marked(turn, spans))


def _head(report: Report) -> str:
    lines = [
        f"# 对话反馈：{_escaped(report.call_id)}",
        f"**{report.score} 分** · {verdict_on(report.score)}",
        summary_of(report),
    ]
    return "\n\n".join(lines + [f"> 注意：{_escaped(warning)}" for warning in report.transcript.warnings])


def _priorities(report: Report) -> str:
    items = [
        f"{at}. **{_escaped(one.name)}**:{_escaped(one.advice)}" for at, one in enumerate(report.priorities, start=1)
    ]
    return "\n".join(["## 接下来先改这几件事", "", *items]) if items else ""


def _findings(report: Report) -> str:
    blocks = ["## 可以改进的地方"]
    for finding in report.findings:
        turn = report.transcript.turns[finding.turn]
        lead = finding.lead
        lines = [
            f"### 第 {finding.turn + 1} 轮 · {name_of(finding.code)}({severity_name(finding.severity)}){clock(turn.start_s)}",
            f"> {_quoted(turn, finding.spans)}",
            f"- 为什么不合适：{_escaped(lead.reason)}",
            f"- 可以这样说：{_escaped(lead.instead)}",
            f"- 依据：{'、'.join(dict.fromkeys(detector_name(one.detector) for one in finding.evidence))}",
        ]
        blocks.append("\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:]))
    return "\n\n".join(blocks) if report.findings else ""


def _strengths(report: Report) -> str:
    items = [
        f"- **{name_of(one.code)}**（第 {one.turn + 1} 轮）：“{_escaped(one.evidence.quote)}”"
        for one in report.strengths
    ]
    return "\n".join(["## 做得好的地方", "", *items]) if items else ""


def _habits(report: Report) -> str:
    rows = [f"| {one.number} | {one.name} | {habit_state(one)} |" for one in report.habits]
    return "\n".join(["## 十个习惯", "", "| | 习惯 | 结果 |", "| --- | --- | --- |", *rows])


def _metrics(report: Report) -> str:
    rows = [f"| {one.name} | {value_of(one)} | {range_of(one)} | {_escaped(one.source)} |" for one in report.metrics]
    notes = [f"- {_escaped(one.text)}{_escaped(one.advice)}" for one in report.observations]
    table = "\n".join(["## 整通对话", "", "| 指标 | 数值 | 建议 | 出处 |", "| --- | --- | --- | --- |", *rows])
    return table + ("\n\n" + "\n".join(notes) if notes else "")


def _exempted(report: Report) -> str:
    items = [
        f"- 第 {one.turn + 1} 轮，{name_of(one.code)}：{_escaped(one.exemption.reason)}"
        for one in report.exempted
        if one.exemption
    ]
    return "\n".join(["## 为什么没有算", "", *(items or ["没有被排除的说法。"])])


def _transcript(report: Report) -> str:
    spans: dict[int, tuple[Span, ...]] = {}
    for finding in report.findings:
        spans[finding.turn] = spans.get(finding.turn, ()) + finding.spans
    lines = [
        f"**{SPEAKER_NAMES[turn.speaker]}** {clock(turn.start_s)} {_quoted(turn, spans.get(turn.index, ()))}".replace(
            "  ", " "
        )
        for turn in report.transcript.turns
    ]
    return "\n\n".join(["## 全文", *lines])


def _receipt(report: Report) -> str:
    analysis = report.analysis
    ran = "、".join(f"{one.detector}({short(one.digest)})" for one in analysis.ran)
    skipped = "".join(f"\n- 没有运行：{one.detector}，{_escaped(one.reason)}" for one in analysis.skipped)
    return (
        f"## 检查依据\n\n- 判断了 {analysis.judged_turns} 轮，{analysis.unjudged_turns} 轮分不清说话人没有判断\n"
        f"- 运行了：{ran}{skipped}\n- 版本 {analysis.version}，对话 {short(analysis.input_digest)}，阈值 {short(analysis.policy_digest)}"
    )
