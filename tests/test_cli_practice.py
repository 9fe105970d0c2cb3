"""`coach practice` as a user sees it."""

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from rich.console import Console

from coach.cli import _typer, run
from coach.resources import folder

SHARED = folder("rules") / "scenarios" / "shared.yaml"


def coach_run(monkeypatch: pytest.MonkeyPatch, *arguments: str, lines: Iterable[str] = ()) -> int:
    said = iter(lines)
    monkeypatch.setattr(sys, "argv", ["coach", "practice", *arguments])
    monkeypatch.setattr(Console, "input", lambda *_: next(said))
    return run(_typer)


def test_a_talk_in_the_terminal_is_kept_and_gone_on_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "talk.json"
    bad = "不可能，你说的根本不对[/bold][red]，明明是你自己搞错了。"
    first = [bad, "/重说", "您说得有道理，我先听您说说，客人都嫌什么？", "/结束"]
    assert coach_run(monkeypatch, "start", "new-brand-slow", "--session", str(kept), lines=first) == 0
    shown = capsys.readouterr().out
    assert "喜欢随时反驳" in shown
    assert "[/bold][red]" in shown, "what people type is shown as they typed it"
    assert "这样说好多了" in shown
    assert "练习报告" in shown
    assert coach_run(monkeypatch, "start", "--session", str(kept), lines=["/重说", "", "/结束"]) == 0
    again = capsys.readouterr().out
    assert "我先听您说说" in again
    assert "上一句没有要改的地方" in again
    assert "还没有说话" in again


def test_a_moment_of_a_call_is_practised(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call = tmp_path / "call.txt"
    call.write_text("销售：李姐好。\n客户：别人家的比你们好卖。\n销售：不可能，你根本没用心推。", encoding="utf-8")
    assert (
        coach_run(monkeypatch, "moment", str(call), "--turn", "3", lines=["您说得有道理，我先听您说说。", "/结束"]) == 0
    )
    shown = capsys.readouterr().out
    assert "再练这一刻" in shown
    assert "当时您说的：不可能" in shown
    assert "练习报告" in shown
    assert coach_run(monkeypatch, "moment", str(call), "--turn", "1") == 3
    assert "没有找到要改的习惯" in capsys.readouterr().err


def test_who_was_left_brings_the_customer_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rude = [f"你爱听不听，有本事你去投诉。{'！' * times}" for times in range(6)]
    lines = [*rude[:2], "/重说", "对不起，刚才是我急了，您平时把它摆在哪儿？", "/结束"]
    assert coach_run(monkeypatch, "start", "new-brand-slow", "--level", "3", lines=lines) == 0
    shown = capsys.readouterr().out
    assert "王老板走了。想挽回" in shown
    assert "摆哪儿？柜台底下呗" in shown


def test_a_new_scenario_is_written_filled_and_checked_and_none_is_overwritten(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "shared.yaml").write_bytes(SHARED.read_bytes())
    assert coach_run(monkeypatch, "new", str(tmp_path / "mine")) == 0
    assert coach_run(monkeypatch, "check", "--scenarios", str(tmp_path)) == 0
    assert "1 个情景，全部符合" in capsys.readouterr().out
    (tmp_path / "mine.yaml").write_text("title: 我改过了", encoding="utf-8")
    assert coach_run(monkeypatch, "new", str(tmp_path / "mine")) == 3
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "title: 我改过了"
    assert coach_run(monkeypatch, "check", "--scenarios", str(tmp_path)) == 4
    assert "mine.yaml:1" in capsys.readouterr().err
