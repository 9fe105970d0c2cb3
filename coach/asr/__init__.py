"""Recordings to transcripts: decode, find speech channel by channel, hear it, put the turns in order.

Speech is found before it is recognised, per channel and with padding, because a recogniser run over a channel that is
mostly silent invents words there or loses short turns. Regions are packed into windows of the recogniser's length.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coach.asr.decode import SAMPLE_RATE, Audio, decode
from coach.asr.engine import Engine, Heard, Region
from coach.errors import RecordingError
from coach.roles import assign_roles
from coach.text import simplified
from coach.transcript import Span, Speaker, Transcript, Turn, Word

Progress = Callable[[float], None]

CHANNEL_NAMES = ("左声道", "右声道")
_WINDOW_S = 28.0
_GAP_S = 0.6
_PHANTOMS = ("请不吝点赞", "字幕由", "订阅转发", "明镜与点点", "谢谢观看", "字幕志愿者", "字幕制作")
_LEAST_CHARACTERS_A_SECOND = 1.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one channel says in one stretch of speech; word times are from the start of the recording."""

    channel: int
    start_s: float
    end_s: float
    words: tuple[Heard, ...]


def _faster_whisper() -> Engine:
    from coach.asr.faster_whisper import FasterWhisper
    from coach.asr.weights import base_model

    return FasterWhisper(base_model())


ENGINES: Mapping[str, Callable[[], Engine]] = {"faster-whisper": _faster_whisper}


def transcribe(
    recording: Path, *, rep_channel: int | None = None, engine: Engine | None = None, progress: Progress | None = None
) -> Transcript:
    """The transcript of a recording, roles told by `rep_channel` (0 left, 1 right) or by what is said.

    Raises RecordingError where nothing can be decoded or nobody speaks, MissingPartError without an engine.
    """
    audio = decode(recording)
    engine = engine or ENGINES["faster-whisper"]()
    utterances, lost_s = _listen(audio, engine, progress or (lambda _done: None))
    if not utterances:
        raise RecordingError(f"录音「{recording.name}」里没有听到人说话（可能是静音、音乐或音量太小）。")
    two_channels = audio.samples.shape[0] == 2
    transcript = Transcript(
        call_id=recording.stem,
        turns=tuple(_turns(utterances, named=two_channels)),
        channel="phone",
        source="录音",
        engine=f"{engine.id} base",
        duration_s=round(audio.duration_s, 2),
    )
    if lost_s >= 1:
        transcript = transcript.warned(f"约有 {lost_s:.0f} 秒说话没有听清，那里的问题可能漏掉。")
    if not two_channels:
        return transcript.warned(
            "这是单声道录音，分不清两个人的声音，所以没有判断。请用双声道录音，或粘贴分好说话人的文字。"
        )
    if len({turn.name for turn in transcript.turns}) == 1:
        transcript = transcript.warned(f"只有{transcript.turns[0].name}有人说话，另一声道是空的。")
    rep = CHANNEL_NAMES[rep_channel] if rep_channel is not None else None
    if rep is not None and all(turn.name != rep for turn in transcript.turns):
        raise RecordingError(f"录音「{recording.name}」的{rep}没有人说话，请检查 --rep-channel。")
    return assign_roles(transcript, rep=rep)


def _listen(audio: Audio, engine: Engine, progress: Progress) -> tuple[list[Utterance], float]:
    """What every channel says, in order of time, and the seconds of speech without any words."""
    windows = [
        (channel, window)
        for channel in range(audio.samples.shape[0])
        for window in _windows(engine.speech(audio.samples[channel]))
    ]
    utterances: list[Utterance] = []
    lost_s = 0.0
    for done, (channel, window) in enumerate(windows, start=1):
        heard = _hear(audio.samples[channel], window, engine)
        utterances += [Utterance(channel, region.start_s, region.end_s, words) for region, words in heard if words]
        lost_s += sum(region.end_s - region.start_s for region, words in heard if _is_lost(region, words))
        progress(done / len(windows))
    return sorted(utterances, key=lambda one: (one.start_s, one.channel)), lost_s


def _is_lost(region: Region, words: Sequence[Heard]) -> bool:
    """Long speech with next to no words."""
    length = region.end_s - region.start_s
    return length >= 1 and sum(len(word.text) for word in words) < _LEAST_CHARACTERS_A_SECOND * length / 2


def _windows(regions: Sequence[Region]) -> Iterator[list[Region]]:
    """Regions packed so that each window, with short gaps, fits the recogniser; longer regions are cut."""
    window: list[Region] = []
    length = 0.0
    for region in _cut(regions):
        needed = region.end_s - region.start_s + _GAP_S
        if window and length + needed > _WINDOW_S:
            yield window
            window, length = [], 0.0
        window.append(region)
        length += needed
    if window:
        yield window


def _cut(regions: Sequence[Region]) -> Iterator[Region]:
    longest = _WINDOW_S - _GAP_S
    for region in regions:
        start = region.start_s
        while region.end_s - start > longest:
            yield Region(start, start + longest)
            start += longest
        yield Region(start, region.end_s)


def _hear(samples: Any, window: Sequence[Region], engine: Engine) -> list[tuple[Region, tuple[Heard, ...]]]:
    """The words of each region of a window, at their times in the recording."""
    import numpy

    gap = numpy.zeros(int(_GAP_S * SAMPLE_RATE), dtype=numpy.float32)
    pieces: list[Any] = []
    offsets: list[float] = []
    length = 0
    for region in window:
        piece = samples[int(region.start_s * SAMPLE_RATE) : int(region.end_s * SAMPLE_RATE)]
        offsets.append(length / SAMPLE_RATE)
        pieces += [piece, gap]
        length += len(piece) + len(gap)
    words: list[list[Heard]] = [[] for _ in window]
    for heard in engine.hear(numpy.concatenate(pieces)):
        middle = (heard.start_s + heard.end_s) / 2
        at = max(index for index, offset in enumerate(offsets) if index == 0 or offset - _GAP_S / 2 <= middle)
        shift = window[at].start_s - offsets[at]
        start, end = (
            min(max(time + shift, window[at].start_s), window[at].end_s) for time in (heard.start_s, heard.end_s)
        )
        words[at].append(replace(heard, text=simplified(heard.text), start_s=start, end_s=end))
    return [(region, () if _is_phantom(found) else tuple(found)) for region, found in zip(window, words, strict=True)]


def _is_phantom(words: Sequence[Heard]) -> bool:
    """A subtitle credit that the recogniser learned from films and says into silence."""
    text = "".join(word.text for word in words)
    return any(phantom in text for phantom in _PHANTOMS) or not text.strip()


def _turns(utterances: Sequence[Utterance], *, named: bool) -> Iterator[Turn]:
    """Consecutive utterances of one channel become one turn."""
    groups: list[list[Utterance]] = []
    for utterance in utterances:
        if groups and groups[-1][-1].channel == utterance.channel:
            groups[-1].append(utterance)
        else:
            groups.append([utterance])
    for index, group in enumerate(groups):
        text, words = _join(group)
        yield Turn(
            index=index,
            speaker=Speaker.UNKNOWN,
            text=text,
            name=CHANNEL_NAMES[group[0].channel] if named else "",
            start_s=round(group[0].start_s, 2),
            end_s=round(max(one.end_s for one in group), 2),
            words=words,
            confidence=round(sum(word.probability for word in words) / len(words), 3),
        )


def _join(group: Sequence[Utterance]) -> tuple[str, tuple[Word, ...]]:
    text = ""
    words: list[Word] = []
    for utterance in group:
        if text and text[-1].isalnum():
            text += ","
        for heard in utterance.words:
            said = heard.text.strip() if not text else heard.text
            span = Span(len(text), len(text) + len(said))
            text += said
            words.append(Word(span, round(heard.start_s, 2), round(heard.end_s, 2), round(heard.probability, 3)))
    return text, tuple(words)
