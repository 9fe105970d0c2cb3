"""A model's voice for the customer: within the state machine, checked, and never waited for."""

import pytest

from coach.pipeline import Coach
from coach.practice.chat import voice_of
from coach.practice.scenarios import load_scenarios
from coach.practice.session import say, start
from coach.practice.voicing import ModelVoice, Talk, as_written, fits, messages
from coach.resources import folder

SLOW = load_scenarios(folder("rules") / "scenarios")["new-brand-slow"]
TALK = Talk(SLOW, (SLOW.opening, "您先别急，三十天内能换一次。"), 45.0)
LINE = "隔壁老张也说卖不动，我看就是这烟不行。"


class Saying:
    """A model that says what it is told to, or fails."""

    def __init__(self, words: str | Exception) -> None:
        self.words = words
        self.asked = 0

    def answer(self, _messages: list[dict[str, str]]) -> str:
        self.asked += 1
        if isinstance(self.words, Exception):
            raise self.words
        return self.words


def alike(one: str, other: str) -> float:
    return 1.0


@pytest.mark.parametrize(
    "words",
    [
        "我隔壁那个老张也卖不动啊，八成是这烟本身不行。",
        "老张家也压着货，这烟就是不行嘛。",
        "三十天？那到时候可别不认账。",
        "我就一个小店。",
    ],
)
def test_another_wording_is_taken(words: str) -> None:
    assert fits(words, TALK, LINE)
    assert ModelVoice(Saying(f"“{words}”"), alike)(TALK, LINE) == words


@pytest.mark.parametrize(
    "words",
    [
        "", "   ", "……", "老张也卖不动。" * 20, "My neighbour cannot sell it either.", "作为AI语言模型，我不能评价。", "客户：老张也卖不动。",
        "您好，很高兴为您服务，有什么可以帮您？", "老张五天就退了四十条，我看不行。", "老张也卖不动。\n\n（语气：生气）", SLOW.opening,
    ],
)  # fmt: skip
def test_nonsense_falls_back_to_the_written_line(words: str) -> None:
    assert not fits(words.strip(), TALK, LINE)
    assert ModelVoice(Saying(words), alike)(TALK, LINE) == LINE


def test_what_means_something_else_falls_back() -> None:
    meant = voice_of(url="http://127.0.0.1:9", model="m", key="").likeness
    for words in ("老张那边也压着货，这烟就是不好卖。", "我隔壁老张也卖不出去，我看这烟不行。"):
        assert meant(words, LINE) > 0.45
        assert ModelVoice(Saying(words), meant)(TALK, LINE) == words
    for words in ("今天天气真好，适合去公园散步。", "西红柿炒鸡蛋先放油再放蛋。"):
        assert ModelVoice(Saying(words), meant)(TALK, LINE) == LINE


@pytest.mark.parametrize("problem", [TimeoutError("slow"), ConnectionRefusedError(), ValueError("nonsense")])
def test_after_a_failure_the_model_is_left_alone_for_a_minute(problem: Exception) -> None:
    now = [0.0]
    model = Saying(problem)
    voice = ModelVoice(model, alike, clock=lambda: now[0])
    assert [voice(TALK, LINE), voice(TALK, LINE)] == [LINE, LINE]
    assert model.asked == 1
    now[0] = 61.0
    model.words = "老张家也压着货，这烟不行。"
    assert voice(TALK, LINE) == model.words


def test_the_state_machine_decides_and_ends_are_written(coach: Coach) -> None:
    voice = ModelVoice(Saying("老张家也压着货，这烟不行。"), alike)
    plain = start(SLOW, session_id="0" * 32)
    voiced = plain
    for text in (
        "您好王老板。",
        "您平时把它摆在哪儿？",
        "你爱听不听，有本事去投诉。",
        "你给我滚。",
        "你给我滚，蠢货。",
    ):
        plain = plain if plain.is_over else say(coach, SLOW, plain, text)
        voiced = voiced if voiced.is_over else say(coach, SLOW, voiced, text, voice=voice)
    assert plain.state == voiced.state, "the same talk, whatever the voice"
    assert voiced.exchanges[0].customer == "老张家也压着货，这烟不行。"
    assert voiced.exchanges[1].customer == plain.exchanges[1].customer, "nothing is said twice: the written line stands"
    assert voiced.is_over
    assert voiced.exchanges[-1].customer in SLOW.ends[voiced.state.end]


def test_the_model_is_told_the_line_and_the_talk() -> None:
    asked = messages(TALK, LINE)
    assert LINE in asked[-1]["content"]
    assert TALK.turns[-1] in asked[-1]["content"]
    assert [one["role"] for one in asked] == ["system", "assistant", "user"]
    assert as_written(TALK, LINE) == LINE
