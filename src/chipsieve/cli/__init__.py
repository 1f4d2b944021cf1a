"""What does the user type? The command line; the only place that prints."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import click

from chipsieve import __version__
from chipsieve.cli.caching import cache
from chipsieve.cli.checking import check
from chipsieve.cli.common import INTERNAL
from chipsieve.cli.completing import completion
from chipsieve.cli.diffing import diff
from chipsieve.cli.help_pages import help_command
from chipsieve.cli.listing import accelerators, signals
from chipsieve.cli.looking_back import history
from chipsieve.cli.options import WORDS
from chipsieve.cli.scanning import explain, runs_on, scan
from chipsieve.cli.sieving import rules, sieve

__all__ = ["main"]

PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")


class Commands(click.Group):
    """The command group; turns our own errors into one line and the contract's exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words as they were typed, for reports to say; a password in an address is nobody's business."""
        ctx.meta[WORDS] = tuple(PASSWORD.sub("", word) for word in args)
        return super().parse_args(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command, or answer a shell that asks what can follow."""
        if "_CHIPSIEVE_COMPLETE" in os.environ:
            from chipsieve.cli.shells import learn_shells

            learn_shells()
        return super().main(*args, **kwargs)

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
            if _working_folder_is_gone():
                raise click.UsageError("the working folder is gone; change to one that exists") from error
            if "--debug" in sys.argv:
                raise
            click.echo(f"chipsieve: internal error: {type(error).__name__}: {error}", err=True)
            click.echo("Please report it with the command; --debug shows where.", err=True)
            ctx.exit(INTERNAL)


def _working_folder_is_gone() -> bool:
    try:
        Path.cwd()
    except OSError:
        return True
    return False


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="chipsieve %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def main(**_: bool) -> None:
    """Which accelerators can this code have been trained on, and which line proves it?

    \b
    Example:
      chipsieve scan path/to/repository
    """


for command in (
    scan, check, sieve, explain, runs_on, diff, history, signals, accelerators, rules, cache, completion, help_command,
):  # fmt: skip
    main.add_command(command)
