"""What does the terminal take? Colours, columns, the progress bar; and where output goes."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from io import TextIOWrapper
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Self

from chipsieve.cli.standing import tell
from chipsieve.saved_files import save_text
from chipsieve.tables import TableError

if TYPE_CHECKING:
    from chipsieve.report.sheet import Sheet

BEYOND = re.compile("[\U00010000-\U0010ffff]")
WIDEST, USUAL = 200, 100  # columns
BAR = 30  # columns
OFTEN = 0.1  # seconds from one drawing of the bar to the next


def coloured(choice: str) -> bool:
    """Whether text on standard output has colours: no-color.org, and what terminals say of themselves."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return on_terminal() and os.environ.get("TERM") != "dumb"


def on_terminal() -> bool:
    """Whether standard output is a terminal; it may be closed."""
    return sys.stdout is not None and sys.stdout.isatty()


def columns() -> int:
    """The columns that text on standard output may fill: the terminal's, at most `WIDEST`; `USUAL` of anything else."""
    return table_columns() or USUAL


def table_columns() -> int:
    """The columns that a table may fill: the terminal's; 0, for all that it needs, where it goes elsewhere."""
    return min(shutil.get_terminal_size((USUAL, 0)).columns, WIDEST) if on_terminal() else 0


def sheet(colour: str, *, verbose: bool) -> Sheet:
    """The sheet on which text for standard output is written."""
    from chipsieve.report.sheet import Sheet

    return Sheet(columns(), colour=coloured(colour), verbose=verbose)


def write(text: str, output: Path | None = None, *, painted: bool = False, commands: bool = False) -> None:
    """Write a report to standard output, or to a file, whole or not at all; nothing in it acts on who looks at it.

    What the encoding of standard output lacks is written out (`\\u2026`). `painted` lets our colours
    pass, `commands` a runner's commands.

    Raises:
        chipsieve.tables.TableError: the file cannot be written, or standard output takes nothing.
    """
    from chipsieve.report.escape import harmless

    text = harmless(text, painted=painted, commands=commands)
    if output is not None:
        save_text(output, text)
        return
    if sys.stdout is None:
        raise TableError("standard output is closed; --output names a file")
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.encoding.casefold() != "utf-8":
        sys.stdout.reconfigure(errors="backslashreplace")
        text = BEYOND.sub(lambda char: json.dumps(char[0])[1:-1], text)  # in pairs, which JSON has too
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        sys.stdout = None  # what it holds goes nowhere: Python would try once more at the end
        raise TableError(f"standard output cannot be written: {error.strerror or error}") from error


def say(text: str) -> None:
    """Say something to the user beside the output, on one line of standard error."""
    from chipsieve.report.escape import visible

    tell(f"chipsieve: {visible(text)}\n")


class Bar:
    """A line on standard error that says which phase a scan is in and how far; it is wiped out at the end."""

    def __init__(self, *, show: bool) -> None:
        """Show nothing yet; nothing at all unless `show`, or where nobody looks."""
        self.show = show and sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._phase, self._drawn = "", 0.0

    def __enter__(self) -> Self:
        """The bar itself."""
        return self

    def step(self, phase: str, done: int, total: int, note: str = "") -> None:
        """Advance to `done` of `total` files or launches; a `note` stands beside them."""
        if self.show and (phase != self._phase or done == total or monotonic() - self._drawn >= OFTEN):
            self._phase, self._drawn = phase, monotonic()
            filled = BAR * done // total if total else 0
            counted = f"{done} of {total}" if total else ""
            counted = f"{counted}, {note}" if note else counted
            self._draw(f"{phase:9}  [{'#' * filled}{'-' * (BAR - filled)}]  {counted}")

    def __exit__(self, *_: object) -> None:
        """Take the bar off the terminal."""
        if self._phase:
            self._draw("")

    @staticmethod
    def _draw(line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()
