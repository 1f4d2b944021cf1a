"""What does the user type to judge a tree? `scan` and `explain`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from chipsieve.cli.common import FORMATS, INCOMPLETE, POLICIES, ROLES, reader, scanned, write


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--policy", type=click.Choice(POLICIES), default="balanced", show_default=True, help="Which evidence may exclude."
)
@click.option(
    "--scope",
    type=click.Choice(("launch", "tree")),
    default="launch",
    show_default=True,
    help="Judge each launch, or the whole tree as one with every condition met.",
)
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="training",
    show_default=True,
    help="Whose launches speak for the repository; training includes fine-tuning.",
)
@click.option("--trust-names", is_flag=True, help="Let a chip named in a launch exclude the others.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of stdout.")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="WHAT",
    help="Exit 1 when met: a signal's id, an effect, excludes:CHIP or names:CHIP (CHIP may be any).",
)
@click.option("--strict-coverage", is_flag=True, help="Exit 4 when something could not be read.")
@click.option("--verbose", "-v", is_flag=True, help="Show every launch and every gap.")
@click.option("--no-progress", is_flag=True, help="No progress bar.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that read; by default one per core.")
def scan(
    path: Path, form: str, output: Path | None, fail_on: tuple[str, ...], **options: Any
) -> None:  # fmt: skip
    """Scan PATH, a folder or a file, and say which accelerators it can have been trained on.

    Exit code 0 whatever was found; 1 when a --fail-on was met; 2 wrong usage; 3 nothing to scan; 4 incomplete
    under --strict-coverage; 70 internal error.

    \b
    Examples:
      chipsieve scan .
      chipsieve scan --policy paper --scope tree path/to/repository
      chipsieve scan --format sarif --output chipsieve.sarif .
    """
    from chipsieve import fail, report

    conditions = [fail.parse(text) for text in fail_on]
    strict, verbose = options.pop("strict_coverage"), options.pop("verbose")
    verdict = scanned(path, quiet=options.pop("no_progress"), **options)
    colour = form == "text" and output is None and sys.stdout.isatty()
    write(report.render(verdict, form, colour=colour, verbose=verbose, read_text=reader(path)), output)
    met = [condition for condition in conditions if condition.met(verdict)]
    for condition in met:
        click.echo(f"chipsieve: --fail-on {condition.text} is met", err=True)
    if met:
        sys.exit(1)
    if strict and verdict.gaps:
        click.echo(f"chipsieve: {len(verdict.gaps)} gaps; see the report", err=True)
        sys.exit(INCOMPLETE)


@click.command()
@click.argument("accelerator")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--policy", type=click.Choice(POLICIES), default="balanced", show_default=True, help="Which evidence may exclude."
)
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="training",
    show_default=True,
    help="Whose launches speak for the repository.",
)
@click.option("--no-progress", is_flag=True, help="No progress bar.")
def explain(accelerator: str, path: Path, no_progress: bool, **options: Any) -> None:
    """Say why ACCELERATOR (an id of the catalogue, or a name such as H20) is possible or excluded for PATH.

    \b
    Example:
      chipsieve explain h20 path/to/repository
    """
    from chipsieve.fail import chips_called
    from chipsieve.report.explain import explain as text

    ids = sorted(chips_called(accelerator))
    verdict = scanned(path, quiet=no_progress, **options)
    write("\n".join(text(verdict, chip) for chip in ids), None)
