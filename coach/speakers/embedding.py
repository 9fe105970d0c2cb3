"""What a voice sounds like: 256 numbers for each stretch of 1.6 seconds, near for one speaker and far for two.

The speaker encoder is Resemblyzer's (three LSTM layers trained with the generalised end-to-end loss of Wan et al. 2018,
"Generalized End-to-End Loss for Speaker Verification"); its weights, Apache-2.0, are stored as plain arrays in
`models/voices` and run here in numpy, so that neither torch nor a C compiler is needed to tell voices apart.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from coach.asr.audio import SAMPLE_RATE
from coach.errors import ModelError
from coach.resources import folder

Floats = NDArray[numpy.float32]

WINDOW_S = 1.6
ENCODER_DIGEST = "25cdc2aea60b823f185e0515320a9c23d30df7c30dba6660631cf79edd67e998"

_LAYERS = 3
_SIZE = 256
_BANDS = 40
_FFT = 400
_HOP = 160
_FRAMES = 160
_LOUDNESS_DB = -30.0
_BATCH = 256


class VoiceEncoder:
    """The encoder's weights, ready to run."""

    def __init__(self, arrays: dict[str, Floats]) -> None:
        self._input = [arrays[f"input_{layer}"].T.copy() for layer in range(_LAYERS)]
        self._hidden = [arrays[f"hidden_{layer}"].T.copy() for layer in range(_LAYERS)]
        self._bias = [arrays[f"bias_{layer}"] for layer in range(_LAYERS)]
        self._out = arrays["out"].T.copy()
        self._out_bias = arrays["out_bias"]

    def embed(self, windows: Sequence[Floats]) -> Floats:
        """One row of 256 numbers, of length 1, for each window of samples (float32, 16 kHz, about 1.6 s; shorter
        ones are repeated until they are as long).
        """
        if not windows:
            return numpy.zeros((0, _SIZE), dtype=numpy.float32)
        rows = []
        for start in range(0, len(windows), _BATCH):
            mels = numpy.stack([_mel(_filled(window)) for window in windows[start : start + _BATCH]])
            rows.append(self._forward(mels))
        return numpy.concatenate(rows)

    def _forward(self, mels: Floats) -> Floats:
        """Mel spectrograms of shape (windows, frames, 40) to embeddings (windows, 256)."""
        layer_in = mels
        for layer in range(_LAYERS):
            layer_in = _lstm(layer_in, self._input[layer], self._hidden[layer], self._bias[layer])
        raw = numpy.maximum(layer_in[:, -1] @ self._out + self._out_bias, 0)
        rows: Floats = raw / numpy.maximum(numpy.linalg.norm(raw, axis=1, keepdims=True), 1e-9)
        return rows


@lru_cache(maxsize=1)
def voice_encoder(path: Path | None = None) -> VoiceEncoder:
    """The shipped encoder. Raises ModelError if its file is missing or not the pinned one.

    From now on numpy multiplies on one core in this process: these matrices are so small that several cores mostly wait
    for each other (three times the processor time), and beside them the recogniser needs the others.
    """
    path = path or folder("models") / "voices" / "encoder.npz"
    try:
        stored = path.read_bytes()
    except OSError as error:
        raise ModelError(f"缺少声纹模型文件 {path}，请重新安装。") from error
    if hashlib.sha256(stored).hexdigest() != ENCODER_DIGEST:
        raise ModelError(f"声纹模型文件 {path} 损坏或被改动（校验和不符），请重新安装。")
    with numpy.load(BytesIO(stored), allow_pickle=False) as arrays:
        threadpool_limits(limits=1, user_api="blas")
        return VoiceEncoder({name: arrays[name].astype(numpy.float32) for name in arrays.files})


def _lstm(inputs: Floats, weights: Floats, recurrent: Floats, bias: Floats) -> Floats:
    """Every hidden state of one LSTM layer; gates in the order input, forget, cell, output."""
    count, steps, _ = inputs.shape
    projected = inputs.reshape(count * steps, -1) @ weights + bias
    projected = projected.reshape(count, steps, -1)
    hidden = numpy.zeros((count, _SIZE), dtype=numpy.float32)
    cell = numpy.zeros_like(hidden)
    states = numpy.empty((count, steps, _SIZE), dtype=numpy.float32)
    for step in range(steps):
        gates = projected[:, step] + hidden @ recurrent
        kept = _sigmoid(gates[:, : 2 * _SIZE])
        cell = kept[:, _SIZE:] * cell + kept[:, :_SIZE] * numpy.tanh(gates[:, 2 * _SIZE : 3 * _SIZE])
        hidden = _sigmoid(gates[:, 3 * _SIZE :]) * numpy.tanh(cell)
        states[:, step] = hidden
    return states


def _sigmoid(values: Floats) -> Floats:
    result: Floats = 0.5 * (numpy.tanh(0.5 * values) + 1)
    return result


def _filled(window: Floats) -> Floats:
    """As long as a window must be, and as loud as the encoder expects (quiet ones are raised)."""
    wanted = _FRAMES * _HOP
    if len(window) < wanted:
        window = numpy.tile(window, -(-wanted // max(len(window), 1)))
    window = window[:wanted]
    loudness = 10 * numpy.log10(float(numpy.mean(window**2)) + 1e-12)
    return window * numpy.float32(10 ** ((_LOUDNESS_DB - loudness) / 20)) if loudness < _LOUDNESS_DB else window


def _mel(window: Floats) -> Floats:
    """The mel spectrogram (power, not logarithm) of one window: 160 frames of 40 bands."""
    padded = numpy.pad(window, _FFT // 2)
    frames = numpy.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP][:_FRAMES]
    spectrum = numpy.fft.rfft(frames * _hann(), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(numpy.float32)
    return power @ _filters().T


@lru_cache(maxsize=1)
def _hann() -> Floats:
    return (0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(_FFT) / _FFT)).astype(numpy.float32)


@lru_cache(maxsize=1)
def _filters() -> Floats:
    """Forty triangles of equal area on the mel scale of Slaney's Auditory Toolbox (1998): linear to 1 kHz, then
    logarithmic; shape (40, 201).
    """
    edges = _to_hertz(numpy.linspace(_to_mels(0.0), _to_mels(SAMPLE_RATE / 2), _BANDS + 2))
    bins = numpy.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    triangles = numpy.maximum(0, numpy.minimum(rising, falling))
    filters: Floats = (triangles * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(numpy.float32)
    return filters


_LINEAR_HZ = 200 / 3
_KNEE_HZ = 1000.0
_KNEE = _KNEE_HZ / _LINEAR_HZ
_LOG_STEP = float(numpy.log(6.4)) / 27


def _to_mels(hertz: float) -> float:
    return hertz / _LINEAR_HZ if hertz < _KNEE_HZ else _KNEE + float(numpy.log(hertz / _KNEE_HZ)) / _LOG_STEP


def _to_hertz(mels: Any) -> Any:
    return numpy.where(mels < _KNEE, mels * _LINEAR_HZ, _KNEE_HZ * numpy.exp(_LOG_STEP * (mels - _KNEE)))
