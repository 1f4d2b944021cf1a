"""What does the user type to judge a tree? `scan` and `explain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chipsieve.cli.common import conditions_of, reader, report_on, scanned, write
from chipsieve.cli.options import (
    CONFIG,
    ENGINE,
    JUDGING,
    NO_CACHE,
    NO_IGNORE,
    NO_PROGRESS,
    POLICY,
    REPORTING,
    ROLE,
    takes,
)

if TYPE_CHECKING:
    from chipsieve.configuration.file import Config


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@takes(*JUDGING, ENGINE, *REPORTING)
def scan(path: Path, config: Config, fail_on: tuple[str, ...], **options: Any) -> None:
    """Scan PATH, a folder or a file, and say which accelerators it can have been trained on.

    Exit code 0 whatever was found; 1 when a --fail-on was met; 2 wrong usage; 3 nothing to scan; 4 incomplete
    under --strict-coverage; 70 internal error.

    \b
    Examples:
      chipsieve scan .
      chipsieve scan --policy paper --scope tree path/to/repository
      chipsieve scan --format sarif --output chipsieve.sarif .
    """
    conditions = conditions_of(fail_on, config)
    given = {name: options.pop(name) for name in ("form", "output", "also", "verbose", "strict_coverage")}
    verdict = scanned(path, config, quiet=options.pop("no_progress"), engines=options.pop("engine"), **options)
    report_on(verdict, reader(path), conditions=conditions, **given)


@click.command()
@click.argument("accelerator")
@click.argument("path", type=click.Path(path_type=Path))
@takes(POLICY, ROLE, CONFIG, NO_IGNORE, NO_PROGRESS, NO_CACHE)
def explain(accelerator: str, path: Path, config: Config, no_progress: bool, **options: Any) -> None:
    """Say why ACCELERATOR (an id of the catalogue, or a name such as H20) is possible or excluded for PATH.

    \b
    Example:
      chipsieve explain h20 path/to/repository
    """
    from chipsieve.fail import chips_called
    from chipsieve.report.explain import explain as text

    ids = sorted(chips_called(accelerator))
    verdict = scanned(path, config, quiet=no_progress, **options)
    write("\n".join(text(verdict, chip) for chip in ids), None)
