"""A small client for the service's interface, with nothing but the standard library.

client = CoachClient("http://127.0.0.1:8000", key="coach_…")
for call in client.upload("2026-11-03_小王_李老板.wav", pattern="{date}_{rep}_{customer}"):
    report = client.wait_for_report(call["id"])
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from coach.errors import CoachError, InputError

_CALLS = "/api/v1/calls"
_STOPPED = ("failed", "cancelled")


class RemoteError(CoachError):
    """The service refused, or could not be reached (`status` 0). `str(error)` is what it says."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class CoachClient:
    """The service at `url`, entered with a key from its account page. Calls and reports are dicts as the interface
    describes them (`/openapi.json`). Every method raises RemoteError.
    """

    url: str
    key: str
    timeout_s: float = 60.0

    def upload(self, path: str | Path, **told: Any) -> list[dict[str, Any]]:
        """Hand in a file; the calls made of it. `told`: pattern, title, customer, rep_id, made_at, rep, speakers,
        rep_channel, swap, source. The same file handed in twice makes one call. Raises InputError if it cannot be read.
        """
        path = Path(path)
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                file.seek(0)
                query = {"name": path.name} | {key: value for key, value in told.items() if value not in (None, "")}
                headers = {
                    "Content-Type": "application/octet-stream",
                    "Content-Length": str(path.stat().st_size),
                    "Idempotency-Key": digest,
                }
                return list(self._asked("POST", _CALLS, query, file, headers)["calls"])
        except OSError as error:
            raise InputError(f"文件「{path}」读不了（{error.strerror}）。") from error

    def add_text(self, text: str, **told: Any) -> dict[str, Any]:
        """Hand in a typed conversation; the call made of it."""
        body = json.dumps({"text": text} | told, ensure_ascii=False).encode()
        return self._asked("POST", f"{_CALLS}/text", {}, body, {"Content-Type": "application/json"})

    def calls(self, **wanted: Any) -> Iterator[dict[str, Any]]:
        """The calls that are wanted, newest first: owner, code, severity, state, q, since, until, reviewed."""
        page = 1
        while True:
            listed = self._asked("GET", _CALLS, wanted | {"page": page, "per_page": 100})
            yield from listed["items"]
            if page * listed["per_page"] >= listed["total"]:
                return
            page += 1

    def call(self, call_id: str) -> dict[str, Any]:
        """One call and how far it is."""
        return self._asked("GET", _one(call_id))

    def report(self, call_id: str) -> dict[str, Any]:
        """The report of a call."""
        return self._asked("GET", f"{_one(call_id)}/report")

    def wait_for_report(self, call_id: str, *, timeout_s: float = 3600.0) -> dict[str, Any]:
        """The report of a call once it is done. Raises RemoteError also where there will be none, or not in time."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            call = self.call(call_id)
            if call["state"] == "done":
                return self.report(call_id)
            if call["state"] in _STOPPED:
                raise RemoteError(call["problem"] or "这通对话已取消。", 409)
            time.sleep(min(1.0, max(0.0, until - time.monotonic())))
        raise RemoteError("等了太久，这通对话还没有处理完。")

    def events(self, call_id: str) -> Iterator[dict[str, Any]]:
        """How far a call is, as it changes, until it is done."""
        with self._opened("GET", f"{_one(call_id)}/events", {}, None, {}) as answer:
            for line in answer:
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])

    def cancel(self, call_id: str) -> None:
        """Leave a call that is in work."""
        self._asked("POST", f"{_one(call_id)}/cancel")

    def retry(self, call_id: str) -> None:
        """Try a call again that failed or was cancelled."""
        self._asked("POST", f"{_one(call_id)}/retry")

    def delete(self, call_id: str) -> None:
        """Delete a call, its report and its recording."""
        self._asked("DELETE", _one(call_id))

    def _asked(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        body: IO[bytes] | bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        with self._opened(method, path, query or {}, body, headers or {}) as answer:
            return cast(dict[str, Any], json.loads(answer.read() or b"{}"))

    def _opened(
        self, method: str, path: str, query: dict[str, Any], body: IO[bytes] | bytes | None, headers: dict[str, str]
    ) -> HTTPResponse:
        address = self.url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        if not address.startswith(("http://", "https://")):
            raise RemoteError(f"服务地址「{self.url}」不对，应以 http:// 或 https:// 开头。")
        sent = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"} | headers
        request = Request(address, data=body, headers=sent, method=method)  # noqa: S310 - checked above
        try:
            return cast(HTTPResponse, urlopen(request, timeout=self.timeout_s))  # noqa: S310
        except HTTPError as error:
            raise RemoteError(_detail(error), error.code) from error
        except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
            raise RemoteError(f"连不上 {self.url}，请检查地址和网络，或稍后再试。") from error


def _one(call_id: str) -> str:
    return f"{_CALLS}/{quote(call_id, safe='')}"


def _detail(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read())["detail"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"服务回答了 {error.code}，没有说明原因。"
