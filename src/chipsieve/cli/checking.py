"""What does a hook type? `check` reads the files of a change, and is silent unless a condition to fail on is met."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chipsieve.cli.common import conditions_of
from chipsieve.cli.options import CONFIG, FAIL_ON, POLICY, takes

VALUE = 80  # characters of a value that are shown

if TYPE_CHECKING:
    from chipsieve.configuration.file import Config
    from chipsieve.fail import FailOn
    from chipsieve.sieve.outcome import Verdict


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[FILE]..."
)  # fmt: skip
@takes(POLICY, FAIL_ON, CONFIG)
def check(files: tuple[Path, ...], policy: str, fail_on: tuple[str, ...], config: Config) -> None:
    """Check the FILEs of a change, for hooks: silent, unless a condition to fail on is met.

    Each line is judged by itself: no launch is looked for, and no verdict is given. What no reader opens and what the
    configuration excludes is passed over.

    Exit code 0; 1 when a condition of --fail-on, or of the configuration's fail-on, is met; 2 wrong usage.

    \b
    Example:
      chipsieve check --fail-on excludes:v100 train.py scripts/train.slurm
    """
    conditions = conditions_of(fail_on, config)
    if not conditions or not files:
        return
    from chipsieve.check import check as check_files

    root = Path.cwd()
    verdict = check_files(root, [_below(root, file) for file in files], config, policy)
    met = [condition for condition in conditions if _told(condition, verdict)]
    for gap in verdict.gaps:
        if not gap.notice or (met and gap.line):
            _say(f"{gap.path}{f':{gap.line}' if gap.line else ''}: {gap.reason}")
    if met:
        sys.exit(1)


def _below(root: Path, file: Path) -> str:
    """The file as it is called below the working directory; as it is where it lies elsewhere."""
    path = Path(os.path.normpath(root / file))
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _told(condition: FailOn, verdict: Verdict) -> bool:
    """Whether a condition is met; if so, the lines that meet it are printed, and it."""
    from chipsieve.report.escape import one_line, visible

    if not condition.met(verdict):
        return False
    for item in condition.hits(verdict):
        title = verdict.signals[item.signal].title
        value = f" ({one_line(item.value, VALUE)})" if item.value else ""
        place = f"{visible(item.path)}:{item.span.line}:{item.span.column}"
        click.echo(f"{place}: {item.signal}: {title}{value}")
    _say(f"fail-on {condition.text} is met")
    return True


def _say(text: str) -> None:
    from chipsieve.report.escape import visible

    click.echo(f"chipsieve: {visible(text)}", err=True)
