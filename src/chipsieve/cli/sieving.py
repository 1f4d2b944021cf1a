"""What does the user type to judge what another scanner found? `sieve` and `rules`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from chipsieve.cli import completing
from chipsieve.cli.common import conditions_of, opened, refuse_outputs, report_on, with_progress
from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.options import JUDGING, REPORT, REPORTING, takes
from chipsieve.cli.screen import say, write

if TYPE_CHECKING:
    from chipsieve.configuration.file import Config
    from chipsieve.sieve.outcome import Verdict


@click.command(cls=Grouped)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--root",
    metavar="PATH",
    shell_complete=completing.paths,
    help="The tree that was scanned, as for scan: its launches are reconstructed.",
)
@takes(*JUDGING, *REPORTING)
def sieve(files: tuple[Path, ...], root: str | None, config: Config, **options: Any) -> None:
    """Judge what other scanners found.

    A FILE is SARIF (of Semgrep, opengrep, ruff, chipsieve), Semgrep's JSON, or the lines that flake8 writes.

    With --root, launches are reconstructed and conditions resolved. Without it nobody can tell what takes
    effect: findings are listed, and nothing is excluded, unless --scope tree takes every condition as met.

    \b
    Examples:
      semgrep scan --config "$(chipsieve rules)" --sarif --output findings.sarif path/to/repository
      chipsieve sieve findings.sarif --root path/to/repository
      chipsieve sieve findings.sarif --scope tree --policy paper
    """
    from chipsieve import api
    from chipsieve.sources.contents import text_reader

    given = {name: options.pop(name) for name in REPORT}
    conditions = conditions_of(options.pop("fail_on"), config, given["min_strength"])
    refuse_outputs(given["output"], given["also"])
    quiet, config = options.pop("no_progress"), replace(config, honour_ignores=not options.pop("no_ignore"))
    with opened(root) if root else nullcontext() as tree:
        verdict = with_progress(
            lambda step: api.sieve(files, tree, config=config, progress=step, **options), quiet=quiet
        )
        _warn(verdict, rooted=root is not None or options["scope"] == "tree")
        code = report_on(verdict, text_reader(tree) if tree else None, conditions=conditions, **given)
    sys.exit(code)


def _warn(verdict: Verdict, *, rooted: bool) -> None:
    """What a user should know whatever the format: results that are not ours, and what a missing root costs."""
    for gap in verdict.gaps:
        if gap.notice:
            say(f"{gap.path}: {gap.reason}")
    if not rooted:
        say("without --root nobody can tell what takes effect, so nothing is excluded")


@click.command(cls=Grouped)
@click.option(
    "--beside-readers",
    is_flag=True,
    help="Leave out the shell rules, for those who run chipsieve's readers as well.",
)
@click.option("--ruff", is_flag=True, help="Print where the preset for ruff lies instead.")
def rules(*, beside_readers: bool, ruff: bool) -> None:
    """Print where the bundled Semgrep rules lie.

    \b
    Examples:
      semgrep scan --config "$(chipsieve rules)" path/to/repository
      semgrep scan $(chipsieve rules --beside-readers | sed s/^/--config=/) path/to/repository
      ruff check --config "$(chipsieve rules --ruff)" path/to/repository
    """
    from chipsieve.border.semgrep.running import ruff_preset, rules_beside_readers, rules_home

    if ruff:
        write(f"{ruff_preset()}\n")
        return
    configs = rules_beside_readers() if beside_readers else (rules_home(),)
    write("".join(f"{config}\n" for config in configs))
