"""What does one process make of a corpus? A digest of all answers, to compare with another process's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from subprocess import run

from fuzz.seeds import seeds
from fuzz.targets import targets

SEEDS = "-"
ORDERS = ("1", "2")  # seeds of the order in which a process keeps its hashes


def main(corpus: str, *names: str) -> None:
    """Print a digest of what targets give for each input of a folder, or for their seeds."""
    digest = sha256()
    for name in names:
        for data in seeds(name) if corpus == SEEDS else _inputs(Path(corpus)):
            try:
                answer = repr(targets()[name](data))
            except Exception as error:  # noqa: BLE001 - a fault, which fuzzing has kept already
                answer = type(error).__name__
            digest.update(f"{answer}\n".encode("utf-8", "backslashreplace"))
    print(digest.hexdigest())  # noqa: T201 - its output is what it is asked for


def _inputs(folder: Path) -> Iterable[bytes]:
    return (path.read_bytes() for path in sorted(folder.iterdir()))


def answers(corpus: str, *names: str) -> set[bytes]:
    """What processes answer that keep their hashes in different orders: one answer, where all is well."""
    command = [sys.executable, "-m", "fuzz.answering", corpus, *names]
    path = os.pathsep.join(sys.path)  # as tests find what is not installed
    return {
        run(
            command, capture_output=True, check=True, env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": order}
        ).stdout
        for order in ORDERS
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
