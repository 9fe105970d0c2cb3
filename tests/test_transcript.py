"""Corrections of a transcript: a turn gets another speaker or text, and keeps what it can."""

from coach.transcript import Span, Speaker, Transcript, Turn, Word

SAID = "这批货包在我身上"
WORDS = tuple(Word(Span(start, end), float(start), float(end), 0.9) for start, end in ((0, 2), (2, 3), (3, 4), (4, 8)))


def turn(text: str = SAID) -> Turn:
    return Turn(0, Speaker.REP, text, start_s=0.0, end_s=8.0, words=WORDS)


def test_words_that_still_stand_keep_their_times() -> None:
    corrected = turn().corrected(Speaker.REP, "您这批烟包在我身上吧")
    assert [(word.span.of(corrected.text), word.start_s) for word in corrected.words] == [
        ("这批", 0.0),
        ("包", 3.0),
        ("在我身上", 4.0),
    ]
    assert turn().corrected(Speaker.CUSTOMER, SAID).words == WORDS
    assert turn().corrected(Speaker.REP, "没人说过").words == ()


def test_only_the_turn_changes() -> None:
    other = Turn(1, Speaker.CUSTOMER, "好")
    corrected = Transcript("call", (turn(), other)).corrected(0, Speaker.UNKNOWN, "嗯")
    assert corrected.turns == (Turn(0, Speaker.UNKNOWN, "嗯", start_s=0.0, end_s=8.0), other)
