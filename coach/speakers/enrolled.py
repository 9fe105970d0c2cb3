"""Voices that a user has enrolled, so that a rep is known by his voice. Opt-in: nothing is stored unasked.

Kept in the user's data folder as `voices.json`: a name and 256 numbers each, from which no speech can be made again.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy

from coach.asr.audio import Audio, Floats
from coach.asr.engine import Region
from coach.errors import RecordingError
from coach.files import write_whole
from coach.speakers import voices_of

_ALIKE = 0.75
_CLEARLY = 0.05
_LEAST_S = 5.0


def voices_file() -> Path:
    """Where enrolled voices are kept."""
    from platformdirs import user_data_path

    return user_data_path("sales-conversation-coach", appauthor=False) / "voices.json"


def enrol(name: str, audio: Audio, regions: Sequence[Region], path: Path | None = None) -> None:
    """Remember the voice on the first channel as `name`'s. Raises RecordingError below five seconds of speech."""
    if sum(region.length_s for region in regions) < _LEAST_S:
        raise RecordingError("登记声音至少要有 5 秒清楚的说话，请换一段长一点的录音，里面只要他一个人。")
    (centre,) = voices_of(audio, regions, 1).centres
    _save(read(path) | {name: [round(float(one), 5) for one in centre]}, path)


def forget(name: str, path: Path | None = None) -> bool:
    """Delete an enrolled voice; whether there was one."""
    voices = read(path)
    known = voices.pop(name, None) is not None
    if known:
        _save(voices, path)
    return known


def read(path: Path | None = None) -> dict[str, list[float]]:
    """Every enrolled voice by name."""
    path = path or voices_file()
    if not path.is_file():
        return {}
    voices: dict[str, list[float]] = json.loads(path.read_text(encoding="utf-8"))
    return voices


def enrolled_voice(centres: Floats, name: str | None = None, path: Path | None = None) -> int | None:
    """Which of the voices, by row, is `name`'s, or any enrolled one's; None where none is clearly alike."""
    known = read(path)
    wanted = [known[name]] if name in known else list(known.values())
    if not wanted:
        return None
    alike = (centres @ numpy.array(wanted, dtype=numpy.float32).T).max(axis=1)
    best = int(alike.argmax())
    others = [one for at, one in enumerate(alike) if at != best]
    return best if alike[best] >= _ALIKE and all(alike[best] - one >= _CLEARLY for one in others) else None


def _save(voices: dict[str, list[float]], path: Path | None) -> None:
    write_whole(path or voices_file(), json.dumps(voices, ensure_ascii=False))
