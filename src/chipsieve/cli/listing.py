"""What does the user type to look facts up? `accelerators` and `signals`."""

from __future__ import annotations

import click

from chipsieve.cli import completing
from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.screen import columns, table_columns, write


@click.command(cls=Grouped)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=completing.accelerators)
@click.option(
    "--where",
    multiple=True,
    metavar="FACT=VALUE",
    shell_complete=completing.facts,
    help="Keep those that satisfy this; repeatable.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "csv")),
    default="text",
    show_default=True,
    help="What to write.",
)
@click.option("--facts", is_flag=True, help="List the facts that --where can ask for.")
def accelerators(names: tuple[str, ...], where: tuple[str, ...], form: str, facts: bool) -> None:
    """List accelerators, or show all that is known of some.

    NAME is an id, a name, a family, a vendor or an architecture. Every fact is shown with its source, and with what
    follows from the facts: the accelerator's status under export controls, and the signals that refuse it.

    A condition asks for a fact, by its own name or by the column's: --facts lists them. A table on a terminal has the
    columns that fit.

    \b
    Examples:
      chipsieve accelerators --where bf16_native=true --where memory_gb_at_least=80
      chipsieve accelerators --where vendor=nvidia,amd --format json
      chipsieve accelerators --where released_at_least=2024 --where name=H20
      chipsieve accelerators --where controlled=2023-10 --where marketed_dc=true
      chipsieve accelerators --where controlled=2024-05-01 --format csv
      chipsieve accelerators h20 "mi300x"
    """
    from chipsieve.catalogue import chips_called, load_catalogue, select
    from chipsieve.reference import chip_pages
    from chipsieve.report import accelerators as listing

    if facts:
        write(listing.askable(columns()))
        return
    chosen = select(load_catalogue(), where)
    if names:
        called = frozenset().union(*map(chips_called, names))
        chosen = tuple(chip for chip in chosen if chip.id in called)
        write(chip_pages.as_json(chosen) if form == "json" else chip_pages.as_pages(chosen, columns()))
    elif form == "text":
        write(listing.as_text(chosen, table_columns()))
    else:
        write({"json": listing.as_json, "csv": listing.as_csv}[form](chosen))


@click.command(cls=Grouped)
@click.argument("signal", required=False, shell_complete=completing.signals)
def signals(signal: str | None) -> None:
    """List the signals, or show all that one says.

    Of one SIGNAL: what it matches, what it proves and what not, with examples and sources.

    \b
    Example:
      chipsieve signals bf16-training
    """
    from chipsieve.reference.paging import as_text
    from chipsieve.reference.signal_list import listing
    from chipsieve.reference.signal_pages import signal_page
    from chipsieve.signals import load_signals
    from chipsieve.tables import refuse_unknown

    table = load_signals()
    refuse_unknown("", [signal] if signal else [], table, "signal", "chipsieve signals")
    write(as_text(signal_page(table[signal]), columns()) if signal else listing(table, table_columns()))
