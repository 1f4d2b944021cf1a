"""What does the user type to look after what earlier runs read? `cache info` and `cache clear`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.screen import write

MEGABYTE = 1_000_000


@click.group()
def cache() -> None:
    """Look after what earlier runs read.

    Readings are kept by content, so that nothing is read twice, and what a scan of a folder said for as long as nothing
    changes on which it depends: no file, option or commit, and nothing of chipsieve. Both lie in your own cache folder,
    or in the folder that the environment variable CHIPSIEVE_CACHE_DIR names, and take at most a gigabyte: what was
    unused for longest goes first. `--no-cache` does without them.

    \b
    Examples:
      chipsieve cache info
      chipsieve cache clear
    """


@cache.command(cls=Grouped)
def info() -> None:
    """Print where the cache lies, and how much it holds.

    \b
    Example:
      chipsieve cache info
    """
    from chipsieve.facts.vocabulary import Vocabulary
    from chipsieve.sources.cache import LIMIT, Cache, Info, default_path

    path, held = _known(default_path()), Info(0, 0)
    if os.path.exists(path):  # noqa: PTH110 - one of pathlib's cannot say so of a name that is too long
        with Cache(path, Vocabulary({})) as kept:  # only its size is asked
            held = kept.info()
    size = f"{held.size / MEGABYTE:,.1f} MB of at most {LIMIT / MEGABYTE:,.0f} MB"
    write(f"path: {path}\nentries: {held.entries:,}\nsize: {size}\n")


def _known(path: Path | None) -> Path:
    """Where the cache lies, or the end of the run where it lies nowhere."""
    if path is None:
        raise click.UsageError("you have no home, and so no cache; CHIPSIEVE_CACHE_DIR names a folder for it")
    return path


@cache.command(cls=Grouped)
def clear() -> None:
    """Delete the cache; the next run reads everything again.

    \b
    Example:
      chipsieve cache clear
    """
    from chipsieve.sources.cache import clear as clear_cache
    from chipsieve.sources.cache import default_path

    path = _known(default_path())
    try:
        freed = clear_cache(path)
    except OSError as error:
        raise click.FileError(str(path), error.strerror or str(error)) from error
    write(f"chipsieve: {path}: {freed / MEGABYTE:,.1f} MB deleted\n")
