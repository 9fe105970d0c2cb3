"""Where somebody speaks, channel by channel: Silero's detector as it comes with faster-whisper, on blocks of a recording.

Speech is found before it is recognised, with a low threshold and wide padding: a recogniser run over a channel that is
mostly silent invents words there, and its own filter swallows short turns.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

from coach.asr.audio import SAMPLE_RATE, Audio
from coach.asr.decode import INSTALL
from coach.asr.engine import Region
from coach.errors import MissingPartError

Detect = Callable[[Any], list[Region]]
"""Samples of one channel to stretches of speech."""

# Measured on two-channel telephone calls: at the detector's own settings whole short turns were lost.
_OPTIONS = {"threshold": 0.3, "min_silence_duration_ms": 500, "speech_pad_ms": 400, "min_speech_duration_ms": 100}
_BLOCK_S = 300.0
_TOUCHING_S = 0.1


def silero(samples: Any) -> list[Region]:
    """Stretches of speech in samples (float32, 16 kHz), padded. Raises MissingPartError without faster-whisper."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # else the detector's runtime, once loaded, reports to its makers
    try:
        from faster_whisper.vad import VadOptions, get_speech_timestamps
    except ImportError as error:
        raise MissingPartError(INSTALL) from error
    found = get_speech_timestamps(samples, vad_options=VadOptions(**_OPTIONS))
    return [Region(one["start"] / SAMPLE_RATE, one["end"] / SAMPLE_RATE) for one in found]


def speech(audio: Audio, channel: int, detect: Detect = silero) -> list[Region]:
    """Where somebody speaks on a channel, in order; what a block's edge cut is whole again."""
    regions: list[Region] = []
    for region in _by_block(audio, channel, detect):
        if regions and region.start_s - regions[-1].end_s < _TOUCHING_S:
            regions[-1] = Region(regions[-1].start_s, region.end_s)
        else:
            regions.append(region)
    return regions


def _by_block(audio: Audio, channel: int, detect: Detect) -> Iterator[Region]:
    start_s = 0.0
    while start_s < audio.duration_s:
        for region in detect(audio.read(channel, start_s, start_s + _BLOCK_S)):
            yield Region(start_s + region.start_s, start_s + region.end_s)
        start_s += _BLOCK_S
