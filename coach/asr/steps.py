"""Hearing a recording in steps that outlive the process: decode, hear, tell who spoke.

Each step writes one file into a folder, whole or not at all, and does nothing where its file is there already. What the
recogniser hears is kept block by block, so that no minute is recognised twice.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from coach.asr import Listened, Listening, Progress, listen, who_spoke
from coach.asr.audio import Audio
from coach.asr.decode import decode
from coach.asr.engine import Engine, Segment
from coach.asr.vad import Detect, silero
from coach.files import write_whole
from coach.transcript import Transcript

_Kept = TypeVar("_Kept")
_HEARING: TypeAdapter[Listened] = TypeAdapter(Listened)
_SEGMENTS: TypeAdapter[list[Segment]] = TypeAdapter(list[Segment])


@dataclass(frozen=True)
class HeardInSteps:
    """A recording, what its owner calls it, and the folder that keeps what was done of it."""

    recording: Path
    name: str
    folder: Path

    def decode(self) -> None:
        """Decode the recording. Raises what `coach.asr.decode.decode` raises."""
        if self._about.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self._samples.with_suffix(".new")
        try:
            with draft.open("w+b") as file:
                audio = decode(self.recording, file, name=self.name)
            draft.replace(self._samples)
        finally:
            draft.unlink(missing_ok=True)
        about = {
            "stored": audio.stored,
            "channels": audio.channels,
            "samples": audio.samples,
            "warnings": audio.warnings,
        }
        write_whole(self._about, json.dumps(about, ensure_ascii=False))

    @contextmanager
    def audio(self) -> Iterator[Audio]:
        """The decoded recording; decoded now where another machine did it."""
        self.decode()
        about = json.loads(self._about.read_text(encoding="utf-8"))
        with self._samples.open("rb") as file:
            yield Audio(file, about["stored"], about["channels"], about["samples"], tuple(about["warnings"]))

    def hear(
        self,
        engine: Callable[[], Engine],
        *,
        detect: Detect = silero,
        progress: Progress | None = None,
        hotwords: str = "",
    ) -> Listened:
        """The words, listening for `hotwords`. Raises what `coach.asr.listen` raises."""
        known = _read(_HEARING, self.folder / "hearing.json")
        if known is not None:
            return known
        with self.audio() as audio:
            listened, _ = listen(
                audio,
                lambda: RememberingEngine(engine(), self.folder),
                self.name,
                detect,
                progress,
                hotwords=hotwords,
            )
        write_whole(self.folder / "hearing.json", _HEARING.dump_json(listened))
        return listened

    def transcript(self, listened: Listened, listening: Listening) -> Transcript:
        """Who said what. Raises RecordingError where the rep's channel is silent."""
        with self.audio() as audio:
            return who_spoke(audio, listened, listening, self.name)

    @property
    def _samples(self) -> Path:
        return self.folder / "sound.pcm"

    @property
    def _about(self) -> Path:
        return self.folder / "sound.json"


class RememberingEngine:
    """An engine that keeps what it has heard in a folder, and gives it from there when it is asked again."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    @property
    def id(self) -> str:
        """Of the engine that hears."""
        return self._engine.id

    @property
    def workers(self) -> int:
        """Of the engine that hears."""
        return self._engine.workers

    def language(self, samples: Any) -> tuple[str, float]:
        """As the engine says."""
        return self._engine.language(samples)

    def hear(self, samples: Any, *, after: str = "") -> Iterator[Segment]:
        """As the engine hears; kept once all of it was heard."""
        digest = hashlib.sha256(f"{self.id}\n{after}\n".encode() + samples.tobytes()).hexdigest()
        place = self._folder / f"block-{digest[:32]}.json"
        known = _read(_SEGMENTS, place)
        if known is not None:
            yield from known
            return
        heard: list[Segment] = []
        for segment in self._engine.hear(samples, after=after):
            heard.append(segment)
            yield segment
        write_whole(place, _SEGMENTS.dump_json(heard))


def _read(adapter: TypeAdapter[_Kept], place: Path) -> _Kept | None:
    """None where there is none or it is damaged."""
    try:
        return adapter.validate_json(place.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
