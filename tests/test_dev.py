"""Does ./dev tell a newcomer what is missing? It is run without the network, on interpreters that are not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("sh", "dirname", "cksum", "cat", "tee")
# Stands for Debian's python3 without python3-venv: recent enough, but no ensurepip.
BARE_PYTHON = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\n'
OLD_PYTHON = "#!/bin/sh\nexit 1\n"
# Stands for the interpreter of a finished set-up: it shows what it is asked to run, one word a line.
SHOWING_PYTHON = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n"
FAST = ["-m", "not slow", "--hypothesis-profile", "fast"]
ALL_PROCESSORS = ["-m", "pytest", "-n", "auto", "--dist", "worksteal"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with nothing set up, beside a `bin` that has no Python."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    for name in ("dev", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def dev(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(clone / "bin"), "HOME": os.environ.get("HOME", "/")}
    command = [str(clone / "dev"), *arguments]
    return subprocess.run(command, env=environment, cwd=clone, capture_output=True, text=True, check=False)


def add_python(clone: Path, name: str, text: str) -> None:
    path = clone / "bin" / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",)])
def test_help_lists_the_commands(clone: Path, arguments: tuple[str, ...]) -> None:
    done = dev(clone, *arguments)
    assert done.returncode == 0
    names = "scan test lint check docs bench rules sarif browser project site picture build pins mutation"
    assert [name for name in names.split() if f"\n  {name} " not in done.stdout] == []


def test_unknown_command(clone: Path) -> None:
    done = dev(clone, "tset")
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown command: tset" in done.stderr


@pytest.mark.parametrize("command", ["scan", "test", "lint", "docs", "bench", "rules", "sarif", "browser"])
def test_no_python(clone: Path, command: str) -> None:
    done = dev(clone, command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no Python 3.11 or newer found" in done.stderr


def test_old_python(clone: Path) -> None:
    add_python(clone, "python3", OLD_PYTHON)
    assert "no Python 3.11 or newer found" in dev(clone, "scan").stderr


def test_python_without_venv(clone: Path) -> None:
    add_python(clone, "python3", BARE_PYTHON)
    done = dev(clone, "scan")
    assert (done.returncode, done.stdout) == (1, "")
    assert "apt install python3-venv" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ([], []),
        (["-k", "shell or python"], ["-k", "shell or python"]),
        (["--fast"], FAST),
        (["-k", "shell or python", "--fast", "-x"], [*FAST, "-k", "shell or python", "-x"]),
        (["-n0"], ["-n0"]),  # the later -n counts
    ],
)
def test_the_tests_run_on_all_processors_and_fast_leaves_the_slow_ones_out(
    clone: Path, arguments: list[str], passed: list[str]
) -> None:
    (clone / ".venv/bin").mkdir(parents=True)
    add_python(clone, "../.venv/bin/python", SHOWING_PYTHON)
    done = dev(clone, "test", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [*ALL_PROCESSORS, *passed]
