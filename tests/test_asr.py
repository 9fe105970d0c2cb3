"""Sound becomes turns: windows, channels, voices, echoes, punctuation; without a real recogniser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

import numpy
import pytest

from coach.asr import CHANNEL_NAMES, Listening, transcribe
from coach.asr.audio import SAMPLE_RATE, Audio, of_samples
from coach.asr.crosstalk import without_echo
from coach.asr.engine import Heard, Region, Segment
from coach.asr.fake import FakeEngine, loud_parts
from coach.asr.hearing import Utterance, hear, together
from coach.asr.naming import channel_of, fields_of
from coach.asr.punctuation import punctuated
from coach.asr.turns import by_channel, by_voice, turns_of
from coach.asr.vad import speech
from coach.asr.workers import side_by_side
from coach.errors import InputError, RecordingError
from coach.transcript import Speaker


def tone(*loud: tuple[float, float], seconds: float = 6.0) -> numpy.ndarray:
    samples = numpy.zeros(int(seconds * SAMPLE_RATE), dtype=numpy.float32)
    for start, end in loud:
        samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] = 0.5
    return samples


@pytest.fixture
def audio_of() -> Iterator:
    files = []

    def make(*channels: numpy.ndarray) -> Audio:
        files.append(TemporaryFile())  # noqa: SIM115 - closed below
        return of_samples(numpy.stack(channels), files[-1])

    yield make
    for file in files:
        file.close()


def heard(audio: Audio, *texts: str) -> tuple[list[Utterance], float]:
    found = [speech(audio, channel, loud_parts) for channel in range(audio.channels)]
    return run(hear(audio, found, FakeEngine(texts)))


def run(work: list) -> tuple[list[Utterance], float]:
    hearing = together(side_by_side(work, workers=1, progress=lambda _done: None))
    return list(hearing.utterances), hearing.lost_s


def test_channels_are_put_in_order_of_time(audio_of) -> None:
    utterances, lost_s = heard(audio_of(tone((0.0, 1.0)), tone((2.0, 3.0))), "您好", "什么事")
    turns = list(turns_of(by_channel(utterances, CHANNEL_NAMES)))
    assert [(turn.name, turn.start_s, turn.end_s) for turn in turns] == [("左声道", 0.0, 1.0), ("右声道", 2.0, 3.0)]
    assert all(word.span.of(turn.text) for turn in turns for word in turn.words)
    assert lost_s == 0


def test_silence_gives_no_turns(audio_of) -> None:
    assert heard(audio_of(tone()), "无")[0] == []


def test_speech_without_words_is_counted_as_lost(audio_of) -> None:
    assert heard(audio_of(tone((0.0, 3.0))))[1] == 3


@pytest.mark.parametrize("invented", ["请不吝点赞", "字幕由志愿者提供", "好的好的好的好的好的好的好的", "快" * 60])
def test_what_nobody_said_is_left_out(audio_of, invented: str) -> None:
    assert heard(audio_of(tone((0.0, 2.0))), invented)[0] == []


def test_long_speech_is_cut_into_blocks_and_stays_in_place(audio_of) -> None:
    texts = ["".join(chr(first + at) for at in range(140)) for first in (0x4E00, 0x5E00, 0x6E00)]
    utterances, _ = heard(audio_of(tone((1.0, 501.0), seconds=510)), *texts)
    assert len(utterances) == 3
    assert utterances[0].start_s == 1
    assert utterances[-1].words[-1].end_s == pytest.approx(501, abs=0.1)
    starts = [word.start_s for one in utterances for word in one.words]
    assert starts == sorted(starts)


class Hasty(FakeEngine):
    """Hears the first two seconds of each block and skips the rest; the text after something said is complete."""

    def hear(self, samples: numpy.ndarray, *, after: str = "") -> Iterator[Segment]:
        self.lengths_s = [*getattr(self, "lengths_s", []), len(samples) / SAMPLE_RATE]
        yield from super().hear(samples[: 2 * SAMPLE_RATE] if len(self.told) == 0 else samples, after=after)


def test_what_the_engine_skips_is_heard_again_after_what_came_before(audio_of) -> None:
    audio, engine = audio_of(tone((1.0, 5.5))), Hasty(["老板您好", "这周不限量"])
    utterances, lost_s = run(hear(audio, [[Region(1.0, 5.5)]], engine, hotwords="中支烟、动销"))
    words = [word for one in utterances for word in one.words]
    assert "".join(word.text for word in words) == "老板您好这周不限量"
    assert engine.told == ["中支烟、动销。", "老板您好"]
    assert words[4].start_s == pytest.approx(3.0)
    assert words[-1].end_s == pytest.approx(5.5)
    assert lost_s == 0


@pytest.mark.parametrize(("channels", "heard_s"), [(1, 2.4), (2, 2.0)])
def test_short_pauses_are_heard_too_on_one_channel(audio_of, channels: int, heard_s: float) -> None:
    engine = Hasty(["您好您好"])
    run(hear(audio_of(*[tone()] * channels), [[Region(1.0, 2.0), Region(2.4, 3.4)]], engine))
    assert engine.lengths_s[0] == pytest.approx(heard_s)


def test_speech_across_a_block_of_the_detector_is_one_region(audio_of) -> None:
    assert speech(audio_of(tone((290, 310), seconds=320)), 0, loud_parts) == [Region(290, 310)]


def test_the_detector_of_speech_reports_to_nobody(tmp_path: Path) -> None:
    """Its runtime (onnxruntime from 1.29 on) notes a session in the temporary folder when it is about to send."""
    script = "import numpy; from coach.asr.vad import silero; silero(numpy.zeros(16_000, dtype=numpy.float32))"
    told = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    subprocess.run([sys.executable, "-c", script], env={**told, "TMPDIR": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []


def test_an_echo_is_dropped_and_a_second_voice_kept(audio_of) -> None:
    random = numpy.random.default_rng(0)
    near, far = random.normal(0, 0.2, (2, 4 * SAMPLE_RATE)).astype(numpy.float32)
    echo = 0.2 * numpy.roll(far, 400)
    region = [Region(0, 4)]
    assert without_echo(audio_of(echo, far), 0, region, region) == []
    assert without_echo(audio_of(0.3 * near, far), 0, region, region) == region
    assert without_echo(audio_of(echo, far), 0, region, []) == region, "nobody speaks on the other side"


def words(*said: tuple[str, float, float]) -> list[Heard]:
    return [Heard(text, start, end, 0.9) for text, start, end in said]


def test_punctuation_follows_pauses_and_moves_no_word() -> None:
    given = words(("您", 0, 0.2), ("好吗", 0.2, 0.6), ("我是", 2.0, 2.3), ("小王", 2.3, 2.6), ("想问问", 3.1, 3.5))
    marked = punctuated(given)
    assert "".join(word.text for word in marked) == "您好吗？我是小王，想问问。"
    assert [(word.start_s, word.end_s) for word in marked] == [(word.start_s, word.end_s) for word in given]


def test_marks_of_the_engine_stay_in_full_width() -> None:
    assert (
        "".join(word.text for word in punctuated(words(("好,", 0, 1), ("3.5,", 1, 2), ("元", 2, 3)))) == "好，3.5,元。"
    )


def test_words_become_turns_by_voice() -> None:
    given = words(("您好", 0, 1), ("在吗", 1, 2), ("在", 3, 4), ("好的", 5, 6))
    turns = list(turns_of(by_voice(given, [(0, 0.9), (0, 0.7), (1, 0.8), (0, 0.9)], ["甲", "乙"])))
    assert [(turn.name, turn.text) for turn in turns] == [("甲", "您好在吗？"), ("乙", "在。"), ("甲", "好的。")]
    assert turns[0].voice_confidence == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("name", "pattern", "fields"),
    [
        (
            "2026-11-03_小王_李老板.wav",
            "{date}_{rep}_{customer}",
            {"date": "2026-11-03", "rep": "小王", "customer": "李老板"},
        ),
        ("x-13800-左.mp3", "{}-{phone}-{rep_channel}", {"phone": "13800", "rep_channel": "左"}),
        ("别的.wav", "{date}_{rep}", {}),
    ],
)
def test_a_file_name_tells(name: str, pattern: str, fields: dict[str, str]) -> None:
    assert fields_of(name, pattern) == fields


@pytest.mark.parametrize("pattern", ["{销售}", "{rep}_{rep}", "没有花括号"])
def test_a_wrong_pattern_is_told(pattern: str) -> None:
    with pytest.raises(InputError, match="看不懂"):
        fields_of("x.wav", pattern)


def test_channels_by_name() -> None:
    assert (channel_of("右"), channel_of("L"), channel_of("?")) == (1, 0, None)


@pytest.fixture
def two_channels(tmp_path: Path) -> Path:
    import wave

    path = tmp_path / "call_right.wav"
    left, right = tone((0.0, 2.0)), tone((3.0, 5.0))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((numpy.stack([left, right], axis=1) * 32_767).astype("<i2").tobytes())
    return path


def test_who_is_the_rep(two_channels: Path) -> None:
    def speakers(listening: Listening) -> list[Speaker]:
        engine = FakeEngine(["多少钱", "您好"])
        return [turn.speaker for turn in transcribe(two_channels, listening, engine=engine, detect=loud_parts).turns]

    assert speakers(Listening(rep_channel=0)) == [Speaker.REP, Speaker.CUSTOMER]
    assert speakers(Listening(rep_channel=0, swap=True)) == [Speaker.CUSTOMER, Speaker.REP]
    assert speakers(Listening(pattern="{}_{rep_channel}")) == [Speaker.CUSTOMER, Speaker.REP]


def test_a_foreign_language_is_told(two_channels: Path) -> None:
    with pytest.raises(RecordingError, match="英语"):
        transcribe(two_channels, engine=FakeEngine(["hello"], language="en"), detect=loud_parts)


def test_swapping_twice_changes_nothing(two_channels: Path) -> None:
    engine = FakeEngine(["多少钱", "您好"])
    transcript = transcribe(two_channels, Listening(rep_channel=0), engine=engine, detect=loud_parts)
    assert transcript.swapped().swapped() == transcript
    assert replace(transcript, turns=()) == replace(transcript.swapped(), turns=())
