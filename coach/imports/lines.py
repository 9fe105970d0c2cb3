"""What every format yields, and how lines become turns."""

from collections.abc import Iterable
from dataclasses import dataclass

from coach.transcript import Speaker, Transcript, Turn


@dataclass(frozen=True, slots=True)
class Line:
    """Something one speaker says. `name` is as written, empty where nobody is named; times in seconds."""

    name: str
    text: str
    start_s: float | None = None
    end_s: float | None = None
    speaker: Speaker = Speaker.UNKNOWN


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a format read: the lines, the format's Chinese name, and warnings for the reader."""

    lines: tuple[Line, ...]
    source: str
    warnings: tuple[str, ...] = ()


def to_transcript(conversation: Conversation, *, call_id: str) -> Transcript:
    """Merge consecutive lines of one speaker into turns, joined by line breaks."""
    turns: list[Turn] = []
    for group in _by_speaker(line for line in conversation.lines if line.text.strip()):
        times = [time for line in group for time in (line.start_s, line.end_s) if time is not None]
        turns.append(
            Turn(
                index=len(turns),
                speaker=group[0].speaker,
                text="\n".join(line.text.strip() for line in group),
                name=group[0].name,
                start_s=min(times, default=None),
                end_s=max(times, default=None),
            )
        )
    return Transcript(call_id, tuple(turns), source=conversation.source, warnings=conversation.warnings)


def _by_speaker(lines: Iterable[Line]) -> Iterable[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and (not line.name or (line.name, line.speaker) != (group[-1].name, group[-1].speaker)):
            yield group
            group = []
        group.append(line)
    if group:
        yield group
