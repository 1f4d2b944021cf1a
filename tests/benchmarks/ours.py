"""How is chipsieve run: cold, warm, without a cache, on one core, in a hook? Always as a user would type it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.measuring import Sample, files_below, timed

CHIPSIEVE = str(Path(sys.executable).with_name("chipsieve"))
ONE_WORKER = ("--workers", "1")


class Scans:
    """chipsieve's scans of one tree; each output is compared with that of the first."""

    def __init__(self, tree: Path, desk: Path, program: str = CHIPSIEVE) -> None:
        """Scan `tree` with `program`, caches and outputs below `desk`."""
        self.tree = tree
        self._program = program
        self.desk = desk
        self._kept = desk / "kept"
        self._output = desk / "output.json"
        self.first = desk / "first.json"
        self.outputs = 0
        self.differing: set[str] = set()

    def cold(self, *options: str) -> Sample:
        """A scan with a cache folder that is new and empty, so that the cost of filling it counts.

        Raises:
            click.ClickException: the scan left nothing there: its cache lies elsewhere, and may have been warm.
        """
        with TemporaryDirectory(dir=self.desk) as folder:
            sample = self._scan(Path(folder), "cold", *options)
            if not any(files_below(Path(folder))):
                raise click.ClickException("a cold scan kept nothing in the cache folder it was given")
        return sample

    def warm(self, *options: str) -> Sample:
        """A scan with the cache of an earlier one of the same tree, which is made first where there is none."""
        return self._scan(self.home(), "warm", *options)

    def bare(self, *options: str) -> Sample:
        """A scan that neither reads nor writes a cache."""
        with TemporaryDirectory(dir=self.desk) as folder:
            return self._scan(Path(folder), "without a cache", "--no-cache", *options)

    def home(self) -> Path:
        """The cache folder after one scan."""
        if not self._kept.exists():
            self._kept.mkdir()
            self._scan(self._kept, "cold")
        return self._kept

    def command(self, *options: str) -> list[str]:
        """What is typed to scan the tree."""
        return [self._program, "scan", str(self.tree), "--format", "json", "--output", str(self._output), *options]

    def _scan(self, home: Path, kind: str, *options: str) -> Sample:
        sample = timed(self.command(*options), self.desk, kept_in(home), accepted=(0,))
        self.outputs += 1
        if not self.first.exists():
            self._output.rename(self.first)
        elif answer_in(self._output) != answer_in(self.first):
            self.differing.add(" ".join((kind, *options)))
        return sample


def answer_in(report: Path) -> str:
    """What a report says, but for the command that asked for it, which names its options."""
    document = json.loads(report.read_text(encoding="utf-8"))
    del document["provenance"]["command"]
    return json.dumps(document)


def kept_in(home: Path) -> dict[str, str]:
    """The environment in which the user's cache lies below `home`, on every system."""
    return {"XDG_CACHE_HOME": str(home), "HOME": str(home)}


@contextmanager
def at_desk(tree: Path) -> Iterator[Scans]:
    """Scans of a tree with a folder of their own."""
    with TemporaryDirectory(prefix="chipsieve-bench-") as folder:
        yield Scans(tree, Path(folder))


class Hook:
    """`chipsieve check` on one file that changes before each run; the cache holds the tree as it was."""

    def __init__(self, file: Path, home: Path, desk: Path, program: str = CHIPSIEVE) -> None:
        """Check a copy of `file` below `desk` with `program`, the cache below `home`."""
        self._program = program
        self._home = home
        self._folder = desk / "hook"
        self._folder.mkdir(exist_ok=True)
        self._copy = Path(shutil.copyfile(file, self._folder / file.name))
        self._changes = 0

    def run(self) -> Sample:
        """One more line in the file, and a check of it."""
        self._changes += 1
        with self._copy.open("a", encoding="utf-8") as stream:
            stream.write(f"\n# change {self._changes}\n")
        command = [self._program, "check", "--fail-on", "names:any", self._copy.name]
        return timed(command, self._folder, kept_in(self._home))
