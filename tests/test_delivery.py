"""How a call was spoken: figures from word times and sound; and what the sound adds to the words."""

from dataclasses import replace

import pytest

from coach.delivery import delivery, raised_turns
from coach.detectors.view import CallView
from coach.detectors.voice import VoiceDetector
from coach.doubt import without_the_unheard
from coach.findings import Evidence, Policy, gather
from coach.text import Segmenter
from coach.timing import cut_ins, fastest, longest_silence, pace, waits
from coach.transcript import Sound, Span, Speaker, Transcript, Turn, Word


def turn(index: int, speaker: Speaker, text: str, start_s: float, end_s: float, *, probability: float = 0.9) -> Turn:
    """A turn whose characters are words, evenly spread."""
    step = (end_s - start_s) / len(text)
    words = tuple(
        Word(Span(at, at + 1), start_s + at * step, start_s + (at + 1) * step, probability) for at in range(len(text))
    )
    return Turn(index, speaker, text, start_s=start_s, end_s=end_s, words=words)


REP, CUSTOMER = Speaker.REP, Speaker.CUSTOMER
CALL = Transcript(
    "c",
    (
        turn(0, REP, "李老板您好我是烟草公司的小王今天来看看您", 0, 6),
        turn(1, CUSTOMER, "你们那个新烟卖得很慢我这里还剩三条", 7, 13),
        turn(2, REP, "不可能别人家都卖得很好就你家卖不动", 11.5, 16.5),
        turn(3, CUSTOMER, "那你说怎么办", 26.5, 28),
        turn(4, REP, "我先给您登记退换明天上午给您回电话", 30, 36),
    ),
    duration_s=40,
    two_channels=True,
)


def value(code: str, transcript: Transcript = CALL) -> float | None:
    return {metric.code: metric.value for metric in delivery(transcript)}[code]


def test_pace_is_characters_a_minute() -> None:
    assert pace(CALL.turns[0]) == pytest.approx(200)
    assert pace(CALL.turns[3]) is None, "too short to say"
    assert value("pace") == 200


def test_silence_waits_and_pauses() -> None:
    assert longest_silence(CALL) == pytest.approx((16.5, 26.5))
    assert waits(CALL) == pytest.approx([-1.5, 2])
    assert value("longest_silence") == 10
    assert value("patience") == 0.25
    assert value("pauses") == 0


def test_who_cuts_in_on_whom() -> None:
    (one,) = cut_ins(CALL)
    assert (one.turn.index, one.into.index, one.overlap_s) == (2, 1, pytest.approx(1.5))
    assert (value("interruptions"), value("interrupted"), value("overlap")) == (1, 0, 1.5)
    mono = replace(CALL, two_channels=False)
    assert list(cut_ins(mono)) == []
    assert value("interruptions", mono) is None


def test_a_brief_word_of_listening_interrupts_nobody() -> None:
    brief = turn(2, REP, "嗯对", 11, 13)
    assert list(cut_ins(replace(CALL, turns=(*CALL.turns[:2], brief)))) == []


def test_the_fastest_half_minute() -> None:
    slow, quick = turn(0, REP, "慢" * 60, 0, 30), turn(1, REP, "快" * 150, 60, 90)
    window = fastest(iter([slow, quick]))
    assert window is not None
    assert (window.start_s, window.end_s) == pytest.approx((60, 90), abs=1)
    assert window.pace == pytest.approx(300, rel=0.03)
    assert fastest(iter([slow.__class__(0, REP, "没有时间")])) is None


def test_a_typed_call_has_no_delivery() -> None:
    assert delivery(Transcript("c", (Turn(0, REP, "您好"),))) == ()


def with_sounds(*sounds: tuple[float, float]) -> Transcript:
    turns = tuple(
        replace(turn(at, REP, "这个事情您听我说", 10 * at, 10 * at + 3), sound=Sound(loudness, hz * 0.8, hz, hz * 1.25))
        for at, (loudness, hz) in enumerate(sounds)
    )
    return Transcript("c", turns)


def test_a_raised_voice_is_louder_and_higher_than_his_own() -> None:
    calm = [(-25.0, 120.0)] * 6
    assert raised_turns(with_sounds(*calm, (-15.0, 170.0))) == (6,)
    assert raised_turns(with_sounds(*calm, (-15.0, 120.0))) == (), "only louder: nearer to the microphone, perhaps"
    assert raised_turns(with_sounds((-25, 120), (-10, 200))) == (), "too little to compare with"
    assert value("raised_voice", with_sounds(*calm, (-15.0, 170.0))) == 1
    assert value("loudness_jump", with_sounds(*calm, (-15.0, 170.0))) == 10
    assert value("pitch_range", with_sounds(*calm)) == pytest.approx(7.7, abs=0.1)


def test_sound_supports_and_never_accuses() -> None:
    segmenter = Segmenter(())
    call = CallView(with_sounds(*[(-25.0, 120.0)] * 6, (-15.0, 170.0)), segmenter)
    (loud,) = VoiceDetector().detect(call)
    (cut,) = VoiceDetector().detect(CallView(CALL, segmenter))
    assert (loud.code, loud.turn, cut.code, cut.turn) == ("rude", 6, "rebutting", 2)
    assert gather("c", [loud, cut], policy=Policy(threshold=0.1)).findings == ()
    words = Evidence("rude", 6, None, "这个事情您听我说", "rule:x", 0.6, 2, "理由")
    alone, both = (gather("c", one, policy=Policy()).findings for one in ([words], [words, loud]))
    assert both[0].score > alone[0].score
    assert both[0].severity == 2
    assert both[0].lead == words


@pytest.mark.parametrize(("probability", "counts"), [(0.9, True), (0.2, False)])
def test_what_was_hardly_heard_does_not_count(probability: float, counts: bool) -> None:
    spoken = turn(0, REP, "这批货包在我身上", 0, 3, probability=probability)
    evidence = Evidence("overpromising", 0, Span(3, 8), "包在我身上", "rule:x", 0.9, 2, "理由")
    (one,) = without_the_unheard([evidence], Transcript("c", (spoken,)))
    assert (one.exemption is None) is counts


def test_typed_words_are_never_doubted() -> None:
    evidence = Evidence("rude", 0, None, "滚", "rule:x", 0.9, 2, "理由")
    assert list(without_the_unheard([evidence], Transcript("c", (Turn(0, REP, "滚"),)))) == [evidence]
