"""Words know no work, work knows no edges, and nothing but an edge reads the environment or prints."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "coach"
WORDS = {"habits", "transcript", "findings", "report", "review", "errors", "resources"}
EDGES = {"cli", "jobs", "render", "settings", "storage", "web"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports_of(path: Path) -> set[str]:
    """The parts of `coach` that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "coach":
            parts = node.module.split(".")[1:] or [alias.name for alias in node.names]
            found.add(parts[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("coach.")}
    return found - {"__version__", "__init__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_from_edges_to_work_to_words(path: Path) -> None:
    part = part_of(path)
    imported = imports_of(path) - {part}
    if part in WORDS:
        assert imported <= WORDS
    elif part not in EDGES:
        assert not imported & EDGES


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) not in EDGES], ids=lambda path: path.stem)
def test_only_edges_print_or_read_the_environment(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    set_for_libraries = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    attributes = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node not in set_for_libraries
    }
    assert "print" not in names
    assert not attributes & {"environ", "getenv"}
