"""The engines there are, which of them can run here, and the one to take."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from coach.asr.decode import INSTALL
from coach.asr.engine import Engine
from coach.asr.weights import model_folder
from coach.errors import InputError, MissingPartError

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class State:
    """Whether an engine can run here, and in Chinese what it is or what is missing."""

    id: str
    ready: bool
    note: str


def _faster_whisper(weights: Path, threads: int) -> Engine:
    from coach.asr.faster_whisper import FasterWhisper

    return FasterWhisper(weights, threads=threads)


def _openai_whisper(weights: Path, threads: int) -> Engine:
    from coach.asr.openai_whisper import OpenAIWhisper

    return OpenAIWhisper(weights, threads=threads)


ENGINES: Mapping[str, Callable[[Path, int], Engine]] = {
    "faster-whisper": _faster_whisper,
    "openai-whisper": _openai_whisper,
}
"""Each from a folder of weights and a number of threads (0: the engine's own choice); the first is preferred."""

_PACKAGES = {"faster-whisper": "faster_whisper", "openai-whisper": "whisper"}
_NOTES = {
    "faster-whisper": "8 位整数，最快，默认使用",
    "openai-whisper": "OpenAI 原版，32 位，约慢三倍，结果相近",
}


def load_engine(engine: str, model: str, *, threads: int = 0) -> Engine:
    """An engine with its model loaded; `auto` takes the first that is installed. The last one asked for stays loaded.

    Raises InputError for an unknown engine or model, MissingPartError for one that is not installed or fetched.
    """
    if engine != AUTO and engine not in ENGINES:
        raise InputError(f"没有「{engine}」这个识别引擎，可用的有：{AUTO}、{'、'.join(ENGINES)}。")
    chosen = next((one for one in ENGINES if _installed(one)), None) if engine == AUTO else engine
    if chosen is None or not _installed(chosen):
        raise MissingPartError(INSTALL)
    with _loading:
        return _loaded(chosen, model, threads)


_loading = Lock()


@lru_cache(maxsize=1)
def _loaded(engine: str, model: str, threads: int) -> Engine:
    return ENGINES[engine](model_folder(model), threads)


def states() -> Iterator[State]:
    """Every engine, ready or with what to install."""
    for one in ENGINES:
        ready = _installed(one)
        yield State(one, ready, _NOTES[one] if ready else INSTALL)


def _installed(engine: str) -> bool:
    return find_spec(_PACKAGES[engine]) is not None
