"""The checkpoint that openai-whisper loads, from the CTranslate2 form of the same model that faster-whisper reads.

Lossless where the stored form is 16 or 32 bits: both are copies of one published model. Layout of `model.bin`: version,
specification's name, revision, number of arrays; each array a name, its shape, a type, its bytes; then aliases. Whisper's
attention stacks query, key and value (its keys have no bias: zeros there).
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy

from coach.errors import RecordingError

_TYPES: dict[int, type] = {0: numpy.float32, 1: numpy.int8, 2: numpy.int16, 3: numpy.int32, 4: numpy.float16}
_QUANTISED = frozenset(["weight_scale"])
_AUDIO_POSITIONS = "encoder/position_encodings/encodings"
_TEXT_POSITIONS = "decoder/position_encodings/encodings"
_EMBEDDING = "decoder/embeddings/weight"

_ENDS = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}


def checkpoint(folder: Path) -> dict[str, Any]:
    """`{"dims": …, "model_state_dict": …}` with float32 tensors, from a folder that holds `model.bin`.

    Raises RecordingError if the file is damaged, no Whisper, or stored in 8 bits.
    """
    import torch

    try:
        arrays = dict(_arrays(folder / "model.bin"))
        state = {name: torch.from_numpy(array) for name, array in _renamed(arrays)}
        return {"dims": _dimensions(arrays), "model_state_dict": state}
    except (LookupError, ValueError, struct.error) as error:
        raise _unusable(folder) from error


def alignment_heads(folder: Path) -> list[tuple[int, int]]:
    """The attention heads, as layer and head, that follow the time of words; from the model's `config.json`.

    Raises RecordingError if that is damaged.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise _unusable(folder) from error
    return [(int(layer), int(head)) for layer, head in config.get("alignment_heads", [])]


def _unusable(folder: Path) -> RecordingError:
    return RecordingError(f"语音模型 {folder} 不能给 openai-whisper 用：文件损坏，或者不是 16 位、32 位的 Whisper。")


def _arrays(path: Path) -> Iterator[tuple[str, Any]]:
    with path.open("rb") as file:
        file.seek(4)
        if _string(file) != "WhisperSpec":
            raise ValueError("not a Whisper model")
        _, count = struct.unpack("<II", file.read(8))
        for _ in range(count):
            name = _string(file)
            rank = file.read(1)[0]
            shape = struct.unpack(f"<{rank}I", file.read(4 * rank))
            kind = _TYPES[file.read(1)[0]]
            (size,) = struct.unpack("<I", file.read(4))
            data: Any = numpy.frombuffer(file.read(size), dtype=kind)
            if name.rpartition("/")[2] in _QUANTISED:
                raise ValueError("stored in 8 bits")
            yield name, data.reshape(shape) if rank else data[0]


def _string(file: IO[bytes]) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    return file.read(length)[:-1].decode()


def _dimensions(arrays: dict[str, Any]) -> dict[str, int]:
    audio_positions, state = arrays[_AUDIO_POSITIONS].shape
    text_positions, text_state = arrays[_TEXT_POSITIONS].shape
    return {
        "n_mels": arrays["encoder/conv1/weight"].shape[1],
        "n_audio_ctx": audio_positions,
        "n_audio_state": state,
        "n_audio_head": int(arrays["encoder/num_heads"]),
        "n_audio_layer": _layers(arrays, "encoder"),
        "n_vocab": arrays[_EMBEDDING].shape[0],
        "n_text_ctx": text_positions,
        "n_text_state": text_state,
        "n_text_head": int(arrays["decoder/num_heads"]),
        "n_text_layer": _layers(arrays, "decoder"),
    }


def _layers(arrays: dict[str, Any], side: str) -> int:
    return len({name.split("/")[1] for name in arrays if name.startswith(f"{side}/layer_") and name.count("/") > 2})


def _renamed(arrays: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The same arrays under openai-whisper's names."""
    for name, array in arrays.items():
        side, *parts = name.split("/")
        if not parts or getattr(array, "ndim", 0) == 0:
            continue
        wide = array.astype(numpy.float32)
        match parts:
            case ["position_encodings", _]:
                yield f"{side}.positional_embedding", wide
            case ["embeddings", _]:
                yield f"{side}.token_embedding.weight", wide
            case ["conv1" | "conv2" as conv, end]:
                yield f"{side}.{conv}.{end}", wide
            case ["layer_norm", end]:
                yield f"{side}.{'ln_post' if side == 'encoder' else 'ln'}.{_ENDS[end]}", wide
            case [layer, "ffn", part, end]:
                yield _feed_forward(f"{side}.blocks.{layer.removeprefix('layer_')}", part, end), wide
            case [layer, attention, *rest]:
                block = f"{side}.blocks.{layer.removeprefix('layer_')}"
                yield from _attention(block, "attn" if attention == "self_attention" else "cross_attn", rest, wide)


def _feed_forward(block: str, part: str, end: str) -> str:
    inside = {"layer_norm": "mlp_ln", "linear_0": "mlp.0", "linear_1": "mlp.2"}[part]
    return f"{block}.{inside}.{_ENDS[end]}"


def _attention(block: str, attention: str, parts: list[str], array: Any) -> Iterator[tuple[str, Any]]:
    part, end = parts
    stacks = {
        ("attn", "linear_0"): ("query", "key", "value"),
        ("attn", "linear_1"): ("out",),
        ("cross_attn", "linear_0"): ("query",),
        ("cross_attn", "linear_1"): ("key", "value"),
        ("cross_attn", "linear_2"): ("out",),
    }
    if part == "layer_norm":
        yield f"{block}.{attention}_ln.{_ENDS[end]}", array
        return
    names = stacks[attention, part]
    for name, piece in zip(names, numpy.split(array, len(names)), strict=True):
        if not (name == "key" and end == "bias"):
            yield f"{block}.{attention}.{name}.{end}", piece.copy()
