"""What does the user type? The command line; the only place that prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chipsieve import __version__

if TYPE_CHECKING:
    from chipsieve.model import Verdict

FORMATS = ("text", "json", "jsonl", "sarif", "html", "markdown", "github")
POLICIES = ("balanced", "strict", "paper")
ROLES = ("training", "any", "fine-tuning", "inference", "evaluation", "test", "benchmark", "data preparation", "other")
NOTHING_TO_SCAN, INCOMPLETE, INTERNAL = 3, 4, 70


class Commands(click.Group):
    """The command group; turns our own errors into one line and the contract's exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a fault of ours exits 70 with a request to report it."""
        from chipsieve.tables import TableError

        try:
            return super().invoke(ctx)
        except TableError as error:
            raise click.UsageError(str(error)) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if "--debug" in sys.argv:
                raise
            click.echo(f"chipsieve: internal error: {type(error).__name__}: {error}", err=True)
            click.echo("Please report it with the command; --debug shows where.", err=True)
            ctx.exit(INTERNAL)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="chipsieve %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def main(debug: bool) -> None:  # noqa: ARG001, FBT001 - read by Commands.invoke
    """Which accelerators can this code have been trained on, and which line proves it?

    \b
    Example:
      chipsieve scan path/to/repository
    """


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--policy", type=click.Choice(POLICIES), default="balanced", show_default=True, help="Which evidence may exclude.")
@click.option("--scope", type=click.Choice(("launch", "tree")), default="launch", show_default=True,
              help="Judge each launch, or the whole tree as one with every condition met.")
@click.option("--role", type=click.Choice(ROLES), default="training", show_default=True,
              help="Whose launches speak for the repository; training includes fine-tuning.")
@click.option("--trust-names", is_flag=True, help="Let a chip named in a launch exclude the others.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not to standard output.")
@click.option("--fail-on", multiple=True, metavar="WHAT",
              help="Exit 1 when met: a signal's id, an effect, 'excludes:CHIP' or 'names:CHIP' ('any' for CHIP). Repeatable.")
@click.option("--strict-coverage", is_flag=True, help="Exit 4 when something could not be read.")
@click.option("--verbose", "-v", is_flag=True, help="Show every launch and every gap.")
@click.option("--no-progress", is_flag=True, help="No progress bar.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that read; default one per core for larger trees.")
def scan(
    path: Path, policy: str, scope: str, role: str, trust_names: bool, form: str, output: Path | None,  # noqa: FBT001
    fail_on: tuple[str, ...], strict_coverage: bool, verbose: bool, no_progress: bool, workers: int | None,  # noqa: FBT001
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
    verdict = _scanned(path, policy, scope, role, trust_names, workers, show=not no_progress)
    colour = form == "text" and output is None and sys.stdout.isatty()
    _write(report.render(verdict, form, colour=colour, verbose=verbose, read_text=_reader(path)), output)
    met = [condition for condition in conditions if condition.met(verdict)]
    for condition in met:
        click.echo(f"chipsieve: --fail-on {condition.text} is met", err=True)
    if met:
        sys.exit(1)
    if strict_coverage and verdict.gaps:
        click.echo(f"chipsieve: {len(verdict.gaps)} gaps; see the report", err=True)
        sys.exit(INCOMPLETE)


def _scanned(
    path: Path, policy: str, scope: str, role: str, trust_names: bool, workers: int | None, *, show: bool  # noqa: FBT001
) -> Verdict:
    from chipsieve.api import scan as run

    try:
        with _progress(show=show) as progress:
            verdict = run(
                path, policy=policy, scope=scope, role=role, trust_names=trust_names, workers=workers, progress=progress
            )
    except FileNotFoundError as error:
        click.echo(f"chipsieve: {error}; give a folder or a file that exists", err=True)
        sys.exit(NOTHING_TO_SCAN)
    if verdict.coverage.files == verdict.coverage.skipped:
        click.echo(f"chipsieve: {path}: nothing to scan: no Python, shell, configuration or prose file here", err=True)
        sys.exit(NOTHING_TO_SCAN)
    return verdict


class _progress:  # noqa: N801 - a context manager used as a function
    """A progress bar on standard error, on a terminal only."""

    def __init__(self, *, show: bool) -> None:
        self.show, self.bar = show and sys.stderr.isatty(), None

    def __enter__(self) -> Callable[[int, int], None] | None:
        return self._step if self.show else None

    def _step(self, done: int, total: int) -> None:
        click.echo(f"\rreading {done}/{total} files", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if self.show:
            click.echo("\r\x1b[K", nl=False, err=True)


def _reader(path: Path) -> Callable[[str], str | None]:
    """Reads a file below the scanned path again, for reports that show or hash its text."""
    from chipsieve.discover import load
    from chipsieve.model import Source

    root = (path if path.is_dir() else path.parent).resolve()

    def read(name: str) -> str | None:
        source = load(root, name, "")
        return source.text if isinstance(source, Source) else None

    return read


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(output), error.strerror or str(error)) from error


@main.command()
@click.option("--where", multiple=True, metavar="FACT=VALUE", help="Keep those that satisfy this; repeatable.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def accelerators(where: tuple[str, ...], form: str) -> None:
    """List the catalogue's accelerators.

    \b
    Examples:
      chipsieve accelerators --where bf16_native=true --where memory_gb_at_least=80
      chipsieve accelerators --where vendor=nvidia,amd --format json
    """
    from chipsieve.catalogue import load_catalogue, select
    from chipsieve.report import accelerators as listing

    chosen = select(load_catalogue(), where)
    _write(listing.as_json(chosen) if form == "json" else listing.as_text(chosen), None)


if __name__ == "__main__":
    main()
