"""What does a run leave behind that is ended, and what does it say where streams and processes are lacking?"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from chipsieve.sources.workers import CHUNK, each_in_workers
from small_trees import RUN, TRAIN, write

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
SECONDS = 30
NOBODY = 65_534
SETPRIV = shutil.which("setpriv") or ""
READS_ALL = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")


def started(folder: Path, *arguments: str, **options: object) -> subprocess.Popen[str]:
    """A command of ours that runs, in a session of its own."""
    command = [sys.executable, "-m", "chipsieve", *arguments]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": folder, **options}
    return subprocess.Popen(command, start_new_session=True, **given)  # type: ignore[call-overload,no-any-return]


def session(leader: int) -> dict[int, str]:
    """The processes of a session, with their state."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader:
                found[int(entry.name)] = fields[0]
    return {pid: state for pid, state in found.items() if state != "Z"}


def until(holds: Callable[[], object]) -> bool:
    """Whether something comes to hold in time."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A tree that four workers read for some seconds."""
    body = "".join(f"def f{number}(a):\n    return torch.zeros({number}).to('cuda')\n" for number in range(1500))
    texts = {f"m{number}.py": f"import torch\nx = {number}\n{body}" for number in range(60)}
    return write(tmp_path / "tree", {**texts, "run.sh": RUN, "train.py": TRAIN})


def with_workers(folder: Path, *options: str) -> subprocess.Popen[str]:
    """A scan whose workers are at work."""
    run = started(folder, "scan", ".", "--no-cache", "--workers", "4", *options)
    assert until(lambda: len(session(run.pid)) >= 5 or run.poll() is not None)
    assert run.poll() is None, "the tree is too small for this machine"
    return run


@LINUX
@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9), (signal.SIGINT, 1), (signal.SIGHUP, -1)]
)
def test_no_worker_is_left_behind(large: Path, number: signal.Signals, code: int) -> None:
    ignored = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as under nohup, which the run would inherit
    try:
        run = with_workers(large, "--output", "report.json")
    finally:
        signal.signal(signal.SIGHUP, ignored)
    os.kill(run.pid, number)
    out, err = run.communicate(timeout=SECONDS)
    assert (run.returncode, out) == (code, "")
    assert err == ("\nAborted!\n" if number == signal.SIGINT else "")
    assert until(lambda: not session(run.pid)), session(run.pid)
    assert not [path for path in large.iterdir() if "report" in path.name]


@LINUX
@pytest.mark.slow
def test_ctrl_c_at_a_terminal_ends_all_of_them_without_a_word(large: Path) -> None:
    run = with_workers(large)
    os.killpg(run.pid, signal.SIGINT)
    assert run.communicate(timeout=SECONDS) == ("", "\nAborted!\n")
    assert until(lambda: not session(run.pid))


@LINUX
@pytest.mark.costly
def test_a_worker_that_is_killed_costs_nothing(large: Path) -> None:
    plain = started(large, "scan", ".", "--no-cache", "--workers", "1", "-v").communicate()[0]
    run = with_workers(large, "-v")
    worker = max(session(run.pid))
    os.kill(worker, signal.SIGKILL)
    out, err = run.communicate(timeout=4 * SECONDS)
    assert (run.returncode, err) == (0, "")
    assert out.replace("--workers 4", "--workers 1") == plain


class Job:
    """A job for workers, of items that know whether they can be done."""

    def reopened(self) -> Job:
        return self


def test_where_no_worker_can_be_started_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", refused)
    assert list(each_in_workers(lambda _, item: item + 1, Job(), [1, 2, 3], 2)) == [2, 3, 4]


def _die(_: Job, item: int) -> int:
    if item == 5 and os.getpid() != int(os.environ["CHIPSIEVE_TEST_PARENT"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_what_killed_a_worker_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIPSIEVE_TEST_PARENT", str(os.getpid()))
    assert list(each_in_workers(_die, Job(), range(20), 2)) == list(range(20))


@LINUX
def test_work_that_nobody_wants_any_more_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIPSIEVE_TEST_PARENT", str(os.getpid()))
    before = time.monotonic()
    results = each_in_workers(_sleep, Job(), range(200), 2)
    assert next(iter(results)) == 0
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - before < 5


def _sleep(_: Job, item: int) -> int:
    time.sleep(SECONDS if item >= CHUNK else 0)
    return item


@LINUX
@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0 or not SETPRIV, reason="becomes another user")
def test_where_no_process_may_be_started_the_run_ends_well(tmp_path: Path) -> None:
    folder = readable(write(tmp_path, {f"m{number}.py": TRAIN for number in range(9)}))
    plain = run_as(folder, {}, "scan", ".", "--no-cache", "--workers", "1", "-q")
    alone = run_as(folder, {resource.RLIMIT_NPROC: 1}, "scan", ".", "--no-cache", "--workers", "4", "-q")
    assert (alone.returncode, alone.stdout, alone.stderr) == (0, plain.stdout, "")


def readable(folder: Path) -> Path:
    """The folder, which everybody may read."""
    for path in (folder, *folder.parents, *folder.rglob("*")):
        if str(path).startswith("/tmp/"):  # noqa: S108 - where pytest makes its folders
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return folder


def run_as(folder: Path, limits: Mapping[int, int], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as nobody, who may read what root may (Python may lie there), and write no more than others."""

    def limit() -> None:
        for which, most in limits.items():
            resource.setrlimit(which, (most, most))

    become = (SETPRIV, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *READS_ALL)
    command = [*become, sys.executable, "-m", "chipsieve", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, preexec_fn=limit)


CLOSED: Sequence[tuple[str, str, int, str]] = (
    ("scan . --no-cache -q 2>&-", "", 0, ""),
    ("scan . --no-cache -q --fail-on bf16-training 2>/dev/full", "", 1, ""),
    ("scan . --no-cache -q >&- 2>&-", "", 2, ""),
    ("scan . --no-cache -q <&- >&- 2>&-", "", 2, ""),
    ("scan nothere 2>&-", "", 3, ""),
    ("scan nothere 2>/dev/full", "", 3, ""),
    ("scan . --format nope 2>/dev/full", "", 2, ""),
    ("check --fail-on bf16-training --stdin-filename x.sh - <&-", "", 2, "standard input is closed"),
    ("--version >/dev/full", "", 2, "cannot be written"),
    ("--help >/dev/full", "", 2, "cannot be written"),
    ("scan --help >/dev/full", "", 2, "cannot be written"),
    ("help scan >/dev/full", "", 2, "cannot be written"),
    ("scan --help >/dev/full 2>/dev/full", "", 2, ""),
    ("--help | true", "", 0, ""),
    ("signals | true", "", 0, ""),
    ("scan . --no-cache -q", "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0", 0, ""),
    ("scan . --no-cache -v --color always", "LC_ALL=C PYTHONIOENCODING=ascii:strict", 0, ""),
    ("scan . --no-cache -q", "PYTHONIOENCODING=utf-16", 0, ""),
    ("scan . --no-cache -q", "PYTHONUNBUFFERED=1 PYTHONIOENCODING=latin-1", 0, ""),
)


@pytest.mark.slow
@pytest.mark.parametrize(("words", "environment", "code", "said"), CLOSED, ids=[f"{one[1]} {one[0]}" for one in CLOSED])
def test_streams_that_are_closed_or_full(tmp_path: Path, words: str, environment: str, code: int, said: str) -> None:
    write(tmp_path, {"run.sh": "torchrun train.py --bf16\n", "train.py": "print('x')  # 训练 \U0001f600\n"})
    done = subprocess.run(
        ["/bin/sh", "-c", f'{environment} "{sys.executable}" -m chipsieve {words}'], cwd=tmp_path, capture_output=True,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert (done.stderr != "") == (said != "")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_no_file_of_ours_gets_the_number_of_a_stream_that_is_closed(tmp_path: Path) -> None:
    """What a library says on standard error would be written into it."""
    asked = "import os\nfrom chipsieve.cli import standing\nstanding.occupy_closed_streams()\nprint(os.open('.', 0))"
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -c "$ASKED" <&- 2>&-'], env={**os.environ, "ASKED": asked}, cwd=tmp_path,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "3\n"
