"""What does the user type to look facts up? `accelerators` and `signals`."""

from __future__ import annotations

import click

from chipsieve.cli import completing
from chipsieve.cli.common import write


@click.command()
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
    """List the catalogue's accelerators, or show all that is known of those called NAME.

    NAME is an id, a name or a family. Every fact is shown with its source, and with what follows from the facts: the
    accelerator's status under export controls, and the signals that refuse it.

    \b
    Examples:
      chipsieve accelerators --where bf16_native=true --where memory_gb_at_least=80
      chipsieve accelerators --where vendor=nvidia,amd --format json
      chipsieve accelerators --where controlled=2023-10 --where marketed_dc=true
      chipsieve accelerators --where controlled=2024-05-01 --format csv
      chipsieve accelerators h20 "mi300x"
    """
    from chipsieve.catalogue import chips_called, load_catalogue, select
    from chipsieve.reference import chip_pages
    from chipsieve.report import accelerators as listing

    if facts:
        write(listing.askable(), None)
        return
    chosen = select(load_catalogue(), where)
    if names:
        called = frozenset().union(*map(chips_called, names))
        chosen = tuple(chip for chip in chosen if chip.id in called)
        write(chip_pages.as_json(chosen) if form == "json" else chip_pages.as_pages(chosen), None)
    else:
        write({"text": listing.as_text, "json": listing.as_json, "csv": listing.as_csv}[form](chosen), None)


@click.command()
@click.argument("signal", required=False, shell_complete=completing.signals)
def signals(signal: str | None) -> None:
    """List the signals, or show what one SIGNAL matches, proves and does not, with examples and sources.

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
    refuse_unknown("signal", [signal] if signal else [], table)
    write(as_text(signal_page(table[signal])) if signal else listing(table), None)
