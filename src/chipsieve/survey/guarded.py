"""How does a worker answer for one repository without being taken down by it? In a process of its own, under limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from time import monotonic

from chipsieve import __version__
from chipsieve.survey.answered import failed, unpacked
from chipsieve.survey.request import SAME, Request, request_of

ATTEMPTS = 3
PROGRAM = (sys.executable, "-P", "-m", "chipsieve.survey.alone")  # the working folder may lie in a stranger's tree
PIECE = 1 << 20  # bytes that are read at once


class OtherVersion(RuntimeError):
    """A worker has another version of chipsieve than the one who asks."""


def ask(line: bytes, program: Sequence[str] = PROGRAM) -> bytes:
    """The packed answer to a packed request, or `SAME` with the digest of an answer that is at hand.

    A process that crashes is started again, `ATTEMPTS` times in all. One that takes too long is ended, with all that it
    has started.

    Raises:
        OtherVersion: this worker has another version of chipsieve.
    """
    request = request_of(line)
    if request.version != __version__:
        raise OtherVersion(f"a worker has chipsieve {__version__}, and is asked by {request.version}")
    how = ""
    for _ in range(ATTEMPTS):
        answer, how = _once(line, request, program)
        if answer:
            return answer
    return _failed(request, "crash", f"the process that scans it {how}, {ATTEMPTS} times of {ATTEMPTS}")


def _once(line: bytes, request: Request, program: Sequence[str]) -> tuple[bytes, str]:
    """The answer of one attempt; without one, how the process ended."""
    seconds = request.asked.seconds
    with subprocess.Popen(  # noqa: S603 - ourselves
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        bufsize=0,  # what it does not take is gone, and not sent once more when the pipe is closed
    ) as process:  # fmt: skip
        try:
            answer = _talk(process, line, seconds)
        except subprocess.TimeoutExpired:
            return _failed(request, "time", f"takes more than {seconds} s"), ""
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode == 0 and (answer.startswith(SAME) or unpacked(answer)):
        return answer, ""
    return b"", _ended(process.returncode)


def _talk(process: subprocess.Popen[bytes], line: bytes, seconds: float) -> bytes:
    """What a process answers to a line; its input stays open, for it ends when that closes."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError("they were asked to be pipes")
    late = monotonic() + seconds
    pieces: list[bytes] = []
    with suppress(BrokenPipeError):  # it has ended already, and its exit code says how
        process.stdin.write(line)
    with DefaultSelector() as selector:
        selector.register(process.stdout, EVENT_READ)
        while selector.select(max(late - monotonic(), 0)):
            piece = os.read(process.stdout.fileno(), PIECE)
            if not piece:
                process.wait(max(late - monotonic(), 0))
                return b"".join(pieces)
            pieces.append(piece)
    raise subprocess.TimeoutExpired(process.args, seconds)


def _failed(request: Request, kind: str, message: str) -> bytes:
    return failed(request.wanted.name, request.wanted.source, kind, message).packed()


def _ended(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"ended with {code} and no answer"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
