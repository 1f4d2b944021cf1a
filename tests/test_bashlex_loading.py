"""Is bashlex the same with the tables of its grammar that a build keeps as with those that PLY makes?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chipsieve_shell.syntax import bashlex_loading
from chipsieve_shell.syntax.bashlex_loading import kept
from test_shell_statements import COMMON

ROOT = Path(__file__).resolve().parents[1]
MAKE = """
import sys
from pathlib import Path
from prepare_tables import prepare_grammar
prepare_grammar(Path(sys.argv[1]))
"""
SHOW = """
import sys
from pathlib import Path
from chipsieve_shell.syntax import bashlex_loading
bashlex_loading.FILE = Path(sys.argv[1])
engine = bashlex_loading.bashlex()
parser = engine.parser.yaccparser
print([(str(one), one.name, one.len, getattr(one.callable, "__name__", None)) for one in parser.productions])
print(*(sorted((state, sorted(row.items())) for state, row in table.items()) for table in (parser.action, parser.goto)))
print(sorted(parser.defaulted_states.items()), parser.errorfunc.__name__)
for text in sys.argv[2:]:
    try:
        print(*(tree.dump() for tree in engine.parse(text)))
    except Exception as error:
        print(type(error).__name__, error)
"""
TEXTS = [
    COMMON.replace("[[ $B == x* ]]", "x").split("while")[0],
    "a | b > c && ! d; e &",
    "if a; then",
    "for",
    "a )",
    "x() { y; }",
]


def run(code: str, *arguments: str) -> str:
    """What a program says whose hashes are its own: PLY's numbers for its states must not depend on them."""
    homes = os.pathsep.join(str(ROOT / folder) for folder in ("src", "plugins", "tools"))
    environment = {**os.environ, "PYTHONPATH": homes, "PYTHONHASHSEED": "random"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as a build makes them."""
    path = tmp_path_factory.mktemp("grammar") / "tables.msgpack"
    run(MAKE, str(path))
    return path


def test_parsers_and_what_they_read_are_the_same(file: Path, tmp_path: Path) -> None:
    assert kept(file)
    with_tables, by_itself = run(SHOW, str(file), *TEXTS), run(SHOW, str(tmp_path / "none"), *TEXTS)
    assert with_tables == by_itself
    assert "CommandNode" in by_itself
    assert "ParsingError" in by_itself


def test_with_the_tables_ply_makes_none(file: Path, tmp_path: Path) -> None:
    """Of the rules that PLY itself made tables of, each is linked to what may follow."""
    linked = f"{SHOW}print(parser.productions[1].lr_next is not None)\n"
    assert run(linked, str(file)).splitlines()[-1] == "False"
    assert run(linked, str(tmp_path / "none")).splitlines()[-1] == "True"


def test_one_bashlex_gives_one_file(file: Path, tmp_path: Path) -> None:
    run(MAKE, str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_tables_of_another_bashlex_are_refused(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept(file)
    folder = tmp_path / "bashlex"
    folder.mkdir()
    for name in ("__init__.py", *bashlex_loading.SOURCES):
        (folder / name).write_text("# another\n", encoding="utf-8")
    monkeypatch.setattr(bashlex_loading, "find_spec", lambda _: Found([str(folder)]))
    assert kept(file) is None


class Found:
    """Where a package lies."""

    def __init__(self, folders: list[str]) -> None:
        """Lie in these folders."""
        self.submodule_search_locations = folders


@pytest.mark.parametrize("content", [None, b"", b"\xc1", b"\x80"])
def test_a_broken_file_or_none_leaves_bashlex_to_itself(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "tables").write_bytes(content)
    assert kept(tmp_path / "tables") is None
