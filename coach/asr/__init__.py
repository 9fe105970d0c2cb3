"""Recordings to transcripts: decode, find speech, hear it, tell the voices apart, put the turns in order, name the rep.

`transcribe()` is the path; each step is a module. Sound stays on disk, so memory does not grow with the call. `steps.py`
walks the same path with a stop after each part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from coach.asr.audio import Audio
from coach.asr.crosstalk import without_echo
from coach.asr.decode import decoded
from coach.asr.engine import Engine, Region
from coach.asr.engines import AUTO, load_engine
from coach.asr.hearing import Hearing, Utterance, hear, together
from coach.asr.naming import channel_of, fields_of
from coach.asr.turns import Stretch, by_channel, by_voice, turns_of
from coach.asr.vad import Detect, silero, speech
from coach.asr.weights import BASE
from coach.asr.workers import side_by_side
from coach.errors import RecordingError
from coach.roles import BY_VOICE, assign_roles, exchanged
from coach.speakers import Voices, assign, voices_of
from coach.speakers.enrolled import enrolled_voice
from coach.transcript import Speaker, Transcript, Turn
from coach.voice import with_sound

Progress = Callable[[float], None]
Speech = Sequence[Sequence[Region]]
"""Where somebody speaks, for each channel."""

CHANNEL_NAMES = ("左声道", "右声道")
_VOICE_NAMES = tuple(f"说话人{number}" for number in range(1, 10))
_LEAST_SPEECH_S = 0.3
_CHINESE = frozenset(["zh", "yue"])
_SURE_OF_LANGUAGE = 0.7
_SAMPLE_S = 30.0
_LANGUAGES = {
    "en": "英语", "ja": "日语", "ko": "韩语", "fr": "法语", "de": "德语", "ru": "俄语", "es": "西班牙语", "vi": "越南语",
    "th": "泰语", "ar": "阿拉伯语", "pt": "葡萄牙语", "it": "意大利语", "my": "缅甸语", "lo": "老挝语", "bo": "藏语",
    "mn": "蒙古语", "kk": "哈萨克语", "ms": "马来语", "id": "印尼语", "hi": "印地语", "nl": "荷兰语", "tr": "土耳其语",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listening:
    """How recordings are heard. `model`: a size or a folder; `speakers`: voices on one channel, 1 to 9 (1: all is the
    rep's); `rep_channel` 0 left, 1 right; `swap` exchanges rep and customer; `pattern` reads file names; `hotwords`
    None: the dictionary's; `threads` 0: the engine's choice.
    """

    engine: str = AUTO
    model: str = BASE
    speakers: int = 2
    rep_channel: int | None = None
    swap: bool = False
    pattern: str | None = None
    hotwords: str | None = None
    threads: int = 0


def engine_for(listening: Listening) -> Engine:
    """The engine that hears in this way. Raises InputError or MissingPartError."""
    return load_engine(listening.engine, listening.model, threads=listening.threads)


def transcribe(
    recording: Path,
    listening: Listening | None = None,
    *,
    engine: Engine | None = None,
    detect: Detect = silero,
    progress: Progress | None = None,
) -> Transcript:
    """The transcript of a recording, with times, roles and sound.

    Raises RecordingError where nothing can be decoded, nobody speaks or it is not Chinese, MissingPartError without an
    engine.
    """
    listening = listening or Listening()
    with decoded(recording) as audio:
        listened, voices = listen(
            audio,
            lambda: engine or engine_for(listening),
            recording.name,
            detect,
            progress,
            hotwords=listening.hotwords or "",
            speakers=listening.speakers,
        )
        return who_spoke(audio, listened, listening, recording.name, voices)


@dataclass(frozen=True, slots=True)
class Listened:
    """What was heard in a recording, before anybody knows who spoke: by which engine, the regions of speech of each channel,
    and the words.
    """

    engine: str
    speech: tuple[tuple[Region, ...], ...]
    hearing: Hearing


def listen(
    audio: Audio,
    engine: Callable[[], Engine],
    name: str,
    detect: Detect = silero,
    progress: Progress | None = None,
    *,
    hotwords: str = "",
    speakers: int = 0,
) -> tuple[Listened, Voices | None]:
    """The words of a decoded recording, which its owner calls `name`; an engine is asked for once somebody speaks.

    With a number of `speakers`, the voices on one channel too, told apart while the words are heard. Raises RecordingError
    where nobody speaks or it is not Chinese, MissingPartError without an engine.
    """
    found = [speech(audio, channel, detect) for channel in range(audio.channels)]
    if _length_s(found) < _LEAST_SPEECH_S:
        raise RecordingError(f"录音「{name}」里没有听到人说话（可能是静音、音乐或音量太小）。")
    if audio.channels == 2:
        found = [without_echo(audio, one, found[one], found[1 - one]) for one in (0, 1)]
    loaded = engine()
    tells_apart = bool(speakers) and audio.channels == 1
    speech_s = _length_s(found) or 1.0
    tell = progress or (lambda _done: None)
    _, voices, *heard = side_by_side(
        [
            lambda _: _check_language(audio, found, loaded, name),
            lambda told: voices_of(audio, found[0], speakers, told) if tells_apart else None,
            *hear(audio, found, loaded, hotwords=hotwords),
        ],
        workers=loaded.workers,
        progress=lambda done_s: tell(min(1.0, done_s / speech_s)),
    )
    hearing = together(heard)
    if not hearing.utterances:
        raise RecordingError(f"录音「{name}」里听得到声音，但听不出话（可能是音乐、杂音或声音太小）。")
    return Listened(loaded.id, tuple(tuple(regions) for regions in found), hearing), voices


def who_spoke(
    audio: Audio, listened: Listened, listening: Listening, name: str, voices: Voices | None = None
) -> Transcript:
    """The transcript of a recording that was heard: voices told apart (unless they were), turns in order, the rep named.

    Raises RecordingError where the rep's channel is silent.
    """
    told = fields_of(name, listening.pattern) if listening.pattern else {}
    utterances = listened.hearing.utterances
    if audio.channels == 2:
        stretches, enrolled = by_channel(utterances, CHANNEL_NAMES), None
    else:
        voices = voices or voices_of(audio, listened.speech[0], listening.speakers, lambda _done: None)
        stretches, enrolled = _by_voice(utterances, voices, told.get("rep"))
    transcript = Transcript(
        call_id=Path(name).stem,
        turns=tuple(turns_of(stretches)),
        channel="phone",
        source="录音",
        engine=listened.engine,
        duration_s=round(audio.duration_s, 2),
        two_channels=audio.channels == 2,
        warnings=audio.warnings,
    )
    transcript = _warned(with_sound(transcript, audio, _channel_of_turn(audio)), lost_s=listened.hearing.lost_s)
    by_name = channel_of(told.get("rep_channel", ""))
    rep_channel = listening.rep_channel if listening.rep_channel is not None else by_name
    transcript = _with_roles(transcript, listening, rep_channel, enrolled, name)
    return exchanged(transcript) if listening.swap else transcript


def _length_s(found: Speech) -> float:
    return sum(region.length_s for region in chain(*found))


def _check_language(audio: Audio, found: Speech, engine: Engine, name: str) -> None:
    """Raises RecordingError if the longest stretches of speech are clearly not Chinese."""
    regions = [(channel, region) for channel, regions in enumerate(found) for region in regions]
    longest = sorted(regions, key=lambda one: one[1].length_s, reverse=True)[:3]
    heard = []
    for channel, region in longest:
        code, sure = engine.language(audio.read(channel, region.start_s, region.start_s + _SAMPLE_S))
        if code in _CHINESE or sure < _SURE_OF_LANGUAGE:
            return
        heard.append(code)
    if not heard:
        return
    language = max(set(heard), key=heard.count)
    raise RecordingError(
        f"录音「{name}」听起来是{_LANGUAGES.get(language, f'外语（{language}）')}，目前只能分析汉语对话。"
    )


def _by_voice(utterances: Sequence[Utterance], voices: Voices, rep: str | None) -> tuple[list[Stretch], str | None]:
    """Stretches by voice on one channel, and which of them is an enrolled voice (the rep named by the file, or any)."""
    words = [word for one in utterances for word in one.words]
    stretches = by_voice(words, assign(words, voices), _VOICE_NAMES)
    known = enrolled_voice(voices.centres, rep)
    return stretches, None if known is None else _VOICE_NAMES[known]


def _channel_of_turn(audio: Audio) -> Callable[[Turn], int]:
    return lambda turn: CHANNEL_NAMES.index(turn.name) if audio.channels == 2 else 0


def _warned(transcript: Transcript, *, lost_s: float) -> Transcript:
    """What the reader should know of how well this was heard."""
    if lost_s >= 1:
        transcript = transcript.warned(f"约有 {lost_s:.0f} 秒说话没有听清，那里的问题可能漏掉。")
    if len({turn.name for turn in transcript.turns}) == 1 and transcript.two_channels:
        transcript = transcript.warned(f"只有{transcript.turns[0].name}有人说话，另一声道是空的。")
    return transcript


def _with_roles(
    transcript: Transcript, listening: Listening, rep_channel: int | None, enrolled: str | None, name: str
) -> Transcript:
    """Who is the rep: by channel, by an enrolled voice, else by what is said."""
    names = {turn.name for turn in transcript.turns}
    if rep_channel is not None and names <= set(CHANNEL_NAMES):
        rep = CHANNEL_NAMES[rep_channel]
        if rep not in names:
            raise RecordingError(f"录音「{name}」的{rep}没有人说话，请检查 --rep-channel。")
        return assign_roles(transcript, rep=rep)
    if listening.speakers == 1 and not names & set(CHANNEL_NAMES):
        turns = tuple(replace(turn, speaker=Speaker.REP) for turn in transcript.turns)
        return replace(transcript, turns=turns, rep_confidence=1.0)
    if enrolled is not None:
        told = assign_roles(transcript, rep=enrolled)
        return told.warned(f"{BY_VOICE}「{enrolled}」是销售。如果不对，请对换说话人（命令行加 --swap）。")
    if len(names) == 1 and names <= set(_VOICE_NAMES):
        return replace(transcript, rep_confidence=0.0).warned(
            "整段录音只听出一个人的声音。如果全是销售在说（如单人练习），请加 --speakers 1。"
        )
    return assign_roles(transcript)
