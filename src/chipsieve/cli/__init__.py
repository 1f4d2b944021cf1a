"""What does the user type? The command line; the only place that prints."""

from __future__ import annotations

import sys

import click

from chipsieve import __version__
from chipsieve.cli.caching import cache
from chipsieve.cli.checking import check
from chipsieve.cli.common import INTERNAL
from chipsieve.cli.diffing import diff
from chipsieve.cli.help_pages import help_command
from chipsieve.cli.listing import accelerators, signals
from chipsieve.cli.scanning import explain, runs_on, scan
from chipsieve.cli.sieving import rules, sieve

__all__ = ["main"]


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


for command in (scan, check, sieve, explain, runs_on, diff, signals, accelerators, rules, cache, help_command):
    main.add_command(command)
