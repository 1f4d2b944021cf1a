"""What do the commands share? How a tree is opened and scanned, how the report goes out, and the exit codes."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import click
import msgspec
from msgspec.structs import replace

from chipsieve.cli.screen import USUAL, Bar, coloured, columns, say, sheet, write
from chipsieve.cli.standing import tell

if TYPE_CHECKING:
    from chipsieve.configuration.file import Config
    from chipsieve.fail import FailOn, Hit
    from chipsieve.progress import Progress
    from chipsieve.report.style import Detail, ReadText
    from chipsieve.sieve.comparing import Compared, Difference
    from chipsieve.sieve.outcome import Verdict
    from chipsieve.signals.signal import Strength
    from chipsieve.sources.contents import Tree

FAILED, NOTHING_TO_SCAN, INCOMPLETE, INTERNAL = 1, 3, 4, 70
DETAILS: tuple[Detail, ...] = ("digest", "report", "everything")
"""What a report tells without -v, with one, and with two."""
ENDINGS = {
    ".spdx.json": "spdx", ".spdx3.json": "spdx", ".cdx.json": "cyclonedx", ".html": "html", ".htm": "html",
    ".md": "markdown", ".json": "json", ".jsonl": "jsonl", ".sarif": "sarif", ".csv": "csv",
}  # fmt: skip
"""Formats by the ending of a file's name, longer endings first; of every other name, text."""
SHOWN = 10  # lines that meet a condition before the rest is counted
Stands = Literal["", "below", "apart"]
"""Where it stands what differs from an earlier scan, "" where nobody asked."""
Also = Sequence[tuple[str, Path | None]]
"""Further formats, each with its file; None is standard output."""
VALUE = 80  # characters of a value that are shown


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
    from chipsieve.sources.disk import Disk
    from chipsieve.sources.git_directory import is_bare

    config = replace(config, honour_ignores=not no_ignore)
    verdict = with_progress(lambda step: api.scan(tree, config=config, progress=step, **options), quiet=quiet)
    weights = any(gap.reason.endswith(NEVER_OPENED) for gap in verdict.gaps)
    if verdict.coverage.files == verdict.coverage.skipped and not weights:
        left_out = "".join(f"; {gap.path}: {gap.reason}" for gap in verdict.gaps if gap.notice)
        is_clone = isinstance(tree, Disk) and is_bare(tree.path)
        bare = f"; it is a repository without a work tree: name a revision, {shown}@HEAD" if is_clone else ""
        raise NothingToScan(
            f"{shown}: nothing to scan: no Python, shell, configuration or prose file here{left_out}{bare}"
        )
    if _says_nothing(verdict) and _is_prose(tree):
        count = verdict.coverage.read
        read = "1 file was read, a text that names" if count == 1 else f"{count} files were read, texts that name"
        raise NothingToScan(
            f"{shown}: nothing here can be judged: {read} no accelerator, no stack and no command; "
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


def with_progress(run: Callable[[Progress | None], Verdict], *, quiet: bool) -> Verdict:
    """The verdict of a run that shows its progress, if anybody looks."""
    with Bar(show=not quiet) as bar:
        return run(bar.step if bar.show else None)


def form_of(output: Path | None) -> str:
    """The format that a file's name asks for; text on the screen."""
    name = output.name.casefold() if output else ""
    return next((form for ending, form in ENDINGS.items() if name.endswith(ending)), "text")


class Shown(msgspec.Struct, frozen=True):
    """A text to write; `painted` says that it holds our colours, `commands` that it holds a runner's commands."""

    text: str
    painted: bool = False
    commands: bool = False

    def write(self, file: Path | None = None) -> None:
        """Write it to a file, or to standard output."""
        write(self.text, file, painted=self.painted, commands=self.commands)


class Answer(msgspec.Struct, frozen=True):
    """All that a command says: its reports, what differs from an earlier scan, lines for the user, and the exit code.

    What differs is written `below` a report, or `apart` from it, on standard error. An answer is
    `passing` where it says that the machine was too slow, or lacked a reader: another run may say something else.
    """

    reports: tuple[Shown, ...]
    change: Shown = Shown("")
    change_stands: Stands = ""
    said: tuple[str, ...] = ()
    code: int = 0
    passing: bool = False

    def give(self, files: Sequence[Path | None]) -> int:
        """Write each report to its file, None for standard output, and say the rest; the exit code."""
        for shown, file in zip(self.reports, files, strict=True):
            shown.write(file)
        if self.change_stands == "apart":
            tell(self.change.text)
        elif self.change_stands:
            self.change.write()
        for line in self.said:
            say(line)
        return self.code


def report_on(
    verdict: Verdict, read_text: ReadText | None, *, output: Path | None, also: Also = (), **asked: Any
) -> int:
    """Write the reports that `answer_of` makes; its exit code."""
    files = (output, *(file for _, file in also))
    return answer_of(verdict, read_text, output=output, also=also, **asked).give(files)


def answer_of(
    verdict: Verdict,
    read_text: ReadText | None,
    *,
    form: str | None,
    output: Path | None,
    verbose: int,
    quiet: bool,
    colour: str,
    strict_coverage: bool,
    also: Also = (),
    conditions: Sequence[FailOn] = (),
    since: Compared | None = None,
    **style: Any,
) -> Answer:
    """The report, and `also` further formats; exit code 1 when a --fail-on is met, 4 when gaps are not allowed, else 0.

    Against an earlier scan, `since`, it says what differs, and conditions are met by what is new alone. `style` is what
    else `report.render` takes.
    """
    from chipsieve import report
    from chipsieve.sources.readers import PASSING

    form = form or form_of(output)
    detail = "sentence" if quiet else DETAILS[min(verbose, len(DETAILS) - 1)]
    elsewhere = detail if verbose or quiet else "report"  # a file is no screen
    reports = []
    for one, file in ((form, output), *also):
        on_screen = file is None
        painted = on_screen and one == "text" and coloured(colour)
        shown = report.render(
            verdict, one, colour=painted,
            width=columns() if on_screen else USUAL, detail=detail if on_screen else elsewhere, read_text=read_text,
            **style,
        )  # fmt: skip
        reports.append(Shown(shown, painted=painted, commands=one == "github"))
    change = difference(since, verdict) if since else None
    on_screen = output is None
    shown_change, stands = _shown_change(change, form, on_screen=on_screen, verbose=verbose > 0, colour=colour)
    met = [one for one in conditions if (one.newly_met(change, verdict) if change else one.met(verdict))]
    unread = [gap for gap in verdict.gaps if not gap.notice] if strict_coverage and not met else []
    said = (*_shown_lines(met, verdict, change), *([f"{len(unread)} gaps; see the report"] if unread else ()))
    passing = any(gap.reason.startswith(PASSING) for gap in verdict.gaps)
    code = FAILED if met else INCOMPLETE if unread else 0
    return Answer(tuple(reports), shown_change, stands, said, code, passing)


def _shown_lines(met: Sequence[FailOn], verdict: Verdict, change: Difference | None) -> list[str]:
    """The lines that meet conditions, as far as they are shown."""
    lines = met_lines(met, verdict, change)
    further = [f"{len(lines) - SHOWN} more lines meet a condition to fail on"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *further]


def met_lines(met: Sequence[FailOn], verdict: Verdict, change: Difference | None = None) -> list[str]:
    """The lines that meet conditions, by place, each with what it is and its conditions; then conditions without one.

    Of a `change`, the lines that are new; where none of them is, all.
    """
    from chipsieve.report.escape import one_line, visible

    hits: defaultdict[Hit, list[str]] = defaultdict(list)
    bare = []
    for condition in sorted(met, key=lambda one: one.text):
        found = condition.hits(verdict)
        for hit in (change and _new(found, change)) or found:
            hits[hit].append(condition.text)
        bare += [] if found else [f"fail-on {condition.text} is met"]
    lines = []
    for hit, texts in sorted(hits.items()):
        value = f" ({one_line(hit.value, VALUE)})" if hit.value else ""
        place = f"{visible(hit.path)}:{hit.span.line}:{hit.span.column}"
        lines.append(f"{place}: {hit.signal}: {verdict.signals[hit.signal].title}{value} [fail-on {', '.join(texts)}]")
    return [*lines, *bare]


def _new(hits: Iterable[Hit], change: Difference) -> list[Hit]:
    """The hits at lines that came with a change, or that count more since."""
    facts = (*change.facts_came, *(now for _, now in change.restood))
    came = {(one.path, one.line) for one in facts} | {(one.path, one.line) for one in change.names_came}
    return [hit for hit in hits if (hit.path, hit.span.line) in came]


def refuse_swapped(what: str, path: str, command: str) -> None:
    """End the run where a path stands first and what it should be asked for second.

    Raises:
        click.UsageError: the first argument lies here or the second means an accelerator, and neither is in its place.
    """
    from chipsieve.sources.elsewhere import is_there

    if is_there(Path(path)) or "@" in path or _means_something(what):
        return
    if _means_something(path) or is_there(Path(what)):
        raise click.UsageError(f"the accelerator comes first: chipsieve {command} {path} {what}")


def _means_something(text: str) -> bool:
    """Whether each of some names, with commas between them, means an accelerator."""
    from chipsieve.catalogue import chips_called
    from chipsieve.tables import TableError

    try:
        return all(chips_called(name.strip()) for name in text.split(","))
    except TableError:
        return False


def refuse_outputs(output: Path | None, also: Iterable[tuple[str, Path | None]]) -> None:
    """End the run before it begins where a report could not be written.

    Raises:
        click.UsageError: one of the files cannot be made or written, or standard output would hold two reports.
    """
    files = [output, *(file for _, file in also)]
    if files.count(None) > 1:
        raise click.UsageError("standard output takes one report: give the others a file, by --output or --also")
    from chipsieve.sources.elsewhere import is_there

    for file in filter(None, files):
        folder = file.parent
        if not (is_there(folder) and folder.is_dir()):
            raise click.UsageError(f"{file}: there is no folder {folder} to write to")
        if not os.access(file if is_there(file) else folder, os.W_OK):
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


def _shown_change(
    change: Difference | None, form: str, *, on_screen: bool, verbose: bool, colour: str
) -> tuple[Shown, Stands]:
    """What differs, and where: below a report for people on standard output, on standard error beside any other."""
    if change is None:
        return Shown(""), ""
    from chipsieve.report import diff_report

    if on_screen and form == "markdown":
        return Shown("\n" + diff_report.as_markdown(change, verbose=verbose)), "below"
    below = on_screen and form == "text"
    page = sheet(colour if below else "never", verbose=verbose)
    text = "\n" * below + diff_report.as_text(change, page)
    return Shown(text, painted=below and page.colour), "below" if below else "apart"


def conditions_of(texts: Sequence[str], config: Config, min_strength: Strength = "weak") -> list[FailOn]:
    """The conditions to fail on; a fault in one names the configuration when that holds it."""
    from chipsieve.fail import parse

    configured = bool(config.where) and tuple(texts) == config.fail_on
    where = f"{config.where}: 'fail-on'" if configured else "--fail-on"
    return [parse(text, where, min_strength) for text in texts]


class NothingToScan(click.ClickException):
    """There is nothing to scan, and why; ends the run."""

    exit_code = NOTHING_TO_SCAN

    def show(self, file: IO[str] | None = None) -> None:  # noqa: ARG002  as click has it
        """Say so."""
        say(self.message)
