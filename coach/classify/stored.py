"""A model's file as it is stored: with its digest pinned in the card beside it."""

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy

from coach.errors import ModelError

MODEL_FILE, CARD_FILE = "model.npz", "card.json"


def write_arrays(path: Path, **arrays: Any) -> str:
    """Write named arrays; the file's SHA-256."""
    stored = BytesIO()
    numpy.savez_compressed(stored, **arrays)
    path.write_bytes(stored.getvalue())
    return hashlib.sha256(stored.getvalue()).hexdigest()


def read_verified(place: Path, *, what: str) -> bytes:
    """The bytes of the model in a folder. Raises ModelError (of a model that is for `what`, in Chinese) if a file is missing
    or the model is not the one its card describes.
    """
    try:
        digest = json.loads((place / CARD_FILE).read_text(encoding="utf-8"))["digest"]
        stored = (place / MODEL_FILE).read_bytes()
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{what}的模型 {place} 缺少文件或读不出来，请重新安装。") from error
    if hashlib.sha256(stored).hexdigest() != digest:
        raise ModelError(f"{what}的模型 {place} 和说明卡不符（校验和不同），请重新安装。")
    return stored
