"""Every kind of file a recorder writes, made here and decoded again."""

import struct
import wave
from pathlib import Path

import numpy
import pytest

from coach.asr.audio import SAMPLE_RATE
from coach.asr.decode import decoded, looks_recorded
from coach.errors import RecordingError

av = pytest.importorskip("av")

SECONDS = 2


def two_tones(rate: int, channels: int = 1) -> numpy.ndarray:
    """Shape (channels, samples): 440 Hz for a second, then 880 Hz; other channels half as loud and lower."""
    at = numpy.arange(SECONDS * rate) / rate
    tones = [
        0.4 / (one + 1) * numpy.sin(2 * numpy.pi * (440 - 150 * one) * (1 + (at >= 1)) * at) for one in range(channels)
    ]
    return numpy.stack(tones).astype(numpy.float32)


def write(path: Path, codec: str, rate: int, *, channels: int = 1, form: str | None = None) -> None:
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        if not codec.startswith(("pcm", "adpcm", "flac", "alac")):
            stream.bit_rate = 64_000
        samples = two_tones(rate, channels)
        frame = av.AudioFrame.from_ndarray(numpy.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout=layout,
            rate=rate,
            frame_size=stream.codec_context.frame_size or None,
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def pitch(samples: numpy.ndarray) -> float:
    """The strongest frequency in Hz."""
    return float(numpy.argmax(abs(numpy.fft.rfft(samples))) * SAMPLE_RATE / len(samples))


FORMATS = [
    ("a.wav", "pcm_s16le", 8_000), ("a.wav", "pcm_u8", 8_000), ("a.wav", "pcm_s24le", 48_000), ("a.wav", "pcm_f32le", 44_100),
    ("a.wav", "pcm_alaw", 8_000), ("a.wav", "pcm_mulaw", 8_000), ("a.wav", "adpcm_ms", 8_000), ("a.wav", "adpcm_ima_wav", 16_000),
    ("a.mp3", "libmp3lame", 16_000), ("a.m4a", "aac", 44_100), ("a.aac", "aac", 16_000), ("a.ogg", "libopus", 48_000),
    ("a.flac", "flac", 22_050), ("a.wma", "wmav2", 44_100), ("a.webm", "libopus", 48_000), ("a.mp4", "aac", 48_000),
    ("a.aiff", "pcm_s16be", 32_000), ("a.au", "pcm_mulaw", 8_000), ("a.caf", "alac", 44_100), ("a.mkv", "libopus", 48_000),
]  # fmt: skip


@pytest.mark.parametrize(("name", "codec", "rate"), FORMATS, ids=lambda one: str(one))
def test_a_file_keeps_its_sound(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    if codec not in av.codecs_available:
        pytest.skip(f"this FFmpeg cannot write {codec}")
    path = tmp_path / name
    write(path, codec, rate)
    with decoded(path) as audio:
        assert audio.channels == 1
        assert audio.duration_s == pytest.approx(SECONDS, abs=0.15)
        assert pitch(audio.read(0, 0.2, 0.8)) == pytest.approx(440, abs=10)
        assert pitch(audio.read(0, 1.2, 1.8)) == pytest.approx(880, abs=10)


def test_wide_band_telephony(tmp_path: Path) -> None:
    """G.722 has no header: 64 kbit/s, 16 kHz."""
    path = tmp_path / "a.g722"
    write(path, "g722", 16_000, form="g722")
    with decoded(path) as audio:
        assert audio.duration_s == pytest.approx(SECONDS, abs=0.1)
        assert pitch(audio.read(0, 0.2, 0.8)) == pytest.approx(440, abs=10)


def test_vorbis(tmp_path: Path) -> None:
    """FFmpeg's own encoder knows two channels only, and calls itself experimental."""
    path = tmp_path / "a.ogg"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("vorbis", rate=44_100, layout="stereo", options={"strict": "experimental"})
        frame = av.AudioFrame.from_ndarray(two_tones(44_100, 2), format="fltp", layout="stereo")
        frame.sample_rate = 44_100
        for part in [*av.AudioResampler(format="fltp", layout="stereo", rate=44_100, frame_size=64).resample(frame)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    with decoded(path) as audio:
        assert audio.channels == 2
        assert [round(pitch(audio.read(channel, 0.2, 0.8)), -1) for channel in (0, 1)] == [440, 290]


@pytest.mark.parametrize("container", ["a.wav", "a.m4a", "a.flac"])
def test_two_channels_stay_apart(tmp_path: Path, container: str) -> None:
    codec = {"a.wav": "pcm_s16le", "a.m4a": "aac", "a.flac": "flac"}[container]
    write(tmp_path / container, codec, 16_000, channels=2)
    with decoded(tmp_path / container) as audio:
        assert audio.channels == 2
        assert [round(pitch(audio.read(channel, 0.2, 0.8)), -1) for channel in (0, 1)] == [440, 290]


def test_two_equal_channels_are_one(tmp_path: Path) -> None:
    path = tmp_path / "fake.wav"
    samples = (two_tones(8_000)[0] * 32_767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 8_000, 0, "NONE", ""))
        file.writeframes(numpy.repeat(samples, 2).tobytes())
    with decoded(path) as audio:
        assert audio.channels == 1


def test_wechat_voice(tmp_path: Path) -> None:
    pysilk = pytest.importorskip("pysilk")
    samples = (two_tones(24_000)[0] * 32_767).astype("<i2").tobytes()
    path = tmp_path / "msg.slk"
    path.write_bytes(pysilk.encode(samples, 24_000))
    with decoded(path) as audio:
        assert audio.duration_s == pytest.approx(SECONDS, abs=0.15)
        assert pitch(audio.read(0, 0.2, 0.8)) == pytest.approx(440, abs=20)


@pytest.mark.parametrize(("ending", "codec"), [("alaw", "pcm_alaw"), ("ulaw", "pcm_mulaw")])
def test_samples_without_a_header_are_told_by_the_ending(tmp_path: Path, ending: str, codec: str) -> None:
    path = tmp_path / f"a.{ending}"
    write(path, codec, 8_000, form={"alaw": "alaw", "ulaw": "mulaw"}[ending])
    with decoded(path) as audio:
        assert pitch(audio.read(0, 0.2, 0.8)) == pytest.approx(440, abs=10)


SILENT_AMR_FRAME = bytes([0x0C]) + bytes(13)
"""Adaptive Multi-Rate, 5.15 kbit/s: a header byte (mode 1, good) and 13 bytes of speech parameters, all 0."""


def test_adaptive_multi_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.amr"
    path.write_bytes(b"#!AMR\n" + 100 * SILENT_AMR_FRAME)
    with decoded(path) as audio:
        assert audio.duration_s == pytest.approx(2, abs=0.05)


def test_wide_band_adaptive_multi_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.awb"
    path.write_bytes(b"#!AMR-WB\n" + 100 * (bytes([0x04]) + bytes(17)))
    with decoded(path) as audio:
        assert audio.duration_s == pytest.approx(2, abs=0.05)


def test_gsm_in_wav(tmp_path: Path) -> None:
    """Microsoft's GSM: blocks of 65 bytes, 320 samples each."""
    path = tmp_path / "a.wav"
    blocks = 50 * (bytes([0xD0]) + bytes(64))
    head = struct.pack("<HHIIHHHH", 0x31, 1, 8_000, 1_625, 65, 0, 2, 320)
    body = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(blocks)) + blocks
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    with decoded(path) as audio:
        assert audio.duration_s == pytest.approx(2, abs=0.1)


def test_the_content_decides_and_not_the_ending(tmp_path: Path) -> None:
    write(tmp_path / "a.flac", "flac", 16_000)
    wrong = (tmp_path / "a.flac").rename(tmp_path / "call.txt")
    assert looks_recorded(wrong)
    with decoded(wrong) as audio:
        assert audio.duration_s == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(500), b"just words " * 50, b"PK\x03\x04" + bytes(300)]
)
def test_what_is_no_recording_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"读不出声音|没有声音"), decoded(path):
        pass


def test_clipping_is_told(tmp_path: Path) -> None:
    path = tmp_path / "loud.wav"
    samples = numpy.clip(two_tones(8_000)[0] * 5, -1, 1)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    with decoded(path) as audio:
        assert any("破" in warning or "削" in warning or "太大" in warning for warning in audio.warnings), (
            audio.warnings
        )


def test_a_cut_file_gives_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    write(path, "libmp3lame", 16_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with decoded(path) as audio:
        assert 0.5 < audio.duration_s < 1.6


def test_the_sound_of_a_film(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream("aac", rate=44_100, layout="mono")
        for _ in range(SECONDS * 10):
            frame = av.VideoFrame.from_ndarray(numpy.zeros((64, 64, 3), dtype=numpy.uint8), format="rgb24")
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        frame = av.AudioFrame.from_ndarray(two_tones(44_100, 1), format="fltp", layout="mono")
        frame.sample_rate = 44_100
        for part in av.AudioResampler(frame_size=1_024).resample(frame):
            container.mux(sound.encode(part))
        container.mux(sound.encode(None))
    with decoded(path) as audio:
        assert audio.duration_s == pytest.approx(SECONDS, abs=0.2)
        assert pitch(audio.read(0, 0, 1)) == pytest.approx(440, abs=5)


def test_a_film_without_sound_is_told(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        container.mux(picture.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(picture.encode(None))
    with pytest.raises(RecordingError, match="没有声音轨道"), decoded(path):
        pass


def test_more_than_four_hours_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.asr.decode._LONGEST_S", 1)
    write(tmp_path / "long.wav", "pcm_s16le", 8_000)
    with pytest.raises(RecordingError, match="超过 4 小时"), decoded(tmp_path / "long.wav"):
        pass


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="打不开"), decoded(tmp_path):
        pass
    with pytest.raises(RecordingError, match="打不开"), decoded(tmp_path / "nowhere.wav"):
        pass


def test_no_place_for_samples_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.wav", "pcm_s16le", 8_000)
    monkeypatch.setattr("coach.asr.decode.tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(RecordingError, match="清理磁盘"), decoded(tmp_path / "a.wav"):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.wav", "pcm_s16le", 8_000)
    full = "coach.asr.decode.tempfile.TemporaryFile"
    monkeypatch.setattr(full, lambda **_: Path("/dev/full").open("r+b"))  # noqa: SIM115 - closed by what is tested
    with pytest.raises(RecordingError, match="清理磁盘"), decoded(tmp_path / "a.wav"):
        pass
