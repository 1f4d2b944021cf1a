"""What do the commands share? Options, the progress bar, where output goes, and the exit codes of the contract."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

import click
from msgspec.structs import replace

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from chipsieve.configuration.file import Config
    from chipsieve.fail import FailOn
    from chipsieve.report.style import Detail, ReadText, SarifLevel
    from chipsieve.sieve.comparing import Compared, Difference
    from chipsieve.sieve.outcome import Verdict
    from chipsieve.sources.contents import Tree
    from chipsieve.sources.readers import Progress as Step

FAILED, NOTHING_TO_SCAN, INCOMPLETE, INTERNAL = 1, 3, 4, 70
DETAILS: tuple[Detail, ...] = ("digest", "report", "everything")
"""What a report tells without -v, with one, and with two."""
ENDINGS = {
    ".spdx.json": "spdx", ".spdx3.json": "spdx", ".cdx.json": "cyclonedx", ".html": "html", ".htm": "html",
    ".md": "markdown", ".json": "json", ".jsonl": "jsonl", ".sarif": "sarif", ".csv": "csv",
}  # fmt: skip
"""Formats by the ending of a file's name, longer endings first; of every other name, text."""
WIDEST, USUAL = 200, 100  # columns


def coloured(choice: str) -> bool:
    """Whether text on standard output has colours: no-color.org, and what terminals say of themselves."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def columns(on_screen: bool) -> int:
    """The columns to fill: the terminal's, at most `WIDEST`; `USUAL` where text goes elsewhere."""
    return min(shutil.get_terminal_size((USUAL, 0)).columns, WIDEST) if on_screen and sys.stdout.isatty() else USUAL


@contextmanager
def opened(path: str) -> Iterator[Tree]:
    """The tree that a PATH of the command line means, or the end of the run when it is not there."""
    from chipsieve.sources.discovery import open_tree

    with ExitStack() as stack:
        try:
            tree = stack.enter_context(open_tree(path))
        except FileNotFoundError as error:
            raise NothingToScan(str(error)) from error
        yield tree


def run_scan(
    tree: Tree, config: Config, *, shown: str, quiet: bool, no_ignore: bool = False, **options: Any
) -> Verdict:
    """The verdict on a tree, or the end of the run when there is nothing to scan in what the user calls `shown`."""
    from chipsieve import api
    from chipsieve.sources.checkpoints import NEVER_OPENED

    config = replace(config, honour_ignores=not no_ignore)
    verdict = with_progress(lambda step: api.scan(tree, config=config, progress=step, **options), quiet=quiet)
    weights = any(gap.reason.endswith(NEVER_OPENED) for gap in verdict.gaps)
    if verdict.coverage.files == verdict.coverage.skipped and not weights:
        left_out = "".join(f"; {gap.path}: {gap.reason}" for gap in verdict.gaps if gap.notice)
        raise NothingToScan(f"{shown}: nothing to scan: no Python, shell, configuration or prose file here{left_out}")
    if _says_nothing(verdict) and _is_prose(tree):
        read = (
            "1 file was read, a text"
            if verdict.coverage.read == 1
            else f"{verdict.coverage.read} files were read, texts"
        )
        raise NothingToScan(
            f"{shown}: nothing here can be judged: {read} that names no accelerator, no stack and no command; "
            "there is no code, script or configuration"
        )
    return verdict


def _says_nothing(verdict: Verdict) -> bool:
    """Whether there is nothing to go by, though all that there is was read."""
    unread = any(not gap.notice for gap in verdict.gaps)
    return not (unread or verdict.launches or verdict.findings or verdict.mentions or verdict.spoken or verdict.ignored)


def _is_prose(tree: Tree) -> bool:
    """Whether a tree has no file that a computer reads."""
    from chipsieve.sources.discovery import discover
    from chipsieve.sources.languages import nature_of

    return all(nature_of(language) == "prose" for _, language in discover(tree).files)


def with_progress(run: Callable[[Step], Verdict], *, quiet: bool) -> Verdict:
    """The verdict of a run that shows its progress."""
    with Progress(show=not quiet and sys.stderr.isatty()) as progress:
        return run(progress.step)


def form_of(output: Path | None) -> str:
    """The format that a file's name asks for; text on the screen."""
    name = output.name.casefold() if output else ""
    return next((form for ending, form in ENDINGS.items() if name.endswith(ending)), "text")


def report_on(
    verdict: Verdict,
    read_text: ReadText | None,
    *,
    form: str | None,
    output: Path | None,
    verbose: int,
    quiet: bool,
    colour: str,
    strict_coverage: bool,
    sarif_level: SarifLevel = "verdict",
    link_base: str = "",
    typed: tuple[str, ...] = (),
    also: Sequence[tuple[str, Path]] = (),
    conditions: Sequence[FailOn] = (),
    since: Compared | None = None,
) -> int:
    """Write the report, `also` in further formats; 1 when a --fail-on is met, 4 when gaps are not allowed, else 0.

    `typed` are the words of the command. Against an earlier scan, `since`, it says what differs, and conditions are met
    by what is new alone.
    """
    from chipsieve import report

    form = form or form_of(output)
    detail = "sentence" if quiet else DETAILS[min(verbose, len(DETAILS) - 1)]
    elsewhere = detail if verbose or quiet else "report"  # a file is no screen
    for one, file in ((form, output), *also):
        shown = report.render(
            verdict, one, colour=file is None and one == "text" and coloured(colour), width=columns(file is None),
            detail=detail if file is None else elsewhere, read_text=read_text, sarif_level=sarif_level,
            link_base=link_base, command=typed,
        )  # fmt: skip
        write(shown, file)
    if change := difference(since, verdict) if since else None:
        _tell(change, form, verbose=verbose > 0, on_screen=output is None)
    met = [one for one in conditions if (one.newly_met(change, verdict) if change else one.met(verdict))]
    for condition in sorted(met, key=lambda one: one.text):
        click.echo(f"chipsieve: fail-on {condition.text} is met{_first_hit(condition, verdict)}", err=True)
    if met:
        return FAILED
    if strict_coverage and (unread := [gap for gap in verdict.gaps if not gap.notice]):
        click.echo(f"chipsieve: {len(unread)} gaps; see the report", err=True)
        return INCOMPLETE
    return 0


def _first_hit(condition: FailOn, verdict: Verdict) -> str:
    """The first line that meets a condition, and how many more there are."""
    from chipsieve.report.escape import visible

    places = list(dict.fromkeys(f"{hit.path}:{hit.span.line}" for hit in condition.hits(verdict)))
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f" at {visible(places[0])}{more}" if places else ""


def refuse_swapped(what: str, path: str, command: str) -> None:
    """End the run where a path stands first and what it should be asked for second.

    Raises:
        click.UsageError: the second argument means an accelerator, and the first lies here.
    """
    from chipsieve.catalogue import load_catalogue

    catalogue = load_catalogue()
    known = path.casefold() in catalogue.by_id or path in catalogue.names
    if known and Path(what).exists() and not Path(path).exists():
        raise click.UsageError(f"the accelerator comes first: chipsieve {command} {path} {what}")


def refuse_unwritable(files: Iterable[Path | None]) -> None:
    """End the run before it begins where a report could not be written.

    Raises:
        click.UsageError: one of the files cannot be made or written.
    """
    for file in filter(None, files):
        folder = file.parent
        if not folder.is_dir():
            raise click.UsageError(f"{file}: there is no folder {folder} to write to")
        if not os.access(file if file.exists() else folder, os.W_OK):
            raise click.UsageError(f"{file}: cannot be written here")


def earlier(baseline: Path | None) -> Compared | None:
    """What is compared of an earlier scan's JSON; None where there is none."""
    from chipsieve.report.saved_report import compared_file

    return compared_file(baseline) if baseline else None


def difference(since: Compared, verdict: Verdict) -> Difference:
    """What came and went from an earlier scan to this one."""
    from chipsieve.report.saved_report import compared_verdict
    from chipsieve.sieve.comparing import compare

    return compare(since, compared_verdict(verdict))


def _tell(change: Difference, form: str, *, verbose: bool, on_screen: bool) -> None:
    """Say what differs below a report for people on standard output, and on standard error beside any other."""
    from chipsieve.report import diff_report

    if on_screen and form == "markdown":
        click.echo("\n" + diff_report.as_markdown(change, verbose=verbose), nl=False)
    else:
        below = on_screen and form == "text"
        click.echo("\n" * below + diff_report.as_text(change, verbose=verbose), nl=False, err=not below)


def conditions_of(texts: Sequence[str], config: Config) -> list[FailOn]:
    """The conditions to fail on; a fault in one names the configuration when that holds it."""
    from chipsieve.fail import parse

    configured = bool(config.where) and tuple(texts) == config.fail_on
    return [parse(text, f"{config.where}: 'fail-on'" if configured else "--fail-on") for text in texts]


class NothingToScan(click.ClickException):
    """There is nothing to scan, and why; ends the run."""

    exit_code = NOTHING_TO_SCAN

    def show(self, file: IO[str] | None = None) -> None:  # noqa: ARG002  as click has it
        """Say so."""
        click.echo(f"chipsieve: {self.message}", err=True)


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

    def phase(self, name: str, done: int, total: int) -> None:
        """Advance to `done` of `total` in a phase; each has a bar of its own."""
        if not self.show:
            return
        if self.bar is None or self.bar.label != name:
            self.stack.close()
            self.bar = self.stack.enter_context(click.progressbar(length=total, label=name, file=sys.stderr))
        self.bar.length = total
        self.bar.update(done - self.bar.pos)

    def __exit__(self, *_: object) -> None:
        """Take the bar off the terminal."""
        self.stack.close()


def write(text: str, output: Path | None) -> None:
    """Write a report to standard output, or to a file.

    Raises:
        click.UsageError: the file cannot be written.
    """
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{output}: cannot be written: {error.strerror or error}") from error
