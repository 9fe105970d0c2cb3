"""How a recorded call was spoken: pace, patience, interruptions and the voice, each with its unit, range and source."""

from collections.abc import Iterable
from itertools import pairwise
from math import log2
from statistics import median

from coach import timing
from coach.report import Metric
from coach.transcript import Sound, Speaker, Transcript, Turn

_DECK = "客户经理基本素养：语气平和、语速适中、不打断客户"
_ALIYUN_PACE = "上限取自阿里云对话分析的语速规则示例（每分钟 280 字），下限是本产品的经验"
_ALIYUN_CUT_IN = "阿里云对话分析的抢话规则示例：同时说话 1 秒以上；次数范围是本产品的经验"
_GONG = "Gong 公开的英文 B2B 销售统计（约 43:57），仅供参考，未在中文外勤销售中验证"
_OWN = "没有公开的中文标准，请和您自己以往的通话比"

_RAISED_DB = 6.0
_RAISED_SEMITONES = 3.0
_FEWEST_TO_COMPARE = 5


def delivery(transcript: Transcript) -> tuple[Metric, ...]:
    """The measures of a recording, always the same ones in the same order; none for a call without word times."""
    rep = tuple(turn for turn in transcript.rep_turns if turn.words)
    if not rep:
        return ()
    rep_s = timing.seconds(rep)
    customer_s = timing.seconds(turn for turn in transcript.turns if turn.speaker is Speaker.CUSTOMER)
    paces = [one for turn in rep if (one := timing.pace(turn)) is not None]
    fastest = timing.fastest(rep)
    silence = timing.longest_silence(transcript)
    waits = timing.waits(transcript)
    cut_ins = list(timing.cut_ins(transcript))
    by_rep = [one for one in cut_ins if one.turn.speaker is Speaker.REP]
    raised = raised_turns(transcript)
    jump = _greatest_jump(rep)
    comparable = len(_sounds(rep)) >= _FEWEST_TO_COMPARE

    def heard_apart(value: float) -> float | None:
        return value if transcript.two_channels else None

    return (
        Metric("talk_seconds", "销售说话时间占比", round(100 * rep_s / (rep_s + customer_s), 1) if customer_s else None, "%", 30, 65, _GONG, "按秒算，停顿不另扣"),
        Metric("pace", "语速", round(median(paces), 0) if paces else None, "字/分", 160, 280, _ALIYUN_PACE, "销售各轮语速的中位数，十五字以下的短句不算"),
        Metric("fastest_pace", "最快的半分钟", round(fastest.pace, 0) if fastest else None, "字/分", None, 330, _OWN, _when("销售连着说满三十秒时最快的一段", fastest.start_s, fastest.end_s) if fastest else "销售说的话加起来不到三十秒"),
        Metric("pauses", "销售停顿", float(len(timing.pauses(rep))), "次", None, None, _OWN, "销售一轮话中间停一秒以上的次数"),
        Metric("longest_silence", "最长冷场", round(silence[1] - silence[0], 1) if silence else 0.0, "秒", None, 8, _OWN, _when("双方都没有说话的最长一段", *silence) if silence else "双方都没有说话的最长一段"),
        Metric("patience", "开口前的等待", round(median(waits), 2) if waits else None, "秒", 0.2, 3, _OWN, "客户说完到销售开口的中位数；负数表示客户还没说完"),
        Metric("interruptions", "抢话", heard_apart(float(len(by_rep))), "次", None, 1, _ALIYUN_CUT_IN, _turns("客户话没说完，销售就开口", (one.turn.index for one in by_rep)) if transcript.two_channels else "单声道录音听不出谁打断谁，双声道才能算"),
        Metric("interrupted", "被客户打断", heard_apart(float(len(cut_ins) - len(by_rep))), "次", None, None, _OWN, "销售话没说完，客户就开口；多了说明该早点停"),
        Metric("overlap", "同时说话", heard_apart(round(sum(one.overlap_s for one in cut_ins), 1)), "秒", None, None, _OWN, "抢话和被打断时两人一起说的时间"),
        Metric("raised_voice", "抬高嗓门", float(len(raised)) if comparable else None, "次", None, 0, _DECK, _turns(f"比自己平常响 {_RAISED_DB:g} 分贝、高 {_RAISED_SEMITONES:g} 个半音以上的轮数", raised) if comparable else "话太少，没法和自己平常的声音比"),
        Metric("loudness_jump", "音量最大一跳", round(jump, 1) if jump is not None else None, "分贝", None, 10, _OWN, "销售前后两轮之间音量变化最大的一次"),
        Metric("pitch_range", "语调起伏", _pitch_range(rep), "半音", 4, None, _OWN, "每轮音高从低到高的幅度，取中位数；太小听着平淡"),
    )  # fmt: skip


def raised_turns(transcript: Transcript) -> tuple[int, ...]:
    """Indexes of the rep's turns that are both clearly louder and higher than he mostly speaks in this call."""
    heard = [(turn.index, turn.sound) for turn in transcript.rep_turns if turn.sound and turn.sound.pitch_hz]
    if len(heard) < _FEWEST_TO_COMPARE:
        return ()
    loudness = median(sound.loudness_db for _, sound in heard)
    pitch = median(sound.pitch_hz or 0.0 for _, sound in heard)
    return tuple(
        index
        for index, sound in heard
        if sound.loudness_db - loudness >= _RAISED_DB and _semitones(pitch, sound.pitch_hz) >= _RAISED_SEMITONES
    )


def _sounds(turns: tuple[Turn, ...]) -> list[Sound]:
    return [turn.sound for turn in turns if turn.sound is not None]


def _greatest_jump(turns: tuple[Turn, ...]) -> float | None:
    loudness = [sound.loudness_db for sound in _sounds(turns)]
    return max((abs(later - one) for one, later in pairwise(loudness)), default=None)


def _pitch_range(turns: tuple[Turn, ...]) -> float | None:
    ranges = [_semitones(sound.pitch_low_hz, sound.pitch_high_hz) for sound in _sounds(turns) if sound.pitch_hz]
    return round(median(ranges), 1) if ranges else None


def _semitones(low_hz: float | None, high_hz: float | None) -> float:
    return 12 * log2(high_hz / low_hz) if low_hz and high_hz else 0.0


def _when(text: str, start_s: float, end_s: float) -> str:
    return f"{text}：{timing.clock(start_s)} 到 {timing.clock(end_s)}"


def _turns(text: str, indexes: Iterable[int]) -> str:
    places = "、".join(str(index + 1) for index in indexes)
    return f"{text}（第 {places} 轮）" if places else text
