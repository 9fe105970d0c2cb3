"""Work in threads: in order, with one progress, ended together."""

import threading

import pytest

from coach.asr.workers import Tell, side_by_side


def test_results_keep_their_order_and_progress_is_the_sum() -> None:
    met = threading.Barrier(2, timeout=10)

    def work(name: str, amount: float, tell: Tell) -> str:
        met.wait()
        tell(amount)
        return name

    heard: list[float] = []
    in_threads = [lambda tell: work("甲", 2, tell), lambda tell: work("乙", 3, tell)]
    assert side_by_side(in_threads, workers=2, progress=heard.append) == ["甲", "乙"]
    assert heard == sorted(heard)
    assert heard[-1] == 5


def test_no_work_is_done_at_once() -> None:
    assert side_by_side([], workers=1, progress=lambda _: None) == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_fails_or_interrupts_ends_the_rest(error: type[BaseException]) -> None:
    started = threading.Event()
    begun: list[str] = []

    def endless(tell: Tell) -> None:
        begun.append("endless")
        started.set()
        while True:
            tell(1.0)

    def fails(_tell: Tell) -> None:
        started.wait(10)
        raise error

    threads = threading.active_count()
    with pytest.raises(error):
        side_by_side([endless, fails, lambda _: begun.append("late")], workers=2, progress=lambda _: None)
    assert begun == ["endless"]
    assert threading.active_count() == threads


def test_an_error_of_the_progress_ends_the_work() -> None:
    def endless(tell: Tell) -> None:
        while True:
            tell(1.0)

    def cancelled(_done: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        side_by_side([endless], workers=1, progress=cancelled)
