"""How is one repository scanned that may be endless, too large, or crash? In this process, which does nothing else.

`python -m chipsieve.survey.alone` reads a request from its standard input and writes the answer to its standard output.
It ends when its parent does, whose end of the input then closes, and when it takes more than it was given.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chipsieve.survey.request import SAME, Asked, Request, request_of
from chipsieve.tables import TableError

if TYPE_CHECKING:
    from chipsieve.survey.answered import Answer
    from chipsieve.survey.columns import Record

SPARE = 60  # seconds of processor time beyond what a repository may take; by then the parent should have ended it
LARGEST_FILE = 8 << 30  # bytes; the objects of a clone come as one file
MEGABYTE = 1 << 20
UNREAD_FOR_MEMORY = f"{MemoryError.__name__}: "
"""How the gap ends of a file whose reader ran out of memory; for a scan it is one file's fault."""


def main() -> None:
    """Answer the request on standard input."""
    request = request_of(sys.stdin.buffer.readline())
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not print into the answer
    _bound(request.asked)
    Thread(target=_end_with_parent, daemon=True).start()
    answer = answer_to(request)
    output.write(answer if isinstance(answer, bytes) else answer.packed())
    output.close()
    os._exit(0)  # the thread waits for input for ever


def _bound(asked: Asked) -> None:
    """Set the limits that this process has, and those that it starts."""
    for kind, most in (
        (resource.RLIMIT_DATA, asked.megabytes * MEGABYTE),
        (resource.RLIMIT_CPU, asked.seconds + SPARE),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        with suppress(ValueError, OSError):  # a system that does not know the limit
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)  # git, where it runs for us, too
    os._exit(1)


def answer_to(request: Request) -> Answer | bytes:
    """The answer to a request; of one that is at hand no more than that."""
    from chipsieve.survey.answered import failed
    from chipsieve.survey.cloning import CloneError

    name, source = request.wanted.name, request.wanted.source
    try:
        return _answer(request)
    except CloneError as error:
        return failed(name, source, "clone", str(error))
    except MemoryError:
        gc.collect()
        return failed(name, source, "memory", f"takes more than {request.asked.megabytes} MB")
    except FileNotFoundError as error:
        return failed(name, source, "missing", str(error))
    except (TableError, OSError) as error:
        return failed(name, source, "refused", str(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours on one repository is no reason to lose the others
        return failed(name, source, "internal", f"{type(error).__name__}: {error}")


def _answer(request: Request) -> Answer | bytes:
    from chipsieve import scan
    from chipsieve.report.saved_report import compared_verdict
    from chipsieve.report.sentence import sentence
    from chipsieve.sources.cache import default_path
    from chipsieve.sources.discovery import open_tree
    from chipsieve.survey.answered import answer_of
    from chipsieve.survey.survey_rows import rows_of
    from chipsieve.survey.tree_digest import digest_of

    asked, wanted = request.asked, request.wanted
    place = _cloned(request) if wanted.kind == "address" else Path(wanted.place)
    revision = "HEAD" if wanted.kind == "address" else wanted.revision
    cache = default_path() if asked.cached else None
    with open_tree(f"{place}@{revision}" if revision else place) as tree:
        digest = digest_of(tree, asked.question)
        if digest in request.known:
            return SAME + digest.encode()
        verdict = scan(tree, policy=asked.policy, role=asked.role, workers=1, cache=cache)
    if any(gap.reason.endswith(UNREAD_FOR_MEMORY) for gap in verdict.gaps):
        raise MemoryError  # an answer that depends on how much was free would be another one each time
    verdict = replace(verdict, root=wanted.name)
    verdict = replace(verdict, sentence=sentence(verdict))
    rows = rows_of(verdict, wanted.source, digest)
    if asked.history:
        rows = _with_past(rows, place, request, cache)
    return answer_of(wanted.name, digest, rows, compared_verdict(verdict) if asked.watched else None)


def _with_past(
    rows: dict[str, list[Record]], place: Path, request: Request, cache: Path | None
) -> dict[str, list[Record]]:
    """The rows with what the history adds; a gap where there is none."""
    from chipsieve.retrospect import history
    from chipsieve.sources.git import GitError
    from chipsieve.survey.past_rows import with_history

    asked = request.asked
    try:
        found = history(place, workers=1, cache=cache, policy=asked.policy, role=asked.role)
    except GitError:
        lacking: Record = {"reason": "no repository with commits, so no history", "notice": False}
        return {**rows, "gaps": [*rows["gaps"], lacking]}
    return with_history(rows, found)


def _cloned(request: Request) -> Path:
    from chipsieve.survey.cloning import clone

    asked, wanted = request.asked, request.wanted
    folder = Path(asked.clones)
    return clone(wanted.place, wanted.revision, folder, whole=asked.history, again=asked.watched)


if __name__ == "__main__":
    main()
