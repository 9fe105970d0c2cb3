"""What a recogniser says into silence or in a loop, whichever engine says it: nothing that was spoken.

The limits on a segment's own figures are those of Whisper's authors (Radford et al. 2022, "Robust Speech Recognition via
Large-Scale Weak Supervision", section 4.5).
"""

import re

from coach.asr.engine import Segment

_NO_SPEECH = 0.6
_UNLIKELY = -1.0
_MOST_REPETITIVE = 2.4
_PHANTOMS = re.compile(
    r"请不吝|点赞.{0,4}订阅|订阅.{0,4}转发|字幕(?:由|志愿者|制作|提供|by)|明镜|谢谢(?:大家)?(?:观看|收看)|下期(?:再见|视频)|Amara",
    re.IGNORECASE,
)
_LOOP = re.compile(r"(.{1,12}?)\1{5,}")
"""The same few characters six times on end."""

_MOST_CHARACTERS_A_SECOND = 14.0
_LONG_S = 1.0


def is_invented(segment: Segment) -> bool:
    """Silence by the model's own figures, a film credit, a loop, or more than anyone can say in the time."""
    text = "".join(word.text for word in segment.words).strip()
    if not text:
        return True
    length_s = segment.words[-1].end_s - segment.words[0].start_s
    return (
        (segment.no_speech > _NO_SPEECH and segment.mean_logarithm < _UNLIKELY)
        or segment.compression > _MOST_REPETITIVE
        or len(text) > _MOST_CHARACTERS_A_SECOND * max(length_s, _LONG_S)
        or _PHANTOMS.search(text) is not None
        or _LOOP.search(text) is not None
    )
