"""Recordings to samples with PyAV: any container and codec it reads, 16 kHz float32, channels kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.errors import MissingPartError, RecordingError

SAMPLE_RATE = 16_000
RECORDING_SUFFIXES = frozenset(
    [
        ".wav",
        ".mp3",
        ".m4a",
        ".aac",
        ".amr",
        ".awb",
        ".3gp",
        ".ogg",
        ".oga",
        ".opus",
        ".flac",
        ".wma",
        ".webm",
        ".mp4",
        ".mov",
        ".mkv",
        ".aif",
        ".aiff",
        ".au",
        ".gsm",
        ".ac3",
    ]
)
INSTALL = "转写录音需要另装组件，请运行：pip install 'sales-conversation-coach[recordings]'"
_LONGEST_S = 4 * 3600
_SAME_CHANNELS = 0.999


@dataclass(frozen=True)
class Audio:
    """A decoded recording. `samples`: float32 array of shape (channels, samples), -1 to 1, at 16 kHz."""

    samples: Any

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1]) / SAMPLE_RATE


def decode(path: Path) -> Audio:
    """The recording in a file, one or two channels; two equal channels become one.

    Raises RecordingError for what is no recording, holds no sound or is longer than four hours.
    """
    try:
        import av
        import numpy
    except ImportError as error:
        raise MissingPartError(INSTALL) from error
    if path.stat().st_size == 0:
        raise RecordingError(f"录音「{path.name}」是空文件（0 字节），请重新导出。")
    blocks: list[Any] = []
    samples = 0
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise RecordingError(f"「{path.name}」里没有声音轨道。")
            stream = container.streams.audio[0]
            layout = "stereo" if stream.channels >= 2 else "mono"
            resampler = av.AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE)
            for frame in container.decode(stream):
                for resampled in resampler.resample(frame):
                    blocks.append(resampled.to_ndarray())
                    samples += resampled.samples
                if samples > _LONGEST_S * SAMPLE_RATE:
                    raise RecordingError(f"录音「{path.name}」超过 4 小时，请先截短。")
            blocks += [resampled.to_ndarray() for resampled in resampler.resample(None)]
    except (av.error.FFmpegError, ValueError) as error:
        if not blocks:
            raise RecordingError(f"「{path.name}」读不出声音，可能已损坏，或者不是录音文件。") from error
    if not blocks:
        raise RecordingError(f"录音「{path.name}」里没有声音数据，可能没有录完整。")
    return Audio(_one_if_same(numpy.concatenate(blocks, axis=1)))


def _one_if_same(samples: Any) -> Any:
    """One channel where two carry the same: fake stereo."""
    import numpy

    if samples.shape[0] == 2:
        left, right = samples
        size = float(numpy.sqrt((left @ left) * (right @ right)))
        if size > 0 and float(left @ right) / size > _SAME_CHANNELS:
            return samples[:1]
    return samples
