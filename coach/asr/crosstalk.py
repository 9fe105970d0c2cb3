"""One side of a call heard on the other's channel: an echo is said once, on the channel where it is spoken.

An echo is the other channel's sound again, weaker and a little later, so it is found by comparing waveforms; two people
who talk at the same time sound nothing alike, and both are kept.
"""

from collections.abc import Sequence

import numpy

from coach.asr.audio import SAMPLE_RATE, Audio, Floats
from coach.asr.engine import Region

_PIECE_S = 0.5
_WEAKER = 0.5
"""An echo has at most half the other channel's amplitude (6 dB below)."""

_ALIKE = 0.5
_SHORTEST_S = 0.25


def without_echo(audio: Audio, channel: int, regions: Sequence[Region], other: Sequence[Region]) -> list[Region]:
    """The regions of a channel without the parts that only repeat what the other channel says."""
    return [
        kept
        for region in regions
        for kept in (_own_parts(audio, channel, region) if _meet(region, other) else [region])
    ]


def _meet(region: Region, others: Sequence[Region]) -> bool:
    return any(one.start_s < region.end_s and region.start_s < one.end_s for one in others)


def _own_parts(audio: Audio, channel: int, region: Region) -> list[Region]:
    """What is left of a region when pieces of half a second that are an echo are cut out; never its slivers."""
    own = audio.read(channel, region.start_s, region.end_s)
    far = audio.read(1 - channel, region.start_s, region.end_s)
    step = int(_PIECE_S * SAMPLE_RATE)
    pieces = range(0, len(own), step)
    if not any(_is_echo(own[at : at + step], far[at : at + step]) for at in pieces):
        return [region]
    parts: list[Region] = []
    for at in pieces:
        if _is_echo(own[at : at + step], far[at : at + step]) or _is_quiet(own[at : at + step], own):
            continue
        start_s = region.start_s + at / SAMPLE_RATE
        end_s = min(start_s + _PIECE_S, region.end_s)
        if parts and start_s - parts[-1].end_s < 1e-6:
            parts[-1] = Region(parts[-1].start_s, end_s)
        else:
            parts.append(Region(start_s, end_s))
    return [part for part in parts if part.length_s > _SHORTEST_S]


def _is_echo(own: Floats, far: Floats) -> bool:
    """Whether one piece is the other again: weaker, and of the same form at some delay within the piece."""
    own_size, far_size = float(numpy.linalg.norm(own)), float(numpy.linalg.norm(far))
    if own_size == 0 or own_size > _WEAKER * far_size:
        return False
    length = 2 * len(own)
    spectrum = numpy.fft.rfft(own, length) * numpy.conj(numpy.fft.rfft(far, length))
    return bool(numpy.abs(numpy.fft.irfft(spectrum, length)).max() > _ALIKE * own_size * far_size)


def _is_quiet(piece: Floats, whole: Floats) -> bool:
    """Far below the rest: the tail between an echo and silence."""
    return float(numpy.mean(piece**2)) < 1e-3 * float(numpy.mean(whole**2))
