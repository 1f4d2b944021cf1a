"""Does every command of the documentation work as it stands there? They run in a folder that has what they name."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner

from chipsieve.cli import main
from command_help import walk
from documented import ROOT, Block, Shown, commands, every_block, in_help, lines, session
from documented_folder import is_shown, make

STANDS_FOR = {
    "REPO@REV": "path/to/repository@v1.0",
    "PATH": "path/to/repository",
    "FILE": "train.py",
    "LIST": "list.txt --output dataset",
    "diff A B": "diff before.json after.json",
    "signals ID": "signals bf16-training",
}
"""What the documentation's placeholders stand for in the folder."""
MISSING = {
    "PATH": "path/to/repository",
    "ACCELERATOR|LAUNCH": "h20",
    "ACCELERATORS": "h20",
    "FILE": "findings.sarif",
    "A": "before.json",
    "B": "after.json",
}
"""What a command lacks that a sentence shows without its arguments."""
NOT_RUN = {
    "pip install": "installs; tests/test_package.py installs the wheel",
    "pipx install": "installs",
    "uv tool install": "installs",
    "uvx": "installs",
    "docker": "builds and runs an image; the workflow ci does",
    "gh attestation verify": "asks GitHub for what a release left there",
    "git ls-remote": "asks the network",
    "torchrun": "is a line of scanned code",
    "gh pr comment": "speaks to GitHub",
    "chipsieve survey addresses.txt": "fetches from the network; tests/test_survey_tasks.py clones",
    "chipsieve survey list.txt --scheduler": "needs a cluster; tests/test_survey_runs.py has one",
    "git clone": "fetches from the network",
    "git --git-dir=NAME.git": "speaks of a clone of the network's",
    "pre-commit": "builds environments; tests/test_hooks.py runs the hooks",
}
"""Why no test runs the commands that begin so."""
MAY_FAIL = ("--fail-on", "--exit-code", "runs-on", "ruff check", "flake8")
"""What ends with 1 where it has found something."""
OURS = {"./dev": ROOT / "dev", "make": ROOT / "Makefile"}
"""Commands that run the checks themselves: they are looked up and not run."""
OTHERS = {"zsh": ("zsh", "-f", "-c"), "fish": ("fish", "--no-config", "-c"), "nu": ("nu", "--no-config-file", "-c")}
"""The shells that blocks of other languages are for, and how each runs a text; a machine may not have them."""
SHELL_WORDS = re.compile(r"[$|<>;&~*]")
OWN_PROCESS = "chipsieve survey "  # Dask's threads would outlive the test
SECONDS = 300


def begins(shown: Shown, *several: str) -> bool:
    """Whether a command begins with the words of one of these."""
    return any(f"{shown.command} ".startswith(f"{one} ") for one in several)


def is_name(shown: Shown) -> bool:
    """Whether a sentence speaks of a command and shows no call: `chipsieve scan`, `semgrep`."""
    words = shown.command.split(" ")
    return shown.in_sentence and (len(words) == 1 or (len(words) == 2 and not words[1].startswith("-")))


def typed(command: str) -> str:
    """The command as a reader would type it, who knows what the placeholders stand for."""
    for placeholder, meant in STANDS_FOR.items():
        command = re.sub(rf"(?<![\w/$\"]){placeholder}(?!\w)", meant, command)
    return command.removeprefix(".venv/bin/")


def is_beginning(shown: Shown, others: Iterable[Shown]) -> bool:
    """Whether a sentence has no more of a call than its beginning, and the whole is shown elsewhere."""
    return shown.in_sentence and any(typed(one.command).startswith(f"{typed(shown.command)} ") for one in others)


ALL = commands()
NAMES = [one for one in ALL if is_name(one) and not begins(one, *OURS)]
CALLS = [one for one in ALL if not is_name(one) and not begins(one, *OURS, *NOT_RUN)]
RUN = {(typed(one.command), one.output): one for one in reversed(CALLS) if not is_beginning(one, CALLS)}
"""Each once, the first of those of which the same is typed."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the documentation's commands work, with `chipsieve` on its path."""
    made = make(tmp_path_factory.mktemp("documented"))
    program = made / "home/bin/chipsieve"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m chipsieve "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return made


@pytest.fixture
def _there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the folder, with a cache and a home of its own, and the variables that a workflow sets."""
    monkeypatch.chdir(folder)
    path = [str(folder / "home/bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("CHIPSIEVE_CACHE_DIR", str(folder / "home/cache"))
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    monkeypatch.setenv("RUNNER_TEMP", str(folder))
    monkeypatch.setenv("SEMGREP_SEND_METRICS", "off")
    monkeypatch.setenv("SEMGREP_ENABLE_VERSION_CHECK", "0")


def run(command: str, *, complete: bool) -> tuple[int, str]:
    """The exit code and all that is printed; what is missing is filled in where the command need not be complete."""
    given = Path("jobs/train.slurm").read_text(encoding="utf-8")
    if SHELL_WORDS.search(command) or not command.startswith("chipsieve ") or command.startswith(OWN_PROCESS):
        words = ["bash", "-euo", "pipefail", "-c", command]
        done = subprocess.run(words, input=given, text=True, capture_output=True, check=False, timeout=SECONDS)
        return done.returncode, done.stdout + done.stderr
    result = CliRunner().invoke(main, shlex.split(command)[1:], input=given)
    lacking = re.search(r"Missing argument '([A-Z|]+)", result.stderr)
    if lacking and not complete:
        return run(f"{command} {MISSING[lacking[1]]}", complete=False)
    return result.exit_code, result.output


@pytest.mark.slow
@pytest.mark.usefixtures("_there")
@pytest.mark.parametrize("shown", [pytest.param(one, id=one.command) for one in RUN.values()])
def test_it_works(shown: Shown) -> None:
    code, printed = run(typed(shown.command), complete=not shown.in_sentence)
    found = code == 1 and any(one in shown.command for one in MAY_FAIL)
    assert found or code == 0, f"{shown.where}: exit code {code}\n{printed}"
    assert shown.output is None or is_shown(shown.output, printed), f"{shown.where} shows otherwise:\n{printed}"


@pytest.mark.slow
@pytest.mark.usefixtures("_there")
@pytest.mark.parametrize("block", [pytest.param(one, id=one.where) for one in every_block() if one.language in OTHERS])
def test_it_works_in_its_shell(block: Block) -> None:
    program = shutil.which(OTHERS[block.language][0])
    if program is None:
        pytest.skip(f"there is no {OTHERS[block.language][0]} here")
    command = [program, *OTHERS[block.language][1:], block.text]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("_there")
def test_a_wrong_command_is_seen() -> None:
    assert run("chipsieve scan --polcy paper PATH", complete=True)[0] == 2
    assert run("chipsieve scna .", complete=False)[0] == 2
    assert run("chipsieve explain", complete=True)[0] == 2
    assert run("chipsieve explain", complete=False)[0] == 0
    assert run("chipsieve signals | false", complete=True)[0] == 1
    assert not is_shown("H20\n", "H200\n")


def test_commands_are_seen_as_they_are_typed() -> None:
    script = "# A comment\nchipsieve scan \\\n  --policy paper .  # and why\n\ncd here\n"
    assert lines(script) == ["chipsieve scan --policy paper .", "cd here"]
    typed_and_shown = Block("page:1", "console", "$ chipsieve scan .\nH20\nH100\n$ chipsieve signals\n")
    assert list(session(typed_and_shown)) == [
        Shown("page:1", "chipsieve scan .", "H20\nH100\n"),
        Shown("page:1", "chipsieve signals"),
    ]
    where = [one.where for one in every_block() if one.language == "console"]
    assert {one.partition(":")[0] for one in where} >= {"docs/linters.md", "docs/method.md"}


def test_every_command_that_is_named_is_there() -> None:
    named = {one.command.split(" ")[1] for one in NAMES if begins(one, "chipsieve") and " " in one.command}
    assert {"scan", "sieve"} <= named <= main.commands.keys()


def test_every_command_has_an_example() -> None:
    contexts = [context for context in walk(main, "chipsieve") if not isinstance(context.command, Group)]
    shown = [one.command for one in in_help()]
    assert [one.command_path for one in contexts if not any(one.command_path in line for line in shown)] == []


def test_the_checks_that_are_named_are_there() -> None:
    helped = {"./dev": r"^  ([a-z]+)(?: |$)", "make": r"^([a-z ]+):"}
    there = {
        program: set(" ".join(re.findall(helped[program], file.read_text(encoding="utf-8"), re.MULTILINE)).split())
        for program, file in OURS.items()
    }
    called = [one for one in ALL if begins(one, *OURS) and " " in one.command]
    assert [one for one in called if one.command.split(" ")[1] not in there[one.command.split(" ")[0]]] == []
    tests = [word.split("::") for one in called for word in one.command.split(" ") if word.startswith("tests/")]
    files = {path: (ROOT / path).read_text(encoding="utf-8") for path, *_ in tests}
    assert [name for path, *names in tests for name in names if f"def {name}(" not in files[path]] == []


def test_what_is_not_run_and_what_placeholders_mean_is_still_shown() -> None:
    assert [one for one in NOT_RUN if not any(begins(shown, one) for shown in ALL)] == []
    assert [one for one in STANDS_FOR if not any(typed(shown.command) != shown.command for shown in ALL)] == []
    arguments = {one.human_readable_name.strip("[].") for name in main.commands for one in main.commands[name].params}
    assert set(MISSING) - arguments == set()


def test_blocks_of_commands_say_that_they_are() -> None:
    silent = [one for one in every_block() if not one.language and not one.where.startswith("docs/cli.md")]
    assert [one.where for one in silent if re.search(r"^\s*chipsieve ", one.text, re.MULTILINE)] == []
