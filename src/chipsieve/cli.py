"""What does the user type? The command line; the only place that prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click

from chipsieve import __version__

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

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
def main(**_: bool) -> None:
    """Which accelerators can this code have been trained on, and which line proves it?

    \b
    Example:
      chipsieve scan path/to/repository
    """


@main.command()
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
    verdict = _scanned(path, quiet=options.pop("no_progress"), **options)
    colour = form == "text" and output is None and sys.stdout.isatty()
    _write(report.render(verdict, form, colour=colour, verbose=verbose, read_text=_reader(path)), output)
    met = [condition for condition in conditions if condition.met(verdict)]
    for condition in met:
        click.echo(f"chipsieve: --fail-on {condition.text} is met", err=True)
    if met:
        sys.exit(1)
    if strict and verdict.gaps:
        click.echo(f"chipsieve: {len(verdict.gaps)} gaps; see the report", err=True)
        sys.exit(INCOMPLETE)


def _scanned(path: Path, *, quiet: bool, **options: Any) -> Verdict:
    """The verdict on a path, or the end of the run when there is nothing to scan."""
    from chipsieve.api import scan as run

    try:
        with _Progress(show=not quiet and sys.stderr.isatty()) as progress:
            verdict = run(path, progress=progress.step, **options)
    except FileNotFoundError as error:
        _nothing(f"{error}; give a folder or a file that exists")
    if verdict.coverage.files == verdict.coverage.skipped:
        _nothing(f"{path}: nothing to scan: no Python, shell, configuration or prose file here")
    return verdict


def _nothing(reason: str) -> NoReturn:
    click.echo(f"chipsieve: {reason}", err=True)
    sys.exit(NOTHING_TO_SCAN)


class _Progress:
    """A progress bar on standard error, made when the number of files is known."""

    def __init__(self, *, show: bool) -> None:
        self.show = show
        self.stack = ExitStack()
        self.bar: ProgressBar[int] | None = None

    def __enter__(self) -> Self:
        return self

    def step(self, done: int, total: int) -> None:
        """Advance to `done` of `total` files."""
        if not self.show:
            return
        if self.bar is None:
            self.bar = self.stack.enter_context(click.progressbar(length=total, label="reading", file=sys.stderr))
        self.bar.update(done - self.bar.pos)

    def __exit__(self, *_: object) -> None:
        self.stack.close()


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
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="What to write."
)
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


@main.command()
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
    verdict = _scanned(path, quiet=no_progress, **options)
    _write("\n".join(text(verdict, chip) for chip in ids), None)


@main.command()
@click.argument("signal", required=False)
def signals(signal: str | None) -> None:
    """List the signals, or show all that one SIGNAL's file says.

    \b
    Example:
      chipsieve signals bf16-training
    """
    from chipsieve.report import signals as shown
    from chipsieve.signals import load_signals
    from chipsieve.tables import refuse_unknown

    table = load_signals()
    refuse_unknown("signal", [signal] if signal else [], table)
    _write(shown.page(table[signal]) if signal else shown.listing(table), None)


if __name__ == "__main__":
    main()
