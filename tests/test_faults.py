"""What is left when a run is killed at one of its writes, the disk is full at one, or the clock goes back?

The law: an earlier report stays or the new one is whole, and what the cache holds never changes an answer. A default
run tries some writes, with CHIPSIEVE_EVERY_WRITE set each one.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from chipsieve.cli import main
from small_trees import RUN, TRAIN, write

STRACE = shutil.which("strace") or ""
CALLS = "write,pwrite64,rename,renameat,fsync,fdatasync,ftruncate,unlink,mkdir"
EVERY = bool(os.environ.get("CHIPSIEVE_EVERY_WRITE"))
SOME = 3  # writes of a default run
MOST = 400  # writes of a small scan; more is a fault of its own
EARLIER = "an earlier report\n"
FULL = 4_000  # bytes that a file may have on a disk that is nearly full


def traced() -> bool:
    """Whether strace may trace here, and put faults in."""
    asked = [STRACE, "-f", "-qq", "-o", os.devnull, "-e", "inject=rename:error=ENOSPC", "true"]
    return bool(STRACE) and subprocess.run(asked, capture_output=True, check=False).returncode == 0


class Desk:
    """A small tree, a cache and a report, each of which may be spoiled."""

    def __init__(self, root: Path) -> None:
        """Lay all out below a folder."""
        self.tree = write(root / "tree", {"run.sh": RUN, "train.py": TRAIN, "c.json": '{"bf16": {"enabled": true}}'})
        self.report, self.cache = root / "report.json", root / "cache"
        self.report.write_text(EARLIER, encoding="utf-8")

    def command(self, *more: str) -> list[str]:
        """The command that writes the report."""
        options = ("--format", "json", "--output", str(self.report), "--workers", "1")
        return [sys.executable, "-m", "chipsieve", "scan", str(self.tree), *options, *more]

    @property
    def environment(self) -> dict[str, str]:
        """Where the command finds its cache; Python writes none of its own files."""
        return {**os.environ, "CHIPSIEVE_CACHE_DIR": str(self.cache), "PYTHONDONTWRITEBYTECODE": "1"}

    def scan(self, *before: str, cached: bool = True, full: bool = False) -> subprocess.CompletedProcess[str]:
        """A scan that writes the report, behind the words of a command that puts a fault in."""

        def limit() -> None:
            if full:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL))

        command = [*before, *self.command(*([] if cached else ["--no-cache"]))]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, preexec_fn=limit
        )

    def answer(self, *, cached: bool = True) -> object:
        """What a scan without any fault says, but for the command that asked."""
        assert self.scan(cached=cached).returncode == 0
        said = json.loads(self.report.read_text(encoding="utf-8"))
        return {name: value for name, value in said.items() if name != "provenance"}

    def is_whole(self) -> bool:
        """Whether the report is the earlier one, or a new one to its end."""
        text = self.report.read_text(encoding="utf-8")
        return text == EARLIER or "schema" in json.loads(text)


def writes(desk: Desk) -> list[tuple[str, int]]:
    """The writes that a scan makes in its own process: which call, and which of these it is, as strace counts them."""
    log = desk.report.with_name("log")
    assert desk.scan(*traced_into(log)).returncode == 0
    return listed(log)


def traced_into(log: Path | str, *injected: str) -> list[str]:
    """The words before a command that note its writes in a log, and put a fault in."""
    return [STRACE, "-f", "-qq", "-o", str(log), "-e", f"trace={CALLS}", *(f"-einject={fault}" for fault in injected)]


def listed(log: Path) -> list[tuple[str, int]]:
    """The writes in a log of the process that wrote last: which call, and which of these it is."""
    lines = re.findall(r"(?m)^(\d+) +(\w+)\(", log.read_text(encoding="utf-8", errors="replace"))
    calls = [call for process, call in lines if process == lines[-1][0]]  # the last one to write is the command itself
    return [(call, calls[: place + 1].count(call)) for place, call in enumerate(calls)]


def chosen(found: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    """The writes that are tried: each, or some that lie evenly among them, the last one too."""
    return found if EVERY else found[:: -(len(found) // SOME)]


NEEDED = [pytest.mark.costly, pytest.mark.skipif(not traced(), reason="needs strace, and leave to trace")]


class TestAtEachWrite:
    """Faults that the kernel gives, one at a time."""

    pytestmark = NEEDED

    @pytest.mark.parametrize(("fault", "further"), [("signal=SIGKILL", ""), ("error=ENOSPC", "+")])
    def test_a_report_is_whole_and_the_cache_does_not_lie(self, fault: str, further: str, tmp_path: Path) -> None:
        desk = Desk(tmp_path / "plain")
        plain, found = desk.answer(cached=False), writes(Desk(tmp_path / "counted"))
        assert 5 < len(found) < MOST
        tried = 0
        for call, number in chosen(found):
            desk = Desk(tmp_path / f"{call}-{number}")
            done = desk.scan(*traced_into(os.devnull, f"{call}:{fault}:when={number}{further}"))
            tried += done.returncode != 0
            assert done.returncode in (0, 2, -signal.SIGKILL), (call, number, done.stderr)
            assert "Traceback" not in done.stderr
            assert desk.is_whole(), (call, number)
            assert _without_root(desk.answer()) == _without_root(plain), (call, number)
        assert tried


def _without_root(said: object) -> str:
    """A report as text, without the folder in which its tree lies."""
    return re.sub(r"/[^\"]*?/tree\b", "", json.dumps(said))


@pytest.mark.costly
def test_on_a_disk_that_takes_no_more_an_earlier_report_stays(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = desk.scan(full=True)
    assert done.returncode == 2
    assert "report.json: cannot be written: File too large" in done.stderr
    assert desk.report.read_text(encoding="utf-8") == EARLIER
    assert [path.name for path in tmp_path.iterdir() if "report" in path.name] == ["report.json"]
    assert desk.answer() == desk.answer(cached=False)


@pytest.mark.costly
def test_runs_at_once_write_one_of_their_reports_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    plain = desk.answer(cached=False)
    runs = [subprocess.Popen(desk.command(), env=desk.environment) for _ in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert desk.is_whole()
    assert desk.answer() == plain
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".report")]


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_moves_changes_no_answer(hours: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree changes after the clock has, and is as large and as old as before."""
    monkeypatch.setenv("CHIPSIEVE_CACHE_DIR", str(tmp_path / "cache"))
    tree = write(tmp_path / "tree", {"run.sh": "torchrun train.py --bf16\n", "train.py": TRAIN})
    before = (tree / "run.sh").stat()
    asked = ["scan", str(tree), "--format", "json", "--workers", "1"]
    now = time.time_ns()
    for text in ("torchrun train.py --bf16\n", "torchrun train.py --fp16\n", "torchrun train.py --bf16\n"):
        (tree / "run.sh").write_text(text, encoding="utf-8")
        os.utime(tree / "run.sh", ns=(before.st_atime_ns, before.st_mtime_ns))
        cached, plain = (CliRunner().invoke(main, [*asked, *more]) for more in ([], ["--no-cache"]))
        assert cached.exit_code == plain.exit_code == 0
        assert _findings(cached.stdout) == _findings(plain.stdout)
        now += hours * 3_600_000_000_000
        monkeypatch.setattr("chipsieve.cli.keeping.time_ns", lambda now=now: now)


def _findings(report: str) -> object:
    return json.loads(report)["findings"]
