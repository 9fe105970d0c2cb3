"""When a Whisper engine's segment is no speech, by what the model itself says; the limits are those of its authors
(Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision", section 4.5).
"""

MOST_REPETITIVE = 2.4
"""A text that compresses better than this repeats itself."""

_NO_SPEECH = 0.6
_UNLIKELY = -1.0


def holds_for_silence(no_speech: float, mean_logarithm: float) -> bool:
    """Whether the model thinks nobody speaks and is unsure of the words too."""
    return no_speech > _NO_SPEECH and mean_logarithm < _UNLIKELY
