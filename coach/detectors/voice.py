"""What the sound adds to the words: a raised voice supports `rude`, cutting in supports `rebutting`. Never alone."""

import hashlib
from collections.abc import Iterator

from coach.delivery import raised_turns
from coach.detectors.view import CallView
from coach.findings import Evidence
from coach.timing import CUT_IN_S, cut_ins
from coach.transcript import Speaker

_WEIGHT = 0.15


class VoiceDetector:
    """Support from how a turn was spoken, for calls whose words carry times."""

    id = "voice"
    digest = hashlib.sha256(f"1 {_WEIGHT} {CUT_IN_S}".encode()).hexdigest()

    def detect(self, call: CallView) -> Iterator[Evidence]:
        raised = frozenset(raised_turns(call.transcript))
        for view in call.rep_turns:
            if view.turn.index in raised:
                yield _support(
                    "rude", view.turn.index, view.turn.text, "raised", "这一轮的声音也明显比平常响、比平常高。"
                )
        for one in cut_ins(call.transcript):
            if one.turn.speaker is Speaker.REP:
                reason = f"客户还没说完就开口，两人同时说了 {one.overlap_s:.1f} 秒。"
                yield _support("rebutting", one.turn.index, one.turn.text, "cut_in", reason)


def _support(code: str, turn: int, quote: str, sign: str, reason: str) -> Evidence:
    return Evidence(
        code=code,
        turn=turn,
        span=None,
        quote=quote,
        detector=f"voice:{sign}",
        score=_WEIGHT,
        severity=1,
        reason=reason,
        supporting=True,
    )
