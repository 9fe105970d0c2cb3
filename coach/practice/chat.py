"""An OpenAI-compatible chat endpoint, asked with the standard library: one answer, within a few seconds or not at all."""

import json
import time
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

from coach.errors import InputError
from coach.practice.recogniser import load_recogniser
from coach.practice.voicing import ModelVoice, Voice, as_written

_LARGEST = 64 << 10
_BLOCK = 4 << 10
_PATH = "/chat/completions"
_WORDS = 120


@dataclass(frozen=True)
class ChatModel:
    """`url` with or without `/chat/completions`; `key` may be empty; an answer must be whole after `seconds`."""

    url: str
    model: str
    key: str = ""
    seconds: float = 4.0

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https") or not urlsplit(self.url).netloc:
            raise InputError(f"COACH_LLM_URL 应为 http:// 或 https:// 开头的地址，现为「{self.url}」。")

    def answer(self, messages: list[dict[str, str]]) -> str:
        """The model's answer. Raises OSError where the endpoint fails or is slow, ValueError where it talks nonsense."""
        ends = time.monotonic() + self.seconds
        body = {"model": self.model, "messages": messages, "max_tokens": _WORDS, "temperature": 0.8, "stream": False}
        request = urllib.request.Request(  # noqa: S310 - http or https, checked above
            self._address,
            json.dumps(body, ensure_ascii=False).encode(),
            {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {}),
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        received = b""
        with direct.open(request, timeout=self.seconds) as response:
            while block := response.read1(_BLOCK):
                received += block
                if time.monotonic() > ends or len(received) > _LARGEST:
                    raise TimeoutError("too slow or too long")
        try:
            words = json.loads(received)["choices"][0]["message"]["content"]
        except (LookupError, TypeError) as error:
            raise ValueError("no answer in it") from error
        if not isinstance(words, str):
            raise ValueError("no words in it")
        return words

    @property
    def _address(self) -> str:
        base = self.url.rstrip("/")
        return base if base.endswith(_PATH) else base + _PATH


def voice_of(*, url: str, model: str, key: str) -> Voice:
    """The customer's voice: the model at an address, or the lines as they are written where there is none.

    Raises InputError for what is no address.
    """
    if not url:
        return as_written

    def likeness(one: str, other: str) -> float:
        first, second = load_recogniser().encoder.encode([one, other])
        return float(first @ second)

    return ModelVoice(ChatModel(url, model, key), likeness)
