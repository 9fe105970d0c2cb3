"""What a recording's file name tells, by a pattern such as `{date}_{rep}_{customer}_{rep_channel}`.

A name in braces stands for the text up to the next fixed mark; `{}` passes over something. `rep_channel` may read
left, right, l, r, 左, 右, 0 or 1.
"""

import re
from pathlib import Path

from coach.errors import InputError

FIELDS = ("rep", "customer", "date", "time", "rep_channel", "phone", "id", "direction")
_CHANNELS = {"left": 0, "l": 0, "左": 0, "0": 0, "right": 1, "r": 1, "右": 1, "1": 1}
_PLACE = re.compile(r"\{(\w*)\}")


def fields_of(name: str, pattern: str) -> dict[str, str]:
    """What a file's name (without its ending) says; empty where it does not follow the pattern.

    Raises InputError for a pattern with an unknown or repeated field.

    >>> fields_of("2026-11-03_小王_李老板", "{date}_{rep}_{customer}")
    {'date': '2026-11-03', 'rep': '小王', 'customer': '李老板'}
    """
    places = [place for place in _PLACE.findall(pattern) if place]
    unknown = [place for place in places if place not in FIELDS]
    if unknown or len(set(places)) < len(places) or not _PLACE.search(pattern):
        raise InputError(
            f"文件名样式「{pattern}」看不懂：花括号里可以写 {'、'.join(FIELDS)}，各写一次，不要的部分写 {{}}，"
            "例如 {date}_{rep}_{customer}。"
        )
    found = re.fullmatch(_expression(pattern), Path(name).stem if name.count(".") else name)
    return {key: value.strip() for key, value in found.groupdict().items()} if found else {}


def channel_of(value: str) -> int | None:
    """0 for the left channel, 1 for the right, None for neither."""
    return _CHANNELS.get(value.strip().lower())


def _expression(pattern: str) -> str:
    parts: list[str] = []
    at = 0
    for place in _PLACE.finditer(pattern):
        parts.append(re.escape(pattern[at : place.start()]))
        parts.append(f"(?P<{place[1]}>.+?)" if place[1] else ".+?")
        at = place.end()
    return "".join(parts) + re.escape(pattern[at:])
