"""Are the tables that a build prepares what the tables say, and is a file refused that no longer is?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chipsieve import prepared as preparing
from chipsieve.catalogue import PreparedCatalogue, load_catalogue, read_catalogue
from chipsieve.prepared import HOME, prepared
from chipsieve.signals import load_signals, read_signals
from chipsieve.signals.signal import Signal
from chipsieve.tables import load_toml
from prepare_tables import BUILT, prepare

LOADED = """
import chipsieve.catalogue, chipsieve.signals, sys
print(*(module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "chipsieve"))
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build of this tree prepares."""
    path = tmp_path_factory.mktemp("prepared") / "prepared.msgpack"
    prepare(path, edited=False)
    return path


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, with the file that an editable install leaves there."""
    home = Path(shutil.copytree(HOME, tmp_path / "chipsieve", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(preparing, "HOME", home)
    prepare(home / "prepared.msgpack", edited=True)
    return home


def test_signals_are_those_of_the_tables(file: Path) -> None:
    found = prepared("signals", dict[str, Signal], file)
    assert repr(found) == repr(read_signals())  # the text, for 80 and 80.0 are equal and not the same
    assert found == load_signals()


def test_the_catalogue_is_that_of_the_tables(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chipsieve.catalogue.prepared", lambda part, kind: prepared(part, kind, file))
    found, read = load_catalogue.__wrapped__(), read_catalogue()
    assert repr(found.accelerators) == repr(read.accelerators)
    assert found.names.words == read.names.words
    assert [*found.names.items()] == [*read.names.items()]
    assert (found.by_id, found.vendors, found.date) == (read.by_id, read.vendors, read.date)


def test_every_other_table_is_there_as_it_is(file: Path) -> None:
    tables = [table.relative_to(HOME) for table in HOME.rglob("*.toml") if table.parent.name not in BUILT]
    assert len(tables) > 10
    for table in tables:
        found = prepared(table.as_posix(), dict[str, object], file)
        assert repr(found) == repr(load_toml(HOME / table)), table


def test_one_tree_gives_one_file(file: Path, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from prepare_tables import prepare\n"
    homes = os.pathsep.join(str(HOME.parents[1] / folder) for folder in ("src", "plugins", "tools"))
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": homes}
    again = tmp_path / "again"
    run = [sys.executable, "-c", f"{code}prepare(Path(sys.argv[1]), edited=False)", str(again)]
    subprocess.run(run, env=environment, check=True)
    assert again.read_bytes() == file.read_bytes()


def test_whatever_signals_and_catalogue_are_built_by_is_a_source() -> None:
    shown = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    modules = {Path(path).relative_to(HOME).as_posix() for path in shown.stdout.split()}
    sources = {path.lstrip("/") for path in preparing.stamps()}
    assert modules - sources == {"__init__.py", "facts/__init__.py"}  # they hold no code that builds
    assert {table.relative_to(HOME).as_posix() for table in HOME.rglob("*.toml")} <= sources


def _change_a_table(home: Path) -> None:
    table = home / "signals/nccl-variables.toml"
    table.write_bytes(table.read_bytes().replace(b"e", b"i", 1))


def _change_the_reading(home: Path) -> None:
    with (home / "tables.py").open("a", encoding="utf-8") as module:
        module.write("# changed\n")


def _add_a_table(home: Path) -> None:
    shutil.copy(home / "signals/nccl-variables.toml", home / "signals/nccl-others.toml")


def _remove_a_table(home: Path) -> None:
    (home / "catalogue/groq.toml").unlink()


@pytest.mark.parametrize("change", [_change_a_table, _change_the_reading, _add_a_table, _remove_a_table])
def test_a_file_is_refused_when_a_source_changes(change: Callable[[Path], None], copied: Path) -> None:
    change(copied)
    assert prepared("signals", dict[str, Signal], copied / "prepared.msgpack") is None


def test_a_file_stays_when_only_times_change(copied: Path) -> None:
    os.utime(copied / "signals/nccl-variables.toml", (1, 1))
    assert prepared("catalogue", PreparedCatalogue, copied / "prepared.msgpack")


@pytest.mark.parametrize("content", [b"", b"\x80", b"\x93\x80\xc4\x00\x81\xa7signals", b"no MessagePack at all"])
def test_a_broken_file_holds_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "prepared.msgpack").write_bytes(content)
    assert prepared("signals", dict[str, Signal], tmp_path / "prepared.msgpack") is None


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert prepared("signals", dict[str, Signal], tmp_path / "prepared.msgpack") is None
