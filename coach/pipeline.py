"""The main path: audio → Transcript → Evidence → Findings → Report. Read this file first."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coach import __version__
from coach.classify.model import load as load_model
from coach.delivery import delivery
from coach.detectors import Detector, Doubter
from coach.detectors.classifier import ClassifierDetector
from coach.detectors.flow import FlowDetector
from coach.detectors.rule import RuleDetector
from coach.detectors.view import CallView
from coach.detectors.voice import VoiceDetector
from coach.doubt import without_the_doubted, without_the_unheard
from coach.errors import CoachError, EmptyCallError, ModelError
from coach.findings import Policy, gather
from coach.metrics import measure, observe
from coach.privacy import masked
from coach.report import Analysis, Ran, Report, Skipped, build_report
from coach.resources import folder
from coach.rulefiles import RuleBook, load_rules
from coach.text import Segmenter
from coach.transcript import Speaker, Transcript

if TYPE_CHECKING:
    from coach.asr import Listening

Progress = Callable[[float], None]
"""Told how much of a recording is done, 0 to 1."""


CLASSIFIER = "habits"
"""The shipped model's folder in `models/`."""


@dataclass(frozen=True)
class Coach:
    """Everything needed to turn a call into a report. `Coach.load()` makes one from the shipped rules and models."""

    book: RuleBook
    detectors: Sequence[Detector]
    segmenter: Segmenter
    policy: Policy = field(default_factory=Policy)
    skipped: tuple[Skipped, ...] = ()

    @classmethod
    def load(
        cls,
        *,
        rules: Path | RuleBook | None = None,
        model: Path | None = None,
        policy: Policy | None = None,
    ) -> "Coach":
        """Read a folder of rules, or take a book, and a folder of a trained model (the shipped ones by default).

        Raises RuleFileError with every mistake in the rules. A model that cannot be used is left out, and every
        report says so.
        """
        book = rules if isinstance(rules, RuleBook) else load_rules(rules or folder("rules"))
        segmenter = Segmenter(book.dictionary)
        detectors: list[Detector] = [RuleDetector(book), FlowDetector(), VoiceDetector()]
        skipped: tuple[Skipped, ...] = ()
        try:
            trained = load_model(model or folder("models") / CLASSIFIER, segmenter)
            detectors.append(ClassifierDetector(trained, book))
        except ModelError as error:
            skipped = (Skipped(ClassifierDetector.id, str(error)),)
        return cls(book, detectors, segmenter, policy or Policy(), skipped)

    def limited_to(self, wanted: Callable[[Detector], bool]) -> "Coach":
        """The same coach with only some of its detectors."""
        return replace(self, detectors=[detector for detector in self.detectors if wanted(detector)])

    def listen(
        self,
        recording: Path,
        listening: "Listening | None" = None,
        *,
        kept_in: Path | None = None,
        progress: Progress | None = None,
    ) -> Transcript:
        """Decode and transcribe a recording, listening for the words of the trade; a transcript kept in the folder
        `kept_in` is taken from there. Raises RecordingError or MissingPartError.
        """
        from coach.asr.kept import transcribe_once

        return transcribe_once(recording, self._listening(listening), kept_in, progress=progress)

    def listen_to_all(
        self,
        recordings: Sequence[Path],
        listening: "Listening | None" = None,
        *,
        jobs: int,
        kept_in: Path | None = None,
    ) -> Iterator[Transcript | CoachError]:
        """The transcript of each recording in order, or why there is none, made by several processes."""
        from coach.asr.batch import transcribe_all

        return transcribe_all(recordings, self._listening(listening), jobs=jobs, folder=kept_in)

    def _listening(self, listening: "Listening | None") -> "Listening":
        from coach.asr import Listening

        listening = listening or Listening()
        return listening if listening.hotwords is not None else replace(listening, hotwords=self.hotwords)

    @property
    def hotwords(self) -> str:
        """Words of the dictionary that a recogniser should listen for: those that general speech seldom has."""
        return "、".join(entry.word for entry in self.book.dictionary if entry.listened_for)

    def analyse(self, transcript: Transcript, *, only: Collection[str] = ()) -> Report:
        """Judge a call, limited to the codes in `only` where given. Raises EmptyCallError if nobody says anything."""
        if not any(turn.text.strip() for turn in transcript.turns):
            raise EmptyCallError("这段对话是空的，没有可以分析的内容。请检查文件里有没有文字。")
        transcript = _with_role_warnings(masked(transcript))
        call = CallView(transcript, self.segmenter)
        evidence = [one for detector in self.detectors for one in detector.detect(call)]
        if only:
            evidence = [one for one in evidence if one.code in only]
        heard = list(without_the_unheard(evidence, transcript))
        for detector in self.detectors:
            if isinstance(detector, Doubter):
                heard = list(without_the_doubted(heard, detector, call))
        gathered = gather(transcript.call_id, heard, policy=self.policy)
        metrics = (*measure(call), *delivery(transcript))
        judged = len(call.rep_turns)
        return build_report(
            transcript,
            gathered,
            metrics=metrics,
            observations=observe({metric.code: metric for metric in metrics}, rep_turns=judged),
            guides=self.book.guides,
            analysis=Analysis(
                version=__version__,
                input_digest=_digest(
                    [(turn.speaker, turn.text, turn.start_s, turn.end_s) for turn in transcript.turns]
                ),
                policy_digest=_digest(asdict(self.policy)),
                ran=tuple(Ran(detector.id, detector.digest) for detector in self.detectors),
                skipped=self.skipped,
                judged_turns=judged,
                unjudged_turns=sum(1 for turn in transcript.turns if turn.speaker is Speaker.UNKNOWN),
                codes=tuple(sorted(only)),
            ),
        )


def _with_role_warnings(transcript: Transcript) -> Transcript:
    """Say so where nobody, or somebody unknown, could not be judged."""
    speakers = {turn.speaker for turn in transcript.turns}
    if Speaker.REP not in speakers:
        if Speaker.UNKNOWN in speakers:
            return transcript.warned(
                "分不清哪一方是销售，所以没有判断任何一句。请用 --rep 指明销售的称呼，或在页面上选择。"
            )
        return transcript.warned("这段对话里只有客户在说话，没有销售的话可以判断。")
    if Speaker.CUSTOMER not in speakers and Speaker.UNKNOWN not in speakers:
        return transcript.warned("这段对话里没有客户的话，需要上下文才能判断的习惯（如随时反驳）可能漏掉。")
    return transcript


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
