"""Masking of personal numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.privacy import mask


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("我手机是13712345678。", "我手机是137****5678。"),
        ("您打 138 1234 5678 找我", "您打 138 **** 5678 找我"),
        ("幺三七一二三四五六七八", "幺三七****五六七八"),
        ("我记一下,一三七,一二三四,五六七八", "我记一下,一三七,****,五六七八"),
        ("座机010-62345678", "座机010-******78"),
        ("电话是62345678,下午都在", "电话是62****78,下午都在"),
        ("身份证11010519491231002X", "身份证110*************2X"),
        ("卡号6222021234567890128", "卡号***************0128"),
        ("卡号4111 1111 1111 1111", "卡号**** **** **** 1111"),
        ("车牌沪A·12345", "车牌沪A·***45"),
        ("邮箱 zhang.wei@mail.example.com.cn", "邮箱 z****.***@mail.example.com.cn"),
        ("邮箱 zhang.wei@mail.example.com.cn,回头说".replace("zhang.wei", "zw"), "邮箱 z*@mail.example.com.cn,回头说"),
    ],
)
def test_masks_what_identifies_a_person(said: str, shown: str) -> None:
    assert mask(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "订单号202411230001",
        "一共3680元,10月24号到",
        "一二三四五,上山打老虎",
        "二零二四年十一月二十三号",
        "库存62345678支",
        "云A的包装",
        "一百二十三条,每条二百一",
    ],
)
def test_leaves_other_numbers_alone(said: str) -> None:
    assert mask(said) == said


@given(st.text(alphabet="0123456789幺一二三零x-, 。京A@.ab客", max_size=60))
def test_keeps_length_and_is_stable(text: str) -> None:
    once = mask(text)
    assert len(once) == len(text)
    assert mask(once) == once


def test_words_of_the_team_are_masked_wherever_they_stand() -> None:
    assert mask("李老板和李老板的店", words=["李老板"]) == "***和***的店"
    assert mask("没有要打码的", words=["李老板", ""]) == "没有要打码的"
