"""YAML that people edit, read strictly: every mistake is named as `path:line: key: what is wrong`.

Text must stand in quotation marks (unquoted Chinese is silently corrupted by `#`, `: ` and `12:30`), doubled and
unknown keys are refused. PyYAML composes the nodes; the checks are ours.
"""

from collections.abc import Iterator
from pathlib import Path

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Section:
    """One mapping of a file. Reading a key marks it as known; `done()` reports the keys that nobody asked for.

    Reading never raises: a wrong value is added to `problems` and a harmless default is returned, so that one run
    names every mistake.
    """

    def __init__(self, path: str, line: int, entries: dict[str, yaml.Node], problems: list[str]) -> None:
        self.path = path
        self.line = line
        self.problems = problems
        self._entries = entries
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def names(self) -> tuple[str, ...]:
        """The keys in the file's order."""
        return tuple(self._entries)

    def line_of(self, key: str) -> int:
        """The line a key's value begins at, or the section's own."""
        node = self._entries.get(key)
        return node.start_mark.line + 1 if node is not None else self.line

    def wording(self, *, without: tuple[str, ...]) -> str:
        """Everything written below the other keys, a line each."""
        return "\n".join(text for key, node in self._entries.items() if key not in without for text in _scalars(node))

    def report(self, key: str, message: str, *, line: int | None = None) -> None:
        """Note a mistake at a key."""
        self.problems.append(f"{self.path}:{line or self.line_of(key)}: {key}: {message}")

    def text(self, key: str, *, default: str | None = None, may_be_empty: bool = False) -> str:
        """A quoted text; required unless there is a default."""
        node = self._node(key, required=default is None)
        return (default or "") if node is None else self._quoted(key, node, may_be_empty=may_be_empty)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of quoted texts."""
        node = self._node(key, required=required)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.report(key, '应为列表，如 ["……", "……"]')
            return ()
        if not node.value:
            self.report(key, "列表不能为空")
        texts = tuple(self._quoted(key, one) for one in node.value)
        for text, one in zip(texts, node.value, strict=True):
            if texts.count(text) > 1 and texts.index(text) != node.value.index(one):
                self.report(key, f"「{text}」写了两遍", line=one.start_mark.line + 1)
        return texts

    def number(self, key: str, *, low: float, high: float, default: float | None = None) -> float:
        """A number in a range; required unless there is a default."""
        node = self._node(key, required=default is None)
        if node is None:
            return default if default is not None else low
        try:
            value = float(node.value)
        except (TypeError, ValueError):
            self.report(key, f"应为数字，现为「{node.value}」")
            return low
        if not low <= value <= high:
            self.report(key, f"应在 {low:g} 到 {high:g} 之间，现为 {value:g}")
            return low
        return value

    def whole(self, key: str, *, low: int, high: int, default: int | None = None) -> int:
        """A whole number in a range; required unless there is a default."""
        value = self.number(key, low=low, high=high, default=default)
        if value != int(value):
            self.report(key, f"应为整数，现为 {value:g}")
        return int(value)

    def flag(self, key: str) -> bool:
        """true or false; false where it is missing."""
        node = self._node(key, required=False)
        if node is not None and node.value not in ("true", "false"):
            self.report(key, "应为 true 或 false")
        return node is not None and node.value == "true"

    def choice(self, key: str, choices: tuple[str, ...], *, default: str | None = None) -> str:
        """One of several quoted words."""
        value = self.text(key, default=default)
        if value and value not in choices:
            self.report(key, f"「{value}」不认识，可用的有：{'、'.join(choices)}")
            return choices[0]
        return value

    def sections(self, key: str, *, required: bool = False) -> tuple["Section", ...]:
        """A list of mappings."""
        node = self._node(key, required=required)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.report(key, "应为列表，每项以「- 」开头")
            return ()
        return tuple(_section(one, self.path, self.problems) for one in node.value)

    def section(self, key: str) -> "Section | None":
        """A mapping, or None where it is missing."""
        node = self._node(key, required=False)
        return None if node is None else _section(node, self.path, self.problems)

    def done(self) -> None:
        """Refuse the keys that were never read."""
        for key in self._entries:
            if key not in self._known:
                known = "、".join(sorted(self._known))
                self.report(key, f"不认识这个键，这里可用的有：{known}")

    def _node(self, key: str, *, required: bool) -> yaml.Node | None:
        self._known.add(key)
        node = self._entries.get(key)
        if node is None and required:
            self.problems.append(f"{self.path}:{self.line}: {key}: 缺少这个键")
        return node

    def _quoted(self, key: str, node: yaml.Node, *, may_be_empty: bool = False) -> str:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.ScalarNode):
            self.report(key, "应为一段文字", line=line)
            return ""
        if node.style not in ('"', "'", "|", ">"):
            self.report(key, f'文字要加引号："{node.value}"', line=line)
        if not node.value.strip() and not may_be_empty:
            self.report(key, "文字不能为空", line=line)
        return str(node.value)


def read_section(path: Path, problems: list[str], *, shown_as: str | None = None) -> Section | None:
    """The mapping a file holds, or None where the file is not one; mistakes go to `problems`."""
    name = shown_as or str(path)
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except UnicodeDecodeError:
        problems.append(f"{name}:1: 文件: 不是 UTF-8 编码，请用 UTF-8 另存")
        return None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(f"{name}:{line}: 格式: YAML 写法有误（{error.problem}），请检查缩进、冒号和引号")
        return None
    except yaml.YAMLError:
        problems.append(f"{name}:1: 格式: 含有 YAML 不允许的字符")
        return None
    if node is None:
        problems.append(f"{name}:1: 文件: 是空的")
        return None
    return _section(node, name, problems)


def yaml_files(folder: Path) -> Iterator[Path]:
    """The YAML files below a folder, in a fixed order."""
    return iter(sorted(folder.rglob("*.yaml")))


def _section(node: yaml.Node, path: str, problems: list[str]) -> Section:
    line = node.start_mark.line + 1
    entries: dict[str, yaml.Node] = {}
    if not isinstance(node, yaml.MappingNode):
        problems.append(f"{path}:{line}: 格式: 这里应为「键: 值」")
        return Section(path, line, entries, problems)
    for key, value in node.value:
        if key.value in entries:
            problems.append(f"{path}:{key.start_mark.line + 1}: {key.value}: 这个键写了两遍")
        entries[str(key.value)] = value
    return Section(path, line, entries, problems)


def _scalars(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield str(node.value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _scalars(one)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
