"""Who spoke, on one channel: every recognised word gets a voice.

Voices are compared on overlapping windows inside speech, grouped by spectral clustering, and the groups are then laid
over the words: neighbours share a voice unless the sound says otherwise, and a pause makes a change cheaper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from coach.asr.audio import Audio, Floats
from coach.asr.engine import Heard, Region
from coach.asr.workers import Tell
from coach.speakers.clustering import grouped
from coach.speakers.embedding import WINDOW_S, voice_encoder

_STEP_S = 0.8
_BATCH = 256
_SHARPNESS = 12.0
"""How much a difference in likeness counts against the cost of a change."""

_CHANGE = 4.0
_CHANGE_AT_PAUSE = 1.0
_PAUSE_S = 0.25


@dataclass(frozen=True)
class Voices:
    """What the voices of one channel sound like: `centres`, one row of length 1 a voice, and windows with their times."""

    centres: Floats
    times: Floats
    embeddings: Floats

    def likeness(self, start_s: float, end_s: float) -> Floats:
        """How near the sound around a stretch is to each voice."""
        middle = (start_s + end_s) / 2
        nearness = numpy.maximum(0.0, 1 - numpy.abs(self.times - middle) / (WINDOW_S / 2 + _STEP_S))
        if not nearness.any():
            nearness = (numpy.abs(self.times - middle) == numpy.abs(self.times - middle).min()).astype(float)
        around = nearness @ self.embeddings
        alike: Floats = (self.centres @ around / max(float(numpy.linalg.norm(around)), 1e-9)).astype(numpy.float32)
        return alike


def voices_of(audio: Audio, regions: Sequence[Region], count: int, tell: Tell = lambda _: None) -> Voices:
    """Find `count` voices in the speech of the first channel (fewer if there is too little of it)."""
    spans = [span for region in regions for span in _windows(region)]
    encoder = voice_encoder()
    rows = []
    for at in range(0, len(spans), _BATCH):
        tell(0.0)  # only to end where the whole is ended
        rows.append(encoder.embed([audio.read(0, *span) for span in spans[at : at + _BATCH]]))
    embeddings = numpy.concatenate(rows)
    times = numpy.array([(start + end) / 2 for start, end in spans], dtype=numpy.float32)
    groups = grouped(embeddings, count)
    centres = numpy.stack([embeddings[groups == one].mean(axis=0) for one in sorted(set(groups))])
    centres /= numpy.maximum(numpy.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    return Voices(centres.astype(numpy.float32), times, embeddings)


def assign(words: Sequence[Heard], voices: Voices) -> list[tuple[int, float]]:
    """For each word, in order of time, its voice and how sure that is (0 to 1).

    The best path over all words (Viterbi): each word's likeness to a voice against the cost of changing voices, which
    is low after a pause and high within a phrase.
    """
    if not words:
        return []
    likeness = numpy.stack([voices.likeness(word.start_s, word.end_s) for word in words]) * _SHARPNESS
    count = likeness.shape[1]
    best = likeness[0].copy()
    came = numpy.zeros((len(words), count), dtype=int)
    for at in range(1, len(words)):
        paused = words[at].start_s - words[at - 1].end_s >= _PAUSE_S or _ends_phrase(words[at - 1].text)
        moves = best[:, None] - (_CHANGE_AT_PAUSE if paused else _CHANGE) * (1 - numpy.eye(count))
        came[at] = moves.argmax(axis=0)
        best = moves.max(axis=0) + likeness[at]
    path = [int(best.argmax())]
    for at in range(len(words) - 1, 0, -1):
        path.append(int(came[at, path[-1]]))
    path.reverse()
    chances = numpy.exp(likeness - likeness.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    return [(voice, float(chances[at, voice])) for at, voice in enumerate(path)]


def _windows(region: Region) -> list[tuple[float, float]]:
    """Stretches of 1.6 s every 0.8 s; a shorter region is one stretch."""
    if region.length_s <= WINDOW_S:
        return [(region.start_s, region.end_s)]
    starts = numpy.arange(region.start_s, region.end_s - WINDOW_S + 1e-6, _STEP_S)
    return [(float(start), float(start) + WINDOW_S) for start in starts]


def _ends_phrase(text: str) -> bool:
    return bool(text.strip()) and not text.strip()[-1].isalnum()
