"""What does the user type to look facts up? `accelerators` and `signals`."""

from __future__ import annotations

import click

from chipsieve.cli.common import write


@click.command()
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
    write(listing.as_json(chosen) if form == "json" else listing.as_text(chosen), None)


@click.command()
@click.argument("signal", required=False)
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
