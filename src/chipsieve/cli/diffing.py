"""What does the user type to compare two trees? `diff`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chipsieve.cli import completing
from chipsieve.cli.common import form_of, opened, refuse_outputs, run_scan
from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.options import COLOUR, CONFIG, JUDGING, NO_CACHE, NO_IGNORE, NO_PROGRESS, OUTPUT, takes
from chipsieve.cli.screen import sheet, write

if TYPE_CHECKING:
    from chipsieve.configuration.file import Config
    from chipsieve.sieve.comparing import Compared


@click.command(cls=Grouped)
@click.argument("then", metavar="A", shell_complete=completing.paths)
@click.argument("now", metavar="B", shell_complete=completing.paths)
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "markdown")),
    help="What to write; by default as --output is called, or text.",
)  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="List everything that differs, and both sentences.")
@click.option("--exit-code", is_flag=True, help="End with 1 when something differs.")
@takes(OUTPUT, COLOUR, *JUDGING, CONFIG, NO_IGNORE, NO_PROGRESS, NO_CACHE)
def diff(
    then: str, now: str, config: Config, form: str | None, output: Path | None, verbose: bool, exit_code: bool,
    colour: str, **options: Any,
) -> None:  # fmt: skip
    """Say what came and went between two scans.

    Names, excluded accelerators, the estimate, and the lines behind them. A and B are each a PATH as for `scan` (a
    folder, a file, or REPO@REV[:FOLDER]), or a file whose name ends with .json: a report that `scan --format json` has
    written. A line that only moved in its file, or says the same in other words, does not differ.

    Exit code 0; 1 with --exit-code when something differs; 2 wrong usage, or a file that is no such report; 3 nothing
    to scan.

    \b
    Examples:
      chipsieve diff path/to/repository@v1.0 path/to/repository
      chipsieve diff before.json . --format markdown --output comment.md
      chipsieve diff --exit-code before.json after.json
    """
    from chipsieve.report import diff_report
    from chipsieve.sieve.comparing import compare

    refuse_outputs(output, ())
    before, after = (_side(side, config, options) for side in (then, now))
    change = compare(before, after)
    form, page = form or form_of(output), sheet("never" if output else colour, verbose=verbose)
    if form == "json":
        shown = diff_report.as_json(change)
    elif form == "markdown":
        shown = diff_report.as_markdown(change, verbose=verbose)
    else:
        shown = diff_report.as_text(change, page)
    write(shown, output, painted=form == "text" and page.colour)
    if exit_code and not change.nothing:
        sys.exit(1)


def _side(side: str, config: Config, options: dict[str, Any]) -> Compared:
    """What is compared of one side, under the name that the user gave it."""
    from chipsieve.report.saved_report import compared_file, compared_verdict

    if Path(side).suffix.casefold() == ".json":
        return compared_file(Path(side))
    judging = {name: value for name, value in options.items() if name != "no_progress"}
    with opened(side) as tree:
        return compared_verdict(run_scan(tree, config, shown=side, quiet=options["no_progress"], **judging))
