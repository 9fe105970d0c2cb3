"""Plain text as people paste it: a name and a colon, or the layouts of WeChat, WeCom and QQ.

销售:您好                      客户经理小王(14:02):您好        【客户】喂        [00:12] A: 您好
小王 14:02                     2024-05-06 14:02:11 小王         小王 2024/5/6 14:02:11
您好,李老板                     您好,李老板                        您好,李老板
"""

import re
from collections import Counter

from coach.imports.lines import Conversation, Line
from coach.roles import is_role_word
from coach.text import fold

_DATE = r"(?:\d{2,4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?|\d{1,2}月\d{1,2}日|昨天|今天|前天|星期[一二三四五六日天])"
_TIME = r"(?:(?:上午|下午|晚上|凌晨|中午|am|pm)?\s*\d{1,2}:\d{2}(?::\d{2})?\s*(?:am|pm)?)"
_STAMP = rf"(?:{_DATE}\s*(?:星期[一二三四五六日天]\s*)?{_TIME}?|{_TIME})"
_NAME = r"[^\s:,。.!?;()【】\[\]<>\"'](?:[^:,。!?;【】\[\]<>\"'\n]{0,18}?[^\s:,。!?;【】\[\]<>\"'])?"
_BULLET = r"(?:[>\-*•·]\s+|\d{1,4}[.、)]\s*|>\s*)*"

_HEAD_NAME_FIRST = re.compile(rf"^\s*({_NAME})\s+{_STAMP}\s*:?\s*$")
_HEAD_STAMP_FIRST = re.compile(rf"^\s*{_STAMP}\s+({_NAME})\s*:?\s*$")
_INLINE_STAMP_FIRST = re.compile(rf"^\s*[\[(]?{_STAMP}[\])]?\s+({_NAME})\s*:\s*(.*)$")
_COLON = re.compile(rf"^\s*{_BULLET}\**[\[(]?(?:{_STAMP})?[\])]?\s*\**({_NAME})\**\s*(?:\(\s*{_STAMP}\s*\))?\s*\**(?:说)?\s*:\**\s*(.*)$")  # fmt: skip
_BRACKET = re.compile(rf"^\s*{_BULLET}[【\[<]({_NAME})[】\]>]\s*:?\s*(.*)$")
_SYSTEM = re.compile(
    r"以上是打招呼的内容|撤回了一条消息|拍了拍|加入了群聊|你已添加了|开始聊天了|以下为新消息|^-{3,}.*-{3,}$|消息已发出,但被对方拒收"
)
_STAMP_ALONE = re.compile(rf"^\s*[-—\[(]*\s*{_STAMP}\s*[-—\])]*\s*$")
_NAME_SPACES = re.compile(r"\s+")
_TWO_SIDES = 2
_MOSTLY = 0.5
_SHORT_NAME = 5
_NO_NAMES = (
    "http",
    "https",
    "ps",
    "注",
    "备注",
    "地址",
    "电话",
    "时间",
    "微信",
    "链接",
    "价格",
    "规格",
    "总结",
    "主题",
    "例如",
    "比如",
)


def read(text: str) -> Conversation:
    """Lines of a pasted conversation. Text without any speaker gives one nameless line a paragraph."""
    names = _recurring_names(text)
    lines: list[Line] = []
    dropped = 0
    for raw in text.splitlines():
        if not raw.strip():
            continue
        if _SYSTEM.search(raw):
            dropped += 1
            continue
        if _STAMP_ALONE.match(fold(raw)):
            continue
        head = _head(raw, names)
        if head is not None:
            lines.append(Line(*head))
        elif lines and names:
            last = lines[-1]
            joined = f"{last.text}\n{raw.strip()}" if last.text else raw.strip()
            lines[-1] = Line(last.name, joined)
        else:
            lines.append(Line("", raw.strip()))
    warnings = [f"略过了 {dropped} 行系统提示（如撤回、打招呼）。"] if dropped else []
    if lines and not names:
        warnings.append("没有认出谁在说话。请在每句前面写上称呼，例如「销售：……」「客户：……」，一行一句。")
    return Conversation(tuple(lines), "聊天记录" if _is_chat(text) else "纯文本", tuple(warnings))


def _recurring_names(text: str) -> frozenset[str]:
    """Names that stand before a colon more than once, stand in a chat's head line, or are words for a role.

    Where that leaves one side without a name, short names that stand there once count too.
    """
    seen: Counter[str] = Counter()
    sure: set[str] = set()
    spoken = [raw for raw in text.splitlines() if raw.strip()]
    for raw in spoken:
        folded = fold(raw)
        chat = _HEAD_NAME_FIRST.match(folded) or _HEAD_STAMP_FIRST.match(folded) or _INLINE_STAMP_FIRST.match(folded)
        found = chat or _BRACKET.match(folded) or _COLON.match(folded)
        if found is None:
            continue
        name = _name_in(raw, found)
        if name.casefold() in _NO_NAMES or name.isdigit():
            continue
        seen[name] += 1
        if chat is not None or is_role_word(name):
            sure.add(name)
    sure |= {name for name, times in seen.items() if times > 1}
    if len(sure) < _TWO_SIDES and sum(seen.values()) >= _MOSTLY * len(spoken):
        sure |= {name for name in seen if len(name) <= _SHORT_NAME}
    return frozenset(sure)


def _head(raw: str, names: frozenset[str]) -> tuple[str, str] | None:
    """The name and the text of a line that begins a turn."""
    folded = fold(raw)
    for pattern in (_HEAD_NAME_FIRST, _HEAD_STAMP_FIRST, _INLINE_STAMP_FIRST, _BRACKET, _COLON):
        found = pattern.match(folded)
        if found is not None and (name := _name_in(raw, found)) in names:
            return name, raw[found.start(2) :].strip() if pattern.groups > 1 else ""
    return None


def _name_in(raw: str, found: re.Match[str]) -> str:
    return _NAME_SPACES.sub(" ", raw[found.start(1) : found.end(1)].strip(" *\u3000"))


def _is_chat(text: str) -> bool:
    folded = (fold(raw) for raw in text.splitlines())
    return any(_HEAD_NAME_FIRST.match(line) or _HEAD_STAMP_FIRST.match(line) for line in folded)
