"""What does the user type? The command line; the only place that prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from chipsieve import __version__
from chipsieve.cli.common import INTERNAL
from chipsieve.cli.options import WORDS
from chipsieve.cli.screen import say
from chipsieve.cli.standing import NO_ROOM, ended_in_order, occupy_closed_streams, tell, unheard

__all__ = ["main"]

COMMANDS = {
    "accelerators": ("listing", "accelerators"),
    "cache": ("caching", "cache"),
    "check": ("checking", "check"),
    "completion": ("completing", "completion"),
    "diff": ("diffing", "diff"),
    "explain": ("scanning", "explain"),
    "help": ("help_pages", "help_command"),
    "history": ("looking_back", "history"),
    "rules": ("sieving", "rules"),
    "runs-on": ("scanning", "runs_on"),
    "scan": ("scanning", "scan"),
    "sieve": ("sieving", "sieve"),
    "signals": ("listing", "signals"),
    "survey": ("surveying", "survey"),
}
"""Every command: the module beside this one that has it, and its name there. A run loads its own alone."""


class Commands(click.Group):
    """The command group; turns our own errors into one line and the contract's exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words as they were typed, for reports to say."""
        ctx.meta[WORDS] = tuple(args)
        with _harmless_errors():
            return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of all commands."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name, which is loaded now; None where there is none.

        All are loaded then: from them click suggests what was meant.
        """
        for wanted in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:
            module, name = COMMANDS[wanted]
            self.commands[wanted] = getattr(import_module(f"{__name__}.{module}"), name)
        return self.commands.get(cmd_name)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command, or answer a shell that asks what can follow."""
        if "_CHIPSIEVE_COMPLETE" in os.environ:
            from chipsieve.cli.shells import learn_shells

            learn_shells()
        occupy_closed_streams()
        with ended_in_order(), unheard():
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a fault of ours exits 70 with a request to report it."""
        from chipsieve.tables import TableError

        try:
            with _harmless_errors():
                return super().invoke(ctx)
        except TableError as error:
            with _harmless_errors():
                raise click.UsageError(str(error)) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if _working_folder_is_gone():
                raise click.UsageError("the working folder is gone; change to one that exists") from error
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise
            if "--debug" in sys.argv:
                import traceback  # takes long to load, and hardly ever is

                tell(traceback.format_exc())
            say(f"internal error: {type(error).__name__}: {error}")
            say("please report it with the command; --debug shows where.")
            ctx.exit(INTERNAL)


@contextmanager
def _harmless_errors() -> Iterator[None]:
    """A message may quote a name of the tree; click writes it as it is."""
    try:
        yield
    except click.ClickException as error:
        from chipsieve.report.escape import harmless

        error.message = harmless(error.message)  # type: ignore[misc] # click calls it final, and offers nothing else
        raise


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
