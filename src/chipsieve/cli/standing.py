"""How does a run stand with the system that started it? Streams that are closed or full, and a request to end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from threading import current_thread, main_thread
from types import FrameType
from typing import NoReturn

import click

UNWRITTEN = 2
"""The exit code where what was asked for cannot be written."""
NO_ROOM = (ENOSPC, EDQUOT, EFBIG, EIO)
"""What a disk or a stream says that takes nothing more."""
BY_SIGNAL = 128  # and the signal's number, as shells have it


def occupy_closed_streams() -> None:
    """Open nothing in place of standard streams that are closed, so that no file of ours gets their numbers."""
    number = os.open(os.devnull, os.O_RDWR)
    while number <= 2:  # noqa: PLR2004  standard error's number
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """A context that SIGTERM leaves as an error would: workers end, and half a file is deleted."""
    if current_thread() is not main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)  # who asks again means at once
    sys.exit(BY_SIGNAL + number)


@contextmanager
def unheard() -> Iterator[None]:
    """A context that ends the run where there is no room for what is written, be it help, or what is wrong."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        said = error.__context__
        if not isinstance(said, click.ClickException):
            sys.stdout = None  # what it holds goes nowhere: Python would try once more at the end
            tell(f"chipsieve: this cannot be written: {error.strerror or error}\n")
            sys.exit(UNWRITTEN)
        sys.stderr = None
        sys.exit(said.exit_code)


def tell(text: str) -> None:
    """Write lines to standard error; nothing in them acts on who looks at them.

    Where it takes nothing, nobody hears of anything more.
    """
    from chipsieve.report.escape import harmless

    try:
        click.echo(harmless(text), nl=False, err=True)
    except OSError:
        sys.stderr = None
