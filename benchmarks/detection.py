"""How fast a typed call becomes a report: loading, turns a second on one core, and growth with the call's length.

    python benchmarks/detection.py

Turns come from `samples/labelled/` and count both speakers. Each figure is the best of several runs.
"""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice

from coach.imports import read_calls
from coach.pipeline import Coach
from coach.resources import folder
from coach.transcript import Transcript

_RUNS = 3
_LENGTHS = (10, 100, 1_000, 10_000)


def main() -> None:
    """Print the figures as a Markdown table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    print(f"Python {platform.python_version()}, {platform.machine()}, one core\n")
    print("| what | figure |\n| --- | --- |")
    print(f"| loading rules and models | {_best(Coach.load):.2f} s |")
    coach = Coach.load()
    calls = [call for path in sorted((folder("samples") / "labelled").glob("*.jsonl")) for call in read_calls(path)]
    turns = sum(len(call.turns) for call in calls)
    seconds = _best(lambda: [coach.analyse(call) for call in calls])
    print(f"| {len(calls)} calls, {turns} turns | {turns / seconds:,.0f} turns/s |")
    for length in _LENGTHS:
        call = _call_of(calls, length)
        seconds = _best(lambda call=call: coach.analyse(call))  # type: ignore[misc]
        print(f"| one call of {length:,} turns | {1000 * seconds:,.1f} ms, {1e6 * seconds / length:,.0f} µs a turn |")


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
