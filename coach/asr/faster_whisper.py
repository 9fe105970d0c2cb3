"""Whisper by faster-whisper (CTranslate2, 8-bit integers)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coach.asr.decode import INSTALL
from coach.asr.engine import Heard, Segment
from coach.errors import MissingPartError, RecordingError

_MOST_WORKERS = 4
"""Each needs memory of its own for what it decodes."""


class FasterWhisper:
    """One loaded model, for any number of threads. Cores go to pieces of speech side by side first: a second core
    makes one piece next to no faster, two pieces on two cores take half the time.
    """

    def __init__(self, weights: Path, *, threads: int = 0) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise MissingPartError(INSTALL) from error
        if not (weights / "tokenizer.json").is_file():  # else the library would ask the network for one
            raise RecordingError(f"语音模型 {weights} 里缺 tokenizer.json，请和 model.bin 一起放进去。")
        threads = threads or os.cpu_count() or 1
        self.workers = min(threads, _MOST_WORKERS)
        try:
            self._model: Any = WhisperModel(
                str(weights),
                device="cpu",
                compute_type="int8",
                cpu_threads=threads // self.workers,
                num_workers=self.workers,
                local_files_only=True,
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
