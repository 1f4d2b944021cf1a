"""Does the wheel hold all that chipsieve needs? It is built and installed where the source is not on the path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

import chipsieve
from chipsieve.signals import load_signals

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "fixtures/repos/hunyuan-large-2024-11-05"
READERS = ("chipsieve_config", "chipsieve_python", "chipsieve_shell")
PLUGINS = (*READERS, "chipsieve_flake8")
FILES = """
import chipsieve
from importlib.metadata import entry_points
print(chipsieve.__file__, *(point.load().__file__ for point in entry_points(group="chipsieve.readers")))
"""
Run = Callable[..., str]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    _succeed([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command of an environment that has the wheel; its dependencies are those of this one."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    python = str(home / "bin/python")
    _succeed([sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", str(wheel)], home)
    site = Path(_succeed([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home).strip())
    # Folders named in a .pth file are not searched for further .pth files: an editable install here stays unseen.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return lambda command, *arguments: _succeed([str(home / "bin" / command), *arguments], home)


def _succeed(command: list[str], folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_wheel_holds_every_file(wheel: Path) -> None:
    packages = [ROOT / "src/chipsieve", *(ROOT / "plugins" / name for name in PLUGINS)]
    files = [path for package in packages for path in package.rglob("*") if path.is_file()]
    expected = {path.relative_to(ROOT).as_posix().partition("/")[2] for path in files if path.suffix != ".pyc"}
    packed = set(ZipFile(wheel).namelist())
    assert expected <= packed
    assert {"chipsieve/prepared.msgpack", "chipsieve/py.typed", "chipsieve/ruff/chipsieve.toml"} <= packed
    assert {"chipsieve/semgrep-rules/README.md", "chipsieve_shell/syntax/bashlex_tables.msgpack"} <= packed


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in ZipFile(wheel).namelist()}
    release = f"chipsieve-{chipsieve.__version__}"
    assert tops == {"chipsieve", *PLUGINS, f"{release}.dist-info", f"{release}.data"}
    assert [name for name in ZipFile(wheel).namelist() if ".data/" in name] == [
        f"{release}.data/data/share/man/man1/chipsieve.1"
    ]


def test_installed_version(run: Run) -> None:
    assert chipsieve.__version__ in run("chipsieve", "--version")


def test_installed_package_is_the_wheels(run: Run) -> None:
    files = run("python", "-c", FILES).split()
    assert len(files) == 1 + len(READERS)
    assert not any(Path(file).is_relative_to(ROOT / home) for file in files for home in ("src", "plugins"))


def test_installed_tables_are_prepared(run: Run) -> None:
    asked = "from chipsieve.prepared import prepared; print(len(prepared('signals', dict)))"
    assert int(run("python", "-c", asked)) == len(load_signals())


def test_installed_grammar_is_made(run: Run) -> None:
    asked = "from chipsieve_shell.syntax.bashlex_loading import FILE, kept; print(len(kept(FILE).productions))"
    assert int(run("python", "-c", asked)) > 100


def test_installed_catalogue(run: Run) -> None:
    listed = run("chipsieve", "accelerators", "--where", "bf16_native=true")
    ids = [line.split(maxsplit=1)[0] for line in listed.splitlines() if line.strip()]
    assert any(chip.startswith("h100") for chip in ids)
    assert not any(chip.startswith("v100") for chip in ids)


def test_installed_pages_have_examples(run: Run) -> None:
    assert "    export NCCL_DEBUG=INFO\n" in run("chipsieve", "signals", "nccl-variables")


def test_installed_scan(run: Run) -> None:
    verdict = json.loads(run("chipsieve", "scan", str(EXAMPLE), "--format", "json"))
    assert verdict["schema"] == "chipsieve/2"
    assert verdict["launches"]
    assert verdict["coverage"]["read"] > 0
    assert not [gap for gap in verdict["gaps"] if "no reader" in gap["reason"]]


def test_installed_flake8_plugin(run: Run) -> None:
    assert run(
        "python", "-m", "flake8", "--isolated", "--enable-extensions=CHS", "--select=CHS", str(EXAMPLE), "--exit-zero"
    )
    assert not run("python", "-m", "flake8", "--isolated", "--select=CHS", str(EXAMPLE))
