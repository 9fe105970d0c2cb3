"""Whether memory stays flat in the length of a call: the same conversation, said over and over, at two lengths.

    python benchmarks/memory.py [--minutes 10 120] [RECORDING]

Each length is transcribed in a process of its own; printed, as Markdown: its length, the time it took as a share of that,
and the largest resident memory (Linux and macOS).
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy

from coach.asr.audio import SAMPLE_RATE
from coach.asr.decode import decoded
from coach.pipeline import Coach
from coach.resources import folder

_KIBIBYTES = 1 if sys.platform == "linux" else 1024


def main() -> None:
    """Print one line a length."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "recording", nargs="?", type=Path, default=folder("samples") / "recorded" / "telecom-complaint.flac"
    )
    parser.add_argument("--minutes", type=float, nargs="+", default=[10, 120])
    wanted = parser.parse_args()
    print("| length | time / length | most memory |\n| --- | --- | --- |")
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as scratch:
        for minutes in wanted.minutes:
            path = Path(scratch) / "call.wav"
            _repeat(wanted.recording, path, minutes * 60)
            with context.Pool(1) as pool:
                share, mebibytes = pool.apply(_measure, [path])
            print(f"| {minutes:g} min | {share:.3f} | {mebibytes:,.0f} MiB |", flush=True)


def _repeat(recording: Path, path: Path, length_s: float) -> None:
    with decoded(recording) as audio, wave.open(str(path), "wb") as file:
        file.setparams((audio.channels, 2, SAMPLE_RATE, 0, "NONE", ""))
        channels = numpy.stack([audio.read(channel) for channel in range(audio.channels)], axis=1)
        once = (channels * 32_767).astype("<i2").tobytes()
        for _ in range(round(length_s / audio.duration_s)):
            file.writeframes(once)


def _measure(path: Path) -> tuple[float, float]:
    """Time as a share of the length, and MiB."""
    started = time.perf_counter()
    transcript = Coach.load().listen(path)
    took = time.perf_counter() - started
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTES / 1024
    return took / (transcript.duration_s or 1), largest


if __name__ == "__main__":
    main()
