"""What does a command say of itself? Its help and that of every command below it, without click's marks."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click


def walk(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[click.Context]:
    """A command and every visible one below it, each in the context in which click writes its help."""
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    yield context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from walk(found, below, context)


def usage(context: click.Context) -> str:
    """How the command is called: `chipsieve scan [OPTIONS] PATH...`."""
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def paragraphs(command: click.Command) -> Iterator[tuple[str, bool]]:
    r"""The paragraphs of the help, and whether each keeps its lines: `\b` before one says so, `\f` ends the help."""
    for paragraph in inspect.cleandoc(command.help or "").partition("\f")[0].split("\n\n"):
        kept = paragraph.removeprefix("\b\n")
        yield kept.strip("\n") if kept != paragraph else paragraph.strip(), kept != paragraph


def options(context: click.Context) -> list[tuple[str, str]]:
    """The options, each with its values (`--policy [balanced|paper|strict]`), and what they do."""
    records = (param.get_help_record(context) for param in context.command.get_params(context))
    return [(names, " ".join(text.split())) for names, text in filter(None, records) if text]
