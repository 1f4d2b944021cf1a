"""Is what was answered said again of an unchanged tree alone? Whatever an answer depends on must make a new one."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from chipsieve import api
from chipsieve.cli import main, scanning
from chipsieve.cli.keeping import SPEED
from chipsieve.facts.reading import Gap
from chipsieve.sources import cache as caching
from chipsieve.sources import tree_state, verdict_digest
from chipsieve.sources.discovery import open_tree
from chipsieve.sources.readers import OVER_TIME
from small_repositories import commit, git
from small_trees import RUN, TRAIN, write

TREE = {
    "run.sh": f"export NCCL_IB_HCA=mlx5\n{RUN}",
    "train.py": TRAIN,
    "README.md": "Trained on 8 H100.\n",
    "lib/a.py": "a = 1\n",
}
Change = Callable[[Path], object]


@dataclass(frozen=True)
class Scans:
    """Counts the scans that are made of a tree."""

    tree: Path
    made: list[int]

    def run(self, *options: str) -> Result:
        return CliRunner().invoke(main, ["scan", str(self.tree), *options])

    def made_by(self, *options: str) -> int:
        """How many scans a command makes."""
        before = len(self.made)
        assert self.run(*options).exit_code in (0, 1, 4)
        return len(self.made) - before


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scans:
    """A repository whose files count as old, and a cache of its own."""
    made: list[int] = []
    real = api.scan

    def counted(*arguments: Any, **options: Any) -> Any:
        made.append(1)
        return real(*arguments, **options)

    monkeypatch.setattr(api, "scan", counted)
    monkeypatch.setattr(tree_state, "GRANULARITY", -(10**15))
    monkeypatch.setenv(caching.FOLDER, str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    tree = write(tmp_path / "tree", TREE)
    git(tree, "init", "-q", "-b", "main")
    commit(tree)
    return Scans(tree, made)


def test_an_unchanged_tree_is_not_scanned_again(scans: Scans) -> None:
    options = ("--format", "json", "--fail-on", "names:any", "--strict-coverage")
    first = scans.run(*options)
    assert first.exit_code == 1
    assert "fail-on" in first.stderr
    assert scans.made_by(*options) == 0
    again = scans.run(*options)
    assert (again.stdout, again.stderr, again.exit_code) == (first.stdout, first.stderr, first.exit_code)


def test_reports_are_written_to_files_again(scans: Scans) -> None:
    options = ("--output", "one.json", "--also", "sarif=two.sarif")
    texts = []
    for _ in range(2):
        scans.run(*options)
        texts.append([Path(name).read_text(encoding="utf-8") for name in ("one.json", "two.sarif")])
        for name in ("one.json", "two.sarif"):
            Path(name).unlink()
    assert texts[0] == texts[1]
    assert scans.made_by(*options) == 0


def _same_size(tree: Path) -> None:
    """A change that leaves size and time as they were."""
    file = tree / "README.md"
    before = file.stat()
    file.write_text("Trained on 8 H200.\n", encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(tree: Path) -> None:
    """Another file in the place of one, as old as it."""
    other = tree.parent / "other"
    shutil.copystat(tree / "run.sh", shutil.copy(tree / "run.sh", other))
    other.replace(tree / "run.sh")


CHANGES: dict[str, Change] = {
    "a file edited": lambda tree: (tree / "README.md").write_text("Trained on TPUs.\n", encoding="utf-8"),
    "a file edited that looks as before": _same_size,
    "a file replaced": _replaced,
    "a file nobody reads edited": lambda tree: write(tree, {"model.bin": "x"}),
    "an untracked file": lambda tree: write(tree, {"lib/new.py": TRAIN}),
    "a file deleted": lambda tree: (tree / "lib" / "a.py").unlink(),
    "a file renamed": lambda tree: (tree / "lib" / "a.py").rename(tree / "lib" / "b.py"),
    "a folder renamed": lambda tree: (tree / "lib").rename(tree / "src"),
    "a file nobody may read": lambda tree: (tree / "run.sh").chmod(0),
    "a link": lambda tree: (tree / "link").symlink_to(tree.parent),
    "a suppression": lambda tree: write(tree, {"run.sh": f"# chipsieve: ignore-file\n{RUN}"}),
    "a commit": lambda tree: git(tree, "commit", "--allow-empty", "-qm", "two"),
    "another branch": lambda tree: git(tree, "checkout", "-qb", "other"),
    "a remote": lambda tree: git(tree, "remote", "add", "origin", "https://github.com/x/y.git"),
    "no repository": lambda tree: shutil.rmtree(tree / ".git"),
    "a shallow clone": lambda tree: (tree / ".git" / "shallow").write_text("", encoding="utf-8"),
    "an object less": lambda tree: shutil.rmtree(next((tree / ".git" / "objects").glob("??"))),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_tree_that_changed_is_scanned_again(scans: Scans, change: Change) -> None:
    assert (scans.made_by(), scans.made_by()) == (1, 0)
    change(scans.tree)
    assert scans.made_by() == 1


def test_what_git_notes_for_itself_changes_nothing(scans: Scans) -> None:
    scans.made_by()
    (scans.tree / "run.sh").touch()
    scans.made_by()
    git(scans.tree, "status")
    assert scans.made_by() == 0


OPTIONS: dict[str, Sequence[str]] = {
    "policy": ("--policy", "strict"),
    "scope": ("--scope", "tree"),
    "role": ("--role", "any"),
    "trust_names": ("--trust-names",),
    "as_of": ("--as-of", "2024-01-01"),
    "project": ("--project", ""),
    "launch": ("--launch", "run.sh:2"),
    "baseline": ("--baseline", "before.json"),
    "form": ("--format", "markdown"),
    "output": ("--output", "made.txt"),
    "also": ("--also", "json=made.json"),
    "sarif_level": ("--sarif-level", "all"),
    "min_strength": ("--min-strength", "strong"),
    "link_base": ("--link-base", "https://example.org/{path}"),
    "fail_on": ("--fail-on", "names:any"),
    "config": ("--config", "given.toml"),
    "no_ignore": ("--no-ignore",),
    "strict_coverage": ("--strict-coverage",),
    "verbose": ("-v",),
    "quiet": ("-q",),
    "colour": ("--color", "always"),
}
"""Each option of `scan`, with a value that is not its default."""
APART = {"paths", "engine", "command", *SPEED}
"""What says what is scanned, what is never kept, and what changes no answer."""


@pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS.keys())
def test_an_option_makes_another_answer(scans: Scans, monkeypatch: pytest.MonkeyPatch, option: Sequence[str]) -> None:
    monkeypatch.setattr("chipsieve.cli.keeping.SPEED", (*SPEED, "command"))  # it counts by itself, not by its word
    Path("given.toml").write_text('disable = ["nccl-variables"]\n', encoding="utf-8")
    Path("before.json").write_text(scans.run("--format", "json").stdout, encoding="utf-8")
    assert scans.made_by() == 1
    assert scans.made_by() == 0
    assert (scans.made_by(*option), scans.made_by(*option)) == (1, 0)


def test_every_option_is_tried() -> None:
    assert {one.name for one in scanning.scan.params} - APART == OPTIONS.keys()


def test_what_an_option_names_counts_as_it_is_now(scans: Scans) -> None:
    Path("given.toml").write_text('disable = ["nccl-variables"]\n', encoding="utf-8")
    Path("before.json").write_text(scans.run("--format", "json").stdout, encoding="utf-8")
    options = ("--config", "given.toml", "--baseline", "before.json")
    assert (scans.made_by(*options), scans.made_by(*options)) == (1, 0)
    Path("given.toml").write_text(
        'disable = ["torch-cuda-device"]\n'.replace("torch-cuda-device", "h100"), encoding="utf-8"
    )
    Path("given.toml").write_text('exclude = ["lib/**"]\n', encoding="utf-8")
    assert (scans.made_by(*options), scans.made_by(*options)) == (1, 0)
    Path("before.json").write_text(scans.run("--format", "json", "--policy", "strict").stdout, encoding="utf-8")
    assert (scans.made_by(*options), scans.made_by(*options)) == (1, 0)


def test_a_configuration_that_is_found_counts(scans: Scans) -> None:
    assert (scans.made_by(), scans.made_by()) == (1, 0)
    Path("chipsieve.toml").write_text('policy = "strict"\n', encoding="utf-8")
    assert (scans.made_by(), scans.made_by()) == (1, 0)
    Path("chipsieve.toml").write_text('policy = "strict"\nexclude = ["lib/**"]\n', encoding="utf-8")
    assert (scans.made_by(), scans.made_by()) == (1, 0)


def test_another_program_answers_anew(scans: Scans, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (scans.made_by(), scans.made_by()) == (1, 0)
    real = [*verdict_digest.own_files()]
    changed = [(name, data + b"\n" if name == "steps.toml" else data) for name, data in real]
    assert changed != real
    monkeypatch.setattr(verdict_digest, "own_files", lambda: iter(changed))
    verdict_digest.program_digest.cache_clear()
    assert scans.made_by() == 1
    verdict_digest.program_digest.cache_clear()


def test_the_program_is_all_its_files() -> None:
    home = Path(api.__file__).parent
    files = {file.relative_to(home).as_posix() for file in home.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    assert {name for name, _ in verdict_digest.own_files()} == files


def test_a_tree_that_changed_just_now_is_not_trusted(scans: Scans, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_state, "GRANULARITY", 60 * 10**9)
    assert (scans.made_by(), scans.made_by()) == (1, 1)


def test_a_tree_that_changes_meanwhile_is_not_trusted(scans: Scans, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = api.scan

    def changing(*arguments: Any, **options: Any) -> Any:
        (scans.tree / "README.md").write_text("Trained on TPUs.\n", encoding="utf-8")
        return counted(*arguments, **options)

    monkeypatch.setattr(api, "scan", changing)
    assert (scans.made_by(), scans.made_by()) == (1, 1)


def test_what_the_machine_was_too_slow_for_is_tried_again(scans: Scans, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = api.scan

    def slow(*arguments: Any, **options: Any) -> Any:
        verdict = counted(*arguments, **options)
        return msgspec.structs.replace(verdict, gaps=(*verdict.gaps, Gap("a.py", f"{OVER_TIME} 20 s")))

    monkeypatch.setattr(api, "scan", slow)
    assert (scans.made_by(), scans.made_by()) == (1, 1)


@pytest.mark.parametrize("entry", [b"", zlib.compress(b"\xc1"), zlib.compress(msgspec.msgpack.encode({"reports": 1}))])
def test_a_spoiled_entry_is_none(scans: Scans, monkeypatch: pytest.MonkeyPatch, entry: bytes) -> None:
    scans.made_by()
    monkeypatch.setattr(caching.Cache, "_entry", lambda _self, key: caching.Kept(key, entry))
    assert scans.made_by() == 1


def test_without_the_cache_everything_is_scanned(scans: Scans) -> None:
    assert (scans.made_by("--no-cache"), scans.made_by("--no-cache")) == (1, 1)


def test_a_tree_with_nothing_to_scan_says_so_again(scans: Scans) -> None:
    for file in ("run.sh", "train.py", "README.md", "lib/a.py"):
        (scans.tree / file).unlink()
    assert [scans.run().exit_code for _ in range(2)] == [3, 3]


def test_only_a_folder_has_a_digest(scans: Scans) -> None:
    def digest(where: Path | str, **asked: object) -> verdict_digest.Inputs | None:
        with open_tree(where) as tree:
            return verdict_digest.verdict_digest(tree, asked)

    assert digest(scans.tree) == digest(scans.tree) != digest(scans.tree, policy="strict")
    assert digest(scans.tree / "run.sh") is None
    assert digest(f"{scans.tree}@HEAD") is None
