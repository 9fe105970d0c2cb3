"""Labelled calls and saved transcripts, one JSON object a line; labels are ignored here."""

import json
from collections.abc import Iterator
from typing import Any

from coach.errors import InputError
from coach.imports import saved
from coach.transcript import Speaker, Transcript, Turn

SOURCE = "标注对话"


def read(text: str, *, file_name: str) -> Iterator[Transcript]:
    """The calls of a JSON Lines file. Raises InputError that names the line and what is wrong with it."""
    for number, raw in enumerate(text.splitlines(), start=1):
        if raw.strip():
            yield _call(
                _object(raw, where=f"「{file_name}」第 {number} 行"),
                where=f"「{file_name}」第 {number} 行",
                number=number,
            )


def _object(raw: str, *, where: str) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (json.JSONDecodeError, RecursionError) as error:
        column = getattr(error, "colno", 1)
        raise InputError(f"{where}不是完整的 JSON（第 {column} 个字符附近）。每通对话要占一整行。") from error
    if not isinstance(value, dict) or not isinstance(value.get("turns"), list):
        raise InputError(f'{where}没有 turns。每行应为 {{"id": …, "turns": [{{"speaker": "rep", "text": …}}, …]}}。')
    return value


def _call(value: dict[str, Any], *, where: str, number: int) -> Transcript:
    if saved.is_saved(value):
        return saved.of(value, where=where)
    turns = tuple(_turn(index, one, where=where) for index, one in enumerate(value["turns"]))
    return Transcript(
        call_id=str(value.get("id") or f"第{number}通"),
        turns=turns,
        channel=str(value.get("channel") or ""),
        domain=str(value.get("domain") or ""),
        source=SOURCE,
    )


def _turn(index: int, value: Any, *, where: str) -> Turn:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise InputError(f"{where}的第 {index + 1} 轮没有文字（text）。")
    try:
        speaker = Speaker(str(value.get("speaker")))
    except ValueError as error:
        raise InputError(
            f"{where}的第 {index + 1} 轮 speaker 是「{value.get('speaker')}」，只能是 rep、customer 或 unknown。"
        ) from error
    return Turn(
        index, speaker, value["text"], start_s=_seconds(value.get("start_s")), end_s=_seconds(value.get("end_s"))
    )


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
