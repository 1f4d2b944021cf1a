"""What do the commands share? Options, the progress bar, where output goes, and the exit codes of the contract."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from chipsieve.model import Verdict

FORMATS = ("text", "json", "jsonl", "sarif", "html", "markdown", "github")
POLICIES = ("balanced", "strict", "paper")
ROLES = ("training", "any", "fine-tuning", "inference", "evaluation", "test", "benchmark", "data preparation", "other")
NOTHING_TO_SCAN, INCOMPLETE, INTERNAL = 3, 4, 70


def scanned(path: Path, *, quiet: bool, **options: Any) -> Verdict:
    """The verdict on a path, or the end of the run when there is nothing to scan."""
    from chipsieve.api import scan as run

    try:
        with Progress(show=not quiet and sys.stderr.isatty()) as progress:
            verdict = run(path, progress=progress.step, **options)
    except FileNotFoundError as error:
        nothing(f"{error}; give a folder or a file that exists")
    if verdict.coverage.files == verdict.coverage.skipped:
        nothing(f"{path}: nothing to scan: no Python, shell, configuration or prose file here")
    return verdict


def nothing(reason: str) -> NoReturn:
    """End the run: there is nothing to scan, and why."""
    click.echo(f"chipsieve: {reason}", err=True)
    sys.exit(NOTHING_TO_SCAN)


class Progress:
    """A progress bar on standard error, made when the number of files is known."""

    def __init__(self, *, show: bool) -> None:
        """Show nothing yet; nothing at all unless `show`."""
        self.show = show
        self.stack = ExitStack()
        self.bar: ProgressBar[int] | None = None

    def __enter__(self) -> Self:
        """The bar itself."""
        return self

    def step(self, done: int, total: int) -> None:
        """Advance to `done` of `total` files."""
        if not self.show:
            return
        if self.bar is None:
            self.bar = self.stack.enter_context(click.progressbar(length=total, label="reading", file=sys.stderr))
        self.bar.update(done - self.bar.pos)

    def __exit__(self, *_: object) -> None:
        """Take the bar off the terminal."""
        self.stack.close()


def reader(path: Path) -> Callable[[str], str | None]:
    """Reads a file below the scanned path again, for reports that show or hash its text."""
    from chipsieve.discover import load
    from chipsieve.model import Source

    root = (path if path.is_dir() else path.parent).resolve()

    def read(name: str) -> str | None:
        source = load(root, name, "")
        return source.text if isinstance(source, Source) else None

    return read


def write(text: str, output: Path | None) -> None:
    """Write a report to standard output, or to a file.

    Raises:
        click.FileError: the file cannot be written.
    """
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(output), error.strerror or str(error)) from error
