"""What does the user type to ask of many repositories? `survey`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chipsieve.cli.common import INCOMPLETE
from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.options import NO_CACHE, NO_PROGRESS, POLICY, ROLE, takes
from chipsieve.cli.screen import Bar, say, sheet, write

if TYPE_CHECKING:
    from chipsieve.survey.surveying_run import Plan, Surveyed
    from chipsieve.survey.wanted import Wanted

FOLDER = click.Path(file_okay=False, path_type=Path)
SHOWN = 50  # repositories whose changes are printed
OVERVIEW = "overview.html"


@click.command(cls=Grouped)
@click.argument("where", metavar="LIST", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--output", metavar="FOLDER", type=FOLDER, default=Path("survey"), show_default=True,
    help="The folder of the data set; one that is there is gone on with.",
)  # fmt: skip
@click.option("--clone", "clones", metavar="FOLDER", type=FOLDER, help="Clone addresses into this folder.")
@click.option(
    "--state", metavar="FOLDER", type=FOLDER,
    help="Look at everything again, and say only what changed since the last run with this folder.",
)  # fmt: skip
@click.option("--history", "with_history", is_flag=True, help="Look at all commits too: what was removed since.")
@click.option("--scheduler", metavar="ADDRESS", default="", help="A Dask scheduler, tcp://HOST:8786, and its workers.")
@click.option(
    "--workers", "count", type=click.IntRange(1), help="Workers of this machine; by default as many as it has room."
)
@click.option(
    "--seconds", type=click.IntRange(1), default=1800, show_default=True, help="What one repository may take."
)
@click.option(
    "--megabytes", type=click.IntRange(200), default=4000, show_default=True,
    help="What each process that scans a repository may take.",
)  # fmt: skip
@click.option("--retry-failed", "retry", is_flag=True, help="Try repositories again that failed.")
@takes(POLICY, ROLE, NO_PROGRESS, NO_CACHE)
def survey(
    where: Path, output: Path, clones: Path | None, state: Path | None, *, with_history: bool, scheduler: str,
    count: int | None, seconds: int, megabytes: int, retry: bool, no_progress: bool, **options: Any,
) -> None:  # fmt: skip
    """Scan the repositories of a list into one data set.

    LIST has a repository a line, or is a CSV file with a column `repository` and perhaps `name`: a path, a bare clone,
    REPO@REV, an archive, and with --clone a git address, or OWNER/NAME for the one on GitHub. Each is scanned in a
    process of its own by a worker of a Dask cluster, which is this machine unless --scheduler names another. Answers
    are written as Parquet as they come, and overview.html at the end. A survey that was ended, however, goes on when
    the same command is typed again. Needs the extra `survey`.

    Exit code 0, also where some repositories failed, which the data set says; 2 wrong usage, a bad row of the list, or
    a file that cannot be written; 4 where the scheduler is gone before the end.

    \b
    Examples:
      chipsieve survey list.txt --output dataset
      chipsieve survey list.txt --output dataset --state state
    """
    _refuse_without_extra()
    from chipsieve.survey.request import Asked
    from chipsieve.survey.surveying_run import Plan
    from chipsieve.survey.wanted import read_list

    wanted = read_list(where, cloning=clones is not None)
    asked = Asked(
        policy=options["policy"], role=options["role"], history=with_history, watched=state is not None,
        clones=str(clones.absolute()) if clones else "", seconds=seconds, megabytes=megabytes,
        cached=options["cache"] is not None,
    )  # fmt: skip
    plan = Plan(output.absolute(), asked, state.absolute() if state else None, scheduler, count or 0, retry)
    _run(wanted, plan, output, quiet=no_progress)


def _refuse_without_extra() -> None:
    from importlib.util import find_spec

    missing = [name for name in ("dask", "distributed", "pyarrow", "duckdb") if find_spec(name) is None]
    if missing:
        raise click.UsageError(f"a survey needs {', '.join(missing)}; type: pip install 'chipsieve[survey]'")


def _run(wanted: tuple[Wanted, ...], plan: Plan, output: Path, *, quiet: bool) -> None:
    from chipsieve.survey.dask_engine import SchedulerGone
    from chipsieve.survey.surveying_run import survey as survey_of

    def report(found: Surveyed) -> None:
        from chipsieve.survey.overview import overview

        write(overview(plan.output), plan.output / OVERVIEW)
        write(_words(found, output))

    try:
        with Bar(show=not quiet) as bar:
            survey_of(
                wanted, plan, report, began=lambda link: say(f"Dask's dashboard: {link}"),
                shown=lambda done, total, left: bar.step("surveying", done, total, left),
            )  # fmt: skip
    except SchedulerGone as error:
        say(f"{error}; type the same command again to go on")
        sys.exit(INCOMPLETE)


def _words(found: Surveyed, output: Path) -> str:
    """What a survey came to; where somebody watches, what changed."""
    answered = found.repositories - found.failed
    lines = [f"{answered} of {found.repositories} repositories answered; {output / OVERVIEW} shows them"]
    if found.failed:
        lines.append(f"{found.failed} failed; the table `errors` says why")
    return "\n".join([*lines, *_changes(found)]) + "\n"


def _changes(found: Surveyed) -> list[str]:
    from chipsieve.report import diff_report
    from chipsieve.report.escape import visible

    if found.changes is None:
        return []
    if found.first:
        return ["the first run with this state: there is nothing to compare with"]
    lines = [f"{len(found.changes) or 'nothing'} changed since the last run"]
    for one in found.changes[:SHOWN]:
        text = diff_report.as_text(one.difference, sheet("never", verbose=False)).rstrip() if one.difference else ""
        lines += ["", text or f"{visible(one.name)}: {one.words}"]
    if len(found.changes) > SHOWN:
        lines += ["", f"and {len(found.changes) - SHOWN} more; the table `changes` has all"]
    return lines
