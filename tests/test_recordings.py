"""Real sound through the real recogniser: recordings in, reports out."""

import base64
import json
import re
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import which
from subprocess import run

import numpy
import pytest

from coach.asr import Listening
from coach.asr.audio import SAMPLE_RATE
from coach.asr.batch import jobs_for
from coach.asr.decode import decoded
from coach.asr.engine import Region
from coach.errors import CoachError, RecordingError
from coach.pipeline import Coach
from coach.render import render
from coach.render.clip import clip_of
from coach.render.subtitles import cues
from coach.resources import folder
from coach.speakers import enrolled, voices_of
from coach.text import said
from coach.transcript import Speaker, Transcript, Turn

RECORDED = folder("samples") / "recorded"
STEREO, MONO = RECORDED / "tobacco-visit.flac", RECORDED / "telecom-complaint.flac"


def reference(recording: Path) -> list[dict]:
    (line,) = recording.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    return json.loads(line)["turns"]


def edits(one: str, other: str) -> int:
    """Insertions, deletions and substitutions between two texts (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, mark in enumerate(one, start=1):
        before, row[0] = row[0], at
        for to, wanted in enumerate(other, start=1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (mark != wanted))
    return row[-1]


@pytest.fixture(scope="module")
def stereo(coach: Coach) -> Transcript:
    return coach.listen(STEREO)


@pytest.fixture(scope="module")
def mono(coach: Coach) -> Transcript:
    return coach.listen(MONO)


@pytest.mark.parametrize(("call", "recording"), [("stereo", STEREO), ("mono", MONO)])
def test_a_call_becomes_a_transcript_with_roles(request: pytest.FixtureRequest, call: str, recording: Path) -> None:
    transcript: Transcript = request.getfixturevalue(call)
    turns = reference(recording)
    for speaker in (Speaker.REP, Speaker.CUSTOMER):
        wanted = said("".join(turn["text"] for turn in turns if turn["speaker"] == speaker))
        heard = said("".join(turn.text for turn in transcript.turns if turn.speaker is speaker))
        assert edits(heard, wanted) <= 0.15 * len(wanted)
    assert transcript.two_channels is (call == "stereo")
    assert transcript.duration_s == pytest.approx(turns[-1]["end_s"], abs=3)
    assert all(turn.words and turn.sound for turn in transcript.turns if len(turn.text) > 5)


def test_the_report_of_a_recording(coach: Coach, stereo: Transcript) -> None:
    report = coach.analyse(stereo)
    assert {finding.code for finding in report.findings} & {"overpromising", "attacking", "rude", "boasting"}
    metrics = {metric.code: metric.value for metric in report.metrics}
    assert 150 <= (metrics["pace"] or 0) <= 350
    assert metrics["interruptions"] is not None
    page = str(render(report, format="html", recording=STEREO))
    assert 'src="data:audio/mp4;base64,' in page
    assert page.count("data-at=") > 200
    assert "<audio" not in str(render(report, format="html"))


def test_the_time_line_is_as_long_as_the_recording(coach: Coach) -> None:
    turns = (
        Turn(0, Speaker.REP, "您好。", start_s=0, end_s=5),
        Turn(1, Speaker.CUSTOMER, "你好。", start_s=5, end_s=10),
    )
    report = coach.analyse(Transcript("c", turns, duration_s=20))
    assert re.findall(
        r'class="block \w+" x="([\d.]+)" y="\d+" width="([\d.]+)"', str(render(report, format="html"))
    ) == [
        ("0.0", "250.0"),
        ("250.0", "250.0"),
    ]


def test_personal_numbers_are_silenced(coach: Coach, mono: Transcript, tmp_path: Path) -> None:
    first = mono.turns[0]
    hidden = replace(first, text="*" * len(first.text))
    clip = clip_of(MONO, replace(mono, turns=(hidden, *mono.turns[1:])))
    assert clip.duration_s == pytest.approx(88, abs=3)
    assert max(clip.peaks) == 1
    path = tmp_path / "clip.mp4"
    path.write_bytes(base64.b64decode(clip.url.partition(",")[2]))
    with decoded(path) as audio:
        middle = first.words[len(first.words) // 2]
        assert abs(audio.read(0, middle.start_s, middle.end_s)).max() < 0.02
        later = mono.turns[2]
        assert abs(audio.read(0, later.start_s or 0, later.end_s)).max() > 0.05


def test_subtitles_say_all_in_order(coach: Coach, stereo: Transcript) -> None:
    report = coach.analyse(stereo)
    shown = list(cues(report.transcript))
    assert sum(len(said(cue.text)) for cue in shown) == sum(len(said(turn.text)) for turn in stereo.turns)
    assert [cue.start_s for cue in shown] == sorted(cue.start_s for cue in shown)
    assert all(cue.end_s > cue.start_s and len(cue.text) <= 45 for cue in shown)
    assert str(render(report, format="srt")).startswith("1\n00:00:00,")
    assert str(render(report, format="vtt")).startswith("WEBVTT\n\n00:00:0")


def test_a_textgrid_that_praat_reads(coach: Coach, stereo: Transcript, tmp_path: Path) -> None:
    parselmouth = pytest.importorskip("parselmouth")
    path = tmp_path / "call.TextGrid"
    path.write_text(str(render(coach.analyse(stereo), format="textgrid")), encoding="utf-8")
    grid = parselmouth.read(str(path))
    assert parselmouth.praat.call(grid, "Get number of tiers") == 2
    assert parselmouth.praat.call(grid, "Get total duration") == pytest.approx(stereo.duration_s, abs=0.1)


@pytest.fixture
def excerpts(tmp_path: Path) -> list[Path]:
    """The first 15 seconds of two calls, and a file that is none."""
    paths = []
    for recording in (MONO, STEREO):
        with decoded(recording) as audio:
            samples = audio.read(0, 0, 15)
        paths.append(tmp_path / f"{recording.stem}.wav")
        with wave.open(str(paths[-1]), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            file.writeframes((samples * 32_767).astype("<i2").tobytes())
    junk = tmp_path / "junk.wav"
    junk.write_bytes(b"RIFF")
    return [paths[0], junk, paths[1]]


def test_several_at_once_in_order_and_not_twice(coach: Coach, excerpts: list[Path], tmp_path: Path) -> None:
    kept_in = tmp_path / "kept"

    def outcomes() -> Iterator[Transcript | CoachError]:
        return coach.listen_to_all(excerpts, Listening(speakers=1), jobs=2, kept_in=kept_in)

    first, junk, last = outcomes()
    assert isinstance(first, Transcript)
    assert isinstance(last, Transcript)
    assert isinstance(junk, RecordingError)
    assert [first.call_id, last.call_id] == ["telecom-complaint", "tobacco-visit"]
    kept = {path: path.stat().st_mtime_ns for path in kept_in.iterdir()}
    assert len(kept) == 2
    assert coach.listen(excerpts[0], Listening(speakers=1), kept_in=kept_in) == first
    assert {path: path.stat().st_mtime_ns for path in kept_in.iterdir()} == kept
    damaged = next(path for path in kept if path.name.startswith("tobacco"))
    damaged.write_text("{}", encoding="utf-8")
    assert coach.listen(excerpts[2], Listening(speakers=1), kept_in=kept_in) == last, "heard again"


def test_how_many_processes() -> None:
    assert jobs_for(1) == 1
    assert jobs_for(0) == 1
    assert jobs_for(50, wanted=3) == 3
    assert jobs_for(2, wanted=8) == 2
    assert 1 <= jobs_for(1_000) <= 1_000


def test_an_enrolled_voice_is_known(tmp_path: Path) -> None:
    path = tmp_path / "voices.json"
    turns = reference(MONO)

    def regions(speaker: str, which: slice) -> list[Region]:
        return [Region(turn["start_s"], turn["end_s"]) for turn in turns if turn["speaker"] == speaker][which]

    with decoded(MONO) as audio:
        enrolled.enrol("小王", audio, regions("rep", slice(0, 3)), path)
        later = [regions(speaker, slice(3, None)) for speaker in ("rep", "customer")]
        centres = numpy.concatenate([voices_of(audio, own, 1).centres for own in later])
    assert enrolled.enrolled_voice(centres, "小王", path) == 0
    assert enrolled.enrolled_voice(centres[::-1], None, path) == 1
    assert enrolled.enrolled_voice(centres[1:], None, path) is None, "the customer alone is nobody we know"
    assert enrolled.forget("小王", path)
    assert enrolled.read(path) == {}


def test_too_short_a_voice_is_not_enrolled(tmp_path: Path) -> None:
    with decoded(MONO) as audio, pytest.raises(RecordingError, match="5 秒"):
        enrolled.enrol("小王", audio, [Region(0, 2)], tmp_path / "voices.json")


def test_the_recording_keeps_its_channels() -> None:
    with decoded(RECORDED / "drinks-reorder.flac") as audio:
        assert audio.channels == 2
        assert audio.duration_s == pytest.approx(101, abs=2)


def test_silence_is_told(tmp_path: Path, coach: Coach) -> None:
    nothing = numpy.zeros(8_000 * 3, dtype=numpy.float32)
    with pytest.raises(RecordingError, match="没有听到人说话"):
        coach.listen(write_wave(tmp_path / "silence.wav", nothing, nothing, rate=8_000))


def write_wave(path: Path, *channels: numpy.ndarray, rate: int = SAMPLE_RATE) -> Path:
    """Samples of each channel, float32 in [-1, 1], as a file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((numpy.stack(channels, axis=1).clip(-1, 1) * 32_767).astype("<i2").tobytes())
    return path


def music(seconds: int) -> numpy.ndarray:
    """Plucked chords with overtones, and a drum on every beat."""
    at = numpy.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    drum = numpy.random.default_rng(0).normal(0, 0.3, len(at)) * numpy.exp(-30 * (at % 1))
    chords = [(261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7)]
    sound = drum
    for beat in range(seconds):
        notes = [numpy.sin(2 * numpy.pi * tone * over * at) / over for tone in chords[beat % 4] for over in range(1, 6)]
        sound = sound + sum(notes) * numpy.exp(-3 * (at - beat)) * (at // 1 == beat)
    return (0.6 * sound / abs(sound).max()).astype(numpy.float32)


def test_music_is_told(tmp_path: Path, coach: Coach) -> None:
    with pytest.raises(RecordingError, match="没有听到人说话"):
        coach.listen(write_wave(tmp_path / "music.wav", music(12)))


@pytest.fixture(scope="module")
def spoken() -> numpy.ndarray:
    with decoded(MONO) as audio:
        return audio.read(0, 0, 12)


def test_one_silent_channel_is_told(tmp_path: Path, coach: Coach, spoken: numpy.ndarray) -> None:
    transcript = coach.listen(write_wave(tmp_path / "half.wav", spoken, numpy.zeros_like(spoken)))
    assert {turn.name for turn in transcript.turns} == {"左声道"}
    assert any("另一声道是空的" in warning for warning in transcript.warnings)


def test_a_second_of_sound_is_heard_or_told(tmp_path: Path, coach: Coach, spoken: numpy.ndarray) -> None:
    start = int(reference(MONO)[0]["start_s"] * SAMPLE_RATE)
    transcript = coach.listen(write_wave(tmp_path / "second.wav", spoken[start : start + SAMPLE_RATE]))
    assert sum(len(said(turn.text)) for turn in transcript.turns) <= 8


@pytest.mark.skipif(which("espeak-ng") is None, reason="espeak-ng speaks the English of this test")
def test_english_is_told(tmp_path: Path, coach: Coach) -> None:
    path = tmp_path / "english.wav"
    text = "Good morning, this is Peter. I am calling about your car insurance. Do you have a minute to talk about it?"
    run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), text], check=True)
    with pytest.raises(RecordingError, match="听起来是英语"):
        coach.listen(path)


@pytest.mark.parametrize(("keep", "told"), [(0, "空文件"), (40, "读不出声音")])
def test_truncated_recordings_are_told(tmp_path: Path, coach: Coach, keep: int, told: str) -> None:
    path = tmp_path / "cut.flac"
    path.write_bytes((RECORDED / "drinks-reorder.flac").read_bytes()[:keep])
    with pytest.raises(RecordingError, match=told):
        coach.listen(path)


def test_a_corrupt_recording_is_told_or_partly_heard(tmp_path: Path) -> None:
    raw = bytearray((RECORDED / "drinks-reorder.flac").read_bytes()[:60_000])
    raw[200:2_000] = bytes(1_800)
    path = tmp_path / "corrupt.flac"
    path.write_bytes(raw)
    try:
        with decoded(path) as audio:
            heard_s = audio.duration_s
    except RecordingError:
        heard_s = 0.0
    assert 0 <= heard_s < 60
