"""How long pages take when a sales team works at once: `python benchmarks/serving.py [--calls 10000] [--users 50]`.

A library of so many judged calls (the dialogues of the labelled corpus, over and over, made in the last year by two teams)
is served by `coach serve` with its worker, on SQLite or `--database URL` (an empty one). Each user opens a page, reads it
for about `--pause` seconds and opens the next: reports most of all, then lists, searches, filters, the first page; every
tenth user leads a team and opens its page too. Beside them somebody hands in a typed call every two seconds, and with
`--recordings` a sample recording every thirty, each unlike the ones before. Printed: requests, and median and 95th
percentile of the time to the last byte, by kind of page.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import httpx2
import numpy

from coach.asr.audio import SAMPLE_RATE
from coach.asr.decode import decoded
from coach.client import CoachClient
from coach.imports import saved
from coach.pipeline import Coach
from coach.resources import folder
from coach.storage.accounts import Accounts, Role, now
from coach.storage.database import Database
from coach.storage.keys import Keys
from coach.storage.reports import keep_report
from coach.storage.sign_ins import SignIns
from coach.storage.tables import Call
from coach.training.corpus import read_corpus
from coach.web.visitors import COOKIE

_TEAMS = ("东区", "西区")
_SEARCHES = ("包在我身上", "库存", "扫码 枪", "不可能", "公司 政策", "送货")
_HABITS = ("rude", "overpromising", "rebutting", "other.monologue")
_BATCH = 500


def filled(database: Database, users: int, calls: int) -> dict[str, bool]:
    """People and their judged calls; the id of each user, and whether he leads a team."""
    accounts = Accounts(database)
    accounts.add("管理员", Role.ADMINISTRATOR)
    leads: dict[str, bool] = {}
    for number in range(users):
        is_lead = number % 10 == 0
        role = Role.SUPERVISOR if is_lead else Role.REP
        leads[accounts.add(f"用户{number:02d}", role, _TEAMS[number % 20 // 10]).id] = is_lead
    reps = [user_id for user_id, is_lead in leads.items() if not is_lead]
    coach = Coach.load()
    corpus = read_corpus([folder("samples") / "labelled"])
    reports = [coach.analyse(call.transcript) for call in corpus if len(call.transcript.turns) > 8]
    at = now()
    for first in range(0, calls, _BATCH):
        with database.begin() as session:
            for number in range(first, min(calls, first + _BATCH)):
                report = reports[number % len(reports)]
                made_at = at - timedelta(days=365 * number / calls)
                call = Call(
                    id=uuid4().hex,
                    owner_id=reps[number % len(reps)],
                    uploaded_by=reps[number % len(reps)],
                    title=f"第 {number} 通",
                    source="upload",
                    made_at=made_at,
                    created_at=made_at,
                    state="done",
                    transcript=saved.dump(report.transcript),
                )
                session.add(call)
                session.flush()
                keep_report(session, call, report, at=made_at)
    return leads


class Waits:
    """Seconds to the last byte, by kind of page, from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.by_kind: dict[str, list[float]] = defaultdict(list)

    def open(self, client: httpx2.Client, kind: str, address: str) -> None:
        """Open a page and keep how long it took."""
        started = time.perf_counter()
        answer = client.get(address)
        took_s = time.perf_counter() - started
        answer.raise_for_status()
        with self._lock:
            self.by_kind[kind].append(took_s)


def work(client: httpx2.Client, waits: Waits, *, is_lead: bool, pause_s: float, until: float, seed: int) -> None:
    """One user's day."""
    chance = random.Random(seed)
    listed = client.get("/api/v1/calls", params={"per_page": 50}).json()["items"]
    kinds = {"report": 10, "list": 4, "search": 2, "filter": 2, "first page": 2, "team": 2 if is_lead else 0}
    time.sleep(chance.uniform(0, pause_s))
    while time.perf_counter() < until:
        kind = chance.choices(list(kinds), list(kinds.values()))[0]
        match kind:
            case "report":
                address = f"/calls/{chance.choice(listed)['id']}"
            case "list":
                address = f"/calls?page={chance.randint(1, 4)}"
            case "search":
                address = f"/calls?q={chance.choice(_SEARCHES)}"
            case "filter":
                address = f"/calls?code={chance.choice(_HABITS)}&severity=2"
            case "first page":
                address = "/"
            case _:
                address = "/team"
        waits.open(client, kind, address)
        time.sleep(chance.uniform(0.5, 1.5) * pause_s)


def hand_in(client: CoachClient, scratch: Path, *, recordings: bool, until: float) -> None:
    """Calls that come in beside the readers."""
    number = 0
    while time.perf_counter() < until:
        client.add_text(f"销售：李老板您好，这是第 {number} 通，货后天上午到。\n客户：行，到了再说。")
        if recordings and number % 15 == 0:
            client.upload(_sound(scratch / f"{number}.wav", number))
        number += 1
        time.sleep(2)


def _sound(path: Path, number: int) -> Path:
    """A sample recording with a little more silence at its end than the one before."""
    with decoded(folder("samples") / "recorded" / "insurance-renewal.flac") as audio:
        samples = numpy.concatenate([audio.read(0), numpy.zeros(SAMPLE_RATE // 100 * (number + 1), numpy.float32)])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((numpy.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Fill a library, serve it, let people work, print the waits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--pause", type=float, default=5.0)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--recordings", action="store_true")
    parser.add_argument("--database", default="")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        url = wanted.database or f"sqlite:///{temporary}/coach.db"
        database = Database(url)
        database.migrate()
        started = time.perf_counter()
        leads = filled(database, wanted.users, wanted.calls)
        print(
            f"{wanted.calls} calls, {wanted.users} users, filled in {time.perf_counter() - started:.0f} s", flush=True
        )
        sign_ins = SignIns(database)
        tokens = {user_id: sign_ins.let_in(user_id) for user_id in leads}
        visitor = sign_ins.visitor(next(token for user_id, token in tokens.items() if not leads[user_id]))
        assert visitor is not None
        key = Keys(database).add(visitor, "benchmark", ["calls:write", "calls:read"])
        address = f"http://127.0.0.1:{_free_port()}"
        serving = subprocess.Popen(
            [sys.executable, "-c", "from coach.cli import app; app()", "serve", "--port", address.rpartition(":")[2]],
            env=os.environ | {"COACH_DATABASE_URL": url, "COACH_DATA_FOLDER": temporary},
        )
        try:
            waits = Waits()
            _wait_for(address)
            until = time.perf_counter() + wanted.seconds
            people = [
                threading.Thread(
                    target=work,
                    args=(httpx2.Client(base_url=address, cookies={COOKIE: token}, timeout=30), waits),
                    kwargs={"is_lead": leads[user_id], "pause_s": wanted.pause, "until": until, "seed": seed},
                )
                for seed, (user_id, token) in enumerate(tokens.items())
            ]
            people.append(
                threading.Thread(
                    target=hand_in,
                    args=(CoachClient(address, key), Path(temporary)),
                    kwargs={"recordings": wanted.recordings, "until": until},
                )
            )
            for one in people:
                one.start()
            for one in people:
                one.join()
        finally:
            serving.terminate()
            serving.wait()
        database.close()
    every = [took for took_s in waits.by_kind.values() for took in took_s]
    print("| page | requests | median | 95th percentile |\n| --- | --- | --- | --- |")
    for kind, took_s in [*sorted(waits.by_kind.items()), ("all", every)]:
        cuts = quantiles(took_s, n=20)
        print(f"| {kind} | {len(took_s)} | {1000 * cuts[9]:.0f} ms | {1000 * cuts[18]:.0f} ms |")


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            if httpx2.get(f"{address}/readyz").is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit("the service does not answer")


if __name__ == "__main__":
    main()
