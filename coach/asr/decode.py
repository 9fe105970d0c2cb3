"""Recordings to samples with PyAV: any container and codec it reads, and WeChat's SILK voice.

The content decides, not the file's ending, but for formats without a header, which only their ending names.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from coach.asr.audio import FULL_SCALE, SAMPLE_RATE, Audio
from coach.errors import MissingPartError, RecordingError

RECORDING_SUFFIXES = frozenset(
    f".{ending}"
    for ending in [
        "wav",
        "mp3",
        "m4a",
        "aac",
        "amr",
        "awb",
        "3gp",
        "ogg",
        "oga",
        "opus",
        "flac",
        "wma",
        "webm",
        "mp4",
        "mov",
        "mkv",
        "aif",
        "aiff",
        "au",
        "gsm",
        "ac3",
        "silk",
        "slk",
        "alaw",
        "al",
        "ulaw",
        "ul",
        "g722",
        "caf",
        "aud",
    ]
)
INSTALL = "转写录音需要另装组件，请运行：pip install 'sales-conversation-coach[recordings]'"

_HEADERLESS = {
    ".alaw": "alaw",
    ".al": "alaw",
    ".ulaw": "mulaw",
    ".ul": "mulaw",
    ".g722": "g722",
}
_SILK = b"#!SILK_V3"
_LONGEST_S = 4 * 3600
_SHORTEST_S = 0.3
_SAME_CHANNELS = 0.95
_CLIPPED_SHARE = 0.01
_NEARLY_FULL = FULL_SCALE - 64
_DECODERS = {"amrnb": "libopencore_amrnb", "amrwb": "libopencore_amrwb"}
"""FFmpeg's own AMR decoders stumble over pauses in transmission; these do not."""

_MAGIC = (
    b"RIFF", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"fLaC", b"OggS", b"#!AMR", _SILK, b"\x02" + _SILK,
    b"\x1aE\xdf\xa3", b"0&\xb2u", b".snd", b"FORM", b"caff",
)  # fmt: skip


def looks_recorded(path: Path) -> bool:
    """Whether a file is a recording: by its ending, or, under a wrong ending, by its first bytes."""
    if path.suffix.lower() in RECORDING_SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            return is_recording(path.name, file.read(16))
    except OSError:
        return False


def is_recording(name: str, head: bytes) -> bool:
    """Whether a file of this name that begins with these 16 bytes is a recording."""
    return Path(name).suffix.lower() in RECORDING_SUFFIXES or head.startswith(_MAGIC) or head[4:8] == b"ftyp"


@contextmanager
def decoded(path: Path) -> Iterator[Audio]:
    """The recording in a file, as `decode` has it; gone when the block ends."""
    with _temporary(path) as file:
        yield decode(path, file, name=path.name)


def decode(path: Path, file: IO[bytes], *, name: str) -> Audio:
    """The recording in a file as samples in another, one or two channels; two that carry the same become one. `name` is
    what its owner calls it.

    Raises RecordingError for what is no recording, holds no sound, is longer than four hours or finds no room on disk,
    MissingPartError without PyAV.
    """
    try:
        import av
    except ImportError as error:
        raise MissingPartError(INSTALL) from error
    _check_readable(path, name)
    state = _State()
    try:
        with _open(path, name) as container:
            _decode(container, name, file, state)
        file.flush()
    except (av.error.FFmpegError, ValueError, EOFError) as error:
        if not state.samples:
            raise RecordingError(f"「{name}」读不出声音，可能已损坏，或者不是录音文件。") from error
        state.warnings.append(f"录音在 {_clock(state.samples)} 处损坏，后面的读不出来，只分析了前面的部分。")
    except OSError as error:
        with suppress(OSError):  # what is still in the buffer finds no room either
            file.close()
        raise _no_room(name, error) from error
    if state.samples < _SHORTEST_S * SAMPLE_RATE:
        raise RecordingError(f"录音「{name}」里几乎没有声音数据，可能没有录完整。")
    return state.audio(file)


def _check_readable(path: Path, name: str) -> None:
    """Raises RecordingError for a file that cannot be opened or has nothing in it."""
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise RecordingError(f"录音「{name}」打不开（{error.strerror}），请检查文件和权限。") from error
    if empty:
        raise RecordingError(f"录音「{name}」是空文件（0 字节），请重新导出。")


def _temporary(path: Path) -> IO[bytes]:
    """A file without a name, for the samples of a recording."""
    try:
        return tempfile.TemporaryFile(prefix="coach-")
    except OSError as error:
        raise _no_room(path.name, error) from error


def _no_room(name: str, error: OSError) -> RecordingError:
    return RecordingError(f"解码「{name}」时写不下临时文件（{error.strerror}），请清理磁盘后重试。")


@dataclass
class _State:
    """What is known of the samples written so far."""

    channels: int = 1
    samples: int = 0
    clipped: int = 0
    energy: list[float] = field(default_factory=lambda: [0.0, 0.0])
    together: float = 0.0
    warnings: list[str] = field(default_factory=list)

    def add(self, block: Any) -> None:
        """Account for a block of int16 samples of shape (samples, channels)."""
        import numpy

        self.samples += len(block)
        self.clipped += int((numpy.abs(block.astype(numpy.int32)) >= _NEARLY_FULL).any(axis=1).sum())
        if self.channels == 2:
            left, right = block.astype(numpy.float64).T
            self.energy[0] += float(left @ left)
            self.energy[1] += float(right @ right)
            self.together += float(left @ right)

    def audio(self, file: IO[bytes]) -> Audio:
        """The recording, with what is to be said of its sound."""
        if self.clipped > _CLIPPED_SHARE * self.samples:
            share = self.clipped / self.samples
            self.warnings.append(f"录音音量过大，有 {share:.0%} 的声音削了顶，可能听错；请调低录音音量。")
        size = (self.energy[0] * self.energy[1]) ** 0.5
        same = self.channels == 2 and size > 0 and self.together / size > _SAME_CHANNELS
        return Audio(file, self.channels, 1 if same else self.channels, self.samples, tuple(self.warnings))


def _open(path: Path, name: str) -> Any:
    """The container, however it is packed."""
    import av

    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(_SILK) or head[1:].startswith(_SILK):
        return _open_raw(BytesIO(_silk_decoded(path, name)), "s16le", SAMPLE_RATE)
    headerless = _HEADERLESS.get(path.suffix.lower())
    if headerless == "g722":
        return av.open(str(path), format=headerless)
    return _open_raw(str(path), headerless, 8_000) if headerless else av.open(str(path))


def _open_raw(file: Any, form: str, rate: int) -> Any:
    """Samples without a header."""
    import av

    return av.open(file, format=form, options={"sample_rate": str(rate), "ch_layout": "mono"})


def _silk_decoded(path: Path, name: str) -> bytes:
    """Samples of 16 bits at 16 kHz."""
    try:
        import pysilk
    except ImportError as error:
        raise MissingPartError(INSTALL) from error
    try:
        return bytes(pysilk.decode(path.read_bytes(), sample_rate=SAMPLE_RATE))
    except Exception as error:  # the package raises plain Exception for whatever its C code refuses
        raise RecordingError(f"微信语音「{name}」读不出来，可能没有下载完整，请重新导出。") from error


def _decode(container: Any, name: str, file: IO[bytes], state: _State) -> None:
    """Write the samples of the first sound track to `file`, interleaved, and account for them in `state`."""
    import av

    if not container.streams.audio:
        raise RecordingError(f"「{name}」里没有声音轨道。")
    stream = container.streams.audio[0]
    state.channels = 2 if stream.channels >= 2 else 1
    resampler = av.AudioResampler(format="s16", layout="stereo" if state.channels == 2 else "mono", rate=SAMPLE_RATE)
    for frame in _frames(container, stream, state):
        for resampled in resampler.resample(frame):
            _write(resampled, file, state)
        if state.samples > _LONGEST_S * SAMPLE_RATE:
            raise RecordingError(f"录音「{name}」超过 4 小时，请先截短。")
    for resampled in resampler.resample(None):
        _write(resampled, file, state)


def _frames(container: Any, stream: Any, state: "_State") -> Iterator[Any]:
    """Decoded frames; packets that cannot be decoded are passed over as long as others can."""
    import av

    decoder: Any = stream.codec_context
    wanted = _DECODERS.get(decoder.name)
    if wanted:
        decoder = av.CodecContext.create(wanted, "r")
        decoder.sample_rate, decoder.layout = stream.sample_rate, "mono"
    failed: Exception | None = None
    decoded_some = False
    skipped = 0
    for packet in container.demux(stream):
        try:
            for frame in decoder.decode(packet if packet.size else None):
                decoded_some = True
                yield frame
        except av.error.InvalidDataError as error:
            failed = error
            skipped += 1
    if failed is not None and not decoded_some:
        raise failed
    if skipped:
        state.warnings.append(f"录音里有 {skipped} 处数据损坏，已经跳过，那里的话听不到。")


def _write(frame: Any, file: IO[bytes], state: _State) -> None:
    block = frame.to_ndarray().reshape(-1, state.channels)
    file.write(block.tobytes())
    state.add(block)


def _clock(samples: int) -> str:
    seconds = samples // SAMPLE_RATE
    return f"{seconds // 60} 分 {seconds % 60} 秒"
