"""The phrase notation, and what a text must contain to match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.detectors.needs import Index
from coach.detectors.phrases import PhraseError, Phrases
from coach.text import fold

WORDS = {"我方": ("我", "我们", "咱们公司")}


@pytest.mark.parametrize(
    ("phrase", "text", "quote"),
    [
        ("包在我身上", "这事包在我身上", "包在我身上"),
        ("包在…身上", "包在小王的身上", "包在小王的身上"),
        ("包在…身上", "包在小王他们几个人的身上", None),
        ("包在……身上", "包在小王他们几个人的身上", "包在小王他们几个人的身上"),
        ("包在…身上", "包在我。身上", None),
        ("(一定|肯定)?能赚", "能赚", "能赚"),
        ("(一定|肯定)?能赚", "肯定能赚", "肯定能赚"),
        ("(一(定|准)|肯定)能赚", "一准能赚", "一准能赚"),
        ("{我方}的货", "咱们公司的货", "咱们公司的货"),
        ("^不可能", "嗯,那个,不可能", "不可能"),
        ("^不可能", "我看不可能", None),
        ("再说吧$", "改天再说吧。", "再说吧"),
        ("再说吧$", "再说吧台", None),
        ("好不?好", "好好", "好好"),
        ("绝对", "絕對", "絕對"),
        ("ABC", "ａｂｃ", "ａｂｃ"),
    ],
)
def test_phrases_stand_where_they_should(phrase: str, text: str, quote: str | None) -> None:
    span = Phrases([phrase], WORDS).found_in(fold(text))
    assert (span.of(text) if span else None) == quote


@pytest.mark.parametrize(
    "phrase", ["", "…", "…好", "好…", "(好", "好)", "好|坏", "?好", "{无}", "}", "好*", "好+", "[好]"]
)
def test_mistakes_are_refused(phrase: str) -> None:
    with pytest.raises(PhraseError, match="短语"):
        Phrases([phrase], WORDS)


NOTATION = st.recursive(
    st.sampled_from(["好", "保证", "{我方}", "绝对"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, inner).map("…".join),
        inner.map(lambda one: f"({one})?好"),
    ),
    max_leaves=6,
)


@given(NOTATION, st.text(alphabet="好保证绝对我们咱公司,", max_size=14))
def test_a_text_that_matches_meets_the_needs(phrase: str, text: str) -> None:
    phrases = Phrases([phrase], WORDS)
    if phrases.found_in(text):
        assert Index([phrases.needs]).met_by(text) == [0]
