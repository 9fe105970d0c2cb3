"""Whether the service lives, whether it can work, and figures for whoever watches it; nothing about any person or call."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from sqlalchemy import func, select, text

from coach import __version__
from coach.errors import StorageError
from coach.storage.states import State
from coach.storage.tables import Call, Delivery, User, Worker
from coach.storage.worklist import ALIVE_FOR, WorkList
from coach.web.service import Service, service_of

router = APIRouter(tags=["运行"])


@router.get("/healthz", summary="进程是否活着")
def healthz() -> dict[str, str]:
    """Alive, with the version."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz", summary="数据库和录音文件夹是否能用", responses={503: {"description": "现在不能工作"}})
def readyz(request: Request) -> dict[str, object]:
    """Whether the database answers and recordings can be written, and how many workers are alive."""
    service = service_of(request)
    with service.database.reading() as session:
        session.execute(text("SELECT 1"))
    _check_writable(service.settings.recordings_folder)
    return {"status": "ok", "workers": len(WorkList(service.database).alive())}


@router.get("/metrics", summary="Prometheus 指标", response_class=PlainTextResponse)
def metrics(request: Request) -> PlainTextResponse:
    """Figures in Prometheus' text format."""
    lines = [line for name, kind, rows in _figures(service_of(request)) for line in _lines(name, kind, rows)]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _check_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"ready")
    except OSError as error:
        raise StorageError(f"录音文件夹写不进去（{error.strerror}），请检查磁盘空间和权限。") from error


def _figures(service: Service) -> Iterator[tuple[str, str, list[tuple[str, float]]]]:
    """Name, help and rows (label, value) of every figure."""
    with service.database.reading() as session:
        counted = session.execute(select(Call.state, func.count()).group_by(Call.state))
        states: dict[str, int] = {state: int(count) for state, count in counted}
        users = session.scalar(select(func.count(User.id)).where(User.disabled.is_(False))) or 0
        due = session.scalar(select(func.count(Delivery.id)).where(Delivery.next_at.is_not(None))) or 0
        oldest = session.scalar(select(func.min(Call.created_at)).where(Call.state == State.WAITING))
        alive = session.scalar(
            select(func.count(Worker.id)).where(Worker.seen_at > service.accounts.clock() - ALIVE_FOR)
        )
    waited = (service.accounts.clock() - oldest).total_seconds() if oldest is not None else 0.0
    yield (
        "coach_calls",
        "Calls in the library by state",
        [(f'{{state="{state.value}"}}', states.get(state.value, 0)) for state in State],
    )
    yield "coach_longest_wait_seconds", "How long the call that waits longest has waited", [("", max(waited, 0.0))]
    yield "coach_workers", "Workers seen lately", [("", alive or 0)]
    yield "coach_users", "Open accounts", [("", users)]
    yield "coach_deliveries_due", "Webhook deliveries not yet made", [("", due)]
    yield "coach_disk_free_bytes", "Free space where recordings are kept", [("", _free(service.settings.data_folder))]
    yield "coach_info", "The version that runs", [(f'{{version="{__version__}"}}', 1)]


def _free(folder: Path) -> float:
    try:
        told = os.statvfs(folder)
    except OSError:
        return 0.0
    return float(told.f_bavail * told.f_frsize)


def _lines(name: str, told: str, rows: list[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} gauge"
    for label, value in rows:
        yield f"{name}{label} {value:g}"
