"""What does the user type to judge a tree? `scan`, `explain` and `runs-on`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from chipsieve.cli import completing
from chipsieve.cli.common import (
    FAILED,
    INCOMPLETE,
    NOTHING_TO_SCAN,
    Answer,
    NothingToScan,
    answer_of,
    conditions_of,
    earlier,
    opened,
    refuse_outputs,
    refuse_swapped,
    run_scan,
)
from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.options import (
    AS_OF,
    BASELINE,
    COLOUR,
    CONFIG,
    ENGINE,
    JUDGING,
    NO_CACHE,
    NO_IGNORE,
    NO_PROGRESS,
    POLICY,
    PROJECT,
    REPORT,
    REPORTING,
    ROLE,
    TEXT_OR_JSON,
    VERBOSE,
    takes,
)
from chipsieve.cli.screen import sheet, write

if TYPE_CHECKING:
    from pathlib import Path

    from chipsieve.configuration.file import Config
    from chipsieve.sources.contents import Tree


HEADINGS = {"text": "==> {} <==\n", "markdown": "# `{}`\n\n", "jsonl": ""}
"""What comes before each of several reports, in the formats that can follow each other."""
WORSE = (0, NOTHING_TO_SCAN, INCOMPLETE, FAILED)
"""Exit codes, each worse than those before it."""


@click.command(cls=Grouped)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=completing.paths)
@takes(*JUDGING, ENGINE, BASELINE, *REPORTING)
def scan(
    paths: tuple[str, ...], config: Config, fail_on: tuple[str, ...], baseline: Path | None, **options: Any
) -> None:
    """Say on which accelerators a tree was trained, and can run.

    PATH is a folder or a file; an archive (.zip, .tar, .tar.gz, .tar.xz, .tar.bz2), which is not unpacked; or
    REPO@REV[:FOLDER]: what a git revision holds, read from the repository (a work tree, or a bare or mirror clone)
    without a checkout. A path that exists is that path, whatever its name. Nothing is fetched from the network.
    Several are scanned one after the other, each by itself, as text, markdown or jsonl; the exit code is then the
    first of 1, 4 and 3 that one of them has.

    Exit code 0 whatever was found; 1 when a --fail-on was met; 2 wrong usage; 3 nothing to scan; 4 incomplete
    under --strict-coverage; 70 internal error.

    \b
    Examples:
      chipsieve scan .
      chipsieve scan --policy paper --scope tree path/to/repository
      chipsieve scan path/to/repository@v1.0
      chipsieve scan path/to/mirror.git@main:examples/llama
      chipsieve scan main.zip
      chipsieve scan --format sarif --output chipsieve.sarif .
      chipsieve scan --baseline before.json --fail-on names:any .
    """
    from chipsieve.cli.keeping import kept_answer

    asked = {**options, "config": config, "fail_on": fail_on, "baseline": baseline}
    since = earlier(baseline)
    given = {name: options.pop(name) for name in REPORT}
    conditions = conditions_of(fail_on, config, given["min_strength"])
    files = (given["output"], *(file for _, file in given["also"]))
    refuse_outputs(given["output"], given["also"])
    options["quiet"], options["engines"] = options.pop("no_progress"), options.pop("engine")
    heading = HEADINGS.get(given["form"] or "text") if len(paths) > 1 else ""
    if heading is None or (len(paths) > 1 and (given["output"] or given["also"] or baseline)):
        raise click.UsageError(f"several paths are written to standard output, as {', '.join(HEADINGS)}")
    codes = []
    for path in paths:
        try:
            with opened(path) as tree:
                make = partial(_answer, tree, path, config, options, given, conditions=conditions, since=since)
                answer = kept_answer(tree, {**asked, "path": path}, make)
                write(heading.format(path))
                codes.append(answer.give(files))
        except NothingToScan as error:
            error.show()
            codes.append(error.exit_code)
    sys.exit(max(codes, key=WORSE.index))


def _answer(
    tree: Tree, path: str, config: Config, options: dict[str, Any], given: dict[str, Any], **compared: Any
) -> Answer:
    """What is said of one tree, once it is scanned."""
    from chipsieve.sources.contents import text_reader

    return answer_of(run_scan(tree, config, shown=path, **options), text_reader(tree), **compared, **given)


@click.command(cls=Grouped)
@click.argument("what", metavar="ACCELERATOR|LAUNCH", shell_complete=completing.accelerators)
@click.argument("path", shell_complete=completing.paths)
@TEXT_OR_JSON
@takes(POLICY, ROLE, AS_OF, PROJECT, CONFIG, NO_IGNORE, VERBOSE, COLOUR, NO_PROGRESS, NO_CACHE)
def explain(
    what: str, path: str, config: Config, form: str, verbose: bool, colour: str, no_progress: bool, **options: Any
) -> None:
    """Say why an accelerator is possible or excluded for a tree.

    ACCELERATOR is an id of the catalogue, a name such as H20, a family, a vendor or an architecture. The id of a launch
    (run.sh:12) in its place explains that launch, in text. PATH is as for `scan`: a folder, a file, an archive, or
    REPO@REV[:FOLDER].

    \b
    Examples:
      chipsieve explain h20 path/to/repository
      chipsieve explain train/train.sh:43 path/to/repository
    """
    from chipsieve.catalogue import chips_called
    from chipsieve.report.explain import explain_several
    from chipsieve.report.explain_records import explain_as_json
    from chipsieve.report.launch_page import explain_launch

    refuse_swapped(what, path, "explain")
    ids: Sequence[str] = () if ":" in what or "." in what else sorted(chips_called(what))
    with opened(path) as tree:
        verdict = run_scan(tree, config, shown=path, quiet=no_progress, **options)
    page = sheet(colour, verbose=verbose)
    if any(one.launch.id == what for one in verdict.launches):
        write(explain_launch(verdict, what, page), painted=page.colour)
        return
    ids = ids or sorted(chips_called(what))
    if form == "json":
        write(explain_as_json(verdict, ids))
    else:
        write(explain_several(verdict, ids, page), painted=page.colour)


@click.command(name="runs-on", cls=Grouped)
@click.argument("accelerators", shell_complete=completing.fleets)
@click.argument("path", shell_complete=completing.paths)
@click.option("--launch", metavar="ID", default="", help="Answer for this launch alone, by its id: run.sh:12.")
@click.option("--known", is_flag=True, help="End with 1 also where nothing is known.")
@TEXT_OR_JSON
@click.option("-v", "--verbose", is_flag=True, help="Answer for every launch in full.")
@takes(POLICY, ROLE, PROJECT, CONFIG, NO_IGNORE, COLOUR, NO_PROGRESS, NO_CACHE)
def runs_on(
    accelerators: str, path: str, config: Config, launch: str, known: bool, form: str, verbose: bool, colour: str,
    no_progress: bool, **options: Any,
) -> None:  # fmt: skip
    """Say whether a tree runs on given accelerators as written.

    The answer is yes, no, or nothing known, with what stands in the way. ACCELERATORS are names with commas between
    them: an id or a name such as "A100 80GB", a family (A100), a vendor (amd), an architecture (hopper), or a fleet of
    the configuration. PATH is as for `scan`. A launch that says nothing about hardware is no yes, and neither is one
    whose weak evidence speaks against the accelerator.

    Exit code 0; 1 where the main launch, or the one asked for, cannot run on one of them.

    \b
    Examples:
      chipsieve runs-on v100,h20 path/to/repository
      chipsieve runs-on amd path/to/repository --launch train/train.sh:43 --format json
    """
    from chipsieve.report import running_report
    from chipsieve.sieve.running_on import meant_by, running

    refuse_swapped(accelerators, path, "runs-on")
    asked = meant_by([name.strip() for name in accelerators.split(",") if name.strip()], config.fleets)
    with opened(path) as tree:
        verdict = run_scan(tree, config, shown=path, quiet=no_progress, **options)
    answers = running(verdict, asked, launch)
    if form == "json":
        write(running_report.as_json(verdict, answers))
    else:
        page = sheet(colour, verbose=verbose)
        write(running_report.as_text(verdict, answers, page), painted=page.colour)
    first = [answer.runs for answer in answers[0].answers] if answers else [None]
    if False in first or (known and None in first):
        sys.exit(1)
