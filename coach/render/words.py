"""Chinese wording that all renderers share; `say` gives a text of ours in another language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from coach import timing
from coach.report import SEVERITY_NAMES, HabitSummary, Metric, Report
from coach.transcript import Span, Speaker, Turn

Say = Callable[[str], str]

SPEAKER_NAMES = {Speaker.REP: "销售", Speaker.CUSTOMER: "客户", Speaker.UNKNOWN: "未知"}
_DETECTOR_NAMES = {"rule": "规则", "flow": "通话流程", "classifier": "分类器", "voice": "声音"}


def severity_name(severity: int) -> str:
    """轻微, 明显 or 严重."""
    return SEVERITY_NAMES[severity]


def detector_name(detector: str) -> str:
    """规则, 通话流程 or 分类器, from an evidence's detector."""
    return _DETECTOR_NAMES.get(detector.partition(":")[0], detector)


def verdict_on(score: int) -> str:
    """The score in words."""
    if score >= 90:
        return "很好，继续保持"
    if score >= 75:
        return "不错，有几处可以更好"
    if score >= 55:
        return "有明显的问题要改"
    return "这通对话很可能让客户不舒服"


def summary_of(report: Report, say: Say = str) -> str:
    """One sentence on what was found."""
    judged = report.analysis.judged_turns
    if judged == 0:
        return say("这段对话没有可以判断的销售话语。")
    found = len(report.findings)
    if not found:
        return say("看了销售的 {judged} 轮话，没有发现十个习惯里的问题。").format(judged=judged)
    return say("看了销售的 {judged} 轮话，其中 {turns} 轮有 {found} 处可以改进，{good} 处做得好。").format(
        judged=judged,
        turns=len({finding.turn for finding in report.findings}),
        found=found,
        good=len(report.strengths),
    )


def judged_in(report: Report, say: Say = str) -> str:
    """What of the call was judged."""
    analysis = report.analysis
    if analysis.unjudged_turns:
        told = say("判断了销售的 {judged} 轮话，有 {unjudged} 轮分不清说话人，没有判断。客户的话从不评判。")
    else:
        told = say("判断了销售的 {judged} 轮话。客户的话从不评判。")
    told = told.format(judged=analysis.judged_turns, unjudged=analysis.unjudged_turns)
    return told + (say("这份报告只看：{codes}。").format(codes="、".join(analysis.codes)) if analysis.codes else "")


def habit_state(habit: HabitSummary, say: Say = str) -> str:
    """What is said of one of the ten habits."""
    if not habit.looked_for:
        return say("没有检查")
    if not habit.count:
        return say("查过了，没有发现")
    parts = [f"{say(one.name)} {one.count}" for one in habit.codes if one.count and len(habit.codes) > 1]
    detail = f"({'、'.join(parts)})" if parts else ""
    worst = say(severity_name(habit.severity))
    return say("{count} 处，最重为{severity}").format(count=habit.count, severity=worst) + detail


def clock(seconds: float | None) -> str:
    """`1:05`, or nothing."""
    return "" if seconds is None else timing.clock(seconds)


def value_of(metric: Metric, say: Say = str) -> str:
    """A metric's value with its unit, or yes and no."""
    if metric.value is None:
        return say("算不出")
    if not metric.unit:
        return say("有" if metric.value else "没有")
    return f"{metric.value:g} {say(metric.unit)}".replace(" %", "%")


def range_of(metric: Metric, say: Say = str) -> str:
    """A metric's recommended range."""
    if not metric.unit:
        return say("应当有")
    match (metric.low, metric.high):
        case (None, None):
            return say("没有统一范围")
        case (None, high):
            return say("不超过 {high:g}").format(high=high)
        case (low, None):
            return say("至少 {low:g}").format(low=low)
        case (low, high):
            return say("在 {low:g} 到 {high:g} 之间").format(low=low, high=high)


def advised(metric: Metric, say: Say = str) -> str:
    """A metric's recommended range as advice; where there is none, that."""
    has_range = metric.unit and (metric.low is not None or metric.high is not None)
    return say("建议{range}").format(range=range_of(metric, say)) if has_range else range_of(metric, say)


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a turn shown alike: marked or not, and when they begin in the recording."""

    text: str
    marked: bool
    at_s: float | None


def pieces(turn: Turn, spans: tuple[Span, ...]) -> Iterator[Piece]:
    """The turn's text cut where a mark or a timed word begins or ends."""
    starts = {word.span.start: word.start_s for word in turn.words}
    cuts = {0, len(turn.text), *starts}
    cuts |= {cut for span in (*spans, *(word.span for word in turn.words)) for cut in (span.start, span.end)}
    at_s: float | None = None
    for start, end in pairwise(sorted(cut for cut in cuts if cut <= len(turn.text))):
        at_s = starts.get(start, at_s)
        yield Piece(turn.text[start:end], any(span.start <= start < span.end for span in spans), at_s)


def marked(turn: Turn, spans: tuple[Span, ...]) -> Iterator[tuple[str, bool]]:
    """The turn's text in pieces, each with whether it is marked; overlapping spans are one."""
    for mark, run in groupby(pieces(turn, spans), key=lambda piece: piece.marked):
        yield "".join(piece.text for piece in run), mark


def short(digest: str) -> str:
    """The first twelve digits of a digest."""
    return digest[:12]
