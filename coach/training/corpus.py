"""Labelled calls as training and evaluation see them; the format is in `samples/labelled/README.md`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.classify.said import Said
from coach.errors import InputError
from coach.habits import HABITS
from coach.transcript import Speaker, Transcript, Turn

PLAIN, HABIT = "plain", "habit"


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """A rep turn with the habits that a person heard in it; `severity` 0 where there are none."""

    call_id: str
    index: int
    said: Said
    labels: frozenset[str]
    severity: int
    instead: str


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """A call with its rep turns labelled. `author` is the writing pass; splits never cut through one. Rep turns that
    nobody has judged (`labels: null`) are in the transcript only.
    """

    transcript: Transcript
    turns: tuple[LabelledTurn, ...]
    style: str
    domain: str
    author: str


def read_corpus(paths: Iterable[Path]) -> tuple[LabelledCall, ...]:
    """The labelled calls of files and folders. Raises InputError that names file, line and mistake."""
    return tuple(call for path in paths for file in _files(path) for call in _read(file))


def split_of(author: str, splits: Mapping[str, str]) -> str:
    """train, dev or test; a pass that `splits` does not name trains."""
    return splits.get(author, "train")


def read_splits(path: Path) -> Mapping[str, str]:
    """Which passes are held out, from a file of `pass<TAB>dev|test` lines."""
    splits: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split()
        if len(parts) != 2 or parts[1] not in ("train", "dev", "test"):
            raise InputError(f"{path}:{number}: {parts[0]}: 每行应为「批次 train|dev|test」")
        splits[parts[0]] = parts[1]
    return splits


@dataclass(frozen=True, slots=True)
class HeardTwice:
    """What a second person heard in a turn; `first` what the writer had, where the label was settled otherwise."""

    second: frozenset[str]
    first: frozenset[str] | None = None


def read_second(path: Path) -> Mapping[tuple[str, int], HeardTwice]:
    """What a second person heard in each rep turn that he read, by call and index, from a file of
    `call<TAB>index<TAB>code,code` lines (`-`: nothing wrong), with a fourth column where the writer's label was given up.
    Raises InputError that names file, line and mistake.
    """
    heard: dict[tuple[str, int], HeardTwice] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) not in (3, 4) or not parts[1].isdecimal():
            raise InputError(
                f"{path}:{number}: {parts[0]}: 每行应为「对话<TAB>第几轮（从 0 数起）<TAB>习惯代码」，改判过的再加一列原来的代码"
            )
        labels = [frozenset() if part == "-" else frozenset(part.split(",")) for part in parts[2:]]
        if unknown := frozenset[str]().union(*labels) - HABITS.keys():
            raise InputError(f"{path}:{number}: {parts[0]}: 不认识的习惯代码 {'、'.join(sorted(unknown))}")
        heard[parts[0], int(parts[1])] = HeardTwice(*labels)
    return heard


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.jsonl"))
    if not path.is_file():
        raise InputError(f"找不到标注文件 {path}。")
    return [path]


def _read(path: Path) -> Iterator[LabelledCall]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if line.strip():
            try:
                yield _call(json.loads(line), author=path.stem)
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path}:{number}: 标注: 这一行不是标注好的对话（{error}）") from error


def _call(value: Mapping[str, Any], *, author: str) -> LabelledCall:
    turns = tuple(Turn(at, Speaker(one["speaker"]), one["text"]) for at, one in enumerate(value["turns"]))
    transcript = Transcript(str(value["id"]), turns, channel=str(value.get("channel", "")))
    return LabelledCall(
        transcript=transcript,
        turns=tuple(
            _turn(transcript, at, one)
            for at, one in enumerate(value["turns"])
            if turns[at].speaker is Speaker.REP and one["labels"] is not None
        ),
        style=str(value.get("style", "")),
        domain=str(value.get("domain", "")),
        author=str(value.get("pass") or author),
    )


def _turn(transcript: Transcript, at: int, value: Mapping[str, Any]) -> LabelledTurn:
    labels = frozenset(value["labels"])
    unknown = labels - HABITS.keys()
    if unknown:
        raise ValueError(f"不认识的习惯代码 {'、'.join(sorted(unknown))}")
    before = transcript.turns[at - 1] if at else None
    answered = before.text if before is not None and before.speaker is Speaker.CUSTOMER else ""
    return LabelledTurn(
        call_id=transcript.call_id,
        index=at,
        said=Said(value["text"], answered),
        labels=labels,
        severity=int(value.get("severity", 2)) if labels else 0,
        instead=str(value.get("instead", "")),
    )
