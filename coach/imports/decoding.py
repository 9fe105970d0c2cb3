"""Bytes of a text file to text: UTF-8, UTF-16 with a mark, GB18030; anything else is named and refused."""

import codecs

from coach.errors import InputError

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"RIFF", "录音文件（WAV）"),
    (b"ID3", "录音文件（MP3）"),
    (b"\xff\xfb", "录音文件（MP3）"),
    (b"fLaC", "录音文件（FLAC）"),
    (b"OggS", "录音文件（OGG）"),
    (b"#!AMR", "录音文件（AMR）"),
    (b"%PDF", "PDF 文件"),
    (b"PK\x03\x04", "压缩包或 Office 文件"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MOST_CONTROLS = 0.02


def decode(raw: bytes, *, file_name: str) -> str:
    """The text of a file, lines ended by `\\n`.

    Raises InputError for what is no text, with what it seems to be instead.
    """
    for magic, kind in _MAGIC:
        if raw.startswith(magic):
            hint = "请保留原来的后缀再试，录音会自动转写。" if "录音" in kind else "请把对话另存为纯文本（.txt）再试。"
            raise InputError(f"「{file_name}」看起来是{kind}，不是文字对话。{hint}")
    text = _decoded(raw)
    if text is None or _is_junk(text):
        raise InputError(
            f"「{file_name}」不是能读的文字：既不是 UTF-8，也不是 GB18030 编码。请用记事本打开后另存为 UTF-8 文本。"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _decoded(raw: bytes) -> str | None:
    marked = [encoding for bom, encoding in _BOMS if raw.startswith(bom)]
    for encoding in [*marked, "utf-8", "gb18030"]:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_junk(text: str) -> bool:
    controls = sum(
        1
        for mark in text
        if (ord(mark) < 32 and mark not in "\t\n\r\f") or ord(mark) == 127 or 0xE000 <= ord(mark) <= 0xF8FF
    )
    return "\0" in text or controls > _MOST_CONTROLS * len(text)
