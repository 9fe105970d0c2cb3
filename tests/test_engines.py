"""Two engines, one model: the same weights, the same encoder output, and both hear real sound."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy
import pytest

from coach.asr.decode import decoded
from coach.asr.engines import ENGINES, load_engine, states
from coach.asr.weights import base_model, model_folder, pull
from coach.errors import InputError, MissingPartError, RecordingError
from coach.resources import folder
from coach.text import said, simplified

CALL = folder("samples") / "recorded" / "insurance-renewal.flac"
HEARD_S = 20.0


@pytest.fixture(scope="module")
def samples() -> numpy.ndarray:
    with decoded(CALL) as audio:
        return audio.read(0, 0, HEARD_S)


def what_was_said() -> str:
    turns = json.loads(CALL.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()[0])["turns"]
    return said("".join(turn["text"] for turn in turns if turn["end_s"] <= HEARD_S))


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_hears_what_is_said(name: str, samples: numpy.ndarray) -> None:
    engine = load_engine(name, "base")
    segments = list(engine.hear(samples))
    heard = said(simplified("".join(word.text for segment in segments for word in segment.words)))
    wanted = what_was_said()
    assert len(set(wanted) & set(heard)) >= 0.8 * len(set(wanted))
    times = [word.start_s for segment in segments for word in segment.words]
    assert times == sorted(times)
    assert times[-1] <= HEARD_S
    assert engine.language(samples)[0] == "zh"
    assert name in engine.id
    assert "base" in engine.id


def test_both_encoders_give_the_same(samples: numpy.ndarray) -> None:
    import ctranslate2
    import torch
    import whisper

    from coach.asr.openai_whisper import OpenAIWhisper

    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples))
    with torch.no_grad():
        ours = OpenAIWhisper(base_model())._model.encoder(mel[None])[0].numpy()
    stored = ctranslate2.models.Whisper(str(base_model()), compute_type="float32")
    theirs = numpy.asarray(stored.encode(ctranslate2.StorageView.from_array(mel[None].numpy())))[0]
    assert numpy.abs(ours - theirs).max() < 0.01 * numpy.abs(theirs).max()


def test_engines_are_listed_with_what_they_need() -> None:
    assert {state.id for state in states()} == set(ENGINES)
    assert all(state.ready and state.note for state in states())


def test_an_unknown_engine_or_model_is_told() -> None:
    with pytest.raises(InputError, match="没有「x」"):
        load_engine("x", "base")
    with pytest.raises(InputError, match="没有语音模型"):
        model_folder("enormous")


def test_a_size_not_fetched_is_told_and_nothing_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match="coach models pull small"):
        model_folder("small", tmp_path)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "whisper-base"
    place.mkdir()
    for path in base_model().iterdir():
        (place / path.name).write_bytes(path.read_bytes()[:1_000])
    with pytest.raises(RecordingError, match="校验和不符"):
        base_model(tmp_path)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch):
    """A hub that states these digests and sends these bytes."""
    import hashlib

    import huggingface_hub

    def publish(stated: bytes, sent: bytes | None) -> None:
        files = [SimpleNamespace(rfilename="model.bin", lfs=SimpleNamespace(sha256=hashlib.sha256(stated).hexdigest()))]

        def download(_repository: str, *, local_dir: Path, allow_patterns: list[str]) -> None:
            if sent is None:
                raise ConnectionError
            assert allow_patterns == ["model.bin"]
            (local_dir / "model.bin").write_bytes(sent)

        monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *_, **__: SimpleNamespace(siblings=files))
        monkeypatch.setattr(huggingface_hub, "snapshot_download", download)

    return publish


def test_a_fetched_size_is_verified_and_later_damage_seen(hub, tmp_path: Path) -> None:
    hub(b"weights", b"weights")
    place = pull("small", tmp_path)
    assert model_folder("small", tmp_path) == place
    (place / "model.bin").write_bytes(b"damaged")
    with pytest.raises(RecordingError, match="校验和不符"):
        model_folder("small", tmp_path)


@pytest.mark.parametrize(("sent", "told"), [(b"tampered", "校验和不符"), (None, "连不上")])
def test_a_bad_download_leaves_nothing(hub, tmp_path: Path, sent: bytes | None, told: str) -> None:
    hub(b"weights", sent)
    with pytest.raises(RecordingError, match=told):
        pull("small", tmp_path)
    assert list(tmp_path.iterdir()) == []
