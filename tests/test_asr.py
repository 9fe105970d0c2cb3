"""Two channels become turns in order, with words at their times."""

import numpy

from coach.asr import _listen, _turns
from coach.asr.decode import SAMPLE_RATE, Audio
from coach.asr.fake import FakeEngine


def speech(*loud: tuple[float, float], seconds: float = 6.0) -> numpy.ndarray:
    samples = numpy.zeros(int(seconds * SAMPLE_RATE), dtype=numpy.float32)
    for start, end in loud:
        samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] = 0.5
    return samples


def test_channels_are_put_in_order_of_time() -> None:
    audio = Audio(numpy.stack([speech((0.0, 1.0)), speech((2.0, 3.0))]))
    utterances, lost_s = _listen(audio, FakeEngine(["您好", "什么事"]), lambda _done: None)
    turns = list(_turns(utterances, named=True))
    assert [(turn.name, turn.start_s, turn.end_s) for turn in turns] == [("左声道", 0.0, 1.0), ("右声道", 2.0, 3.0)]
    assert all(word.span.of(turn.text) for turn in turns for word in turn.words)
    assert lost_s == 0


def test_silence_gives_no_turns() -> None:
    utterances, _ = _listen(Audio(speech()[None, :]), FakeEngine(["无"]), lambda _done: None)
    assert utterances == []


def test_speech_without_words_is_counted_as_lost() -> None:
    _, lost_s = _listen(Audio(speech((0.0, 3.0))[None, :]), FakeEngine([]), lambda _done: None)
    assert lost_s == 3


def test_a_subtitle_credit_is_no_speech() -> None:
    utterances, _ = _listen(Audio(speech((0.0, 2.0))[None, :]), FakeEngine(["请不吝点赞"]), lambda _done: None)
    assert utterances == []
