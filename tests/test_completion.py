"""What follows when the user presses Tab? Asked as each shell asks, and at the prompts of shells that are there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pexpect
import pytest
from click.testing import CliRunner

from chipsieve.catalogue import load_catalogue
from chipsieve.cli import COMMANDS, main
from chipsieve.cli.completing import SHELLS
from chipsieve.cli.shells import CLASSES, PROGRAM
from chipsieve.report import FORMATS
from chipsieve.sieve.policies import policies
from chipsieve.signals import load_signals
from command_help import walk

COMPLETED = {
    "scan --policy p": ["paper"],
    "scan --format=mark": ["--format=markdown"],
    "scan --role da": ["data preparation"],
    "scan --also html": ["html=verdict.html"],
    "scan --engine sem": ["semgrep", "semgrep,visitors"],
    "check --fail-on excludes:v100s": ["excludes:v100s-pcie-32gb"],
    "check --fail-on=excludes:v100s": ["--fail-on=excludes:v100s-pcie-32gb"],
    "check --fail-on exc": ["excludes:any"],
    "check --fail-on bf16-tr": ["bf16-training"],
    "check --fail-on requi": ["requires"],
    "runs-on v100,h20-9": ["v100,h20-96gb"],
    "runs-on hua": ["huawei"],
    "explain h20-9": ["h20-96gb"],
    "signals bf16-tr": ["bf16-training"],
    "accelerators H20-9": ["h20-96gb"],
    "accelerators --where vendor=nv": ["vendor=nvidia"],
    "accelerators --where architecture=hop": ["architecture=Hopper"],
    "accelerators --where bf16_na": ["bf16_native=true", "bf16_native=false"],
    "completion ba": ["bash"],
}
"""What can follow, as the whole last word."""
FILES = ("scan ", "explain h20 ", "runs-on h20 ", "diff a ", "sieve ", "check ", "scan --output ", "sieve --root ")
NOTHING = {
    "names": "few commands",
    "revisions": "a range of commits",
    "since": "a day",
    "only": "paths of any commit",
    "launch": "a scan would be needed",
    "project": "a scan would be needed",
    "as_of": "a day",
    "link_base": "an address",
    "workers": "a number",
    "count": "a number",
    "seconds": "a number",
    "megabytes": "a number",
    "scheduler": "an address",
}
"""What completes nothing, and why."""


def asked(line: str, shell: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a shell is answered that asks what can follow `chipsieve LINE`."""
    words = [PROGRAM, *line.split(" ")]
    if shell == "bash":  # which cuts words
        words = line.replace("=", " = ").replace(":", " : ").split(" ")
        words = [PROGRAM, *words]
    monkeypatch.setenv("_CHIPSIEVE_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", json.dumps(words) if shell == "nushell" else "\n".join(words))
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words) - 1))
    result = CliRunner().invoke(main, [], prog_name=PROGRAM)
    assert result.exit_code == 0, result.output
    return result.stdout


def answers(printed: str, shell: str) -> list[str]:
    """The words of an answer."""
    if shell == "nushell":
        return [record["value"].strip('"') for record in json.loads(printed)]
    lines = printed.strip("\n").splitlines()
    if shell == "zsh":
        return [word.replace("\\:", ":") for word in lines[1::3]]
    return [line.partition(",")[2].partition("\t")[0].replace("\\", "") for line in lines]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("line", COMPLETED)
def test_what_can_follow(line: str, shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    last = line.rpartition(" ")[2]
    kept = max(map(last.rfind, ":=")) + 1 if shell == "bash" else 0  # what bash has before the last cut
    assert answers(asked(line, shell, monkeypatch), shell) == [word[kept:] for word in COMPLETED[line]]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("line", FILES)
def test_paths_are_left_to_the_shell(line: str, shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = asked(line, shell, monkeypatch).strip()
    assert printed == {"bash": "file,", "zsh": "file\n\n_", "fish": "file,", "nushell": "null"}[shell]


def test_commands_and_options_are_there_with_what_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answers(asked("", "zsh", monkeypatch), "zsh") == sorted(COMMANDS)
    assert {"value": "scan", "description": "Say on which accelerators a tree was..."} in json.loads(
        asked("sc", "nushell", monkeypatch)
    )
    assert "--policy,Which" not in asked("scan --p", "fish", monkeypatch)
    assert "plain,--policy\tWhich evidence may exclude.\n" in asked("scan --p", "fish", monkeypatch)


def test_all_formats_policies_signals_and_accelerators_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def offered(line: str) -> set[str]:
        return set(answers(asked(line, "fish", monkeypatch), "fish"))

    assert offered("scan --format ") == set(FORMATS)
    assert offered("scan --policy ") == set(policies())
    assert offered("signals ") == set(load_signals())
    assert offered("explain ") >= set(load_catalogue().by_id)
    assert offered("check --fail-on ") >= {*load_signals(), "requires", "names:any"}
    assert offered("check --fail-on names:") >= {f"names:{chip}" for chip in load_catalogue().by_id}


def test_what_is_offered_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = answers(asked("accelerators --where ", "fish", monkeypatch), "fish")
    offered = [answers(asked(f"accelerators --where {fact}", "fish", monkeypatch), "fish") for fact in facts]
    words = [several[0] for several in offered if several]
    assert len(words) > 50
    refused = [word for word in words if CliRunner().invoke(main, ["accelerators", "--where", word]).exit_code]
    assert refused == []


def test_fleets_of_the_configuration_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chipsieve.toml").write_text('fleet.laboratory = ["a100"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert answers(asked("runs-on h20,lab", "fish", monkeypatch), "fish") == ["h20,laboratory"]


def test_a_faulty_configuration_stops_no_completion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chipsieve.toml").write_text("policy = 7\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert answers(asked("scan --policy p", "fish", monkeypatch), "fish") == ["paper"]


def test_every_argument_and_option_completes() -> None:
    silent, known = [], set()
    for context in walk(main, PROGRAM):
        for param in context.command.params:
            known.add(param.name)
            flag = isinstance(param, click.Option) and (param.is_flag or param.count)
            if not flag and param.name not in NOTHING and not param.shell_complete(context, ""):
                silent.append(f"{context.command_path} {param.name}: give it shell_complete, or list it in NOTHING")
    assert silent == []
    assert NOTHING.keys() <= known


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_script(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0
    assert "_CHIPSIEVE_COMPLETE" in result.stdout
    assert result.stderr == ""


def test_a_shell_that_is_not_known() -> None:
    result = CliRunner().invoke(main, ["completion", "powershell"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'bash', 'zsh', 'fish', 'nushell'" in result.stderr
    assert tuple(CLASSES) == SHELLS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files to complete, and with `chipsieve` beside it."""
    home = tmp_path_factory.mktemp("prompt")
    (home / "work/scripts").mkdir(parents=True)
    (home / "work/scripts/train.slurm").touch()
    (home / "bin").mkdir()
    program = home / "bin/chipsieve"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m chipsieve "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return home / "work"


def environment(folder: Path) -> dict[str, str]:
    path = os.pathsep.join([str(folder.parent / "bin"), os.environ["PATH"]])
    return {**os.environ, "HOME": str(folder.parent), "PATH": path, "TERM": "dumb", "PS1": "> "}


def program(name: str) -> str:
    """Where a shell is; the test is skipped where it is not."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"there is no {name} here")
    return found


AT_A_PROMPT = {
    "bash": (["--norc", "--noprofile", "-i"], "PS1='> '"),
    "zsh": (["-f", "-i"], "PS1='> '; autoload -U compinit; compinit -u -D"),
}
PRESSED = {
    "chipsieve sca": "chipsieve scan ",
    "chipsieve scan --policy pa": "chipsieve scan --policy paper ",
    "chipsieve scan --role da": "chipsieve scan --role data\\ preparation ",
    "chipsieve scan scripts/tr": "chipsieve scan scripts/train.slurm ",
    "chipsieve runs-on v100,h20-9": "chipsieve runs-on v100,h20-96gb ",
    "chipsieve check --fail-on excludes:v100s": "chipsieve check --fail-on excludes:v100s-pcie-32gb ",
    "chipsieve accelerators --where vendor=nv": "chipsieve accelerators --where vendor=nvidia ",
}


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded"
)  # from Python 3.12 on; a shell replaces the fork
@pytest.mark.parametrize("shell", AT_A_PROMPT)
@pytest.mark.parametrize("line", PRESSED)
def test_at_a_prompt(shell: str, line: str, folder: Path) -> None:
    arguments, start = AT_A_PROMPT[shell]
    at = pexpect.spawn(
        program(shell), arguments, cwd=str(folder), env=environment(folder), encoding="utf-8", timeout=60,
        dimensions=(40, 200),
    )  # fmt: skip
    try:
        at.sendline(f'{start}; eval "$(chipsieve completion {shell})"; echo rea""dy')
        at.expect_exact("ready\r\n")
        at.expect_exact("> ")
        at.send(f"{line}\t")
        at.expect_exact(PRESSED[line])
    finally:
        at.close(force=True)


def offered_by_fish(line: str, folder: Path) -> list[str]:
    script = f"chipsieve completion fish | source; complete --do-complete '{line}'"
    return [
        one.partition("\t")[0] for one in _printed([program("fish"), "--no-config", "-c", script], folder).splitlines()
    ]


def offered_by_nushell(line: str, folder: Path) -> list[str] | None:
    script = folder.parent / "chipsieve.nu"
    script.write_text(CliRunner().invoke(main, ["completion", "nushell"]).stdout, encoding="utf-8")
    ask = f"do $env.config.completions.external.completer {json.dumps(line.split(' '))} | to json --raw"
    found = json.loads(_printed([program("nu"), "--config", str(script), "-c", ask], folder))
    return found if found is None else [record["value"] for record in found]


def _printed(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


ASKED: dict[str, Callable[[str, Path], list[str] | None]] = {"fish": offered_by_fish, "nushell": offered_by_nushell}
OFFERED: dict[str, list[str] | None] = {
    "chipsieve sca": ["scan"],
    "chipsieve scan --format=mark": ["--format=markdown"],
    "chipsieve runs-on v100,h20-9": ["v100,h20-96gb"],
    "chipsieve check --fail-on excludes:v100s": ["excludes:v100s-pcie-32gb"],
    "chipsieve scan scri": ["scripts/"],
}


@pytest.mark.slow
@pytest.mark.parametrize("shell", ASKED)
@pytest.mark.parametrize("line", OFFERED)
def test_a_shell_is_asked_what_it_offers(shell: str, line: str, folder: Path) -> None:
    left_to_it = shell == "nushell" and OFFERED[line] == ["scripts/"]  # it asks itself for files then
    assert ASKED[shell](line, folder) == (None if left_to_it else OFFERED[line])


@pytest.mark.slow
def test_nushell_keeps_the_completer_that_there_was(folder: Path) -> None:
    script = folder.parent / "two.nu"
    before = "$env.config.completions.external.completer = {|words| [{value: theirs, description: ''}]}\n"
    script.write_text(before + CliRunner().invoke(main, ["completion", "nushell"]).stdout, encoding="utf-8")
    ask = "do $env.config.completions.external.completer [git x] | to json --raw"
    assert "theirs" in _printed([program("nu"), "--config", str(script), "-c", ask], folder)
