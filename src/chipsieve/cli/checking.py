"""What does a hook type? `check` reads the files of a change, and is silent unless a condition to fail on is met."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chipsieve.cli import completing
from chipsieve.cli.common import FAILED, conditions_of, met_lines
from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.options import CONFIG, FAIL_ON, MIN_STRENGTH, POLICY, takes
from chipsieve.cli.screen import say, write

if TYPE_CHECKING:
    from chipsieve.configuration.file import Config
    from chipsieve.signals.signal import Strength
    from chipsieve.sources.contents import Tree


@click.command(cls=Grouped)
@click.argument(
    "files", nargs=-1, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="[FILE]...",
)  # fmt: skip
@click.option(
    "--stdin-filename",
    metavar="NAME",
    shell_complete=completing.paths,
    help="What the text is called that `-` reads: its file's path.",
)
@takes(POLICY, FAIL_ON, MIN_STRENGTH, CONFIG)
def check(
    files: tuple[Path, ...], stdin_filename: str | None, policy: str, fail_on: tuple[str, ...],
    min_strength: Strength, config: Config,
) -> None:  # fmt: skip
    """Check the files of a change, for hooks.

    It is silent unless a condition to fail on is met; then it prints the lines that meet one. Each line is judged by
    itself: no launch is looked for, and no verdict is given. What no reader opens and what the configuration excludes
    is passed over. `-` in place of the FILEs reads the text of one from standard input.

    Exit code 0; 1 when a condition of --fail-on, or of the configuration's fail-on, is met; 2 wrong usage.

    \b
    Examples:
      chipsieve check --fail-on excludes:v100 train.py scripts/train.slurm
      chipsieve check --fail-on bf16-training --stdin-filename train.py - < train.py
    """
    conditions, root = conditions_of(fail_on, config, min_strength), Path.cwd()
    piped = Path("-") in files
    if piped != bool(stdin_filename) or (piped and len(files) > 1):
        raise click.UsageError("standard input is `-` alone, and --stdin-filename says what it is called")
    if not conditions or not files:
        return
    from chipsieve.check import check as check_files

    names = [_below(root, file) for file in ([Path(stdin_filename)] if stdin_filename else files)]
    verdict = check_files(_piped(root, names[0]) if piped else root, names, config, policy)
    met = [condition for condition in conditions if condition.met(verdict)]
    write("".join(f"{line}\n" for line in met_lines(met, verdict)))
    for gap in verdict.gaps:
        if not gap.notice or (met and gap.line):
            say(f"{gap.path}{f':{gap.line}' if gap.line else ''}: {gap.reason}")
    if met:
        sys.exit(FAILED)


def _piped(root: Path, name: str) -> Tree:
    """The tree that holds what comes over standard input."""
    from chipsieve.sources.contents import SIZE_LIMIT
    from chipsieve.sources.in_memory import single

    if sys.stdin is None:
        raise click.UsageError("standard input is closed")
    return single(root, name, sys.stdin.buffer.read(SIZE_LIMIT + 1))


def _below(root: Path, file: Path) -> str:
    """The file as it is called below the working directory; as it is where it lies elsewhere."""
    path = Path(os.path.normpath(root / file))
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
