"""Calls from what was named on the command line: texts are read, recordings are heard, failures are noted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from coach.asr import Listening
from coach.asr.batch import jobs_for
from coach.asr.decode import RECORDING_SUFFIXES, looks_recorded
from coach.errors import CoachError, InputError
from coach.imports import TEXT_SUFFIXES, read_calls
from coach.pipeline import Coach
from coach.transcript import Transcript


@dataclass(frozen=True)
class Failure:
    """A file that could not be used, and why."""

    path: Path
    error: CoachError


@dataclass
class Calls:
    """The calls in some files, in order; `failures` is complete once they have all been read."""

    coach: Coach
    paths: Sequence[Path]
    listening: Listening
    rep: str | None = None
    kept_in: Path | None = None
    jobs: int = 0
    failures: list[Failure] = field(default_factory=list)

    @cached_property
    def recordings(self) -> tuple[Path, ...]:
        """Those of the paths that are recordings, in order."""
        return tuple(path for path in self.paths if path.exists() and looks_recorded(path))

    def __iter__(self) -> Iterator[tuple[Path, Transcript]]:
        """Each call with its file; a file that cannot be used is noted and the rest goes on."""
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        hidden = len(self.paths) < 2 or not console.is_terminal
        with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
            task = bar.add_task("分析", total=len(self.paths))
            heard = self._heard_by_many()
            for path in self.paths:
                try:
                    yield from ((path, transcript) for transcript in self._in(path, heard))
                except CoachError as error:
                    self.failures.append(Failure(path, error))
                bar.advance(task)

    def _in(self, path: Path, heard: Iterator[Transcript | CoachError] | None) -> Iterable[Transcript]:
        if not path.exists():
            raise InputError(f"找不到文件 {path}。")
        if path not in self.recordings:
            transcripts = read_calls(path, rep=self.rep)
            return (one.swapped() for one in transcripts) if self.listening.swap else transcripts
        if heard is None:
            return [self._heard(path)]
        outcome = next(heard)
        if isinstance(outcome, CoachError):
            raise outcome
        return [outcome]

    def _heard_by_many(self) -> Iterator[Transcript | CoachError] | None:
        """All recordings, heard by several processes; None where one is enough."""
        jobs = jobs_for(len(self.recordings), self.jobs)
        if jobs < 2:
            return None
        return self.coach.listen_to_all(self.recordings, self.listening, jobs=jobs, kept_in=self.kept_in)

    def _heard(self, path: Path) -> Transcript:
        console = Console(stderr=True)
        columns = (TextColumn("转写 {task.description}"), BarColumn(), TimeRemainingColumn())
        hidden = len(self.paths) > 1 or not console.is_terminal
        with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
            task = bar.add_task(path.name, total=1.0)
            return self.coach.listen(
                path,
                self.listening,
                kept_in=self.kept_in,
                progress=lambda done: bar.update(task, completed=done),
            )


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """The files given, and those of a kind we read inside the folders given."""
    for path in paths:
        if path.is_dir():
            readable = TEXT_SUFFIXES | RECORDING_SUFFIXES
            inside = sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in readable)
            if not inside:
                raise InputError(f"文件夹 {path} 里没有能读的对话或录音。")
            yield from inside
        else:
            yield path
