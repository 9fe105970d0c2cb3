"""CSV and TSV with a speaker and a text column, found by their headings; times where there are any."""

import csv
import io

from coach.errors import InputError
from coach.imports.lines import Conversation, Line
from coach.text import fold

_SPEAKER = (
    "speaker",
    "role",
    "name",
    "from",
    "who",
    "说话人",
    "角色",
    "讲话人",
    "发言人",
    "发送人",
    "发送者",
    "姓名",
    "昵称",
    "身份",
    "说话者",
)
_TEXT = (
    "text",
    "content",
    "message",
    "utterance",
    "sentence",
    "transcript",
    "内容",
    "文本",
    "说话内容",
    "消息",
    "消息内容",
    "对话",
    "话术",
    "文字",
    "语句",
    "发言",
    "发言内容",
)
_START = ("start_s", "start", "begin", "开始", "开始时间", "开始秒", "起始")
_END = ("end_s", "end", "结束", "结束时间", "结束秒", "终止")
_LARGEST_FIELD = 10_000_000


def read(text: str, *, file_name: str) -> Conversation:
    """Rows in order. Raises InputError that lists the headings found where the two needed ones are missing."""
    csv.field_size_limit(_LARGEST_FIELD)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;|", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"「{file_name}」不是完整的表格（{error}），请检查引号是否成对。") from error
    headings = [fold(cell).strip() for cell in rows[0]] if rows else []
    speaker, said = _column(headings, _SPEAKER), _column(headings, _TEXT)
    if speaker is None or said is None:
        found = "、".join(filter(None, headings)) or "（空）"
        raise InputError(
            f"「{file_name}」的表头是：{found}。需要一列说话人（如「角色」「speaker」）和一列文字（如「内容」「text」）。"
        )
    start, end = _column(headings, _START), _column(headings, _END)
    lines = [Line(_cell(row, speaker), _cell(row, said), _time(row, start), _time(row, end)) for row in rows[1:]]
    return Conversation(tuple(lines), "表格")


def _column(headings: list[str], names: tuple[str, ...]) -> int | None:
    return next((at for at, heading in enumerate(headings) if heading in names), None)


def _cell(row: list[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _time(row: list[str], column: int | None) -> float | None:
    """Seconds from `12.5` or `00:12`; None for a clock time or nothing."""
    cell = _cell(row, column) if column is not None else ""
    parts = cell.split(":")
    try:
        return (
            float(sum(float(part) * 60**power for power, part in enumerate(reversed(parts))))
            if len(parts) <= 3
            else None
        )
    except ValueError:
        return None
