"""The OpenAI-compatible endpoint, against a server of our own on this machine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from coach.errors import InputError
from coach.pipeline import Coach
from coach.practice.chat import ChatModel, voice_of
from coach.practice.scenarios import load_scenarios
from coach.practice.session import say, start
from coach.practice.voicing import as_written
from coach.resources import folder
from coach.settings import LlmSettings

SLOW = load_scenarios(folder("rules") / "scenarios")["new-brand-slow"]
ASKED = [{"role": "user", "content": "您好"}]


class Server:
    """Answers every request by `behave`, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, dict]] = []
        self.behave: Callable[[BaseHTTPRequestHandler], None] = lambda handler: reply(
            handler, "老张也卖不动，我看这烟不行。"
        )
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append((self.path, self.headers["Authorization"], body))
                server.behave(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def reply(handler: BaseHTTPRequestHandler, words: str) -> None:
    send(handler, json.dumps({"choices": [{"message": {"role": "assistant", "content": words}}]}).encode())


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for longer than anybody waits."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(30):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.close()


def test_an_answer(server: Server) -> None:
    assert ChatModel(server.url, "qwen", "secret").answer(ASKED) == "老张也卖不动，我看这烟不行。"
    path, key, body = server.asked[0]
    assert (path, key, body["model"], body["messages"]) == ("/v1/chat/completions", "Bearer secret", "qwen", ASKED)
    ChatModel(f"{server.url}/chat/completions", "qwen").answer(ASKED)
    assert server.asked[1][:2] == ("/v1/chat/completions", None)


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (lambda handler: send(handler, b"oops", 500), OSError),
        (lambda handler: send(handler, b"not json"), ValueError),
        (lambda handler: send(handler, b'{"choices": []}'), ValueError),
        (lambda handler: send(handler, b'{"choices": [{"message": {"content": null}}]}'), ValueError),
        (lambda handler: send(handler, b" " * 100_000), OSError),
        (drip, OSError),
        (lambda _handler: time.sleep(0.8), OSError),
    ],
    ids=["failing", "no json", "no choice", "no words", "endless", "dripping", "silent"],
)
def test_what_is_no_answer(
    server: Server, behave: Callable[[BaseHTTPRequestHandler], None], error: type[Exception]
) -> None:
    server.behave = behave
    with pytest.raises(error):
        ChatModel(server.url, "m", seconds=0.4).answer(ASKED)


def test_nobody_there() -> None:
    with pytest.raises(OSError, match="refused"):
        ChatModel("http://127.0.0.1:9/v1", "m").answer(ASKED)


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "file:///etc/passwd", "http://"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(InputError, match="COACH_LLM_URL"):
        voice_of(url=url, model="m", key="")


def test_a_talk_with_a_model_and_without(coach: Coach, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert voice_of(url=LlmSettings().url, model="", key="") is as_written, "off unless it is switched on"
    monkeypatch.setenv("COACH_LLM_URL", server.url)
    monkeypatch.setenv("COACH_LLM_MODEL", "qwen")
    monkeypatch.setenv("COACH_LLM_KEY", "secret")
    settings = LlmSettings()
    assert "secret" not in repr(settings)
    voice = voice_of(url=settings.url, model=settings.model, key=settings.key.get_secret_value())
    talk = say(coach, SLOW, start(SLOW), "您好王老板，您先别急。", voice=voice)
    assert talk.exchanges[0].customer == "老张也卖不动，我看这烟不行。"
    server.behave = lambda handler: send(handler, b"oops", 500)
    talk = say(coach, SLOW, talk, "您平时把它摆在哪儿？", voice=voice)
    assert talk.exchanges[1].customer == SLOW.reveal
