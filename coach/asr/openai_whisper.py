"""Whisper by openai-whisper (PyTorch, 32-bit), from the same weights as the other engine."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from coach.asr.convert import alignment_heads, checkpoint
from coach.asr.decode import INSTALL
from coach.asr.engine import Heard, Segment
from coach.errors import MissingPartError


class OpenAIWhisper:
    """One loaded model, for any number of threads: whisper hooks into the model while it decodes, so one at a time."""

    def __init__(self, weights: Path, *, threads: int = 0) -> None:
        try:
            import torch
            import whisper
        except ImportError as error:
            raise MissingPartError(INSTALL) from error
        if threads:
            torch.set_num_threads(threads)
        stored = checkpoint(weights)
        self._whisper: Any = whisper
        self._model: Any = whisper.model.Whisper(whisper.model.ModelDimensions(**stored["dims"]))
        self._model.load_state_dict(stored["model_state_dict"])
        self._model.eval()
        heads = torch.zeros(self._model.dims.n_text_layer, self._model.dims.n_text_head, dtype=torch.bool)
        for layer, head in alignment_heads(weights):
            heads[layer, head] = True
        self._model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
        self._decoding = Lock()
        self.workers = 1
        self.id = f"openai-whisper {weights.name.removeprefix('whisper-')}"

    def language(self, samples: Any) -> tuple[str, float]:
        """The most likely language and its probability."""
        mel = self._whisper.log_mel_spectrogram(self._whisper.pad_or_trim(samples), self._model.dims.n_mels)
        with self._decoding:
            _, chances = self._model.detect_language(mel)
        code = max(chances, key=chances.get)
        return str(code), float(chances[code])

    def hear(self, samples: Any, *, after: str = "") -> Iterator[Segment]:
        """What is said in some minutes of speech, with times in seconds from its start, when all of it is recognised."""
        with self._decoding:
            result = self._whisper.transcribe(
                self._model,
                samples,
                language="zh",
                beam_size=5,
                word_timestamps=True,
                initial_prompt=after or None,
                fp16=False,
            )
        for segment in result["segments"]:
            words = (
                Heard(word["word"], float(word["start"]), float(word["end"]), float(word["probability"]))
                for word in segment["words"]
            )
            yield Segment(
                tuple(words),
                no_speech=segment["no_speech_prob"],
                mean_logarithm=segment["avg_logprob"],
                compression=segment["compression_ratio"],
            )
