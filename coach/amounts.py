"""Figures and dates in Chinese speech, as values: 两千一百六十元 and 2160 块 are the same, 13 and 113 are not."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from coach.text import fold

_DIGITS = {mark: at for at, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "半": 0.5}
_STEPS = {"十": 10, "百": 100, "千": 1_000}
_LEAPS = {"万": 10_000, "亿": 100_000_000}
_ONE_FORM = {
    "块钱": "元", "块": "元", "元钱": "元", "星期": "周", "礼拜": "周", "个星期": "周", "个礼拜": "周", "个小时": "小时",
    "钟头": "小时", "个钟头": "小时", "个工作日": "工作日", "日": "号", "月份": "月", "遍": "次", "回": "次", "趟": "次", "人": "个",
    "名": "个", "位": "个", "平方米": "平米", "平方": "平米", "平": "平米", "千米": "公里", "千克": "公斤", "g": "吉", "gb": "吉", "个吉": "吉", "个g": "吉", "角": "毛",
}  # fmt: skip
_UNITS = (
    *_ONE_FORM, "元", "周", "小时", "工作日", "号", "月", "个月", "次", "个", "平米", "公里", "公斤", "吉", "毛", "分钟", "天", "年", "岁",
    "折", "米", "斤", "克", "吨", "兆", "度", "分", "秒", "倍", *"条箱包盒家件户组例台套份张页只瓶桶袋辆单笔节店亩层楼级档间届期款场筐匹批车升", "毫克", "毫升", "公分", "厘米", "毫米",
)  # fmt: skip
_UNIT = "(?:" + "|".join(sorted(_UNITS, key=len, reverse=True)) + ")"
_N = r"(?:[0-9]+(?:\.[0-9]+)?[百千万亿]*|[零〇一二两三四五六七八九十半][零〇一二两三四五六七八九十百千万亿]*)"
_TO = "(?:到|至|-|~)"
_DAYS = {"大后天": 3, "后天": 2, "明": 1, "今": 0, "昨": -1, "大前天": -3, "前天": -2}
_TURNS = {"下": 1, "上": -1}
_PARTS_OF_DAY = (("早上", "早晨", "上午", "一早", "早"), ("中午",), ("下午", "傍晚", "下班"), ("晚上", "夜里", "晚"))
PART_OF_DAY = "时段"
_OCLOCK = 12
_DAYS_OF = {"周": 7, "个月": 30, "年": 360}
_A_YEARS_NAME = 1_000


@dataclass(frozen=True, slots=True)
class Amount:
    """A value with its unit in one form (empty: none was said). `words`, as it was said, makes no difference.

    Spans of time are in days, hours or minutes. Dates are amounts as well: days from today, the day of the week, the hour
    of twelve.
    """

    value: float
    unit: str
    words: str = field(compare=False)

    def is_in(self, others: Iterable["Amount"]) -> bool:
        """Whether it is among others; where a unit was not said, the value decides."""
        return any(self.value == one.value and (self.unit == one.unit or "" in (self.unit, one.unit)) for one in others)


def amounts(text: str) -> tuple[Amount, ...]:
    """The figures and dates of a text, each once, in no particular order. 百分之百 and idioms are none.

    >>> [(one.value, one.unit) for one in amounts("年卡能退两千一百六十元，周六三点半来")]
    [(6.0, '星期'), (3.5, '点'), (2160.0, '元')]
    """
    rest = fold(text)
    found: dict[Amount, None] = {}
    for pattern, read in _READERS:
        for match in pattern.finditer(rest):
            found |= dict.fromkeys(read(match))
        rest = pattern.sub(lambda match: " " * len(match.group()), rest)
    return tuple(found)


def numeral(words: str) -> float:
    """The value of a numeral in digits or characters.

    >>> numeral("十八万六"), numeral("2.5万"), numeral("一百零八"), numeral("三百六")
    (186000.0, 25000.0, 108.0, 360.0)
    """
    digits = re.match(r"[0-9.]+", words)
    if digits:
        value = float(digits.group())
        for mark in words[digits.end() :]:
            value *= _STEPS.get(mark, 0) or _LEAPS[mark]
        return value
    whole = part = digit = 0.0
    last_step = 1.0
    for mark in words:
        if mark in _DIGITS:
            digit = 10 * digit + _DIGITS[mark]
            last_step = last_step if digit else 1.0
        elif mark in _STEPS:
            part += (digit or 1) * _STEPS[mark]
            digit, last_step = 0.0, _STEPS[mark]
        else:
            whole = (whole + part + digit) * _LEAPS[mark]
            part = digit = 0.0
            last_step = _LEAPS[mark]
    return whole + part + (digit * last_step / 10 if last_step > 10 else digit)


_Reader = Callable[[re.Match[str]], Iterable[Amount]]


def _nothing(match: re.Match[str]) -> Iterable[Amount]:
    return ()


def _year(match: re.Match[str]) -> Iterable[Amount]:
    digits = "".join(str(_DIGITS.get(mark, mark)) for mark in match["year"])
    yield Amount(float(digits), "年", match.group())


def _day(match: re.Match[str]) -> Iterable[Amount]:
    words = match.group()
    yield Amount(next(days for name, days in _DAYS.items() if words.startswith(name)), "天后", words)


def _of_the_week(match: re.Match[str]) -> Iterable[Amount]:
    mark = match["which"].replace("天", "7").replace("日", "7")
    yield Amount(numeral(mark), "星期", match.group())
    if match["from"] and match["from"] != "这":
        yield Amount(_TURNS[match["from"]], "周后", match.group())


def _next_or_last(match: re.Match[str]) -> Iterable[Amount]:
    unit = "月后" if "月" in match.group() else "周后"
    yield Amount(_TURNS.get(match.group()[0], 0), unit, match.group())


def _part_of_day(match: re.Match[str]) -> Iterable[Amount]:
    words = match.group()
    yield Amount(next(at for at, names in enumerate(_PARTS_OF_DAY) if words in names), PART_OF_DAY, words)


def _end_of(match: re.Match[str]) -> Iterable[Amount]:
    yield Amount(0, match.group(), match.group())


def _shares(match: re.Match[str]) -> Iterable[Amount]:
    parts = (_STEPS | _LEAPS).get(match["parts"]) or numeral(match["parts"])
    for name in ("share", "until"):
        if parts and match[name] and numeral(match[name]) != parts:
            yield Amount(round(100 * numeral(match[name]) / parts, 4), "%", match.group())


def _percent(match: re.Match[str]) -> Iterable[Amount]:
    return (Amount(float(match[name]), "%", match.group()) for name in ("from", "until") if match[name])


def _tenths(match: re.Match[str]) -> Iterable[Amount]:
    tenths = 10 * numeral(match["tens"]) + (numeral(match["more"]) if match["more"] else 0)
    yield Amount(tenths, "%", match.group())


def _half(match: re.Match[str]) -> Iterable[Amount]:
    yield Amount(50.0, "%", match.group())


def _decimal(match: re.Match[str]) -> Iterable[Amount]:
    tenths = "".join(str(_DIGITS[mark]) for mark in match["tenths"])
    yield _amount(float(f"{int(numeral(match['whole']))}.{tenths}"), match["unit"], match.group())


def _clock(match: re.Match[str]) -> Iterable[Amount]:
    past = match["past"]
    minutes = {"": 0.0, "半": 30.0, "一刻": 15.0, "三刻": 45.0}.get(past or "")
    hour = numeral(match["hour"]) + (numeral(past.rstrip("分")) if minutes is None else minutes) / 60
    yield Amount(round(hour % _OCLOCK, 4), "点", match.group())


def _and_tenths(match: re.Match[str]) -> Iterable[Amount]:
    part = numeral(match["part"])
    yield Amount(
        numeral(match["whole"]) + (part if part == _DIGITS["半"] else part / 10),
        _ONE_FORM.get(match["unit"], match["unit"]),
        match.group(),
    )


def _from_to(match: re.Match[str]) -> Iterable[Amount]:
    return (_amount(numeral(match[name]), match["unit"], match.group()) for name in ("from", "until"))


def _approximate(match: re.Match[str]) -> Iterable[Amount]:
    return (_amount(numeral(match[name] + match["step"]), match["unit"], match.group()) for name in ("from", "until"))


def _counted(match: re.Match[str]) -> Iterable[Amount]:
    unit = match["unit"]
    if match["within"] is not None:
        unit = "天"
    elif match["half_of"] and unit == "月":
        unit = "个月"
    value = numeral(match["number"]) + (0.5 if match["half"] or match["half_of"] else 0)
    yield _amount(value, unit, match.group())


def _bare(match: re.Match[str]) -> Iterable[Amount]:
    yield Amount(numeral(match.group()), "", match.group())


def _amount(value: float, unit: str, words: str) -> Amount:
    """Units in one form, spans of time in days (a month 30, a year 360), 85 折 as 八点五折."""
    unit = _ONE_FORM.get(unit, unit)
    if unit == "折" and value > _OCLOCK:
        value /= 10
    days = _DAYS_OF.get(unit)
    if days and value < _A_YEARS_NAME:
        return Amount(value * days, "天", words)
    return Amount(value, unit, words)


_DIGIT = "[0-9一二两三四五六七八九]"
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (
        re.compile(
            rf"第{_N}|[0-9*]*\*[0-9*]*|(?<![十百千])一(?:些|下(?!午)|点(?![钟半0-9一二三四五六七八九十])|会|起|直|定|般|样|种|面|方|句|步|旦|切|共|向|边|路|块(?![钱0-9一二三四五六七八九]))"
            r"|(?<![0-9一二三四五六七八九])十分(?!钟|之)|百分百|三番[五两]次|[三两五]天两头|万一|千万|[七八]成(?:是|得|又)"
        ),
        _nothing,
    ),
    (re.compile("(?P<year>[一二12][零〇一二三四五六七八九0-9]{3})年"), _year),
    (re.compile("大后天|大前天|后天|前天|[明今昨](?:天|日|儿|(?=早|晚))"), _day),
    (
        re.compile(r"(?<![两二三四五六七八九十0-9几])(?P<from>[上下这])?个?(?:周|星期|礼拜)(?P<which>[一二三四五六日天1-6])(?![周家个条])"),
        _of_the_week,
    ),
    (re.compile(r"[上下这]个?(?:周|星期|礼拜)|[上下这]个?月|本[周月]"), _next_or_last),
    (re.compile("早上|早晨|上午|一早|早|下午|傍晚|晚上|夜里|晚(?=[0-9一二两三四五六七八九十])|中午|下班"), _part_of_day),
    (re.compile("月底|年底|周末"), _end_of),
    (re.compile(rf"(?P<parts>百|千|万|{_N})分之(?P<share>{_N})(?:{_TO}(?P<until>{_N}))?"), _shares),
    (re.compile(rf"(?P<from>[0-9]+(?:\.[0-9]+)?)(?:{_TO}(?P<until>[0-9]+(?:\.[0-9]+)?))?%"), _percent),
    (re.compile(rf"(?P<tens>{_N})成(?P<more>{_DIGIT})?(?![交功本])"), _tenths),
    (re.compile("一大?半"), _half),
    (re.compile(rf"(?P<whole>{_N})点(?P<tenths>[零一二三四五六七八九]+)(?P<unit>(?!分|点){_UNIT})"), _decimal),
    (re.compile(rf"(?P<hour>{_N})(?:点钟?|:(?=[0-9]{{2}}))(?P<past>半|一刻|三刻|{_N}分?(?!钟|{_UNIT}))?"), _clock),
    (re.compile(rf"(?P<whole>{_N})(?P<unit>[块元米斤])(?P<part>[一二三四五六七八九半])(?:[毛角]钱?)?(?!{_UNIT}|[十百千万])"), _and_tenths),
    (re.compile(rf"(?P<from>{_N})(?:{_UNIT})?{_TO}(?P<until>{_N})(?P<unit>{_UNIT})"), _from_to),
    (re.compile(rf"(?P<from>{_DIGIT})(?P<until>{_DIGIT})(?P<step>[十百千万]?)来?(?P<unit>(?<![0-9]){_UNIT})"), _approximate),
    (re.compile(rf"(?P<number>{_N})(?:[来多几]|(?P<half_of>个半(?=小时|钟头|月)))?(?P<unit>{_UNIT})(?P<half>半(?!天|年|个|小))?(?P<within>(?<=日)(?=[之以]?内))?"), _counted),
    (re.compile(r"[0-9]+(?:\.[0-9]+)?[百千万]*|[一二两三四五六七八九十]+[百千万][一二两三四五六七八九十百千万零]*|[一二三四五六七八九]?十[一二三四五六七八九]"), _bare),
)  # fmt: skip
