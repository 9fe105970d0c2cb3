"""Recordings made for tests."""

import wave
from io import BytesIO

import numpy

from coach.asr.audio import SAMPLE_RATE


def recording(*, loud: float = 0.5, quiet: float = 0.2, seconds: float = 3.0) -> bytes:
    """A WAV file of two channels: a tone on the left in its first third, one on the right in its last."""
    samples = numpy.zeros((int(seconds * SAMPLE_RATE), 2))
    third = len(samples) // 3
    samples[:third, 0] = loud
    samples[2 * third :, 1] = quiet if loud else 0.0
    samples *= numpy.sin(numpy.arange(len(samples)) * 0.2)[:, None]
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return file.getvalue()
