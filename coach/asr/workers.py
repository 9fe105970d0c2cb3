"""Several pieces of work side by side in threads, with one progress, ended together."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Event
from typing import Any

_TICK_S = 0.2

Tell = Callable[[float], None]
"""Called by a piece of work with how much of it is done; raises where the work is to end."""


class _Ended(Exception):  # noqa: N818 - no error: it only leads out of a thread
    """Somebody has interrupted the work, or another piece of it has failed."""


def side_by_side(work: Sequence[Callable[[Tell], Any]], *, workers: int, progress: Tell) -> list[Any]:
    """What each piece of work returns, in order, `workers` of them at a time.

    `progress` hears, in the caller's own thread, the sum of what they tell, whenever it has grown. When one fails or the caller is interrupted,
    the others end the next time they tell something, and the error is raised when all have ended.
    """
    done = [0.0] * len(work)
    told = 0.0
    ending = Event()

    def run(at: int) -> Any:
        def tell(amount: float) -> None:
            if ending.is_set():
                raise _Ended
            done[at] = amount

        tell(0.0)
        return work[at](tell)

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(run, at) for at in range(len(work))]
        waiting = set(futures)
        try:
            while waiting:
                finished, waiting = wait(waiting, timeout=_TICK_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                if sum(done) > told:
                    told = sum(done)
                    progress(told)
        except BaseException:
            ending.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]
