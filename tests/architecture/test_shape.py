"""Files and functions stay small, say what they are for, and stand in rooms that the docs list."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points

from tests.architecture.code import PACKAGE, ROOT, modules

LONGEST_FILE, LONGEST_FUNCTION = 400, 40
NAMELESS = {"utils", "util", "common", "core", "base", "helpers", "helper", "misc", "manager", "shared", "lib", "tools"}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of what it does: neither its signature nor its docstring."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


def test_a_file_fits_into_a_head() -> None:
    long = {str(module): count for module in modules() if (count := len(module.text.splitlines())) > LONGEST_FILE}
    assert long == {}


def test_a_function_fits_into_a_head() -> None:
    every = ((module, function) for module in modules() for function in functions(module.tree))
    long = {f"{m}:{f.lineno} {f.name}": body_lines(f) for m, f in every if body_lines(f) > LONGEST_FUNCTION}
    assert long == {}


def test_a_file_begins_with_what_it_is_for() -> None:
    first = {str(module): (ast.get_docstring(module.tree) or "").partition("\n")[0].rstrip() for module in modules()}
    assert {name: line for name, line in first.items() if not line.endswith((".", ":", "?"))} == {}


def test_a_file_has_a_name_that_says_something() -> None:
    assert [str(module) for module in modules() if NAMELESS & set(module.name.split("."))] == []
    hidden = [str(m) for m in modules() if m.path.name.startswith("_") and m.path.stem not in ("__init__", "__main__")]
    assert hidden == []


def test_an_init_holds_a_docstring_and_at_most_what_it_hands_on() -> None:
    wrong = [
        str(module)
        for module in modules()
        if module.path.name == "__init__.py" and any(isinstance(node, ast.ClassDef) for node in module.tree.body)
    ]
    assert wrong == []


# ── rooms ────────────────────────────────────────────────────────────────────────────────────────────────────────
def rooms() -> set[str]:
    """As they stand in the tree."""
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    files = {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}
    return folders | files


def test_the_docs_list_the_rooms() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert sorted(listed) == sorted(rooms())


def test_the_layers_list_the_rooms() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(c for c in config["tool"]["importlinter"]["contracts"] if c["type"] == "layers")["layers"]
    assert sorted(room.strip() for row in layers for room in row.split("|")) == sorted(rooms())


def test_the_docs_list_the_stages() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:[a-z_]+\.)+[A-Za-z_.]+)`", text):
        parts = path.split(".")
        found = PACKAGE.joinpath(*parts[:-1])
        if parts[0] in rooms() and parts[-1] not in ("py", "yaml", "md"):
            files = [found.with_suffix(".py"), found.parent.with_suffix(".py"), found / "__init__.py"]
            assert any(file.is_file() for file in files), path


def test_tests_mirror_rooms() -> None:
    beside = {"architecture", "benchmarks", "docs", "system"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders - beside <= rooms()


def test_our_executors_are_found_by_entry_point() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = config["project"]["entry-points"]["tiangong.executors"]
    folders = {path.name for path in (PACKAGE / "executors").iterdir() if (path / "__init__.py").is_file()}
    assert set(declared) == folders
    found = {point.name: point for point in entry_points(group="tiangong.executors")}
    for name, value in declared.items():
        assert found[name].value == value
        assert found[name].load().name == name
