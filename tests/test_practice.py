"""Role-play, played through by scripted reps: an excellent one, one with each habit, a silent one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, cycle, repeat
from pathlib import Path

import pytest

from coach.errors import InputError, RuleFileError
from coach.habits import HABITS
from coach.pipeline import Coach
from coach.practice.acts import done_by
from coach.practice.customer import AGREEMENT, LEVELS, OPEN, POSTPONED, WALKED_AWAY
from coach.practice.debrief import debrief
from coach.practice.judging import facts_of
from coach.practice.scenarios import Scenario, load_scenarios
from coach.practice.session import Session, say, say_again, shown, start, transcript_of
from coach.practice.store import dump, load
from coach.resources import folder
from coach.transcript import Speaker, Turn
from tests.paraphrased import TALKS

SCENARIOS = load_scenarios(folder("rules") / "scenarios")
SLIPS = {
    "platitudes": "心态决定一切，只要用心坚持，困难总会过去的，相信自己就一定能成功。",
    "rude": "你爱听不听，不听就算了，有本事你去投诉，我告诉你没用。",
    "rebutting": "不可能，你说的根本不对，明明是你自己搞错了。",
    "unfocused": (
        "说到这个啊，我上次去我表哥家吃饭，他家那个狗挺大的，后来我们还去钓鱼，鱼没钓着，天倒是挺好，"
        "对了我还买了双鞋，四十三码的，路上又堵车，堵了两个小时，我就听了会儿相声，那个相声也挺有意思的。"
    ),
    "boasting": "我连续五年都是全公司第一名，没有人比得上我，连总经理都要听我的，谁不知道我是冠军。",
    "self_deprecating": "我们公司就是小，啥都比不上人家，我也没什么本事，您跟我们合作也就是凑合。",
    "attacking": "那家公司就是骗子，专门坑人，他们的东西都是垃圾，谁买谁倒霉。",
    "incoherent": "那个就是，不是，先那个，然后它又，反正就是那个，哎不对，上面那个再下面那个，就那样。",
    "overpromising": "您放心，这事包在我身上，百分之百没问题，我保证您一定赚钱，赚不到我全赔。",
    "other.unconfident": "这个嘛，可能大概也许行吧，我也不太确定，应该差不多，好像是，也说不准。",
    "other.mocking": "就您这水平还想赚钱呢，笑死人了，您这脑子也真是一绝，猪都比您算得快。",
    "other.arrogant": "你懂什么，我干这行的时候你还不知道在哪儿呢，跟你说你也不明白，照我说的做就行。",
    "other.sophistry": "亏了也是赚了，您想啊，不亏您怎么知道会赚，所以亏就是赚，这不是好事吗？",
    "other.jargon": "我们这个是基于SaaS的CRM中台，走API对接PaaS层，做全链路的ROI闭环，赋能您的私域GMV和DAU。",
    "other.monologue": (
        "我跟您从头讲，我们这个产品一共有五个系列，第一个系列是前年出的，当时主要考虑的是城里的市场，包装用的是烫金，"
        "后来觉得成本高就改成了印刷，第二个系列是去年春天出的，口味上做了调整，加了一点甜的感觉，第三个系列主打的是送礼，"
        "盒子做得比较大，里面有两层，第四个系列是给年轻人做的，颜色比较鲜艳，广告也投了不少，第五个系列刚刚出来，还在试销，"
        "试销的地方有三个县，每个县有二十家店，店里都放了展架，展架是我们统一做的，高一米六，宽六十公分。"
    ),
    "other.vulgar": "您这么漂亮，晚上一个人睡多冷啊，要不我去给您暖暖被窝，保证您舒服。",
    "other.lazy": "这个不归我管，你自己打电话问去，别找我，我也懒得查。",
}


def excellent(scenario: Scenario) -> Iterator[str]:
    """What anybody could say who listens, states the facts and proposes what happens next."""
    yield "您好，您先别急，换谁碰上都会这么想，我理解。您主要是担心哪方面？"
    yield f"您说得有道理。我跟您说清楚一点：{scenario.facts[0]}。"
    yield f"您的顾虑我明白。还有一条：{scenario.facts[1]}。您看这样行吗？"
    yield "这个我现在不敢乱说，我先去核实，下午五点前给您回电话。"
    yield "那我们说定，明天上午十点我过来，当面跟您看一遍，您看行吗？"
    yield from cycle(
        [
            "谢谢您跟我说实话，我理解您的难处。您还有哪些不放心的？",
            f"我再说一遍那一条：{scenario.facts[-1]}。后天上午我给您回话。",
        ]
    )


def mixed(scenario: Scenario, code: str) -> Iterator[str]:
    """An excellent rep with one habit."""
    for good in excellent(scenario):
        yield good
        yield SLIPS[code]


def played(coach: Coach, scenario: Scenario, lines: Iterator[str], *, level: int) -> Session:
    session = start(scenario, level=level, session_id="0" * 32)
    for line in lines:
        session = say(coach, scenario, session, line)
        if session.is_over:
            return session
    raise AssertionError("the customer never ends the talk")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_an_excellent_rep_reaches_agreement(coach: Coach, scenario: Scenario, level: int) -> None:
    session = played(coach, scenario, excellent(scenario), level=level)
    assert session.state.end == AGREEMENT, [
        (one.rep, [hint.code for hint in one.hints], one.trust) for one in session.exchanges
    ]
    lines = [session.opening, *(exchange.customer for exchange in session.exchanges)]
    assert len(set(lines)) == len(lines), "nothing is said twice"
    assert session.state.baited >= level


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", TALKS)
def test_who_uses_his_own_words_reaches_agreement(coach: Coach, name: str, level: int) -> None:
    session = played(coach, SCENARIOS[name], (text for text, _ in TALKS[name]), level=level)
    assert session.state.end == AGREEMENT


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_who_says_one_thing_over_and_over_or_reads_the_facts_gets_nowhere(coach: Coach, scenario: Scenario) -> None:
    """Not even at the easiest level."""
    everything = f"您先别急，我理解。{scenario.facts[0]}。明天上午十点我过来，您看行吗？您主要担心哪方面？"
    for lines in (cycle([everything]), cycle([f"您好，{fact}。" for fact in scenario.facts]), cycle(scenario.facts)):
        assert played(coach, scenario, lines, level=1).state.end in (POSTPONED, WALKED_AWAY)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_who_has_the_provoked_habit_gets_nowhere(coach: Coach, scenario: Scenario) -> None:
    for code in scenario.provokes:
        session = played(coach, scenario, mixed(scenario, code), level=3)
        assert any(hint.code == code for exchange in session.exchanges for hint in exchange.hints)
        assert session.state.end in (POSTPONED, WALKED_AWAY)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_who_says_nothing_is_left(coach: Coach, scenario: Scenario) -> None:
    session = played(coach, scenario, repeat("嗯嗯。"), level=1)
    assert session.state.end in (POSTPONED, WALKED_AWAY)
    assert len(session.exchanges) <= 15


def test_each_of_the_ten_habits_is_provoked_at_least_twice() -> None:
    provoked = [HABITS[code].number for scenario in SCENARIOS.values() for code in scenario.provokes]
    assert {number: provoked.count(number) >= 2 for number in range(1, 11)} == dict.fromkeys(range(1, 11), True)
    assert len(SCENARIOS) >= 24


@pytest.fixture
def slow() -> Scenario:
    return SCENARIOS["new-brand-slow"]


def test_a_hint_says_what_hurts_and_what_to_say(coach: Coach, slow: Scenario) -> None:
    session = say(coach, slow, start(slow), SLIPS["overpromising"])
    hint = next(hint for hint in session.exchanges[0].hints if hint.code == "overpromising")
    assert hint.quote in SLIPS["overpromising"]
    assert hint.reason
    assert hint.instead
    assert session.exchanges[0].trust < start(slow).state.trust
    assert shown(replace(session, hints="end"), session.exchanges[0].hints) == ()
    assert all(hint.severity == 3 for hint in shown(replace(session, hints="severe"), session.exchanges[0].hints))


def test_said_again_in_time_is_forgiven(coach: Coach, slow: Scenario) -> None:
    slipped = say(coach, slow, start(slow), "你放心，这3条烟包在我身上，百分之百卖完。")
    offended = slipped.exchanges[0].customer
    _, lost = say_again(coach, slow, slipped, "您先别急，我理解您压着钱。")
    assert (lost.good, lost.missing) == (False, ("3条",))
    _, still = say_again(coach, slow, slipped, "我保证这3条百分之百卖完。")
    assert not still.good
    assert still.hints
    better, tried = say_again(coach, slow, slipped, "这三条我先帮您换到收银台边，卖得怎么样我们两周以后一起看。")
    assert tried.good
    assert start(slow).state.trust < better.state.trust
    assert better.state.slips == ()
    exchange = better.exchanges[0]
    assert exchange.first_try.startswith("你放心")
    assert (exchange.first_answer, exchange.customer in slow.common["repaired"]) == (offended, True)
    assert offended not in better.state.said, "he may be offended in these words another time"
    assert not better.can_try_again
    with pytest.raises(InputError, match="没有要改"):
        say_again(coach, slow, better, "再来一次。")


def test_a_slip_that_is_put_right_costs_a_little(coach: Coach, slow: Scenario) -> None:
    good = "您说得有道理，我先听您说说，客人都嫌什么？"
    slipped = say(coach, slow, start(slow), SLIPS["rebutting"])
    better, _ = say_again(coach, slow, slipped, good)
    assert slipped.state.trust < better.state.trust < say(coach, slow, start(slow), good).state.trust


def test_who_has_left_comes_back_when_the_slip_is_put_right(coach: Coach, slow: Scenario) -> None:
    session = start(slow, level=3)
    while not session.is_over:
        session = say(coach, slow, session, SLIPS["rude"] + "。" * len(session.exchanges))
    assert session.state.end == WALKED_AWAY
    assert session.can_try_again
    back, tried = say_again(coach, slow, session, "对不起，刚才是我急了，您说得有道理。您平时把它摆在哪儿？")
    assert tried.good
    assert not back.is_over
    assert back.exchanges[-1].customer == slow.reveal
    assert say(coach, slow, back, "难怪，我帮您换到收银台边。").exchanges[-1].rep.startswith("难怪")
    assert transcript_of(back, slow).turns[-2].text.startswith("你爱听不听"), "the report is of what was said at first"


def test_personal_numbers_are_masked_in_what_is_kept(coach: Coach, slow: Scenario) -> None:
    session = say(coach, slow, start(slow), "不可能，你根本不懂，有事打我电话13812345678。")
    session, _ = say_again(coach, slow, session, "您说得对，有事您打我电话13812345678，您看哪天方便？")
    assert "13812345678" not in dump(session)
    assert "138****5678" in dump(session)


def test_the_customer_speaks_of_the_fact_he_was_told(coach: Coach) -> None:
    gym = SCENARIOS["gym-card-refund"]
    session = say(coach, gym, start(gym), "您好小吴，别担心。")
    session = say(coach, gym, session, "也可以给您停卡六个月，不花钱。")
    assert session.exchanges[-1].customer == "还能停卡？那也行啊。"
    session = say(coach, gym, session, "有医院的证明，手续费可以不扣。")
    assert session.exchanges[-1].customer in gym.common["informed"], "none of his own lines speaks of the certificate"


@pytest.mark.parametrize("text", ["asdf qwer zxcv", "哈哈哈哈哈哈哈哈", "How much is it?", "1234567", "说" * 700])
def test_what_makes_no_sense_is_answered_in_character(coach: Coach, slow: Scenario, text: str) -> None:
    session = say(coach, slow, start(slow), text)
    assert session.exchanges[0].customer in slow.common["strange"]
    assert session.exchanges[0].hints == ()


@pytest.mark.parametrize(("text", "told"), [("", "还没有说话"), (" …… ", "还没有说话"), ("好" * 2_001, "最多")])
def test_nothing_and_too_much_are_told(coach: Coach, slow: Scenario, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        say(coach, slow, start(slow), text)


def test_abuse_ends_the_talk(coach: Coach, slow: Scenario) -> None:
    session = played(coach, slow, repeat("你给我滚，你这个蠢货，再废话我弄死你。"), level=1)
    assert session.state.end == WALKED_AWAY
    with pytest.raises(InputError, match="已经结束"):
        say(coach, slow, session, "您好。")


def test_the_same_session_replays_the_same(coach: Coach, slow: Scenario) -> None:
    assert played(coach, slow, excellent(slow), level=2) == played(coach, slow, excellent(slow), level=2)


def test_the_end_tells_how_it_went(coach: Coach, slow: Scenario) -> None:
    session = start(slow, level=3)
    for line in (*[next(excellent(slow))], SLIPS["rebutting"], SLIPS["attacking"]):
        session = say(coach, slow, session, line)
    told = debrief(coach, slow, session, SCENARIOS)
    rebutting = next(one for one in told.resistance if one.code == "rebutting")
    assert rebutting.baited >= 1
    assert rebutting.gave_in <= rebutting.baited
    assert told.end == OPEN
    assert told.best.startswith("您好")
    assert set(told.to_try) == {1, 2}
    assert len(told.trust) == 3
    assert told.next_scenario in SCENARIOS
    assert told.next_scenario != slow.id
    assert {"rebutting", "attacking"} <= {finding.code for finding in told.report.findings}


def test_a_session_is_written_and_read_again(coach: Coach, slow: Scenario) -> None:
    session = say(coach, slow, start(slow), SLIPS["rude"])
    assert load(dump(session)) == session
    with pytest.raises(InputError, match="损坏"):
        load("{")


GOOD = (folder("rules") / "scenarios" / "new-brand-slow.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace('title: "', "title: "), "x.yaml:1"),
        (lambda text: text.replace('"rebutting", ', '"rebuting", '), "不认识的习惯代码「rebuting」"),
        (lambda text: text.replace("opening:", "openning:"), "openning"),
        (lambda text: text[: text.index("ends:")], "三种结局"),
        (lambda text: text.replace('  - "你们就是压货，完不成任务拿我们小店填窟窿。"\n', ""), "至少写 3 条"),
    ],
)
def test_mistakes_in_a_scenario_are_named(tmp_path: Path, change: Callable[[str], str], told: str) -> None:
    (tmp_path / "x.yaml").write_text(change(GOOD), encoding="utf-8")
    shared = folder("rules") / "scenarios" / "shared.yaml"
    (tmp_path / "shared.yaml").write_bytes(shared.read_bytes())
    with pytest.raises(RuleFileError) as error:
        load_scenarios(tmp_path)
    assert told in str(error.value)
    assert all(".yaml:" in problem for problem in error.value.problems)


def test_scripted_habits_are_habits(coach: Coach, slow: Scenario) -> None:
    """Each slip of the scripted reps is heard, so that the plays above mean something."""
    missed = []
    for code, text in SLIPS.items():
        turns = tuple(chain([Turn(0, Speaker.CUSTOMER, slow.baits[0])], [Turn(1, Speaker.REP, text)]))
        if code not in {finding.code for finding in done_by(coach, turns, facts_of(coach, slow.facts)).findings}:
            missed.append(code)
    assert missed == []
