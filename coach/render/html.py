"""One self-contained HTML file: works without JavaScript, prints on A4, asks the network for nothing.

With its recording the page plays: the sound is inside it, turns and words can be clicked.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from coach.findings import Finding
from coach.habits import name_of
from coach.render import words
from coach.render.clip import Clip, clip_of
from coach.render.templating import templates
from coach.report import Metric, Report
from coach.timing import pace
from coach.transcript import Speaker, Transcript, Turn

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
_RING = 326.7
"""Circumference of the score's ring in the drawing's units."""

_TIMELINE_WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Block:
    """A turn on the timeline: its place and width (0 to 1000), its speaker, and what was found in it."""

    index: int
    x: float
    width: float
    speaker: str
    severity: int
    praised: bool
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A metric drawn on a line of 0 to 100: the recommended range and the value."""

    metric: Metric
    low: float
    high: float
    at: float


def render(report: Report, explain: bool = False, recording: Path | None = None) -> str:
    """The report as one HTML file; `explain` opens the exempted sentences; a `recording` can be heard in it."""
    clip = None if recording is None else clip_of(recording, report.transcript)
    return templates(TEMPLATES).get_template("report.html.j2").render(**view(report, clip), explain=explain)


def view(report: Report, clip: Clip | None = None) -> dict[str, Any]:
    """Everything the template shows, ready to be shown."""
    findings: dict[int, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        findings[finding.turn].append(finding)
    spans = {turn: tuple(span for one in found for span in one.spans) for turn, found in findings.items()}
    praised = defaultdict(list)
    for strength in report.strengths:
        praised[strength.turn].append(name_of(strength.code))
    rep_size, customer_size = _sizes(report)
    return {
        "report": report,
        "words": words,
        "name_of": name_of,
        "style": Markup((_HERE / "static/report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        "ring": round(_RING * report.score / 100, 1),
        "ring_length": _RING,
        "blocks": _timeline(report.transcript, findings, praised),
        "bars": [_bar(metric) for metric in report.metrics if metric.unit],
        "ticks": [metric for metric in report.metrics if not metric.unit],
        "talk_share": round(100 * rep_size / (rep_size + customer_size)) if rep_size + customer_size else None,
        "before": {
            finding.turn: _customer_before(report.transcript.turns, finding.turn) for finding in report.findings
        },
        "findings_in": findings,
        "praised_in": praised,
        "spans_in": spans,
        "clip": clip,
        "wave": _wave(clip.peaks) if clip else "",
        "script": Markup((_HERE / "static/player.js").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        "paces": {turn.index: round(pace(turn) or 0) for turn in report.transcript.turns},
        "exempted": [one for one in report.exempted if one.exemption is not None],
    }


def _sizes(report: Report) -> tuple[int, int]:
    rep = sum(len(turn.text) for turn in report.transcript.turns if turn.speaker is Speaker.REP)
    return rep, sum(len(turn.text) for turn in report.transcript.turns if turn.speaker is Speaker.CUSTOMER)


def _customer_before(turns: Sequence[Turn], index: int) -> Turn | None:
    before = turns[index - 1] if index else None
    return before if before is not None and before.speaker is Speaker.CUSTOMER else None


def _timeline(transcript: Transcript, findings: dict[int, list[Finding]], praised: dict[int, list[str]]) -> list[Block]:
    """Blocks by time, as long as the recording, where all turns have times; else by length."""
    turns = transcript.turns
    timed = all(turn.start_s is not None and turn.end_s is not None for turn in turns)
    if timed:
        end = max([transcript.duration_s or 0.0, *(turn.end_s or 0.0 for turn in turns)]) or 1.0
        places = [((turn.start_s or 0.0) / end, ((turn.end_s or 0.0) - (turn.start_s or 0.0)) / end) for turn in turns]
    else:
        whole = sum(len(turn.text) for turn in turns) or 1
        places = []
        at = 0
        for turn in turns:
            places.append((at / whole, len(turn.text) / whole))
            at += len(turn.text)
    blocks: list[Block] = []
    for turn, (start, length) in zip(turns, places, strict=True):
        severity = max((one.severity for one in findings.get(turn.index, ())), default=0)
        names = [name_of(one.code) for one in findings.get(turn.index, ())] + praised.get(turn.index, [])
        title = f"第 {turn.index + 1} 轮 {words.SPEAKER_NAMES[turn.speaker]} {words.clock(turn.start_s)} {'、'.join(names)}".strip()
        x, width = round(start * _TIMELINE_WIDTH, 1), max(round(length * _TIMELINE_WIDTH, 1), 1.0)
        blocks.append(Block(turn.index, x, width, turn.speaker.value, severity, turn.index in praised, title))
    return blocks


def _wave(peaks: Sequence[float]) -> str:
    """The waveform between the two rows of the timeline, as a path."""
    step = _TIMELINE_WIDTH / max(len(peaks), 1)
    return "".join(f"M{at * step:.1f} {59 - 30 * peak:.1f}v{60 * peak:.1f}" for at, peak in enumerate(peaks))


def _bar(metric: Metric) -> Bar:
    """The value and its range on a scale that shows both."""
    top = (
        100.0
        if metric.unit == "%"
        else 1.4 * max(metric.value or 0.0, metric.high or 0.0, 1.5 * (metric.low or 0.0), 0.01)
    )
    low, high = metric.low or 0.0, metric.high if metric.high is not None else top
    return Bar(
        metric,
        round(100 * low / top, 1),
        round(100 * min(high, top) / top, 1),
        round(100 * min(metric.value or 0.0, top) / top, 1),
    )
