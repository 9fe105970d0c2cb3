"""Real sound through the real recogniser: two channels in, a report out."""

import json
from pathlib import Path

import pytest

from coach.asr.decode import decoded
from coach.errors import RecordingError
from coach.pipeline import Coach
from coach.resources import folder
from coach.text import said
from coach.transcript import Speaker

RECORDED = folder("samples") / "recorded"


def edits(one: str, other: str) -> int:
    """Insertions, deletions and substitutions between two texts (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, mark in enumerate(one, start=1):
        before, row[0] = row[0], at
        for to, wanted in enumerate(other, start=1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (mark != wanted))
    return row[-1]


def test_a_two_channel_call_becomes_a_transcript_with_roles(coach: Coach) -> None:
    transcript = coach.listen(RECORDED / "tobacco-visit.flac")
    (line,) = (RECORDED / "tobacco-visit.jsonl").read_text(encoding="utf-8").splitlines()
    turns = json.loads(line)["turns"]
    for speaker in (Speaker.REP, Speaker.CUSTOMER):
        wanted = said("".join(turn["text"] for turn in turns if turn["speaker"] == speaker))
        heard = said("".join(turn.text for turn in transcript.turns if turn.speaker is speaker))
        assert edits(heard, wanted) <= 0.2 * len(wanted)
    assert transcript.duration_s == pytest.approx(93, abs=3)
    report = coach.analyse(transcript)
    assert {finding.code for finding in report.findings} & {"overpromising", "attacking", "rude", "boasting"}
    assert all(turn.start_s is not None and turn.words for turn in report.transcript.turns)


def test_the_recording_keeps_its_channels() -> None:
    with decoded(RECORDED / "drinks-reorder.flac") as audio:
        assert audio.channels == 2
        assert audio.duration_s == pytest.approx(101, abs=2)


def test_silence_is_told(tmp_path: Path, coach: Coach) -> None:
    import wave

    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(8_000 * 4 * 3))
    with pytest.raises(RecordingError, match="没有听到人说话"):
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
