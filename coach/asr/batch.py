"""Many recordings at once: one process each, as many as cores and memory allow."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from coach.asr import Listening
from coach.asr.kept import transcribe_once
from coach.errors import CoachError, RecordingError
from coach.transcript import Transcript

_BYTES_A_PROCESS = 1_500 << 20
"""One engine with *base* and its working memory, measured with room to spare."""


def jobs_for(recordings: int, wanted: int = 0) -> int:
    """How many processes to use; `wanted` 0: as many as cores and memory allow, at most one a recording."""
    if wanted:
        return max(1, min(wanted, recordings))
    cores = os.cpu_count() or 1
    return max(1, min(recordings, cores, _memory() // _BYTES_A_PROCESS))


def transcribe_all(
    recordings: Sequence[Path], listening: Listening, *, jobs: int, folder: Path | None = None
) -> Iterator[Transcript | CoachError]:
    """The transcript of each recording or why there is none, in order, as they are done.

    With a `folder`, transcripts are kept there and those already in it are not made again. If the caller stops early the
    processes end at once.
    """
    share = replace(listening, threads=listening.threads or max(1, (os.cpu_count() or 1) // jobs))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare) as pool:
        futures = [pool.submit(_listen, recording, share, folder) for recording in recordings]
        try:
            for recording, future in zip(recordings, futures, strict=True):
                yield _outcome(recording, future)
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            pool.shutdown(cancel_futures=True)
            raise


def _listen(recording: Path, listening: Listening, folder: Path | None) -> Transcript:
    """In a process of the pool."""
    return transcribe_once(recording, listening, folder)


def _outcome(recording: Path, future: "Future[Transcript]") -> Transcript | CoachError:
    try:
        return future.result()
    except CoachError as error:
        return error
    except BrokenProcessPool:
        return RecordingError(f"转写「{recording.name}」的进程中断了，可能内存不够。请用 --jobs 1 再试。")


def _prepare() -> None:
    """A process of the pool leaves interrupts to its parent and holds nothing that must be given back when it is ended:
    faster-whisper's progress bars would make a semaphore.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ImportError):
        from tqdm import tqdm

        tqdm.set_lock(threading.RLock())


def _memory() -> int:
    """Bytes of memory to use, half of what the machine has; plenty where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return 1 << 40
