"""As many recognisers as recordings are heard at once, each loaded when it is first needed and then kept."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import LifoQueue

from coach.asr.engine import Engine


class Engines:
    """A pool of `count` engines, each made by `load(threads)`; whoever finds none free waits for one."""

    def __init__(self, load: Callable[[int], Engine], count: int) -> None:
        self.count = count
        self._load = load
        self._threads = max(1, (os.cpu_count() or 1) // count)
        self._free: LifoQueue[Engine | None] = LifoQueue()
        for _ in range(count):
            self._free.put(None)

    @contextmanager
    def one(self) -> Iterator[Callable[[], Engine]]:
        """An engine for this block alone, loaded when it is called for."""
        engine = self._free.get()

        def loaded() -> Engine:
            nonlocal engine
            engine = engine or self._load(self._threads)
            return engine

        try:
            yield loaded
        finally:
            self._free.put(engine)
