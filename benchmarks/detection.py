"""How fast a typed call becomes a report: loading, turns a second on one core, and growth with the call's length.

    python benchmarks/detection.py

Turns come from `samples/labelled/` and count both speakers. In plain service talk about 3 turns of the rep in 100 carry
a habit, as in life; elsewhere about half do, so that finding evidence weighs more than it would. Each figure is the
best of three runs, each by a coach that has seen other calls (patterns are compiled when first needed) but not these.
"""

import os
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from coach.imports import read_calls
from coach.pipeline import Coach
from coach.resources import folder
from coach.transcript import Transcript

_RUNS = 3
_LENGTHS = (10, 100, 1_000, 10_000)
_DIALOGUE = 8
_NO_MODEL = Path("no-model")
_WARM_UP = ("p08.jsonl", "p09.jsonl", "p14.jsonl")
_PLAIN = "p05.jsonl"
_HABITS = ("p01.jsonl", "p03.jsonl")


def main() -> None:
    """Print the figures as a Markdown table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    corpus = folder("samples") / "labelled"
    warm_up = [call for name in _WARM_UP for call in read_calls(corpus / name)]
    plain = _dialogues(read_calls(corpus / _PLAIN))
    habits = _dialogues(call for name in _HABITS for call in read_calls(corpus / name))
    print(f"Python {platform.python_version()}, {platform.machine()}, one core\n")
    print("| what | rules and flow | with classifiers |\n| --- | --- | --- |")
    print(f"| loading | {_best(lambda: Coach.load(model=_NO_MODEL)):.2f} s | {_best(Coach.load):.2f} s |")
    for name, calls in (("plain service talk", plain), ("calls full of habits", habits)):
        turns = sum(len(call.turns) for call in calls)
        _row(f"{name}: {len(calls)} calls, {turns} turns", turns, calls, warm_up=warm_up)
    for length in _LENGTHS:
        _row(f"one call of {length:,} turns", length, [_call_of(plain + habits, length)], warm_up=warm_up)


def _dialogues(calls: Iterable[Transcript]) -> list[Transcript]:
    return [call for call in calls if len(call.turns) >= _DIALOGUE]


def _row(name: str, turns: int, calls: list[Transcript], *, warm_up: list[Transcript]) -> None:
    """A line of the table: without and with the trained model, each run by a coach that has not seen the calls."""
    cells = []
    for model in (_NO_MODEL, None):
        seconds = min(_run(calls, model, warm_up=warm_up) for _ in range(_RUNS))
        cells.append(f"{1000 * seconds:,.1f} ms, {turns / seconds:,.0f} turns/s")
    print(f"| {name} | {cells[0]} | {cells[1]} |")


def _run(calls: list[Transcript], model: Path | None, *, warm_up: list[Transcript]) -> float:
    """Seconds for the calls, after other calls have made the coach compile its patterns."""
    coach = Coach.load(model=model)
    for call in warm_up:
        coach.analyse(call)
    began = time.perf_counter()
    for call in calls:
        coach.analyse(call)
    return time.perf_counter() - began


def _best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of several runs."""
    fastest = float("inf")
    for _ in range(_RUNS):
        began = time.perf_counter()
        work()
        fastest = min(fastest, time.perf_counter() - began)
    return fastest


def _call_of(calls: list[Transcript], length: int) -> Transcript:
    turns = islice(cycle(turn for call in calls for turn in call.turns), length)
    return Transcript("benchmark", tuple(replace(turn, index=index) for index, turn in enumerate(turns)))


if __name__ == "__main__":
    main()
