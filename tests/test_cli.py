"""The command line as a user sees it: output, exit codes, and nothing half-written."""

import json
import sys
from pathlib import Path

import pytest

from coach import __version__
from coach.cli import _typer, run
from coach.errors import CoachError
from coach.resources import folder

CALLS = folder("samples") / "calls"
CALL = "销售:李老板好,这批货包在我身上。\n客户:剩了三条。\n"


def coach_run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["coach", *arguments])
    return run(_typer)


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.txt"
    path.write_text(CALL, encoding="utf-8")
    return path


def test_a_report_in_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path
) -> None:
    assert coach_run(monkeypatch, "analyse", str(call)) == 0
    shown = capsys.readouterr().out
    assert "好说大话" in shown
    assert "包在我身上" in shown


@pytest.mark.parametrize("format", ["json", "md", "html", "xlsx", "jsonl", "text"])
def test_formats_are_written_to_a_file(monkeypatch: pytest.MonkeyPatch, call: Path, format: str) -> None:
    output = call.with_name(f"report.{format}")
    assert coach_run(monkeypatch, "analyse", str(call), "--format", format, "--output", str(output)) == 0
    assert output.stat().st_size > 100
    assert [path.name for path in call.parent.iterdir() if path.name.startswith(".")] == []


def test_batch_lines_follow_the_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    turns = [{"speaker": "customer", "text": "不好卖。"}, {"speaker": "rep", "text": "不可能,你搞错了。", "labels": []}]
    path = tmp_path / "calls.jsonl"
    path.write_text("".join(json.dumps({"id": f"c{n}", "turns": turns}) + "\n" for n in range(3)), encoding="utf-8")
    assert coach_run(monkeypatch, "analyse", str(path), "--format", "jsonl") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == ["c0", "c1", "c2"]
    assert set(lines[0]) == {"id", "findings", "strengths", "metrics", "score"}
    (finding, *_) = lines[0]["findings"]
    assert set(finding) == {"turn", "code", "severity", "score", "span", "quote", "reason", "instead", "detectors"}
    assert turns[finding["turn"]]["text"][slice(*finding["span"])] == finding["quote"]


def test_a_bad_file_does_not_stop_the_rest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: Path
) -> None:
    (call.parent / "a-empty.txt").write_bytes(b"")
    (call.parent / "b-junk.txt").write_bytes(b"\x00\x01")
    assert coach_run(monkeypatch, "analyse", str(call.parent), "--format", "jsonl") == 7
    captured = capsys.readouterr()
    assert [json.loads(line)["id"] for line in captured.out.splitlines()] == ["call"]
    assert "a-empty.txt" in captured.err
    assert "b-junk.txt" in captured.err


@pytest.mark.parametrize(
    ("name", "content", "code", "told"),
    [
        ("a.txt", b"", 3, "空"),
        ("a.txt", b"\x00\x01\x02", 3, "不是能读的文字"),
        ("a.jsonl", b"{", 3, "JSON"),
        ("a.wav", b"", 5, "空文件"),
        ("a.wav", b"RIFF\x00\x00", 5, "读不出声音"),
    ],
)
def test_exit_codes(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    content: bytes,
    code: int,
    told: str,
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert coach_run(monkeypatch, "analyse", str(path)) == code
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_a_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert coach_run(monkeypatch, "analyse", "没有.txt") == 3
    assert "找不到文件" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyse"],
        ["analyse", "x", "--format", "pdf"],
        ["analyse", "x", "--only", "shouting"],
        ["rules", "list", "shouting"],
    ],
)
def test_wrong_usage(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    assert coach_run(monkeypatch, *arguments) == 2


def test_a_wrong_rule_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, call: Path
) -> None:
    assert coach_run(monkeypatch, "analyse", str(call), "--rules", str(tmp_path)) == 4
    assert "缺少" in capsys.readouterr().err


def test_only_and_explain(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("销售:这事我不敢说包在我身上。\n客户:嗯。\n", encoding="utf-8")
    assert coach_run(monkeypatch, "analyse", str(path), "--explain") == 0
    assert "否定的说法" in capsys.readouterr().out
    assert coach_run(monkeypatch, "analyse", str(path), "--only", "rude", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["analysis"]["codes"] == ["rude"]


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert coach_run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"coach {__version__}\n"


def test_rules_check_list_try_and_new(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import shutil

    rules = tmp_path / "rules"
    shutil.copytree(folder("rules"), rules)
    assert coach_run(monkeypatch, "rules", "check", "--rules", str(rules)) == 0
    assert coach_run(monkeypatch, "rules", "list", "rude", "--rules", str(rules)) == 0
    assert coach_run(monkeypatch, "rules", "try", "这事包在我身上", "--rules", str(rules)) == 0
    assert "包在我身上" in capsys.readouterr().out
    assert coach_run(monkeypatch, "rules", "new", "rude", "one-more", "--rules", str(rules)) == 0
    assert coach_run(monkeypatch, "rules", "check", "--rules", str(rules)) == 4, "the template asks to be filled in"
    assert "rude.yaml" in capsys.readouterr().err


def test_every_error_of_ours_has_an_exit_code_and_a_status() -> None:
    def below(error: type[CoachError]) -> set[type[CoachError]]:
        return {error}.union(*(below(child) for child in error.__subclasses__()))

    assert all(1 <= error.exit_code < 100 and 400 <= error.status < 600 for error in below(CoachError))
