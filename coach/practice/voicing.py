"""Who puts the customer's lines into words: as they are written, or a language model on the user's own machine.

The state machine decides what the customer says; a voice may only say it in other words. Whatever it returns is checked,
and where it is slow, fails or talks nonsense the written line stands.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from coach.amounts import amounts
from coach.practice.scenarios import Scenario
from coach.privacy import mask
from coach.text import said, size

_LONGEST = 90
_TIMES_LONGER = 4
_LEAST_CHINESE = 0.8
_LEAST_LIKENESS = 0.3
"""Cosine to the written line; see `tests/test_voicing.py` for what lies above and below."""

_PAUSE_S = 60.0
_OUT_OF_CHARACTER = (
    "作为一个", "作为AI", "作为ai", "AI助手", "语言模型", "人工智能", "我是助手", "角色扮演", "扮演", "提示词", "系统提示", "改写", "很高兴为您",
    "有什么可以帮", "为您服务", "客户：", "销售：", "用户：", "assistant",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk up to the rep's last turn; `turns` alternate, the customer's opening first. `trust` 0 to 100."""

    scenario: Scenario
    turns: tuple[str, ...]
    trust: float


Voice = Callable[[Talk, str], str]
"""Says a written line in a talk."""


def as_written(talk: Talk, line: str) -> str:
    """The line itself."""
    return line


class Model(Protocol):
    """Something that answers messages of a chat. Raises OSError or ValueError where it cannot, in a few seconds at most."""

    def answer(self, messages: list[dict[str, str]]) -> str: ...


@dataclass
class ModelVoice:
    """A language model as the customer's voice. After it failed it is left alone for a minute, so that nobody waits for it
    at every turn. `likeness`: how near two texts are in meaning, up to 1.
    """

    model: Model
    likeness: Callable[[str, str], float]
    clock: Callable[[], float] = time.monotonic
    _silent_until: float = field(default=float("-inf"), init=False)

    def __call__(self, talk: Talk, line: str) -> str:
        if self.clock() < self._silent_until:
            return line
        try:
            words = self.model.answer(messages(talk, line))
        except (OSError, ValueError):
            self._silent_until = self.clock() + _PAUSE_S
            return line
        words = mask(words.strip().strip('“”"「」').strip())
        return words if fits(words, talk, line) and self.likeness(words, line) >= _LEAST_LIKENESS else line


def fits(words: str, talk: Talk, line: str) -> bool:
    """Whether words can stand for a line: some, not too many, Chinese, in character, not said before, and without any
    figure that neither the line nor the talk nor the scenario has.
    """
    content = said(words)
    if not content or size(words) > _LONGEST or size(words) > _TIMES_LONGER * size(line) + 20 or "\n" in words:
        return False
    if sum("\u4e00" <= mark <= "\u9fff" for mark in content) < _LEAST_CHINESE * len(content):
        return False
    if words in talk.turns or any(mark in words for mark in _OUT_OF_CHARACTER):
        return False
    known = amounts("。".join([line, *talk.turns, *talk.scenario.facts, talk.scenario.hides, talk.scenario.wants]))
    return all(one.is_in(known) or one.value == 1 for one in amounts(words))


def messages(talk: Talk, line: str) -> list[dict[str, str]]:
    """What the model is asked."""
    scenario = talk.scenario
    told = (
        f"你在一次销售对练里演客户「{scenario.name}」：{scenario.person}。他想要的：{scenario.wants}。行业：{scenario.domain}。"
        f"他现在对销售的信任是 {talk.trust:.0f} 分（满分 100）。"
        "只说客户的下一句话，口语，一两句，不超过六十个字。意思必须和给你的台词一样，该问的问，该刺的刺，不许替销售说话，"
        "不许编新的数字、价格、日期，不许解释，不许加引号或名字。"
    )
    history = [{"role": "user" if at % 2 else "assistant", "content": turn} for at, turn in enumerate(talk.turns[:-1])]
    last = f"销售刚说：{talk.turns[-1]}\n你这一句的台词是：{line}\n用你自己的口气把它说出来。"
    return [{"role": "system", "content": told}, *history, {"role": "user", "content": last}]
