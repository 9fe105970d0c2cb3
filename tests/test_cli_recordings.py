"""Recordings on the command line: what is printed and written, progress, interruption, and a batch that goes on."""

import multiprocessing
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path

import huggingface_hub
import numpy
import pytest
from test_cli import coach_run

from coach.asr.audio import SAMPLE_RATE
from coach.asr.decode import decoded
from coach.resources import folder

MONO = folder("samples") / "recorded" / "telecom-complaint.flac"


def excerpt(path: Path, start_s: float, end_s: float) -> Path:
    """A part of a recorded call as a file."""
    with decoded(MONO) as audio:
        samples = (audio.read(0, start_s, end_s) * 32_767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


@pytest.fixture
def call(tmp_path: Path) -> Path:
    return excerpt(tmp_path / "call.wav", 0, 12)


def test_who_said_what_when_and_the_other_way_round(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path
) -> None:
    def shown(*options: str) -> list[str]:
        assert coach_run(monkeypatch, "transcribe", str(call), *options) == 0
        return capsys.readouterr().out.splitlines()

    lines, swapped = shown(), shown("--swap")
    assert all(line.startswith("[0:") and "：" in line for line in lines)
    exchanged = {"销售": "客户", "客户": "销售"}
    for line, other in zip(lines, swapped, strict=True):
        at, _, text = line.partition("：")
        time, _, speaker = at.partition("] ")
        assert other == f"{time}] {exchanged.get(speaker, speaker)}：{text}"


def test_transcripts_are_written_in_other_forms_and_heard_once(monkeypatch: pytest.MonkeyPatch, call: Path) -> None:
    kept = call.with_name("kept")
    for format, start in [("srt", "1\n00:00:0"), ("vtt", "WEBVTT"), ("textgrid", "File type"), ("json", "{")]:
        output = call.with_name(f"out.{format}")
        arguments = ["transcribe", str(call), "--format", format, "-o", str(output), "--transcripts", str(kept)]
        assert coach_run(monkeypatch, *arguments) == 0
        assert output.read_text(encoding="utf-8").startswith(start)
    assert len(list(kept.iterdir())) == 1


def test_a_bar_moves_in_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert coach_run(monkeypatch, "transcribe", str(call)) == 0
    assert "转写 call.wav" in capsys.readouterr().err


def test_an_interrupted_recording_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(call.parent))
    monkeypatch.setattr("coach.asr.workers.wait", interrupt)
    output, kept = call.with_name("out.txt"), call.with_name("kept")
    assert coach_run(monkeypatch, "transcribe", str(call), "-o", str(output), "--transcripts", str(kept)) == 130
    assert "已中断" in capsys.readouterr().err
    assert list(call.parent.iterdir()) == [call]


def test_an_interrupted_batch_keeps_what_is_done_and_ends_its_processes(
    monkeypatch: pytest.MonkeyPatch, call: Path
) -> None:
    kept, output = call.with_name("kept"), call.with_name("out")
    second = excerpt(call.with_name("later.wav"), 12, 20)
    arguments = ["transcribe", str(call), str(second), "-o", str(output), "--transcripts", str(kept), "--jobs", "2"]
    with monkeypatch.context() as patched:
        patched.setattr("coach.cli.transcribe.write_whole", interrupt)
        assert coach_run(patched, *arguments) == 130
    assert multiprocessing.active_children() == []
    assert not output.exists()
    done = {path: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert any(path.name.startswith("call.") for path in done)
    assert coach_run(monkeypatch, *arguments) == 0
    assert sorted(path.name for path in output.iterdir()) == ["call.txt", "later.txt"]
    assert all(path.stat().st_mtime_ns == time for path, time in done.items()), "what was done is not done again"


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_batch_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path, jobs: str
) -> None:
    quiet, junk = call.with_name("quiet.wav"), call.with_name("junk.mp3")
    with wave.open(str(quiet), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(numpy.zeros(SAMPLE_RATE, dtype="<i2").tobytes())
    junk.write_bytes(b"no sound" * 100)
    output = call.with_name("out")
    assert coach_run(monkeypatch, "transcribe", str(call.parent), "-o", str(output), "--jobs", jobs) == 7
    assert [path.name for path in output.iterdir()] == ["call.txt"]
    told = capsys.readouterr().err
    assert "完成 1 通，另有 2 个文件没能用上" in told
    assert "没有听到人说话" in told
    assert "读不出声音" in told


def test_a_folder_that_cannot_hold_transcripts_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path
) -> None:
    assert coach_run(monkeypatch, "transcribe", str(call), "--transcripts", str(call)) == 5
    assert "读写失败" in capsys.readouterr().err


def test_engines_and_models_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert coach_run(monkeypatch, "engines") == 0
    shown = capsys.readouterr().out
    assert [line.split()[:2] for line in shown.splitlines()] == [["faster-whisper", "可用"], ["openai-whisper", "可用"]]
    assert coach_run(monkeypatch, "models", "list") == 0
    assert "base            已就绪" in capsys.readouterr().out


def refuse(*_: object, **__: object) -> Callable[..., None]:
    raise ConnectionError


def test_a_model_without_network_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path
) -> None:
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", refuse)
    monkeypatch.setattr("coach.asr.weights.cache_folder", lambda: call.parent / "cache")
    assert coach_run(monkeypatch, "models", "pull", "small") == 5
    assert "HF_ENDPOINT" in capsys.readouterr().err
    assert coach_run(monkeypatch, "transcribe", str(call), "--model", "small") == 6
    assert "coach models pull small" in capsys.readouterr().err
    assert coach_run(monkeypatch, "models", "pull", "enormous") == 3
    assert coach_run(monkeypatch, "transcribe", str(call), "--engine", "ears") == 3


def test_a_voice_is_enrolled_listed_and_forgotten(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path
) -> None:
    monkeypatch.setattr("coach.speakers.enrolled.voices_file", lambda: call.with_name("voices.json"))
    assert coach_run(monkeypatch, "voices", "enrol", "小王", str(call)) == 0
    assert coach_run(monkeypatch, "voices", "list") == 0
    assert "小王\n" in capsys.readouterr().out
    assert coach_run(monkeypatch, "voices", "forget", "小王") == 0
    assert coach_run(monkeypatch, "voices", "forget", "小王") == 3
