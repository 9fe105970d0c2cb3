"""Whisper by faster-whisper (CTranslate2, 8-bit integers), with its Silero voice activity detector."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coach.asr.decode import INSTALL, SAMPLE_RATE
from coach.asr.engine import Heard, Region
from coach.errors import MissingPartError

# Low threshold and wide padding: lost speech is worse than a little noise; measured on two-channel telephone calls.
_VAD = {"threshold": 0.3, "min_silence_duration_ms": 500, "speech_pad_ms": 300, "min_speech_duration_ms": 100}
_MOST_REPETITIVE = 2.4
_NO_SPEECH = 0.6
_UNLIKELY = -1.0


class FasterWhisper:
    """One loaded model; not for use by several threads at once."""

    id = "faster-whisper"

    def __init__(self, weights: Path) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise MissingPartError(INSTALL) from error
        self._model: Any = WhisperModel(str(weights), device="cpu", compute_type="int8", local_files_only=True)

    def speech(self, samples: Any) -> list[Region]:
        """Where somebody speaks, in seconds, padded."""
        from faster_whisper.vad import VadOptions, get_speech_timestamps

        found = get_speech_timestamps(samples, vad_options=VadOptions(**_VAD))
        return [Region(one["start"] / SAMPLE_RATE, one["end"] / SAMPLE_RATE) for one in found]

    def hear(self, samples: Any) -> Iterator[Heard]:
        """The words of a window of at most half a minute, with times in seconds from its start.

        Segments that loop or that the model itself holds for silence are left out.
        """
        segments, _ = self._model.transcribe(
            samples, language="zh", beam_size=5, word_timestamps=True, condition_on_previous_text=False
        )
        for segment in segments:
            silent = segment.no_speech_prob > _NO_SPEECH and segment.avg_logprob < _UNLIKELY
            if silent or segment.compression_ratio > _MOST_REPETITIVE:
                continue
            for word in segment.words or ():
                yield Heard(word.word, word.start, word.end, word.probability)
