"""Does the digest cover all code that a reading depends on, and nothing that has to be listed by hand?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest

from chipsieve.sources.plugins import GROUP
from chipsieve.sources.reader_digest import GUARD, OWN, files_read_with

POINTS = list(entry_points(group=GROUP))
PLUGINS = sorted({point.module for point in POINTS})
FILES = {Path(path) for path in files_read_with(POINTS)}
HOME = Path(str(find_spec(OWN).origin)).parent  # type: ignore[union-attr] # it is installed


def file_of(module: str) -> Path | None:
    """The file of a module of ours; None for what is no module, or another's."""
    try:
        spec = find_spec(module) if module.partition(".")[0] in (OWN, *PLUGINS) else None
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin else None


def imported(file: Path) -> Iterator[str]:
    """The modules that a module imports anywhere, and names that may be modules."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (node.module, *(f"{node.module}.{part.name}" for part in node.names))
        elif isinstance(node, ast.Import):
            yield from (part.name for part in node.names)


def test_there_are_readers_to_follow() -> None:
    assert PLUGINS == ["chipsieve_config", "chipsieve_python", "chipsieve_shell"]


def test_no_module_that_the_readers_build_on_is_left_out() -> None:
    waiting = [GUARD, *PLUGINS]
    seen, left_out = set[str](), set[str]()
    while waiting:
        module = waiting.pop()
        file = file_of(module) if module not in seen else None
        seen.add(module)
        if file is None:
            continue
        if file not in FILES:
            left_out.add(module)
        if module != OWN:  # it imports the whole program when somebody asks for it
            waiting += imported(file)
    assert left_out == set()


def test_all_of_a_readers_package_is_in_it() -> None:
    for package in PLUGINS:
        assert set(Path(str(file_of(package))).parent.rglob("*.py")) <= FILES


@pytest.mark.parametrize("name", ["mentions.toml", "languages.toml"])
def test_the_tables_that_readers_look_things_up_in_are_in_it(name: str) -> None:
    assert HOME / name in FILES


def test_neither_signals_nor_what_judges_is_in_it() -> None:
    """A signal that changes, or a chip, makes nothing be read anew."""
    rooms = {path.relative_to(HOME).parts[0] for path in FILES if path.is_relative_to(HOME)}
    assert rooms.isdisjoint({"api.py", "link", "sieve", "derive", "report", "border", "cli", "catalogue", "check.py"})
    assert not [path for path in FILES if path.suffix == ".toml" and path.parent.name == "signals"]


def test_a_reader_of_somebody_else_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "other_reader"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("from chipsieve import fail\nLANGUAGES = ()\n", encoding="utf-8")
    (folder / "inner" / "deep.py").write_text("TABLE = 'x'\n", encoding="utf-8")
    (tmp_path / "single_reader.py").write_text("import chipsieve.border.marker\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    points = [EntryPoint(name, name, GROUP) for name in ("other_reader", "single_reader", "not_there")]
    names = {Path(path).relative_to(path.split("chipsieve/")[0] if "chipsieve/" in path else tmp_path).as_posix()
             for path in files_read_with(points)}  # fmt: skip
    assert {"other_reader/__init__.py", "other_reader/inner/deep.py", "single_reader.py"} <= names
    assert {"chipsieve/fail.py", "chipsieve/border/marker.py"} <= names
