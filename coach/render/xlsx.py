"""XLSX: overview, findings, strengths, every turn, metrics, receipt. Nothing anybody said can act as a formula."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from coach.habits import name_of
from coach.render.words import (
    SPEAKER_NAMES,
    clock,
    detector_name,
    habit_state,
    range_of,
    severity_name,
    summary_of,
    value_of,
    verdict_on,
)
from coach.report import Report

_HEAD = PatternFill("solid", fgColor="DCE6EA")
_FILLS = {
    "轻微": PatternFill("solid", fgColor="FFF4CC"),
    "明显": PatternFill("solid", fgColor="FFDFB8"),
    "严重": PatternFill("solid", fgColor="F8C9C4"),
}
_MOST_CHARACTERS = 32_000
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed date, so that the same report gives the same bytes
_ZIP_EPOCH = (2000, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>")

Row = Sequence[str | int | float | None]


def render(report: Report, explain: bool = False) -> bytes:
    """The report as a workbook."""
    book = Workbook()
    book.remove(book.active)
    overview: list[Row] = [
        ("对话", report.call_id),
        ("得分", report.score),
        ("评语", verdict_on(report.score)),
        ("小结", summary_of(report)),
    ]
    overview += [("注意", warning) for warning in report.transcript.warnings]
    overview += [(f"先改 {at}", f"{one.name}:{one.advice}") for at, one in enumerate(report.priorities, start=1)]
    overview += [(habit.name, habit_state(habit)) for habit in report.habits]
    _sheet(book, "总览", ("项目", "内容"), overview, widths=(18, 90))
    _sheet(
        book,
        "问题",
        ("轮次", "时间", "习惯", "程度", "原话", "引用", "为什么不合适", "可以这样说", "把握", "依据"),
        _findings(report),
        widths=(6, 8, 14, 8, 50, 24, 50, 50, 8, 12),
    )
    _sheet(
        book,
        "亮点",
        ("轮次", "做法", "引用"),
        [(one.turn + 1, name_of(one.code), one.evidence.quote) for one in report.strengths],
        widths=(6, 24, 70),
    )
    _sheet(book, "逐句", ("轮次", "时间", "说话人", "内容", "发现"), _turns(report), widths=(6, 8, 10, 80, 30))
    _sheet(
        book,
        "指标",
        ("指标", "数值", "建议", "说明", "出处"),
        [(one.name, value_of(one), range_of(one), one.explanation, one.source) for one in report.metrics],
        widths=(16, 14, 14, 50, 50),
    )
    if explain:
        exempted = [(one.turn + 1, name_of(one.code), one.exemption.reason) for one in report.exempted if one.exemption]
        _sheet(book, "为什么没有算", ("轮次", "习惯", "原因"), exempted, widths=(6, 16, 90))
    _sheet(book, "依据", ("项目", "内容"), _receipt(report), widths=(18, 90))
    return _bytes(book)  # fmt: skip


def _findings(report: Report) -> Iterable[Row]:
    for finding in report.findings:
        turn = report.transcript.turns[finding.turn]
        found_by = "、".join(dict.fromkeys(detector_name(one.detector) for one in finding.evidence))
        yield (
            finding.turn + 1, clock(turn.start_s), name_of(finding.code), severity_name(finding.severity), turn.text,
            finding.lead.quote, finding.lead.reason, finding.lead.instead, finding.score, found_by,
        )  # fmt: skip


def _turns(report: Report) -> Iterable[Row]:
    found: dict[int, list[str]] = {}
    for finding in report.findings:
        found.setdefault(finding.turn, []).append(name_of(finding.code))
    for turn in report.transcript.turns:
        yield (
            turn.index + 1,
            clock(turn.start_s),
            SPEAKER_NAMES[turn.speaker],
            turn.text,
            "、".join(found.get(turn.index, ())),
        )


def _receipt(report: Report) -> Iterable[Row]:
    analysis = report.analysis
    yield "版本", analysis.version
    yield "对话摘要", analysis.input_digest
    yield "阈值摘要", analysis.policy_digest
    for ran in analysis.ran:
        yield f"已运行 {ran.detector}", ran.digest
    for skipped in analysis.skipped:
        yield f"未运行 {skipped.detector}", skipped.reason
    yield "判断轮数", analysis.judged_turns
    yield "未判断轮数", analysis.unjudged_turns


def _sheet(book: Workbook, title: str, heading: Sequence[str], rows: Iterable[Row], *, widths: Sequence[int]) -> None:
    sheet: Worksheet = book.create_sheet(title)
    for number, row in enumerate([heading, *rows], start=1):
        for column, value in enumerate(row, start=1):
            cell: Any = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_MOST_CHARACTERS]
                cell.data_type = "s"  # never a formula, whatever it begins with
                cell.fill = _FILLS.get(value, PatternFill())
            else:
                cell.value = value
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
    for letter, width in zip("ABCDEFGHIJ", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = sheet["A2"]


def _bytes(book: Workbook) -> bytes:
    """The workbook with fixed dates inside, so that equal reports are equal files."""
    book.properties.creator = "sales-conversation-coach"
    book.properties.created = _EPOCH
    written = io.BytesIO()
    book.save(written)
    fixed = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(
                    b'<dcterms:modified xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:modified>', content
                )
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
