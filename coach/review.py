"""A supervisor's review of a call: what he thinks of each finding, what was missed, what is praised, what to work on.

    draft ⇄ shared ─────────▶ final      shared, taken_back, acknowledged
               └─▶ appealed ─▶ final      appealed, decided

Only a draft, or a review that was appealed, is changed by its reviewer; only the rep appeals and acknowledges. Everything
here returns a new review and raises InputError, in Chinese, where the state does not allow it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from coach.errors import InputError
from coach.habits import HABITS
from coach.report import Report
from coach.transcript import Speaker, Transcript

SCHEMA_VERSION = 1
MOST_POINTS = 3
LONGEST_TEXT = 2000
_SAMPLED = 3
_PASSES = 5
HELD_BACK = "reviews-0"
"""The pass of reviewed calls that no model learns from: it is compared on them."""


class Decision(StrEnum):
    """What a reviewer says of a place: the finding is right, wrong, another habit; or, where nothing was found, that
    something was missed or that nothing is wrong.
    """

    AGREE = "agree"
    REJECT = "reject"
    CHANGE = "change"
    MISSED = "missed"
    CLEAR = "clear"


DECISION_NAMES = {
    Decision.AGREE: "同意",
    Decision.REJECT: "不是问题",
    Decision.CHANGE: "改为别的习惯",
    Decision.MISSED: "漏判",
    Decision.CLEAR: "这句没问题",
}


class State(StrEnum):
    """How far a review is."""

    DRAFT = "draft"
    SHARED = "shared"
    APPEALED = "appealed"
    FINAL = "final"


STATE_NAMES = {State.DRAFT: "草稿", State.SHARED: "已发给本人", State.APPEALED: "有申诉", State.FINAL: "已定稿"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision on one place. `code` is the habit found or missed (empty for a turn that is clear), `changed_to` the
    habit it really is, `severity` 1 to 3 what the reviewer makes of it.
    """

    turn: int
    code: str
    decision: Decision
    changed_to: str = ""
    severity: int = 2
    note: str = ""
    instead: str = ""

    @property
    def place(self) -> tuple[int, str]:
        """What the verdict is about; a review has one verdict a place."""
        return self.turn, self.code

    @property
    def heard(self) -> str:
        """The habit that the reviewer hears there; empty for none."""
        if self.decision is Decision.CHANGE:
            return self.changed_to
        return self.code if self.decision in (Decision.AGREE, Decision.MISSED) else ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What is said of a turn (None: of the call); `praise`: because it was good."""

    turn: int | None
    text: str
    praise: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """Something to work on next; `code` where it is about a habit."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What the rep says of the review, or the reviewer answers; about one place or, without, about all of it."""

    by_rep: bool
    text: str
    at: datetime
    turn: int | None = None
    code: str = ""
    appeals: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """One person's review of one call. `call_version` is the version of the transcript it was made of.

    `sampled` are the turns without findings that the reviewer was asked to look at, out of `unflagged` such turns.
    """

    call_id: str
    call_version: int = 1
    state: State = State.DRAFT
    verdicts: tuple[Verdict, ...] = ()
    comments: tuple[Comment, ...] = ()
    points: tuple[Point, ...] = ()
    summary: str = ""
    messages: tuple[Message, ...] = ()
    sampled: tuple[int, ...] = ()
    unflagged: int = 0
    acknowledged_at: datetime | None = None
    schema_version: int = field(default=SCHEMA_VERSION)

    @property
    def is_open(self) -> bool:
        """Whether its reviewer may change it."""
        return self.state in (State.DRAFT, State.APPEALED)

    @property
    def looked_at(self) -> frozenset[int]:
        """The turns that the reviewer has said something definite of."""
        return frozenset(verdict.turn for verdict in self.verdicts)

    def verdict_on(self, turn: int, code: str = "") -> Verdict | None:
        """The decision on a place, if there is one."""
        return next((one for one in self.verdicts if one.place == (turn, code)), None)

    def habits_in(self, turn: int) -> frozenset[str]:
        """The habits that the reviewer hears in a turn."""
        return frozenset(one.heard for one in self.verdicts if one.turn == turn and one.heard)


def begun(call_id: str, report: Report, *, call_version: int = 1, whole: bool = False) -> Review:
    """A new review of a call under its id in the library, with the turns drawn that its reviewer is asked to look at although nothing was found in
    them (all of them if `whole`). The same call always draws the same turns.
    """
    unflagged = unflagged_turns(report)
    drawn = sorted(unflagged, key=lambda turn: hashlib.sha256(f"{call_id}\n{turn}".encode()).digest())
    return Review(
        call_id=call_id,
        call_version=call_version,
        sampled=tuple(sorted(drawn if whole else drawn[:_SAMPLED])),
        unflagged=len(unflagged),
    )


def unflagged_turns(report: Report) -> list[int]:
    """The rep's turns in which nothing was found."""
    found = {finding.turn for finding in report.findings}
    return [turn.index for turn in report.transcript.rep_turns if turn.index not in found]


def judged(review: Review, verdict: Verdict, report: Report) -> Review:
    """With a verdict, in place of the one before on the same place. Raises InputError for one that makes no sense."""
    _must_be_open(review)
    _check(verdict, report)
    _check_text(verdict.note, verdict.instead)
    others = [one for one in review.verdicts if one.place != verdict.place]
    if verdict.decision is Decision.CLEAR:
        others = [one for one in others if one.turn != verdict.turn or one.decision is not Decision.MISSED]
    elif verdict.decision is Decision.MISSED:
        others = [one for one in others if one.place != (verdict.turn, "")]
    return replace(review, verdicts=tuple(sorted([*others, verdict], key=lambda one: one.place)))


def unjudged(review: Review, turn: int, code: str) -> Review:
    """Without the verdict on a place."""
    _must_be_open(review)
    return replace(review, verdicts=tuple(one for one in review.verdicts if one.place != (turn, code)))


def commented(review: Review, comment: Comment, report: Report) -> Review:
    """With a comment, in place of the one before on the same turn; an empty one takes it away."""
    _must_be_open(review)
    _check_text(comment.text)
    if comment.turn is not None and not 0 <= comment.turn < len(report.transcript.turns):
        raise InputError("这通对话没有这一轮。")
    others = [one for one in review.comments if one.turn != comment.turn]
    kept = [*others, comment] if comment.text.strip() else others
    return replace(review, comments=tuple(sorted(kept, key=lambda one: -1 if one.turn is None else one.turn)))


def concluded(review: Review, points: Iterable[Point], summary: str) -> Review:
    """With what to work on, and a summary."""
    _must_be_open(review)
    chosen = tuple(point for point in points if point.text.strip())
    _check_text(summary, *(point.text for point in chosen))
    if len(chosen) > MOST_POINTS:
        raise InputError(f"要改进的地方最多写 {MOST_POINTS} 条，多了记不住。")
    if any(point.code and point.code not in HABITS for point in chosen):
        raise InputError("改进点里的习惯代码不认识。")
    return replace(review, points=chosen, summary=summary.strip())


def undecided(review: Review, report: Report) -> list[tuple[int, str]]:
    """The findings that the reviewer has not decided on."""
    places = ((finding.turn, finding.code) for finding in report.findings)
    return [place for place in places if review.verdict_on(*place) is None]


def shared(review: Review, report: Report) -> Review:
    """For the rep to see. Raises InputError while findings are undecided, or if there is nothing in it."""
    if review.state is not State.DRAFT:
        raise InputError(f"这份复核现在是「{STATE_NAMES[review.state]}」，不用再发。")
    left = undecided(review, report)
    if left:
        raise InputError(f"还有 {len(left)} 处没有判断（第一处在第 {left[0][0] + 1} 轮），判断完再发给本人。")
    if not (review.verdicts or review.comments or review.points or review.summary):
        raise InputError("这份复核还是空的：至少写一句评语，或看过抽到的几句。")
    return replace(review, state=State.SHARED)


def taken_back(review: Review) -> Review:
    """A draft again, as long as the rep has said nothing."""
    if review.state is not State.SHARED or review.messages:
        raise InputError("本人已经回复或确认过，不能收回。要改判请等他申诉，或回复他。")
    return replace(review, state=State.DRAFT)


def answered(review: Review, message: Message) -> Review:
    """With something said about it; nothing changes. Not in a draft, which the rep cannot see."""
    if review.state is State.DRAFT:
        raise InputError("这份复核还没有发给本人。")
    _check_message(message)
    return replace(review, messages=(*review.messages, replace(message, appeals=False)))


def appealed(review: Review, message: Message, report: Report) -> Review:
    """The rep asks for a finding, or the whole review, to be looked at again."""
    if review.state not in (State.SHARED, State.APPEALED):
        raise InputError(f"这份复核现在是「{STATE_NAMES[review.state]}」，不能申诉。")
    _check_message(message)
    if message.turn is not None and not 0 <= message.turn < len(report.transcript.turns):
        raise InputError("这通对话没有这一轮。")
    return replace(review, state=State.APPEALED, messages=(*review.messages, replace(message, appeals=True)))


def decided(review: Review, message: Message) -> Review:
    """The reviewer's answer to the appeals, after changing what he wants changed; the review is final."""
    if review.state is not State.APPEALED:
        raise InputError("没有等着答复的申诉。")
    _check_message(message)
    return replace(review, state=State.FINAL, messages=(*review.messages, message))


def acknowledged(review: Review, at: datetime) -> Review:
    """The rep has read it and takes it; it is final."""
    if review.state is State.APPEALED:
        raise InputError("申诉还没有答复，现在不能确认这份复核。")
    if review.state is State.DRAFT:
        raise InputError("这份复核还没有发出，现在不能确认。")
    return replace(review, state=State.FINAL, acknowledged_at=review.acknowledged_at or at)


def to_labelled_call(
    transcript: Transcript, review: Review, *, author: str, style: str = "reviewed"
) -> Mapping[str, Any]:
    """The call as a line of a labelled corpus (`samples/labelled/README.md`); `author` names the review's pass.

    Labels are what the reviewer hears. A rep's turn he has said nothing of has `labels: null`: it is context only.
    """
    looked_at = review.looked_at
    turns: list[dict[str, Any]] = []
    for turn in transcript.turns:
        line: dict[str, Any] = {"speaker": str(turn.speaker), "text": turn.text}
        if turn.speaker is Speaker.REP:
            heard = [one for one in review.verdicts if one.turn == turn.index and one.heard]
            line["labels"] = sorted({one.heard for one in heard}) if turn.index in looked_at else None
            if heard:
                line["severity"] = max(one.severity for one in heard)
                line["instead"] = next((one.instead for one in heard if one.instead), "")
        turns.append(line)
    return {
        "id": review.call_id,
        "domain": transcript.domain,
        "channel": transcript.channel,
        "style": style,
        "pass": author,
        "shape": "dialogue",
        "turns": turns,
    }


def pass_of(call_id: str) -> str:
    """The writing pass that a reviewed call counts as in a corpus, from its id in the library."""
    return f"reviews-{int(call_id[:8], 16) % _PASSES}"


def _check(verdict: Verdict, report: Report) -> None:
    turns = report.transcript.turns
    if not 0 <= verdict.turn < len(turns):
        raise InputError("这通对话没有这一轮。")
    if turns[verdict.turn].speaker is not Speaker.REP:
        raise InputError("只判断客户经理说的话。说话人标错了，请先在报告页改过来。")
    found = {(finding.turn, finding.code) for finding in report.findings}
    match verdict.decision:
        case Decision.CLEAR:
            sensible = not verdict.code and verdict.turn not in {turn for turn, _ in found}
        case Decision.MISSED:
            sensible = verdict.code in HABITS and verdict.place not in found
        case Decision.CHANGE:
            sensible = verdict.place in found and verdict.changed_to in HABITS and verdict.changed_to != verdict.code
        case _:
            sensible = verdict.place in found
    if not sensible:
        raise InputError("这个判断和报告对不上（报告可能刚重新分析过）。请刷新页面再判断。")
    if verdict.severity not in (1, 2, 3):
        raise InputError("程度只能是 1 轻微、2 明显、3 严重。")


def _check_message(message: Message) -> None:
    if not message.text.strip():
        raise InputError("请写一句话。")
    _check_text(message.text)


def _check_text(*texts: str) -> None:
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise InputError(f"写得太长了，最多 {LONGEST_TEXT} 个字。")


def _must_be_open(review: Review) -> None:
    if not review.is_open:
        raise InputError(f"这份复核现在是「{STATE_NAMES[review.state]}」，不能再改。要改请先收回。")
