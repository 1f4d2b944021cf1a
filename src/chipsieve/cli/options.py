"""Which options do several commands take? Each is written once, and asked for by the commands that have it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import reduce, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chipsieve.cli import completing
from chipsieve.commands.launchers import ROLES
from chipsieve.report import FORMATS
from chipsieve.sieve.policies import policies

if TYPE_CHECKING:
    from chipsieve.configuration.file import Config

STANDARD = Path("-")
"""What stands for standard output."""
Option = Callable[[Callable[..., Any]], Callable[..., Any]]

POLICY = click.option(
    "--policy", type=click.Choice(policies()), default="balanced", show_default=True, help="Which evidence may exclude."
)
SCOPE = click.option(
    "--scope",
    type=click.Choice(("launch", "tree")),
    default="launch",
    show_default=True,
    help="Judge each launch, or the whole tree as one with every condition met.",
)
ROLE = click.option(
    "--role",
    type=click.Choice(("any", *ROLES)),
    default="training",
    show_default=True,
    help="Whose launches speak for the repository; training includes fine-tuning.",
)
TRUST_NAMES = click.option(
    "--trust-names",
    is_flag=True,
    help="Let a chip that a launch asks a scheduler, queue or cloud for, or a log names, exclude the others.",
)
AS_OF = click.option(
    "--as-of",
    metavar="DATE",
    default="",
    help="The day for which to answer, 2024-11-05; by default the launch's last change.",
)
PROJECT = click.option(
    "--project", metavar="FOLDER", help="Let the launches below this folder's README speak alone; '' is the whole tree."
)
LAUNCH = click.option(
    "--launch", metavar="ID", default="", help="Let this launch speak alone, whatever its role, by its id: run.sh:12."
)
ENGINE = click.option(
    "--engine",
    shell_complete=completing.engines,
    callback=lambda _context, _option, text: tuple(name.strip() for name in text.split(",")),
    default="visitors",
    show_default=True,
    metavar="NAMES",
    help="Who looks for findings: visitors (our readers), semgrep (with our rules), or semgrep,visitors.",
)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    help="What to write; by default as --output is called, or text.",
)
TEXT_OR_JSON = click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="What to write."
)
OUTPUT = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    callback=lambda _context, _option, file: None if file == STANDARD else file,
    help="Write to this file instead of standard output, which is `-`.",
)
STRICT_COVERAGE = click.option("--strict-coverage", is_flag=True, help="Exit 4 when something could not be read.")
VERBOSE = click.option("--verbose", "-v", is_flag=True, help="Show every launch, and every line of a kind.")
DETAIL = click.option(
    "--verbose", "-v", "verbose", count=True, help="The whole report; twice: every launch and every gap."
)
QUIET = click.option("--quiet", "-q", is_flag=True, help="The paragraph that can be quoted, and no more.")
COLOUR = click.option(
    "--color",
    "colour",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="Colours of text; auto: on a terminal, unless NO_COLOR is set, or where FORCE_COLOR is.",
)
SARIF_LEVEL = click.option(
    "--sarif-level",
    type=click.Choice(("verdict", "all")),
    default="verdict",
    show_default=True,
    help="What SARIF holds: the verdict, the lines that decide and the chips that are named; or every finding.",
)
MIN_STRENGTH = click.option(
    "--min-strength",
    type=click.Choice(("weak", "strong", "definitive")),
    default="weak",
    show_default=True,
    help="Leave out of SARIF, of annotations (github) and of --fail-on what is weaker.",
)
LINK_BASE = click.option(
    "--link-base",
    metavar="URL",
    default="",
    callback=lambda _context, _option, text: _address(text),
    help="Where an HTML page links to the code: https://example.org/NAME/{commit}/{path}#L{line}. By default to the "
    "commit at GitHub, GitLab, Gitee, Hugging Face, Bitbucket or Codeberg, if the repository has a remote there and no "
    "file that is read was changed since.",
)
NO_PROGRESS = click.option("--no-progress", is_flag=True, help="No progress bar.")
WORKERS = click.option("--workers", type=click.IntRange(1, 64), help="Processes that read; by default one per core.")
NO_CACHE = click.option(
    "--no-cache",
    "cache",
    is_flag=True,
    callback=lambda _context, _option, given: None if given else _cache(),
    help="Neither use nor fill the cache of what earlier runs read; see `chipsieve cache info`.",
)
FAIL_ON = click.option(
    "--fail-on",
    shell_complete=completing.conditions,
    multiple=True,
    metavar="WHAT",
    help="Exit 1 when met: a signal's id, an effect, excludes:CHIP or names:CHIP (CHIP may be any).",
)


BASELINE = click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON of an earlier scan: say what came and went since; --fail-on counts what is new alone.",
)


def _address(text: str) -> str:
    """An address that a browser may follow, with a place for the path."""
    if text and not (text.startswith(("https://", "http://")) and "{path}" in text):
        raise click.BadParameter("needs an address that begins with https:// and has {path} in it")
    return text


def _cache() -> Path | None:
    from chipsieve.sources.cache import default_path

    return default_path()


def _configured(context: click.Context, _option: click.Parameter, file: Path | None) -> Config:
    """The configuration named, or the one in force here; what it sets are the defaults of the other options.

    The working folder may lie in a stranger's tree: of what is found there an analyst's run takes nothing, and shows
    what it would have left out. One that is broken is none then.
    """
    from msgspec.structs import replace

    from chipsieve.configuration.file import NONE, find_here, load
    from chipsieve.tables import TableError

    if file is None and context.params.get("no_ignore"):
        with suppress(TableError):
            return replace(find_here(), policy="", scope="", fail_on=(), fleets={})
        return NONE
    config = load(file) if file else find_here()
    given = {"policy": config.policy, "scope": config.scope, "fail_on": config.fail_on}
    context.default_map = {name: value for name, value in given.items() if value}
    return config


CONFIG = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_configured,
    is_eager=True,
    help="Configuration to use; by default chipsieve.toml or pyproject.toml here or in a folder above.",
)
NO_IGNORE = click.option(
    "--no-ignore",
    is_flag=True,
    is_eager=True,  # before the configuration, which it may leave out
    help="An analyst's run: count what comments and the configuration leave out, and show it; take nothing of one that "
    "is found here.",
)


def _formats(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, Path | None], ...]:
    """Pairs of format and file; None is standard output."""
    pairs = [text.partition("=") for text in given]
    for form, _, file in pairs:
        if form not in FORMATS or not file:
            raise click.BadParameter(f"{form!r} is none of {', '.join(FORMATS)}, or has no '=FILE' after it")
    return tuple((form, None if Path(file) == STANDARD else Path(file)) for form, _, file in pairs)


ALSO = click.option(
    "--also",
    shell_complete=completing.also,
    multiple=True,
    callback=_formats,
    metavar="FORMAT=FILE",
    help="Write the same verdict in a further format to a file; repeatable.",
)


WORDS = "chipsieve.words"
"""Where click's context keeps what was typed after `chipsieve`."""


def typed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Hand a function the words that were typed, as `command`: its reports say by which command they were made.

    Who asks, perhaps with a password, in an address is left out.
    """

    def with_words(**options: Any) -> Any:
        from chipsieve.sources.elsewhere import USER

        words = click.get_current_context().meta.get(WORDS, ())
        return function(command=tuple(USER.sub("", word) for word in words), **options)

    return update_wrapper(with_words, function)


JUDGING = (POLICY, SCOPE, ROLE, TRUST_NAMES, AS_OF, PROJECT, LAUNCH)
"""How a verdict is reached."""
REPORTING = (
    FORMAT, OUTPUT, ALSO, SARIF_LEVEL, MIN_STRENGTH, LINK_BASE, FAIL_ON, CONFIG, NO_IGNORE, STRICT_COVERAGE, DETAIL,
    QUIET, COLOUR, NO_PROGRESS, WORKERS, NO_CACHE, typed,
)  # fmt: skip
"""What is written of it, when it fails, and how the run goes."""


REPORT = (
    "form", "output", "also", "verbose", "quiet", "colour", "strict_coverage", "sarif_level", "min_strength",
    "link_base", "command",
)  # fmt: skip
"""The parameters of `report_on` among them, by their names in Python."""


def takes(*options: Option) -> Option:
    """The options as one decorator."""
    return lambda command: reduce(lambda done, option: option(done), reversed(options), command)
