"""Does a scan stay off the network? Every attempt is counted, so one that is caught and forgotten fails too."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from chipsieve import scan

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "fixtures/repos/hunyuan-large-2024-11-05"
REFUSED = 97
# Ends the process at the first event of a socket that is not local to the machine (workers may talk over those).
HOOK = f"""
import os, socket, sys

def refuse(event, arguments):
    if not event.startswith("socket.") or event == "socket.gethostname":
        return
    family = arguments[1] if event == "socket.__new__" else getattr(arguments[0], "family", None)
    if family != socket.AF_UNIX:
        os.write(2, f"network: {{event}}".encode())
        os._exit({REFUSED})

sys.addaudithook(refuse)
"""
SCAN = "from chipsieve.cli import main; main()"
CONNECT = "import socket\ntry: socket.create_connection(('localhost', 9))\nexcept Exception: pass"
LOOK_UP = "import socket\ntry: socket.getaddrinfo('localhost', 9)\nexcept Exception: pass"


def test_scan_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        attempts.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    verdict = scan(EXAMPLE)
    assert verdict.coverage.read > 0
    assert attempts == []


@pytest.fixture
def guarded(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python ends at the first network event."""
    (tmp_path / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


def run(environment: dict[str, str], code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [CONNECT, LOOK_UP])
def test_the_guard_sees_the_network(guarded: dict[str, str], code: str) -> None:
    assert run(guarded, code).returncode == REFUSED


@pytest.mark.parametrize("where", ["tree", "tree@HEAD"])
def test_command_line_opens_no_socket(guarded: dict[str, str], tmp_path: Path, where: str) -> None:
    for number in range(30):  # enough files for worker processes
        (tmp_path / "tree" / f"m{number}").mkdir(parents=True)
        (tmp_path / "tree" / f"m{number}" / "train.py").write_text("import torch\n", encoding="utf-8")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path / "tree", check=True)  # noqa: S607 - any git will do
    done = run(guarded, SCAN, "scan", str(tmp_path / where), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["coverage"]["read"] == 30
