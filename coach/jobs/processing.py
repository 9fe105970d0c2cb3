"""The steps by which a call becomes a report. Each can be done again without harm, and does nothing twice.

What a step makes is kept in a folder of the call, or in the library; steps tell each other nothing else.
"""

import json
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from coach.asr import Listening
from coach.asr.steps import HeardInSteps
from coach.asr.vad import Detect, silero
from coach.errors import CoachError, InputError, StorageError
from coach.files import write_whole
from coach.imports import saved
from coach.jobs.engines import Engines
from coach.pipeline import Coach, Progress
from coach.render.clip import put_sound
from coach.report import Report
from coach.storage.recordings import Recordings
from coach.storage.reports import dump_report, read_report
from coach.storage.states import STEP_NAMES
from coach.storage.tables import Call
from coach.storage.worklist import Run, WorkList
from coach.transcript import Transcript

STEPS = tuple(STEP_NAMES)
_OF_RECORDINGS = ("decode", "transcribe", "speakers")
_TELL_EVERY_S = 1.0
_KEPT_FOR_S = 7 * 24 * 3600
_UNEXPECTED = "处理时出了意外（{name}），请重试；如果还是这样，请联系管理员。"

_log = logging.getLogger(__name__)


class _OverError(Exception):
    """The run was cancelled, its call deleted, or begun anew."""


@dataclass(frozen=True)
class Processing:
    """Everything that turns calls of the library into reports. `coach` gives the coach of the day; `folder` keeps what was
    done of calls in work.
    """

    work: WorkList
    recordings: Recordings
    coach: Callable[[], Coach]
    engines: Engines
    folder: Path
    detect: Detect = silero

    def step(self, name: str, run: Run) -> bool:
        """Do one of STEPS of a run; False if the run ends here: it failed, and the call says why, or it is over.

        Raises StorageError where the database does not answer: the step may be tried again.
        """
        call = self.work.begin(run, name)
        if call is None:
            return False
        try:
            if name not in _OF_RECORDINGS or call.recording is not None:
                getattr(self, f"_{name}")(call, run)
        except _OverError:
            return False
        except StorageError:
            raise
        except CoachError as error:
            return self._failed(run, str(error))
        except OSError as error:
            return self._failed(run, f"读写文件失败（{error.strerror or error}），请清理磁盘后重试。")
        except Exception as error:  # whatever it is, the call says so, and the others are worked on
            _log.error("call %s: step %s failed: %s", run.call_id, name, type(error).__name__)
            return self._failed(run, _UNEXPECTED.format(name=type(error).__name__))
        return True

    def all_steps(self, run: Run) -> bool:
        """Do all steps of a run, one after the other; True if the call has its report."""
        return all(self.step(name, run) for name in STEPS)

    def clear(self) -> None:
        """Delete what is left of calls that are gone, or that nobody went on with for a week."""
        for folder in self.folder.glob("?" * 32):
            if time.time() - folder.stat().st_mtime > _KEPT_FOR_S or not self.work.exists(folder.name):
                shutil.rmtree(folder, ignore_errors=True)

    def _decode(self, call: Call, _run: Run) -> None:
        self._heard(call).decode()

    def _transcribe(self, call: Call, run: Run) -> None:
        with self.engines.one() as engine:
            self._heard(call).hear(
                engine, detect=self.detect, progress=self._progress(run), hotwords=self.coach().hotwords
            )

    def _speakers(self, call: Call, run: Run) -> None:
        heard = self._heard(call)
        with self.engines.one() as engine:
            hearing = heard.hear(
                engine, detect=self.detect, progress=self._progress(run), hotwords=self.coach().hotwords
            )
        transcript = heard.transcript(hearing, replace(Listening(), **call.listening))
        self._go_on(self.work.heard(run, replace(transcript, call_id=call.title)))

    def _analyse(self, call: Call, _run: Run) -> None:
        report = self.coach().analyse(replace(self._transcript(call), call_id=call.title))
        write_whole(self._folder(call) / "report.json", dump_report(report))

    def _store(self, call: Call, run: Run) -> None:
        place = self._folder(call) / "report.json"
        if not place.exists():  # made by a worker on another machine
            self._analyse(call, run)
        report = read_report(place.read_bytes())
        sound = None if call.recording is None else self._sound(call, report)
        self._go_on(self.work.judged(run, report, sound=sound))
        shutil.rmtree(self._folder(call), ignore_errors=True)

    def _sound(self, call: Call, report: Report) -> str:
        """Write the sound that browsers play, and tell what a player needs to know of it."""
        with self._heard(call).audio() as audio:
            peaks = put_sound(audio, report.transcript, self.recordings.sound(call.id))
            duration_s = audio.duration_s
        return json.dumps({"duration_s": round(duration_s, 2), "peaks": peaks})

    def _transcript(self, call: Call) -> Transcript:
        if call.transcript is None:
            raise InputError("这通对话没有文字，请删除后重新上传。")
        return saved.load(call.transcript)

    def _heard(self, call: Call) -> HeardInSteps:
        return HeardInSteps(self.recordings.path(call.recording or ""), call.title, self._folder(call))

    def _folder(self, call: Call) -> Path:
        return self.folder / call.id

    def _progress(self, run: Run) -> Progress:
        """Tells the library now and then; ends the step if the run is over."""
        told_at = 0.0

        def progress(done: float) -> None:
            nonlocal told_at
            if time.monotonic() - told_at >= _TELL_EVERY_S:
                told_at = time.monotonic()
                self._go_on(self.work.progressed(run, done))

        return progress

    def _go_on(self, is_wanted: bool) -> None:
        if not is_wanted:
            raise _OverError

    def _failed(self, run: Run, problem: str) -> bool:
        self.work.failed(run, problem)
        return False
