"""Transcripts kept in a folder, so that a recording that was heard once is not heard again.

A file's name holds the digest of the recording and of all its transcript depends on; it is written whole or not at all.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

from coach.asr import Listening, Progress, transcribe
from coach.asr.engine import Engine
from coach.errors import InputError, RecordingError
from coach.files import write_whole
from coach.imports import saved
from coach.transcript import Transcript

_VERSION = 1


def transcribe_once(
    recording: Path,
    listening: Listening,
    folder: Path | None,
    *,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Transcript:
    """The transcript kept in the folder if this recording was heard in this way before, else a new one, kept there.

    Raises what `transcribe` raises, and RecordingError where the folder cannot be used.
    """
    try:
        place = None if folder is None else folder / f"{recording.stem[:60]}.{_digest(recording, listening)[:16]}.json"
        known = None if place is None else _read(place)
        if known is not None:
            return replace(known, call_id=recording.stem)
        transcript = transcribe(recording, listening, engine=engine, progress=progress)
        if place is not None:
            write_whole(place, saved.dump(transcript))
        return transcript
    except OSError as error:
        raise RecordingError(f"录音「{recording.name}」读写失败：{error.strerror or error}。") from error


def _digest(recording: Path, listening: Listening) -> str:
    digest = hashlib.sha256(f"{_VERSION} {replace(listening, threads=0)!r}".encode())
    with recording.open("rb") as file:
        return hashlib.file_digest(file, lambda: digest).hexdigest()


def _read(place: Path) -> Transcript | None:
    """None where there is none or it is damaged."""
    try:
        return saved.load(place.read_bytes())
    except (FileNotFoundError, InputError):
        return None
