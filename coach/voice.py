"""How a turn sounded, measured with Praat (Boersma 1993 for its pitch): loudness and the voice's pitch.

Sound is measured, feelings are not guessed: what a raised voice means, the report leaves to its reader.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy

from coach.asr.audio import SAMPLE_RATE, Audio
from coach.transcript import Sound, Transcript, Turn

_LOWEST_HZ, _HIGHEST_HZ = 75.0, 500.0
_SHORTEST_S = 0.3
_LONGEST_S = 120.0
_FEWEST_VOICED = 10


def with_sound(transcript: Transcript, audio: Audio, channel_of: Callable[[Turn], int]) -> Transcript:
    """The transcript with every timed turn's sound; unchanged where Praat is not installed."""
    try:
        import parselmouth
    except ImportError:
        return transcript
    return replace(
        transcript,
        turns=tuple(
            replace(turn, sound=_sound(turn, audio, channel_of(turn), parselmouth)) for turn in transcript.turns
        ),
    )


def _sound(turn: Turn, audio: Audio, channel: int, parselmouth: Any) -> Sound | None:
    if turn.start_s is None or turn.end_s is None or turn.end_s - turn.start_s < _SHORTEST_S:
        return None
    samples = audio.read(channel, turn.start_s, min(turn.end_s, turn.start_s + _LONGEST_S))
    if not samples.any():
        return None
    loudness = _loudness_db(samples)
    pitch = parselmouth.Sound(samples.astype(numpy.float64), SAMPLE_RATE).to_pitch_ac(
        pitch_floor=_LOWEST_HZ, pitch_ceiling=_HIGHEST_HZ
    )
    voiced = pitch.selected_array["frequency"]
    voiced = voiced[voiced > 0]
    if len(voiced) < _FEWEST_VOICED:
        return Sound(loudness)
    low, middle, high = (round(float(one), 1) for one in numpy.percentile(voiced, [10, 50, 90]))
    return Sound(loudness, low, middle, high)


def _loudness_db(samples: Any) -> float:
    """Mean power of the louder half of 50 ms frames, in dB below full scale: pauses do not count."""
    frames = samples[: len(samples) // 800 * 800].reshape(-1, 800)
    power = numpy.sort((frames**2).mean(axis=1))
    return round(float(10 * numpy.log10(power[len(power) // 2 :].mean() + 1e-12)), 1)
