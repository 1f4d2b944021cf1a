"""What does the user type to look at a repository's past? `history`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chipsieve.cli import completing
from chipsieve.cli.common import (
    DETAILS,
    NothingToScan,
    form_of,
    refuse_outputs,
)
from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.options import (
    COLOUR,
    CONFIG,
    DETAIL,
    NO_CACHE,
    NO_IGNORE,
    NO_PROGRESS,
    OUTPUT,
    POLICY,
    PROJECT,
    QUIET,
    ROLE,
    WORKERS,
    takes,
)
from chipsieve.cli.screen import USUAL, Bar, coloured, columns, write
from chipsieve.report.timeline_formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chipsieve.report.style import Detail
    from chipsieve.timeline.life import History
    from chipsieve.timeline.news import State


@click.command(cls=Grouped)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=completing.paths)
@click.option("--rev", "revisions", metavar="RANGE", default="", help="Only commits of a name or range: v1.0..main.")
@click.option("--since", metavar="DATE", default="", help="Only commits from this day on: 2024-11-05.")
@click.option(
    "--paths", "only", multiple=True, metavar="PATH", help="Only commits that change this file or folder of PATH."
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path),
    help="Say only what came since the last run with this file, which is then brought up to date.",
)  # fmt: skip
@click.option(
    "--exit-code",
    is_flag=True,
    help="End with 1 when something was removed or, with --state, a branch was rewritten.",
)
@click.option(
    "--format", "form", type=click.Choice(tuple(FORMATS)),
    help="What to write; by default as --output is called, or text.",
)  # fmt: skip
@takes(OUTPUT, POLICY, ROLE, PROJECT, CONFIG, NO_IGNORE, DETAIL, QUIET, COLOUR, NO_PROGRESS, WORKERS, NO_CACHE)
def history(
    paths: tuple[str, ...], only: tuple[str, ...], state: Path | None, exit_code: bool, form: str | None,
    output: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Say what a repository's commits said of hardware.

    That is: what was removed since, and by which commit; what stands; and both answers as of then. PATH is a work tree,
    a bare or mirror clone, or a folder in one. All commits that its references lead to are looked at, each content
    once; git runs with nothing of the repository's configuration, and nothing is fetched. A piece of evidence is
    `removed` where the tip says it nowhere, `replaced` where its file says something else in its place, `moved` where
    another file says it, `unread` where a later content of its file could not be read. What only branches or pull
    requests say that do not lead to the tip stands apart. Both answers are given for the first commit, each that
    changed one, and the last.

    Exit code 0; 1 with --exit-code when something was removed or rewritten; 2 wrong usage; 3 no repository, or no
    commit.

    \b
    Examples:
      chipsieve history path/to/repository
      chipsieve history path/to/mirror.git --since 2024-11-01 --output history.html
      chipsieve history path/to/repository --rev v1.0..main --paths train
      chipsieve history --state seen.json --exit-code path/to/repository
    """
    refuse_outputs(output, [("state", state)] if state else [])
    form = form or form_of(output)
    if len(paths) > 1 and form not in ("text", "markdown", "jsonl"):
        raise click.UsageError("the histories of several paths are written as text, markdown, or jsonl")
    painted = output is None and form == "text" and coloured(options["colour"])
    state_before = _state(state)
    state_after = state_before
    codes, shown = [0], []
    for path in paths:
        where = str(Path(path).resolve())
        try:
            found = _looked_back(path, state_before.repositories.get(where), only, options)
        except FileNotFoundError as error:
            nothing = NothingToScan(str(error))
            nothing.show()
            codes.append(nothing.exit_code)
            continue
        shown.append(_shown(found, form, output, options, painted=painted))
        rewritten = found.news.own_rewritten if found.news else ()
        codes.append(1 if exit_code and (found.in_state("removed") or rewritten) else 0)
        state_after = state_after.with_reported(where, found.refs)
    write("\n".join(shown) if form != "jsonl" else "".join(shown), output, painted=painted)
    if state and state_after != state_before:  # only now: what was not reported must be reported by the next run
        state_after.save(state)
    sys.exit(1 if 1 in codes else max(codes))


def _state(file: Path | None) -> State:
    """What earlier runs have reported by a file; nothing where there is no file yet."""
    from chipsieve.timeline.news import State

    return State.load(file) if file else State()


def _looked_back(
    path: str, reported: Mapping[str, str] | None, only: tuple[str, ...], options: dict[str, Any]
) -> History:
    """The history of one repository; what came since an earlier run, where one has reported."""
    from msgspec.structs import replace

    from chipsieve.retrospect import history as history_of

    with Bar(show=not options["no_progress"]) as bar:
        return history_of(
            path, revisions=options["revisions"], since=options["since"], paths=only, reported=reported,
            config=replace(options["config"], honour_ignores=not options["no_ignore"]), workers=options["workers"],
            cache=options["cache"], progress=bar.step, policy=options["policy"], role=options["role"],
            project=options["project"],
        )  # fmt: skip


def _shown(found: History, form: str, output: Path | None, options: dict[str, Any], *, painted: bool) -> str:
    """The history in a format."""
    from chipsieve.report.style import Style
    from chipsieve.report.timeline_formats import render_history

    detail: Detail = "sentence" if options["quiet"] else DETAILS[min(options["verbose"], len(DETAILS) - 1)]
    return render_history(found, form, Style(painted, USUAL if output else columns(), detail))
