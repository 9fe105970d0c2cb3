"""Proves a rule by its own examples: hits must be found at the marked place, misses must not, todo not yet."""

from collections.abc import Iterator, Sequence

from coach.detectors.rule import judge
from coach.detectors.view import CallView
from coach.rulefiles import Example, Rule
from coach.text import Segmenter, fold, said
from coach.transcript import Span, Speaker, Transcript, Turn

_MARKS = str.maketrans("", "", "【】")


def check_rules(rules: Sequence[Rule], segmenter: Segmenter) -> list[str]:
    """One line `path:line: id: what is wrong` for every example that does not hold."""
    return [problem for rule in rules for problem in check_rule(rule, segmenter)]


def check_rule(rule: Rule, segmenter: Segmenter) -> Iterator[str]:
    """The examples of one rule that do not hold."""
    for example in rule.hits:
        got = quoted_by(rule, example, segmenter)
        wanted = _marked(example.text)
        if got is None:
            yield f"{rule.path}:{example.line}: {rule.id}: 应当命中而没有：{example.text}"
        elif got != wanted:
            yield f"{rule.path}:{example.line}: {rule.id}: 应当引用「{wanted}」，实际引用「{got}」"
    for example in rule.misses:
        got = quoted_by(rule, example, segmenter)
        if got is not None:
            yield f"{rule.path}:{example.line}: {rule.id}: 不应命中，却引用了「{got}」：{example.text}"
        if not _is_near(example.text, rule):
            yield f"{rule.path}:{example.line}: {rule.id}: 近似反例要和规则的短语或正例有相同的字：{example.text}"
    for example in rule.todo:
        if quoted_by(rule, example, segmenter) is not None:
            yield f"{rule.path}:{example.line}: {rule.id}: 已经能命中了，请从 todo 移到 hits：{example.text}"


def quoted_by(rule: Rule, example: Example, segmenter: Segmenter) -> str | None:
    """The words that the rule quotes in the last turn of an example, or None where it stays silent."""
    view = call_of(example.text, segmenter).turns[-1]
    evidence = judge(rule, view)
    return None if evidence is None or evidence.exemption is not None else evidence.quote


def call_of(chain: str, segmenter: Segmenter) -> CallView:
    """`customer → rep → …` as a call whose last turn is the rep's."""
    texts = [text.strip() for text in chain.translate(_MARKS).split("→")]
    turns = tuple(
        Turn(index, Speaker.REP if (len(texts) - index) % 2 else Speaker.CUSTOMER, text)
        for index, text in enumerate(texts)
    )
    return CallView(Transcript("example", turns), segmenter)


def _marked(chain: str) -> str:
    return Span(chain.index("【") + 1, chain.index("】")).of(chain)


def _is_near(miss: str, rule: Rule) -> bool:
    """Whether two neighbouring characters of the miss stand in the rule's phrases or in one of its hits."""
    spoken = said(fold(miss))
    texts = [rule.wording, *(fold(hit.text) for hit in rule.hits), *(rule.condition.needs or ())]
    return any(spoken[at : at + 2] in text for text in texts for at in range(len(spoken) - 1))
