"""How well and how fast recordings are heard: against their references, and against the bare engine on the same sound.

    pip install jiwer
    python benchmarks/recognition.py [--engine auto] [--model base] [--no-hotwords] [--repeat 1] [RECORDING …]

Each recording stands beside its reference `<name>.jsonl` (the labelled-call format with `start_s` and `end_s` on turns);
without any, the four in samples/recorded are taken, at 16 and 8 kHz, on two channels and joined to one. Printed, as
Markdown: character error rate (punctuation removed), time and processor time of the whole pipeline as shares of the
call's length; the same of a bare faster-whisper call with `vad_filter` on the joined channels, without hot words and
with the same; turns whose speaker is right; whether the rep is found. Engines are loaded before the clock starts, ours
and the bare one. The last lines give the errors of each form over all recordings. Processor time is that of all
threads: it says how much work is done where cores are shared.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import jiwer
import numpy
from faster_whisper import WhisperModel, decode_audio

from coach.asr import Listening, engine_for
from coach.asr.audio import SAMPLE_RATE
from coach.asr.decode import decoded
from coach.asr.weights import model_folder
from coach.pipeline import Coach
from coach.resources import folder
from coach.text import said, simplified
from coach.transcript import Speaker, Transcript


@dataclass(frozen=True)
class Reference:
    """What was said in a recording: the whole text, and who spoke from when to when."""

    text: str
    turns: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True)
class Timed:
    """What a call returned, and the seconds and processor seconds (of all its threads) that it took."""

    value: Any
    took_s: float
    processor_s: float


def main() -> None:
    """Print one line a recording and form."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", nargs="*", type=Path)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--model", default="base")
    parser.add_argument("--no-hotwords", action="store_true", help="do not listen for the dictionary's words")
    parser.add_argument("--repeat", type=int, default=1, help="run all so often and print the least time")
    wanted = parser.parse_args()
    coach = Coach.load()
    listening = Listening(engine=wanted.engine, model=wanted.model, hotwords="" if wanted.no_hotwords else None)
    recordings = wanted.recordings or sorted((folder("samples") / "recorded").glob("*.flac"))
    print(
        "| recording | form | error | bare | bare, hot words | time | bare | bare, hot words "
        "| processor | bare | bare, hot words | turns right | rep |"
    )
    print("| --- " * 13 + "|")
    heard: dict[str, list[tuple[str, list[str]]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for recording in recordings:
            reference = _reference(recording.with_suffix(".jsonl"))
            for form, path in _forms(recording, Path(scratch)):
                engine_for(listening)
                _bare_engine(wanted.model)
                ours, bare, told = _timed(
                    [
                        lambda path=path: coach.listen(path, listening),
                        lambda path=path: _bare(path, wanted.model),
                        lambda path=path: _bare(path, wanted.model, f"{coach.hotwords}。"),
                    ],
                    wanted.repeat,
                )
                transcript = ours.value
                right, rep = _speakers(transcript, reference)
                length = transcript.duration_s or 1.0
                texts = ["".join(turn.text for turn in transcript.turns), bare.value, told.value]
                heard.setdefault(form, []).append((reference.text, texts))
                figures = [
                    *(f"{_error([reference.text], [text]):.1%}" for text in texts),
                    *(f"{one.took_s / length:.3f}" for one in (ours, bare, told)),
                    *(f"{one.processor_s / length:.3f}" for one in (ours, bare, told)),
                ]
                print(f"| {recording.stem} | {form} | {' | '.join(figures)} | {right:.0%} | {rep} |", flush=True)
    for form, calls in heard.items():
        wanted_texts = [text for text, _ in calls]
        errors = [f"{_error(wanted_texts, [texts[at] for _, texts in calls]):.1%}" for at in range(3)]
        print(f"| all | {form} | {' | '.join(errors)} |{' |' * 8}")


def _timed(calls: Sequence[Callable[[], Any]], repeat: int) -> list[Timed]:
    """Each call's value and least times of so many runs, the calls taking turns, so that a busy minute hits all."""
    best: list[Timed | None] = [None] * len(calls)
    for _ in range(repeat):
        for at, call in enumerate(calls):
            started, processor = time.perf_counter(), time.process_time()
            value = call()
            timed = Timed(value, time.perf_counter() - started, time.process_time() - processor)
            known = best[at]
            if known is not None:
                timed = Timed(value, min(timed.took_s, known.took_s), min(timed.processor_s, known.processor_s))
            best[at] = timed
    return [one for one in best if one is not None]


def _reference(path: Path) -> Reference:
    turns = json.loads(path.read_text(encoding="utf-8").splitlines()[0])["turns"]
    return Reference(
        "".join(turn["text"] for turn in turns),
        tuple((turn["start_s"], turn["end_s"], turn["speaker"]) for turn in turns),
    )


def _forms(recording: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """The recording as it is, on one channel, and at 8 kHz where that is different."""
    with decoded(recording) as audio:
        channels = [audio.read(channel) for channel in range(audio.channels)]
    layouts = (
        {"stereo": channels, "mono": [sum(channels) / len(channels)]} if len(channels) == 2 else {"mono": channels}
    )
    for layout, samples in layouts.items():
        for rate in (16_000, 8_000):
            path = scratch / f"{recording.stem}-{layout}-{rate}.wav"
            _write(path, numpy.stack(samples), rate)
            yield f"{layout} {rate // 1000} kHz", path


def _write(path: Path, samples: numpy.ndarray, rate: int) -> None:
    layout = "stereo" if len(samples) == 2 else "mono"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=rate, layout=layout)
        interleaved = (numpy.clip(samples.T.reshape(1, -1), -1, 1) * 32_767).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(numpy.ascontiguousarray(interleaved), format="s16", layout=layout)
        frame.sample_rate = SAMPLE_RATE
        for resampled in av.AudioResampler(format="s16", layout=layout, rate=rate).resample(frame):
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))


@lru_cache(maxsize=1)
def _bare_engine(model: str) -> WhisperModel:
    return WhisperModel(str(model_folder(model)), device="cpu", compute_type="int8", local_files_only=True)


def _bare(path: Path, model: str, prompt: str | None = None) -> str:
    """faster-whisper alone on the joined channels, at the same settings."""
    segments, _ = _bare_engine(model).transcribe(
        decode_audio(str(path)),
        language="zh",
        beam_size=5,
        vad_filter=True,
        word_timestamps=True,
        initial_prompt=prompt,
    )
    return simplified("".join(segment.text for segment in segments))


def _error(wanted: Sequence[str], heard: Sequence[str]) -> float:
    """The character error rate over texts, each character weighing the same."""
    return float(jiwer.cer([said(text) for text in wanted], [said(text) for text in heard]))


def _speakers(transcript: Transcript, reference: Reference) -> tuple[float, str]:
    """The share of reference turns most of whose heard words have the right speaker, and whether the rep is found."""
    words = [
        ((word.start_s + word.end_s) / 2, turn.name, turn.speaker) for turn in transcript.turns for word in turn.words
    ]
    named = {
        name: max(
            (Speaker.REP, Speaker.CUSTOMER),
            key=lambda one: sum(w[1] == name and _said_by(w[0], reference) == one for w in words),
        )
        for name in {turn.name for turn in transcript.turns}
    }
    right = 0
    for start_s, end_s, speaker in reference.turns:
        inside = [name for at, name, _ in words if start_s <= at <= end_s]
        right += bool(inside) and sum(named[name] == speaker for name in inside) * 2 > len(inside)
    unsure = all(word[2] is Speaker.UNKNOWN for word in words)
    found = "unsure" if unsure else "yes" if all(named[w[1]] == w[2] for w in words) else "no"
    return right / len(reference.turns), found


def _said_by(at: float, reference: Reference) -> str | None:
    return next((speaker for start_s, end_s, speaker in reference.turns if start_s <= at <= end_s), None)


if __name__ == "__main__":
    main()
