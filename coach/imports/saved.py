"""Transcripts as this product writes them: every turn with its words, times and sound."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from coach.errors import InputError
from coach.transcript import Transcript

_ADAPTER = TypeAdapter(Transcript)


def dump(transcript: Transcript) -> str:
    """One line of JSON."""
    return _ADAPTER.dump_json(transcript).decode()


def load(text: str | bytes) -> Transcript:
    """The transcript in what `dump` wrote. Raises InputError for anything else."""
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise InputError(f"不是完整的转写文件：{_first(error)}。") from error


def is_saved(value: dict[str, Any]) -> bool:
    """Whether a JSON object is one of these, not a labelled call."""
    return "call_id" in value and "turns" in value


def of(value: dict[str, Any], *, where: str) -> Transcript:
    """The transcript in a JSON object. Raises InputError that says where and what is wrong."""
    try:
        return _ADAPTER.validate_python(value)
    except ValidationError as error:
        raise InputError(f"{where}不是完整的转写：{_first(error)}。") from error


def _first(error: ValidationError) -> str:
    return "、".join(".".join(str(part) for part in one["loc"]) or "内容" for one in error.errors()[:3]) + " 不对"
