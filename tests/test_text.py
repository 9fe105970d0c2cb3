"""Folding keeps lengths, sentences cover the text, sizes count what is said."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.resources import folder
from coach.rulefiles import load_rules
from coach.text import Segmenter, fold, sentences, size
from coach.transcript import Span


@given(st.text(max_size=80))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="好的。!?;,\n 然后我们您看吧呢a…”", max_size=120))
def test_sentences_are_in_order_and_leave_out_only_blanks(text: str) -> None:
    spans = sentences(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    covered = {at for span in spans for at in range(span.start, span.end)}
    assert all(not text[at].strip() for at in range(len(text)) if at not in covered)


def test_a_recognisers_stream_is_cut_into_clauses() -> None:
    text = "您好我是烟草公司的小王然后今天过来看看您店里的新品卖得怎么样如果不好卖的话我们再一起想想办法"
    assert [span.of(text)[:2] for span in sentences(text)] == ["您好", "然后", "如果", "我们"]


def test_traditional_characters_are_compared_as_simplified() -> None:
    assert fold("這個絕對沒問題") == "这个绝对没问题"


def test_marks_and_emoji_are_not_said() -> None:
    assert size("您好!😀,李老板…") == 5


def test_the_dictionary_keeps_trade_words_whole() -> None:
    dictionary = load_rules(folder("rules")).dictionary
    words = [token.word for token in Segmenter(dictionary).tokens("这款细支烟的动销率比竞品高")]
    assert {"细支烟", "动销率", "竞品"} <= set(words)


@pytest.mark.parametrize("text", ["", "   ", "。。。"])
def test_tokens_cover_the_text(text: str) -> None:
    tokens = Segmenter().tokens(text)
    assert "".join(token.span.of(text) for token in tokens) == text
    assert all(isinstance(token.span, Span) for token in tokens)
