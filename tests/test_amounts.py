"""Figures and dates in Chinese speech, as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.amounts import Amount, amounts, numeral
from coach.text import fold


def read(text: str) -> set[tuple[float, str]]:
    return {(one.value, one.unit) for one in amounts(text)}


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("13", 13), ("1.5", 1.5), ("3千", 3_000), ("2.5万", 25_000), ("十", 10), ("十五", 15), ("二十五", 25), ("一百零八", 108),
        ("三百六", 360), ("一百二十八", 128), ("两千一百六十", 2_160), ("两千零五", 2_005), ("十二万八", 128_000), ("十八万六千", 186_000),
        ("一千零五十", 1_050), ("半", 0.5),
    ],
)  # fmt: skip
def test_numerals(words: str, value: float) -> None:
    assert numeral(words) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30天", "三十天"), ("30日内", "三十天之内"), ("2160块钱", "两千一百六十元"), ("十二块八", "12.8元"), ("两周", "2个星期"),
        ("礼拜六", "周六"), ("星期天", "周日"), ("3%", "百分之三"), ("三成", "30%"), ("一半", "50%"), ("千分之五", "0.5%"),
        ("85折", "八点五折"), ("下午4点半", "下午四点三十分"), ("16:30", "四点半"), ("明早六点", "明天早上六点"), ("一个半小时", "1.5个钟头"),
        ("1.7天", "一点七天"), ("50到60条", "五六十条"), ("三趟", "三回"), ("半年", "六个月"), ("一个月内", "三十天内"), ("两块六毛钱", "两块六"), ("10个G", "十吉"), ("一米二", "1.2米"), ("明天十一点", "明天11点"), ("二〇二六年", "2026年"), ("5到10%", "百分之五到百分之十"),
        ("80多个工人", "八十来人"),
    ],
)  # fmt: skip
def test_the_same_said_otherwise(one: str, other: str) -> None:
    assert read(one) == read(other) != set()


@pytest.mark.parametrize(
    ("one", "other"),
    [("13条", "113条"), ("三条", "三十条"), ("两周", "周二"), ("三天", "三点"), ("六月", "六个月"), ("上午三点", "下午三点"), ("明天", "后天"),
     ("下周二", "周二"), ("两成", "两折")],
)  # fmt: skip
def test_what_is_not_the_same(one: str, other: str) -> None:
    assert read(one) != read(other)


@pytest.mark.parametrize(
    "text",
    [
        "一会儿我们一起看一下",
        "百分之百没问题",
        "第一名",
        "我十分理解",
        "万一卖不动",
        "千万别急",
        "哪一块不清楚",
        "138****5678",
        "一般都这样",
        "八成是卖不动",
    ],
)
def test_idioms_are_no_figures(text: str) -> None:
    assert read(text) == set()


def test_a_figure_without_unit_fits_any() -> None:
    said = amounts("三十条")
    assert Amount(30, "", "30").is_in(said)
    assert not Amount(30, "箱", "30箱").is_in(said)
    assert not Amount(3, "", "3").is_in(said)


@given(
    st.text(
        "0189零〇一二两三五九十百千万亿半点分之成折块元米毛周星期礼拜六日天月年号个小时到至-~:.%第几来多下上明早晚，。 *内",
        max_size=30,
    )
)
def test_whatever_is_said_is_read(text: str) -> None:
    for one in amounts(text):
        assert one.words in fold(text)
        assert one.value == one.value, "a number"
