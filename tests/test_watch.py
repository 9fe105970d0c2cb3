"""A watched folder: what is handed in, when, and where it goes."""

import os
from pathlib import Path

import pytest

from coach.cli import app
from coach.cli.watch import DONE, REFUSED, Watched
from coach.client import RemoteError
from coach.errors import InputError


class FakeClient:
    """Remembers what is handed in; refuses with the given error."""

    def __init__(self) -> None:
        self.uploaded: list[tuple[str, str]] = []
        self.refusal: Exception | None = None

    def upload(self, path: Path, *, pattern: str, source: str) -> list[dict]:
        if self.refusal is not None:
            raise self.refusal
        self.uploaded.append((path.name, pattern))
        assert source == "watch"
        return []


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path, FakeClient(), "{date}_{rep}")


def put(folder: Path, name: str, content: bytes = b"sound") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_file_goes_up_once_it_no_longer_grows(watched: Watched) -> None:
    growing = put(watched.folder, "a.wav")
    assert list(watched.look()) == []
    growing.write_bytes(b"more sound")
    assert list(watched.look()) == []
    assert list(watched.look()) == ["已上传 a.wav"]
    assert list(watched.look()) == []
    assert watched.client.uploaded == [("a.wav", "{date}_{rep}")]
    assert (watched.folder / DONE / "a.wav").read_bytes() == b"more sound"


def test_folders_are_kept_and_nothing_is_overwritten(watched: Watched) -> None:
    for _ in range(2):
        put(watched.folder, "十一月/a.wav")
        list(watched.look())
        list(watched.look())
    assert sorted(path.name for path in (watched.folder / DONE / "十一月").iterdir()) == ["a (2).wav", "a.wav"]


def test_what_is_refused_says_why(watched: Watched) -> None:
    watched.client.refusal = RemoteError("「a.wav」是空文件", 422)
    put(watched.folder, "a.wav", b"")
    list(watched.look())
    assert list(watched.look()) == ["没成功 a.wav：「a.wav」是空文件"]
    assert (watched.folder / REFUSED / "a.wav.原因.txt").read_text() == "「a.wav」是空文件\n"
    assert list(watched.look()) == list(watched.look()) == [], "the reason is not handed in"


@pytest.mark.parametrize("status", [0, 401, 403, 429, 503])
def test_while_the_service_is_out_files_stay(watched: Watched, status: int) -> None:
    watched.client.refusal = RemoteError("连不上", status)
    path = put(watched.folder, "a.wav")
    list(watched.look())
    with pytest.raises(RemoteError):
        list(watched.look())
    assert path.exists()
    watched.client.refusal = None
    assert list(watched.look()) == ["已上传 a.wav"]


def test_other_files_are_left_alone(watched: Watched) -> None:
    paths = [put(watched.folder, name) for name in ("a.exe", ".hidden.wav", ".tmp/a.wav", "a.wav.part")]
    list(watched.look())
    assert list(watched.look()) == []
    assert all(path.exists() for path in paths)


def test_an_unreadable_file_is_told(watched: Watched) -> None:
    watched.client.refusal = InputError("文件读不了")
    put(watched.folder, "a.wav")
    list(watched.look())
    assert list(watched.look()) == ["没成功 a.wav：文件读不了"]


@pytest.mark.parametrize(("arguments", "told"), [(["没有"], "没有「没有」这个文件夹"), (["."], "COACH_API_KEY")])
def test_the_command_says_what_is_missing(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COACH_API_KEY", raising=False)
    monkeypatch.setattr("sys.argv", ["coach", "watch", *arguments])
    with pytest.raises(SystemExit) as ended:
        app()
    assert ended.value.code == 3
    assert told in capsys.readouterr().err


def test_the_command_stops_where_the_service_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "a.wav")
    monkeypatch.setitem(os.environ, "COACH_API_KEY", "coach_x")
    address = "http://127.0.0.1:9"
    monkeypatch.setattr("sys.argv", ["coach", "watch", str(tmp_path), "--url", address, "--once", "--every", "0.1"])
    with pytest.raises(SystemExit) as ended:
        app()
    assert ended.value.code == 1
    assert f"连不上 {address}" in capsys.readouterr().err
    assert (tmp_path / "a.wav").exists()
