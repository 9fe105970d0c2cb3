"""Rules for dialogue acts: words that speak for an act. The recogniser weighs them together with what it has learnt."""

import re2

from coach.amounts import PART_OF_DAY, amounts
from coach.text import fold

_FIGURELESS = {PART_OF_DAY, "天后", "周后", "月后", "星期", "周末", "月底", "年底"}
"""Units of dates that name no number."""

_SPANS_OF_ONE = {7.0, 30.0, 360.0}

_SOON = "(?:今天|今晚|明天|明早|明晚|后天|下?周[一二三四五六日天]|礼拜.|星期.|下周|月底|下午|晚上|傍晚|上午|中午|[点号天]|小时|分钟|之?内|以?前)"
_CUES = {
    "greet": (
        "^(?:喂|嗨|哎)?[^,。]{0,8}(?:您好|你好|早上好|下午好|晚上好|好久不见|欢迎)|^[^,。]{1,4}(?:,|好,|早,)|我是[^,。]{1,14}(?:的|小|老)|我姓",
        "再见|回头见|慢走|再会|您先?忙|祝您|(?:打扰|耽误)(?:您|一下|了)|感谢您(?:的来电|抽空)|谢谢(?:您|大家)?[,。]?$",
    ),
    "acknowledge": (
        "理解|[^不]明白|能懂|说得(?:对|是|很|有)|说的(?:对|是|有|没)|有道理|难怪|确实|是对的|心疼|不容易|人之常情|替您",
        "换(?:了|成|作)?(?:谁|我)|搁谁|谁都|应该的|太应该|很正常|(?:谢谢|感谢)[您你]?(?:信任|告诉|提醒|直说|肯)|^(?:对|是|嗯|也是|那倒)[,是对嗯]",
    ),
    "ask": (
        "(?:什么|怎么|哪[些个里儿几一套种边年方款]|多少|几[条个天点口位公回]|多[大久高]|为啥|为什么|谁)[^。]*[?]",
        "(?:什么|怎么|哪[里儿些])[^,。?]{0,6}$",
    ),
    "offer": (
        "要不|要么|不妨|可以(?:先|换|考虑|转|选|只|试|等|拿|减|改|混|挑)|建议|[您你]?(?:要|如果|要是)[您你]?(?:想|是|不|愿)|就(?:拿|做|上|先|换)",
        "送[您你一二两三五六八十0-9]|优惠|便宜|能?省|返|抵|半价|让[0-9一二两三四五六七八九十]|免(?:费|了)|改签|先(?:试|拿|付|上|买|做|租|印)|不(?:另)?收[费钱利]",
    ),
    "promise": (
        "我们?(?:来|会|给|帮|替|陪|负责|亲自|跟|先|把|马上|立刻|一定|全程|随时|第一|尽力|照|盯|让|请|安排|派|免费|就|上门)",
        "放心|负责到底|上门|[补换赔送带留寄][^,。]{0,6}[给您你]|我们?[^,。不]{0,8}(?:赔|补|换|重印|发您|送到)",
    ),
    "check": (
        "核实|(?:查|问|确认|请示|请教|打听|找)(?:一下|清楚|查|问)?[^。]{0,12}(?:再|告诉|答复|回|给您|才|跟您|发您)",
        "说不[准好]|不[敢能](?:乱|随口|确定|保证|打)|不(?:清楚|确定|知道|熟)|[要得]先?(?:看|问|查|等|请|验)|判断不了|算不准|看不到|(?:我|给)[去来]?问",
    ),
    "refuse": (
        "(?:不|没)(?:能|行|可以|允许|办法|法|让|收|卖|讲|签|做)(?:再|给|帮|做|答应|退|换|改|报|拆|交|取)?",
        "[办做降批退给谈开取免塞修排查打帮报]不(?:了|到|起|来|出|成|下|进)|做不了主|没有这?个?(?:权限|先例|办法)|恕|没法|真没有",
    ),
    "apologise": (
        "对不[起住]|抱歉|不好意思|道个?歉|赔个?(?:礼|不是)|见谅",
        "(?:都?是)?(?:我们?的?)(?:错|问题|责任|不对|不是|疏忽|粗心|大意)|是[^,。]{0,4}(?:没讲|没说|粗心|疏忽|不小心|没点清|耽误)|怪我",
    ),
    "next_step": (
        f"{_SOON}[^。!?]{{0,14}}(?:给您|您|来|到|送|回|联系|打|见|发|谈|过去|陪|告诉|带|补|上门|留)",
        "^(?:那|好|行)?,?(?:那|咱|就|这么|先)[^。]{0,6}(?:就|这么|这样|定|约|先)|说[好定]|[您你](?:先|把)[^。]{1,14}(?:我|咱|再|跟我)|[发拍]给?我",
    ),
}
_READ = tuple(re2.compile(pattern) for patterns in _CUES.values() for pattern in patterns)
ASKING_END = ("?", "？")


def cues(sentence: str) -> list[float]:
    """Which cues a sentence holds, 1 or 0, always in the same order."""
    folded = fold(sentence)
    return [
        *(float(bool(pattern.search(folded))) for pattern in _READ),
        float(tells_a_figure(sentence)),
        float(sentence.rstrip().endswith(ASKING_END)),
    ]


def tells_a_figure(sentence: str) -> bool:
    """Whether a quantity, price, share, date by number or time by the clock is told; 一个 and 一年 are none."""
    return any(
        one.unit not in _FIGURELESS
        and one.value != 1
        and not (one.value in _SPANS_OF_ONE and one.words.startswith("一"))
        for one in amounts(sentence)
    )
