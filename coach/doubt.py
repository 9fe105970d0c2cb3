"""Evidence that does not count: on words the recogniser hardly heard, or against what the whole turn says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from coach.detectors import Doubter
from coach.detectors.view import CallView
from coach.findings import GRAVEST, Evidence, Exemption
from coach.habits import HABITS, name_of
from coach.transcript import Transcript, Turn

LEAST_HEARD = 0.5
"""Mean probability of the words a finding rests on. On the four recorded samples a quarter of the 88 characters heard with
less than this were wrong, and 1 in 100 of the 1,163 heard with 0.9 or more."""

_FEW = 0.15
"""A share of a turn's characters. On passes that the classifier had not learnt from, most false alarms of rules alone rest
on less; of the rules' own 612 examples 4 are doubted so, and without this bound 161 would be.
"""

_UNLIKELY = 0.1
_HARDLY_POSSIBLE = 0.02
"""Probabilities under which a rule that rests on so little is taken to have misheard: of 14 findings of the gravest kind
under the second one, scored by models that had not learnt from their pass, one was right.
"""


def without_the_unheard(evidence: Iterable[Evidence], transcript: Transcript) -> Iterator[Evidence]:
    """The same evidence, exempted where its words were hardly heard. Typed calls pass unchanged."""
    for one in evidence:
        heard = _heard(transcript.turns[one.turn], one)
        if one.exemption is None and heard is not None and heard < LEAST_HEARD:
            reason = f"录音里这几个字没有听清（把握 {heard:.0%}），不当作问题；要确认请听原声。"
            yield replace(one, exemption=Exemption("unheard", reason))
        else:
            yield one


def without_the_doubted(evidence: Sequence[Evidence], doubter: Doubter, call: CallView) -> Iterator[Evidence]:
    """The same evidence, exempted where a detector that hears the whole turn is sure that the habit is not there.

    A rule knows some words, and words can be said innocently in more ways than its guards foresee. Only what rests on few
    words of a long turn is doubted, and the gravest evidence only where hardly anything speaks for it.
    """
    turns = call.transcript.turns
    open_to_doubt = [_can_be_doubted(one, turns[one.turn]) for one in evidence]
    likely = doubter.likelihoods(
        call, {(one.turn, one.code) for one, can_be in zip(evidence, open_to_doubt, strict=True) if can_be}
    )
    for one, can_be in zip(evidence, open_to_doubt, strict=True):
        doubted_under = _HARDLY_POSSIBLE if one.severity == GRAVEST else _UNLIKELY
        if can_be and likely.get((one.turn, one.code), 1.0) < doubted_under:
            reason = f"说了「{one.quote}」，但连上下文一起听，不像「{name_of(one.code)}」"
            yield replace(one, exemption=Exemption("whole_turn", reason))
        else:
            yield one


def _can_be_doubted(one: Evidence, turn: Turn) -> bool:
    rests_on_few_words = one.span is not None and len(one.span) < _FEW * len(turn.text)
    return rests_on_few_words and one.exemption is None and not one.supporting and one.code in HABITS


def _heard(turn: Turn, one: Evidence) -> float | None:
    """How surely the words in the evidence's span were heard, 0 to 1."""
    words = [word for word in turn.words if one.span is None or word.span.overlaps(one.span)]
    return sum(word.probability for word in words) / len(words) if words else None
