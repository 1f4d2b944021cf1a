"""Does ./dev tell a newcomer what is missing? It is run without the network, on interpreters that are not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("sh", "dirname", "cksum", "cat")
# Stands for Debian's python3 without python3-venv: recent enough, but no ensurepip.
BARE_PYTHON = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\n'
OLD_PYTHON = "#!/bin/sh\nexit 1\n"


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
    commands = ("scan", "test", "lint", "check", "docs", "bench", "rules", "sarif")
    assert all(f"\n  {command} " in done.stdout for command in commands)


def test_unknown_command(clone: Path) -> None:
    done = dev(clone, "tset")
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown command: tset" in done.stderr


@pytest.mark.parametrize("command", ["scan", "test", "lint", "docs", "bench", "rules", "sarif"])
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
