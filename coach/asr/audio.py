"""A decoded recording: 16 kHz, 16 bits, on disk, read piece by piece, so that memory stays flat however long it is."""

import os
from dataclasses import dataclass
from typing import IO, Any

import numpy
from numpy.typing import NDArray

Floats = NDArray[numpy.float32]

SAMPLE_RATE = 16_000
FULL_SCALE = 32_768
_BYTES = 2


@dataclass(frozen=True)
class Audio:
    """`file` holds 16-bit samples, `stored` channels interleaved, of which the first `channels` are used.

    `warnings` are Chinese sentences about the sound itself: damaged, clipped, one side silent.
    """

    file: IO[bytes]
    stored: int
    channels: int
    samples: int
    warnings: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.samples / SAMPLE_RATE

    def read(self, channel: int, start_s: float = 0.0, end_s: float | None = None) -> Floats:
        """The samples of one channel between two times in seconds: float32, -1 to 1."""
        first = min(max(int(start_s * SAMPLE_RATE), 0), self.samples)
        last = self.samples if end_s is None else min(max(int(end_s * SAMPLE_RATE), first), self.samples)
        stride = self.stored * _BYTES
        raw = os.pread(self.file.fileno(), (last - first) * stride, first * stride)
        stored = numpy.frombuffer(raw, dtype=numpy.int16)[channel :: self.stored]
        return stored.astype(numpy.float32) / numpy.float32(FULL_SCALE)


def of_samples(samples: Any, file: IO[bytes]) -> Audio:
    """Samples in memory, float32 of shape (channels, samples), as an Audio in an open binary file."""
    interleaved = (numpy.clip(numpy.asarray(samples).T, -1, 1) * (FULL_SCALE - 1)).astype(numpy.int16)
    file.write(interleaved.tobytes())
    file.flush()
    return Audio(file, samples.shape[0], samples.shape[0], samples.shape[1])
