"""How long it takes to judge a library anew: `python benchmarks/rejudging.py [calls]` (1,000).

The calls are the dialogues of the labelled corpus in a SQLite file, over and over, with a number said in every turn, so
that no process has met a sentence before. The rules get one more rule: every call is judged again and its report before is
kept. Processor time counts all processes: on a machine that does other things too, it says more than the clock.
"""

import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from coach.jobs.rejudging import Rejudging
from coach.pipeline import Coach
from coach.resources import folder
from coach.rulechanges import RuleChanges, text_of
from coach.storage.accounts import Accounts, Role, Visitor
from coach.storage.database import Database
from coach.storage.library import About, Library
from coach.storage.recordings import Recordings
from coach.storage.replays import Replays
from coach.storage.rules import TeamRules
from coach.storage.worklist import Run, WorkList
from coach.training.corpus import read_corpus
from coach.transcript import Transcript

_FILE = "rude.yaml"
_RULE = (
    '  - id: "benchmark"\n    kind: "phrases"\n    any: ["您稍等"]\n    severity: 1\n    reason: "说「{match}」。"\n'
    '    hits: ["【您稍等】。"]\n    misses: ["您稍坐。"]\n'
)


def filled(database: Database, place: Path, calls: int) -> Visitor:
    """A library of that many judged calls; its administrator."""
    chief = Accounts(database).add("管理员", Role.ADMINISTRATOR)
    library, work = Library(database, Recordings(place)), WorkList(database)
    coach = Coach.load()
    corpus = read_corpus([folder("samples") / "labelled"])
    dialogues = [call.transcript for call in corpus if len(call.transcript.turns) > 8]
    for number in range(calls):
        transcript = numbered(dialogues[number % len(dialogues)], number)
        call_id = library.add_transcript(chief, About(chief.id, f"第 {number} 通"), transcript)
        work.begin(Run(call_id, 1), "analyse")
        work.judged(Run(call_id, 1), coach.analyse(transcript))
    turns = sum(len(one.turns) for one in dialogues) / len(dialogues)
    print(f"{calls} calls, {turns:.1f} turns each")
    return chief


def numbered(transcript: Transcript, number: int) -> Transcript:
    """The same call with a number in every turn."""
    return replace(
        transcript, turns=tuple(replace(turn, text=f"{turn.text}编号{number}。") for turn in transcript.turns)
    )


def processor_time() -> float:
    """Seconds of all processes so far."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    """Fill a library and judge it anew, without and with one more rule."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as temporary:
        database = Database(f"sqlite:///{temporary}/coach.db")
        database.migrate()
        chief = filled(database, Path(temporary) / "recordings", calls)
        rules, replays = TeamRules(database), Replays(database)
        text = text_of(_FILE, RuleChanges()) + _RULE
        draft = rules.save_draft(chief, _FILE, text, based_on="")
        for what, ask in (
            ("replay of a draft", lambda: replays.ask_for_draft(chief, draft)),
            ("judging anew", lambda: (replays.activate(chief, draft), replays.ask_for_library(chief))),
            ("again, nothing to do", lambda: replays.ask_for_library(chief)),
        ):
            ask()
            start, used = time.perf_counter(), processor_time()
            Rejudging(database).run_next()
            took = time.perf_counter() - start
            told = replays.latest(draft_id=draft) if what.startswith("replay") else replays.latest()
            assert told is not None, what
            used = processor_time() - used
            print(
                f"{what}: {took:.1f} s ({used:.1f} s of processor), {told.done} calls, {len(told.changes)} changed {told.problem}"
            )


if __name__ == "__main__":
    main()
