"""Do the shipped hooks reach what the command line reads, and does pre-commit itself run them as promised?

pre-commit would build an environment for each hook, from the index; here it takes the chipsieve under test instead
(`language: system`), and everything else from the shipped definition.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from chipsieve.facts.paths import TEMPLATE_ENDING
from chipsieve.sources.languages import language_of, languages

ROOT = Path(__file__).resolve().parents[1]
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}
FILES = re.compile(HOOKS["chipsieve"]["files"])
RUN = "python train.py --bf16\n"


def test_every_glob_of_the_languages_is_reached_and_nothing_else() -> None:
    globs = dict.fromkeys(glob for glob, _ in languages().globs)
    wanted = [re.escape(glob).replace(r"\*", "[^/]*").replace(r"\[0\-9\]", "[0-9]") for glob in globs] + ["[^/.]+"]
    inside = re.sub(r"\s", "", HOOKS["chipsieve"]["files"])
    assert inside == f"(?ix)(?:^|/)(?:{'|'.join(wanted)})(?:{TEMPLATE_ENDING.removesuffix(chr(92) + 'Z')})?$"


@pytest.mark.parametrize("glob", [glob for glob, _ in languages().globs])
def test_names_of_every_glob(glob: str) -> None:
    glob = glob.replace("[0-9]", "7")
    for name in (glob.replace("*", "a"), glob.replace("*", "").upper(), glob.replace("*", "a.b c")):
        assert language_of(name)
        assert FILES.search(name)
        assert FILES.search(f"deep/er.d/{name}")


@pytest.mark.parametrize(
    "name",
    [
        "a.pyc",
        "a.bin",
        "py",
        "a.py/b.bin",
        "a.sh.orig",
        "x.tar.gz",
        "a.sh.j2",
        "a.yaml.tmpl",
        "a.html.j2",
        ".gitignore",
        "a.cu",
    ],
)
def test_hook_and_command_line_agree_on_other_names(name: str) -> None:
    may_say_itself = "." not in name.rpartition("/")[2]  # its first line may be `#!`
    assert bool(FILES.search(name)) == (bool(language_of(name)) or may_say_itself)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a configuration and both hooks."""
    hooks = [{**hook, "language": "system", "entry": entry(hook["entry"])} for hook in HOOKS.values()]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    tree = tmp_path / "repository"
    tree.mkdir()
    git(tree, "init", "--quiet")
    add(tree, ".pre-commit-config.yaml", yaml.safe_dump(config))
    add(tree, "chipsieve.toml", 'fail-on = ["bf16-training"]\nexclude = ["third_party/"]\n')
    return tree


def entry(words: str) -> str:
    """A hook's command with the chipsieve under test."""
    program, *rest = shlex.split(words)
    assert program == "chipsieve"
    return shlex.join([sys.executable, "-c", "from chipsieve.cli import main; main()", *rest])


def git(tree: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=tree, check=True)  # noqa: S607 - git is what developers have on their path


def add(tree: Path, name: str, text: str) -> None:
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text(text, encoding="utf-8")
    git(tree, "add", "--force", name)


def run_hook(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pre-commit on what is staged, or on the files that are named."""
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tree.parent / "cache"), "PRE_COMMIT_COLOR": "never"}
    command = [sys.executable, "-m", "pre_commit", "run", *arguments]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_clean_change_is_silent(repository: Path) -> None:
    add(repository, "train.py", "import torch\n")
    done = run_hook(repository, "chipsieve", "--verbose")
    assert done.returncode == 0, done.stdout
    assert re.fullmatch(r"chipsieve\.+Passed\n- hook id: chipsieve\n(- duration: .*\n)?\s*", done.stdout)


@pytest.mark.slow
def test_a_change_that_meets_a_condition_fails_with_the_line_in_a_job_script_too(repository: Path) -> None:
    add(repository, "jobs/train.slurm", f"#!/bin/bash\n{RUN}")
    done = run_hook(repository, "chipsieve")
    assert done.returncode == 1
    assert "jobs/train.slurm:2:17: bf16-training: training in bfloat16 (true) [fail-on bf16-training]\n" in done.stdout


@pytest.mark.slow
def test_an_excluded_file_given_by_name_is_silent(repository: Path) -> None:
    add(repository, "third_party/train.sh", RUN)
    done = run_hook(repository, "chipsieve", "--files", "third_party/train.sh", "--verbose")
    assert done.returncode == 0, done.stdout
    assert "bf16" not in done.stdout
    assert "Passed" in done.stdout


@pytest.mark.slow
def test_what_is_not_staged_does_not_count_and_other_files_are_skipped(repository: Path) -> None:
    git(repository, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "first")
    add(repository, "picture.bin", RUN)
    (repository / "train.sh").write_text(RUN, encoding="utf-8")
    done = run_hook(repository, "chipsieve")
    assert done.returncode == 0
    assert "(no files to check)Skipped" in done.stdout


@pytest.mark.slow
def test_the_verdict_waits_for_a_push_and_is_shown(repository: Path) -> None:
    add(repository, "train.sh", "torchrun train.py\n")
    add(repository, "train.py", "if __name__ == '__main__':\n    pass\n")
    assert "verdict" not in run_hook(repository).stdout
    for stage in ("pre-push", "manual"):
        done = run_hook(repository, "chipsieve-verdict", "--hook-stage", stage)
        assert done.returncode == 0, done.stdout
        assert "\nneeds " in done.stdout


@pytest.mark.slow
def test_the_verdict_fails_on_the_configured_condition(repository: Path) -> None:
    add(repository, "train.sh", "torchrun train.py --bf16\n")
    add(repository, "train.py", "if __name__ == '__main__':\n    pass\n")
    done = run_hook(repository, "chipsieve-verdict", "--hook-stage", "manual")
    assert done.returncode == 1
    assert "training in bfloat16 (true) [fail-on bf16-training]" in done.stdout
