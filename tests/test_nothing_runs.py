"""Does any command run anything but git and Semgrep, or ask the network for anything? Seen from inside and outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from chipsieve.cli import COMMANDS as NAMES
from small_repositories import commit, git
from small_trees import write

STRACE, SETPRIV = shutil.which("strace") or "", shutil.which("setpriv") or ""
OURS = str(Path(sys.prefix).resolve())
START = ("-P", "-m", "chipsieve")  # as the installed command starts: nothing is imported from the working folder
REFUSED = 97
NOBODY = 65_534
CODE = "open({marker!r}, 'a').write(__file__)\n"
LINE = "echo ran >> '{marker}'\n"
PYTHON = (
    "setup.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "click.py", "torch.py", "git.py", "yaml.py",
    "train.py", "chipsieve/__init__.py", "chipsieve_shell/__init__.py", "pkg/__main__.py",
)  # fmt: skip
SHELL = ("run.sh", "git", "semgrep", ".envrc", "bin/python", ".git/hooks/post-checkout", ".git/hooks/fsmonitor")
GIT = {
    "core.fsmonitor": "{program}", "core.hooksPath": "{root}", "core.sshCommand": "{program}",
    "core.pager": "{program}", "core.editor": "{program}", "diff.external": "{program}",
    "diff.planted.textconv": "{program}",
    "diff.planted.command": "{program}", "filter.planted.clean": "{program}", "filter.planted.smudge": "{program}",
    "filter.planted.process": "{program}", "credential.helper": "!{program}", "gpg.program": "{program}",
    "log.showSignature": "true", "alias.log": "!{program}", "core.alternateRefsCommand": "{program}",
    "remote.origin.url": "ext::{program}", "remote.origin.promisor": "true", "extensions.partialClone": "origin",
    "uploadpack.packObjectsHook": "{program}", "protocol.ext.allow": "always",
}  # fmt: skip
COMMANDS: Mapping[str, Sequence[str]] = {
    "scan": ("scan", ".", "-v"),
    "scan to a page": ("scan", ".", "--format", "html"),
    "scan to SARIF": ("scan", ".", "--format", "sarif"),
    "scan of a revision": ("scan", ".@HEAD"),
    "scan of an archive": ("scan", "../tree.tar"),
    "scan with a baseline": ("scan", ".", "--baseline", "../saved.json"),
    "check": ("check", "--fail-on", "names:any", "train.py", "run.sh"),
    "sieve": ("sieve", "../saved.sarif", "--root", "."),
    "explain": ("explain", "h20", "."),
    "runs-on": ("runs-on", "v100", "."),
    "diff": ("diff", ".@HEAD", "."),
    "history": ("history", "."),
    "signals": ("signals", "bf16-training"),
    "accelerators": ("accelerators",),
    "rules": ("rules",),
    "cache": ("cache", "info"),
    "completion": ("completion", "bash"),
    "help": ("help", "scan"),
}
SAID = {"explain": "h20", "history": "commit", "scan to SARIF": "2.1.0", "runs-on": "v100"}
HOOK = f"""
import os, sys

def refuse(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        family = arguments[1] if event == "socket.__new__" else getattr(arguments[0], "family", None)
        if family != 1:
            leave(event, arguments)
    elif event in ("os.exec", "os.posix_spawn", "os.system", "os.startfile", "pty.spawn"):
        leave(event, arguments)
    elif event == "subprocess.Popen" and os.path.basename(os.fsdecode(arguments[0])) not in ("git", "semgrep"):
        leave(event, arguments)
    elif event == "ctypes.dlopen" or (event == "import" and str(arguments[1] or "").startswith(os.environ["TREE"])):
        leave(event, arguments)

def leave(*what):
    os.write(2, repr(what).encode("utf-8", "replace"))
    os._exit({REFUSED})

sys.addaudithook(refuse)
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which all that could be run leaves a mark."""
    folder = tmp_path_factory.mktemp("planted")
    root, marker, program = folder / "tree", folder / "marker", folder / "program"
    texts = {name: CODE.format(marker=str(marker)) for name in PYTHON}
    texts["train.py"] += "import torch\nprint(torch.cuda.is_available())  # trained on H800\n"
    texts |= {name: f"#!/bin/sh\n{LINE.format(marker=marker)}" for name in SHELL if not name.startswith(".git/")}
    texts["run.sh"] += "torchrun --nproc_per_node 8 train.py --bf16 $(touch x) `touch y`\n"
    texts |= {"Makefile": f"x := $(shell {LINE.format(marker=marker).strip()})\nall:\n\ttorchrun train.py\n"}
    texts |= {".gitattributes": "* filter=planted diff=planted\n"}
    texts |= {"a.yaml": "!!python/object/apply:os.system [touch z]\n"}
    write(root, texts)
    git(root, "init", "-q")
    commit(root)
    (root / "train.py").write_text(texts["train.py"] + "# H20\n", encoding="utf-8")
    commit(root, "two")
    git(root, "gc", "-q")
    write(root, {name: f"#!/bin/sh\n{LINE.format(marker=marker)}" for name in SHELL if name.startswith(".git/")})
    program.write_text(f"#!/bin/sh\n{LINE.format(marker=marker)}", encoding="utf-8")
    for path in (*(root / name for name in SHELL), program):
        path.chmod(0o755)
    shutil.make_archive(str(folder / "tree"), "tar", root)
    for form, name in (("json", "saved.json"), ("sarif", "saved.sarif")):
        run(root, ("scan", ".", "--format", form, "--output", f"../{name}"), check=True)
    for name, value in GIT.items():
        git(root, "config", name, value.format(program=program, root=root))
    for path in (root, *root.parents, *root.rglob("*"), *folder.iterdir()):
        if str(path).startswith("/tmp/"):  # noqa: S108 - where pytest makes its folders
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return root


def run(
    folder: Path, arguments: Sequence[str], before: Sequence[str] = (), *, check: bool = False, **changes: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours in a folder, as another program starts it; None takes a variable away."""
    given = {**os.environ, "CHIPSIEVE_CACHE_DIR": str(folder.parent / "cache"), **changes}
    kept = {name: value for name, value in given.items() if value is not None}
    command = [*before, sys.executable, *START, *arguments]
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=check)


def unmarked(tree: Path) -> bool:
    """Whether nothing left its mark."""
    return not (tree.parent / "marker").exists() and not [name for name in "xyz" if (tree / name).exists()]


def test_every_command_is_here() -> None:
    """All but `survey`, which starts workers and talks to them on the loopback: it has a test of its own."""
    assert {*NAMES} - {"survey"} == {words[0] for words in COMMANDS.values()}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_seen_from_inside(tree: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    workers = ("--workers", "2") if name.startswith("scan") else ()
    done = run(tree, (*COMMANDS[name], *workers), PYTHONPATH=path, TREE=str(tree))
    assert done.returncode in {0, 1}, done.stderr
    assert SAID.get(name, "") in done.stdout
    assert unmarked(tree)


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import socket; socket.create_connection(('localhost', 9))",
        "import os; os.execv('/bin/true', ['x'])",
        "import os; os.posix_spawn('/bin/true', ['x'], {})",
    ],
)
def test_the_look_from_inside_sees(tmp_path: Path, code: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "TREE": "/nowhere"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, capture_output=True)
    assert done.returncode == REFUSED


STARTED = re.compile(r'\bexec\w+\((?:AT_FDCWD, )?"(?P<program>[^"]*)"')
REACHED = re.compile(r"\b(?:connect|sendto|sendmsg|bind)\(\d+, .*?sa_family=(?P<family>AF_\w+)")
Traced = tuple[subprocess.CompletedProcess[str], list[str]]
ADDRESS = re.compile(r'sa_family=AF_INET6?, .*?inet_(?:addr|pton)\((?:AF_INET6, )?"(?P<address>[^"]*)"')
GITS = re.compile(r"(.*/)?git(-core/git)?")


def traced(tree: Path, log: Path, arguments: Sequence[str], before: Sequence[str] = (), **changes: Any) -> Traced:
    """A command that runs under strace, and what it starts and reaches that it may not."""
    trace = (STRACE, "-f", "-qq", "-e", "trace=execve,execveat,connect,sendto,sendmsg,bind", "-o", str(log))
    done = run(tree, arguments, (*before, *trace), **changes)
    return done, list(_forbidden(log.read_text(encoding="utf-8", errors="replace")))


def _forbidden(log: str) -> Iterator[str]:
    """What a log has that is neither the command itself nor git, nor stays on this machine."""
    for number, hit in enumerate(STARTED.finditer(log)):
        if number and not GITS.fullmatch(hit["program"]):
            yield hit[0]
    yield from (hit[0] for hit in REACHED.finditer(log) if hit["family"] not in ("AF_UNIX", "AF_NETLINK"))


def _strace_works() -> bool:
    return bool(STRACE) and subprocess.run([STRACE, "-qq", "true"], capture_output=True, check=False).returncode == 0


OUTSIDE = [pytest.mark.costly, pytest.mark.skipif(not _strace_works(), reason="needs strace, and leave to trace")]
ANOTHER = (
    SETPRIV, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
)  # fmt: skip
"""As nobody, who may read what root may (Python may lie there), and write nowhere but in /tmp."""


class TestFromOutside:
    """What the kernel sees of a command, of git and of all that they start."""

    pytestmark = OUTSIDE

    @pytest.mark.parametrize("name", COMMANDS)
    def test_as_it_is_used(self, tree: Path, tmp_path: Path, name: str) -> None:
        done, forbidden = traced(tree, tmp_path / "log", COMMANDS[name])
        assert done.returncode in {0, 1}, done.stderr
        assert forbidden == []
        assert unmarked(tree)

    @pytest.mark.skipif(os.geteuid() != 0 or not SETPRIV, reason="becomes another user")
    @pytest.mark.parametrize("name", COMMANDS)
    def test_as_nobody_without_a_home_where_nothing_can_be_written(self, tree: Path, tmp_path: Path, name: str) -> None:
        (tmp_path / "log").touch()
        for path in (tmp_path, *tmp_path.parents):
            path.chmod(path.stat().st_mode | 0o055)
        (tmp_path / "log").chmod(0o666)
        nowhere = dict.fromkeys(("HOME", "CHIPSIEVE_CACHE_DIR", "XDG_CACHE_HOME", "TMPDIR"))
        done, forbidden = traced(tree, tmp_path / "log", COMMANDS[name], ANOTHER, **nowhere)
        assert done.returncode == 0 or name in {"cache", "check"}, done.stderr
        assert "internal" not in done.stderr
        assert forbidden == []
        assert unmarked(tree)

    def test_the_look_sees(self, tmp_path: Path) -> None:
        reach = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"
        log, code = tmp_path / "log", f"import os, socket; os.system('true'); {reach}"
        trace = [STRACE, "-f", "-qq", "-e", "trace=execve,connect", "-o", str(log), sys.executable, "-c", code]
        subprocess.run(trace, check=True)
        found = list(_forbidden(log.read_text(encoding="utf-8")))
        assert len(found) >= 2

    @pytest.mark.skipif(not shutil.which("semgrep", path=f"{sys.prefix}/bin"), reason="needs Semgrep")
    def test_semgrep_starts_itself_alone(self, tree: Path, tmp_path: Path) -> None:
        done, forbidden = traced(tree, tmp_path / "log", ("scan", ".", "--engine", "semgrep", "--format", "json"))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["schema"]
        assert [one for one in forbidden if "semgrep" not in one and "AF_" not in one and OURS not in one] == []
        reached = [one for one in forbidden if "AF_INET" in one]
        assert [one for one in reached if not one.startswith("bind(")] == []  # one of its libraries asks for IPv6 so
        assert unmarked(tree)

    def test_a_survey_starts_its_workers_and_speaks_to_them_alone(self, tree: Path, tmp_path: Path) -> None:
        (tmp_path / "list.txt").write_text(f"{tree}\n", encoding="utf-8")
        words = ("survey", str(tmp_path / "list.txt"), "--output", str(tmp_path / "data"), "--workers", "2")
        done, _ = traced(tree, tmp_path / "log", (*words, "--no-progress", "--no-cache"))
        assert done.returncode == 0, done.stderr
        assert "1 of 1 repositories answered" in done.stdout
        log = (tmp_path / "log").read_text(encoding="utf-8", errors="replace")
        started = {hit["program"] for hit in STARTED.finditer(log)}
        allowed = {sys.executable, *(name for name in started if GITS.fullmatch(name) or name.endswith("/uname"))}
        assert started - allowed == set()  # Python's `platform`, which Dask asks, looks for uname
        assert {hit["address"] for hit in ADDRESS.finditer(log)} == {"127.0.0.1"}
        assert unmarked(tree)
