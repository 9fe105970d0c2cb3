"""The ten bad speaking habits of the training deck, their seventeen codes, and the nine strengths.

Source: training deck "客户经理基本素养", section 4.7.2. Codes `other.*` are reported together as the tenth habit.
What a habit means, why it hurts and what to do about it stands in `rules/<code>.yaml`; here are only the
names every other module speaks of.
"""

from dataclasses import dataclass

OTHER = 10
"""The deck's number of the tenth habit, which eight codes share."""


@dataclass(frozen=True, slots=True)
class Habit:
    """One code that a rep's turn can be labelled with; `number` is its place in the deck (1 to 10)."""

    code: str
    name: str
    english: str
    number: int


_HABITS = (
    Habit("platitudes", "泛泛道理", "platitudes", 1),
    Habit("rude", "说话蛮横", "rudeness", 2),
    Habit("rebutting", "喜欢随时反驳", "rebutting at every turn", 3),
    Habit("unfocused", "内容无重点", "no focus", 4),
    Habit("boasting", "自吹", "boasting", 5),
    Habit("self_deprecating", "过于自贬", "running oneself down", 6),
    Habit("attacking", "随意攻击别人", "attacking others", 7),
    Habit("incoherent", "语无伦次", "incoherence", 8),
    Habit("overpromising", "好说大话", "overpromising", 9),
    Habit("other.unconfident", "缺乏自信", "lack of confidence", OTHER),
    Habit("other.mocking", "嘲弄", "mockery", OTHER),
    Habit("other.arrogant", "傲慢", "arrogance", OTHER),
    Habit("other.sophistry", "强词夺理", "sophistry", OTHER),
    Habit("other.jargon", "难懂语言", "jargon", OTHER),
    Habit("other.monologue", "口若悬河", "monologue", OTHER),
    Habit("other.vulgar", "庸俗玩笑", "vulgar jokes", OTHER),
    Habit("other.lazy", "懒惰", "pushing work away", OTHER),
)

HABITS: dict[str, Habit] = {habit.code: habit for habit in _HABITS}
"""The seventeen codes in the deck's order."""

DECK: dict[int, str] = {habit.number: habit.name for habit in _HABITS if habit.number != OTHER} | {
    OTHER: "其他的不良习惯"
}
"""The deck's ten habits: number and name."""

STRENGTHS: dict[str, str] = {
    "greeting": "问候礼貌",
    "acknowledging": "先认可再说明",
    "credit_competitor": "先肯定对手再讲自身优势",
    "verify_then_answer": "核实后答复",
    "open_question": "开放式提问",
    "concrete_value": "具体数据或利益",
    "next_step": "明确下一步",
    "apology": "就事道歉",
    "thanks_closing": "感谢与礼貌收尾",
}
"""Good practice worth praising: code and name."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What a report tells about a habit or a strength: what it is, why it matters, what to do, and who says so.

    `instead` are sentences that fit wherever the habit shows, in any trade; none for a strength.
    """

    code: str
    definition: str
    why: str
    advice: str
    source: str
    instead: tuple[str, ...] = ()

    def instead_at(self, turn: int) -> str:
        """One of the sentences, so that neighbouring turns get different ones; empty where there are none."""
        return self.instead[turn // 2 % len(self.instead)] if self.instead else ""


def codes_of(number: int) -> tuple[str, ...]:
    """The codes that the deck's habit `number` is made of: one, or eight for the tenth."""
    return tuple(code for code, habit in HABITS.items() if habit.number == number)


def name_of(code: str) -> str:
    """The Chinese name of a habit's or a strength's code; KeyError for any other."""
    return HABITS[code].name if code in HABITS else STRENGTHS[code]
