"""A recording to be heard inside a page: small, on one channel, with personal numbers silenced, and its waveform."""

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy

from coach.asr.audio import SAMPLE_RATE, Audio, Floats
from coach.asr.decode import decoded
from coach.privacy import MASK
from coach.transcript import Transcript, Turn

_BITS_A_SECOND = 24_000
_FRAME = 1024
_PEAKS = 500
_BLOCK_S = 60.0
_MARGIN_S = 0.15


@dataclass(frozen=True, slots=True)
class Clip:
    """`url`: the sound itself as a data URL (AAC in MP4); `peaks`: the loudest sample of each part of it, 0 to 1."""

    url: str
    peaks: tuple[float, ...]
    duration_s: float


def clip_of(recording: Path, transcript: Transcript) -> Clip:
    """The recording with what the transcript masks silenced. Raises RecordingError or MissingPartError."""
    with decoded(recording) as audio:
        file = io.BytesIO()
        peaks = write_sound(audio, transcript, file)
        url = f"data:audio/mp4;base64,{base64.b64encode(file.getvalue()).decode()}"
        return Clip(url, peaks, audio.duration_s)


def write_sound(audio: Audio, transcript: Transcript, file: IO[bytes]) -> tuple[float, ...]:
    """Write a decoded recording to a file as AAC in MP4, with what the transcript masks silenced; the peaks of its parts."""
    return _encode(audio, silent_in(transcript), file)


def put_sound(audio: Audio, transcript: Transcript, place: Path) -> tuple[float, ...]:
    """The same into a file that others may be reading: the new one is there whole, or the old one stays."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".new")
    try:
        with draft.open("w+b") as file:
            peaks = write_sound(audio, transcript, file)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    return peaks


def silent_in(transcript: Transcript) -> tuple[tuple[float, float], ...]:
    """Stretches in which a masked character is spoken, in seconds."""
    return tuple(stretch for turn in transcript.turns for stretch in _silent_in_turn(turn))


def _silent_in_turn(turn: Turn) -> Iterator[tuple[float, float]]:
    """Masked words; and where a masked text was typed in without times, all between the words around it."""
    if turn.start_s is None or turn.end_s is None:
        return
    for run in re.finditer(f"{re.escape(MASK)}+", turn.text):
        inside = [word for word in turn.words if word.span.start < run.end() and word.span.end > run.start()]
        for word in inside:
            yield word.start_s - _MARGIN_S, word.end_s + _MARGIN_S
        if sum(word.span.end - word.span.start for word in inside) < run.end() - run.start():
            before = [word.end_s for word in turn.words if word.span.end <= run.start()]
            after = [word.start_s for word in turn.words if word.span.start >= run.end()]
            yield max(before, default=turn.start_s), min(after, default=turn.end_s)


def _encode(audio: Audio, silent: tuple[tuple[float, float], ...], file: IO[bytes]) -> tuple[float, ...]:
    """Write the sound to the file; the peaks of its parts."""
    import av

    part = max(1, -(-audio.samples // _PEAKS))
    peaks: list[float] = []
    left = numpy.zeros(0, dtype=numpy.float32)
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono", bit_rate=_BITS_A_SECOND)
        at = 0
        for block in _mixed(audio, silent):
            left = numpy.concatenate([left, abs(block)])
            while len(left) >= part:
                peaks.append(float(left[:part].max()))
                left = left[part:]
            for first in range(0, len(block), _FRAME):
                samples = block[first : first + _FRAME]
                frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="fltp", layout="mono")
                frame.sample_rate = SAMPLE_RATE
                frame.pts = at
                at += len(samples)
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    if len(left):
        peaks.append(float(left.max()))
    loudest = max(peaks, default=0.0) or 1.0
    return tuple(round(peak / loudest, 3) for peak in peaks)


def _mixed(audio: Audio, silent: tuple[tuple[float, float], ...]) -> Iterator[Floats]:
    """The channels joined, block by block, without the stretches to be silent."""
    start_s = 0.0
    while start_s < audio.duration_s:
        channels = [audio.read(channel, start_s, start_s + _BLOCK_S) for channel in range(audio.channels)]
        block: Floats = numpy.stack(channels).mean(axis=0, dtype=numpy.float32)
        for from_s, to_s in silent:
            first, last = (int((time - start_s) * SAMPLE_RATE) for time in (from_s, to_s))
            if last > 0 and first < len(block):
                block[max(0, first) : last] = 0
        yield block
        start_s += _BLOCK_S
