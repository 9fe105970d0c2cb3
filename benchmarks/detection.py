"""How fast a typed call becomes a report: loading, turns a second on one core, and growth with the call's length.

    python benchmarks/detection.py

Turns come from `samples/labelled/` and count both speakers. In plain service talk about 3 turns of the rep in 100 carry
a habit, as in life; elsewhere about half do, so that finding evidence weighs more than it would. Each figure is the best of three runs, each by a coach that has
not seen the calls before.
"""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from coach.imports import read_calls
from coach.pipeline import Coach
from coach.resources import folder
from coach.transcript import Speaker, Transcript, Turn

_RUNS = 3
_LENGTHS = (10, 100, 1_000, 10_000)
_DIALOGUE = 8
_PLAIN = "p05.jsonl"
_NO_MODEL = Path("no-model")
_WARM_UP = Transcript("warm-up", (Turn(0, Speaker.REP, "您好，包在我身上。"), Turn(1, Speaker.CUSTOMER, "好。")))


def main() -> None:
    """Print the figures as a Markdown table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    calls = [call for path in sorted((folder("samples") / "labelled").glob("*.jsonl")) for call in read_calls(path)]
    dialogues = [call for call in calls if len(call.turns) >= _DIALOGUE]
    service = [call for call in read_calls(folder("samples") / "labelled" / _PLAIN) if len(call.turns) >= _DIALOGUE]
    print(f"Python {platform.python_version()}, {platform.machine()}, one core\n")
    print("| what | rules and flow | with classifiers |\n| --- | --- | --- |")
    print(f"| loading | {_best(lambda: Coach.load(model=_NO_MODEL)):.2f} s | {_best(Coach.load):.2f} s |")
    for name, some in (("plain service talk", service), ("calls full of habits", dialogues)):
        turns = sum(len(call.turns) for call in some)
        _row(
            f"{name}: {len(some)} calls, {turns} turns",
            turns,
            lambda coach, some=some: [coach.analyse(call) for call in some],  # type: ignore[misc]
        )
    for length in _LENGTHS:
        call = _call_of(calls, length)
        _row(f"one call of {length:,} turns", length, lambda coach, call=call: coach.analyse(call))  # type: ignore[misc]


def _row(name: str, turns: int, work: Callable[[Coach], object]) -> None:
    """A line of the table: without and with the trained model, each run by a coach that has seen nothing yet."""
    cells = []
    for model in (_NO_MODEL, None):
        seconds = min(_fresh_run(work, model) for _ in range(_RUNS))
        cells.append(f"{1000 * seconds:,.1f} ms, {turns / seconds:,.0f} turns/s")
    print(f"| {name} | {cells[0]} | {cells[1]} |")


def _fresh_run(work: Callable[[Coach], object], model: Path | None) -> float:
    coach = Coach.load(model=model)
    coach.analyse(_WARM_UP)
    began = time.perf_counter()
    work(coach)
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
