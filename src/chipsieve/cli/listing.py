"""What does the user type to look facts up? `accelerators` and `signals`."""

from __future__ import annotations

import click

from chipsieve.cli.common import write


@click.command()
@click.option("--where", multiple=True, metavar="FACT=VALUE", help="Keep those that satisfy this; repeatable.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "csv")),
    default="text",
    show_default=True,
    help="What to write.",
)
def accelerators(where: tuple[str, ...], form: str) -> None:
    """List the catalogue's accelerators.

    \b
    Examples:
      chipsieve accelerators --where bf16_native=true --where memory_gb_at_least=80
      chipsieve accelerators --where vendor=nvidia,amd --format json
      chipsieve accelerators --where controlled=2023-10 --where marketed_dc=true
      chipsieve accelerators --where controlled=2024-05-01 --format csv
    """
    from chipsieve.catalogue import load_catalogue, select
    from chipsieve.report import accelerators as listing

    chosen = select(load_catalogue(), where)
    written = {"text": listing.as_text, "json": listing.as_json, "csv": listing.as_csv}[form](chosen)
    write(written, None)


@click.command()
@click.argument("signal", required=False)
def signals(signal: str | None) -> None:
    """List the signals, or show all that one SIGNAL's file says.

    \b
    Example:
      chipsieve signals bf16-training
    """
    from chipsieve.report import signal_list as shown
    from chipsieve.signals import load_signals
    from chipsieve.tables import refuse_unknown

    table = load_signals()
    refuse_unknown("signal", [signal] if signal else [], table)
    write(shown.page(table[signal]) if signal else shown.listing(table), None)
