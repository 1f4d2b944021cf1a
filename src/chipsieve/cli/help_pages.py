"""How is help laid out? Options under headings: what is judged, what is written, what fails, how the run goes."""

from __future__ import annotations

from collections.abc import Iterator

import click

from chipsieve.cli.screen import write

HEADINGS = {
    "What is judged": (
        "policy", "scope", "role", "trust_names", "as_of", "project", "launch", "engine", "config", "no_ignore", "root",
        "stdin_filename", "where", "revisions", "since", "only", "with_history", "clones",
    ),
    "What is written": (
        "form", "output", "also", "verbose", "quiet", "colour", "sarif_level", "min_strength", "link_base", "facts",
        "beside_readers", "ruff", "state",
    ),
    "What fails": ("fail_on", "baseline", "strict_coverage", "known", "exit_code"),
    "How the run goes": (
        "scheduler", "count", "seconds", "megabytes", "retry", "no_progress", "workers", "cache", "debug", "version",
        "help",
    ),
}  # fmt: skip
"""The options under each heading, by their names in Python."""


class Grouped(click.Command):
    """A command whose help has its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, as click does, but under headings."""
        for heading, records in grouped(self, ctx):
            with formatter.section(heading):
                formatter.write_dl(records)


def grouped(command: click.Command, context: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The headings that a command has options for, each with what is said of its options, in the order of HEADINGS.

    Options of one heading alone need none of their own.
    """
    options = {option.name: option.get_help_record(context) for option in command.get_params(context)}
    groups = {heading: [one for name in names if (one := options.get(name))] for heading, names in HEADINGS.items()}
    several = {heading: records for heading, records in groups.items() if records}
    yield from several.items() if len(several) > 1 else (("Options", records) for records in several.values())


@click.command(name="help", cls=Grouped)
@click.argument("names", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def help_command(context: click.Context, names: tuple[str, ...]) -> None:
    """Show what a command does, as --help does.

    \b
    Example:
      chipsieve help scan
    """
    shown = context.find_root()
    for name in names:
        command = shown.command.resolve_command(shown, [name])[1] if isinstance(shown.command, click.Group) else None
        if command is None:
            raise click.UsageError(f"{shown.command_path} has no command {name!r}")
        shown = click.Context(command, info_name=name, parent=shown)
    write(f"{shown.get_help()}\n")
