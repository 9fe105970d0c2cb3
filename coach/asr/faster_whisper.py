"""Whisper by faster-whisper (CTranslate2, 8-bit integers)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coach.asr.decode import INSTALL
from coach.asr.engine import Heard, Segment
from coach.errors import MissingPartError, RecordingError


class FasterWhisper:
    """One loaded model, for any number of threads (CTranslate2 works off their requests in turn)."""

    def __init__(self, weights: Path, *, threads: int = 0) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise MissingPartError(INSTALL) from error
        try:
            self._model: Any = WhisperModel(
                str(weights), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, ValueError) as error:
            raise RecordingError(f"语音模型 {weights} 打不开，可能损坏或不是 CTranslate2 格式。") from error
        self.id = f"faster-whisper {weights.name.removeprefix('whisper-')}"

    def language(self, samples: Any) -> tuple[str, float]:
        """The most likely language and its probability."""
        code, probability, _ = self._model.detect_language(samples)
        return str(code), float(probability)

    def hear(self, samples: Any, *, after: str = "") -> Iterator[Segment]:
        """What is said in some minutes of speech, with times in seconds from its start, as it is recognised."""
        segments, _ = self._model.transcribe(
            samples,
            language="zh",
            beam_size=5,
            word_timestamps=True,
            initial_prompt=after or None,
        )
        for segment in segments:
            yield Segment(
                tuple(Heard(word.word, word.start, word.end, word.probability) for word in segment.words or ()),
                no_speech=segment.no_speech_prob,
                mean_logarithm=segment.avg_logprob,
                compression=segment.compression_ratio,
            )
