"""What does one process make of a corpus? A digest of all answers, to compare with another process's."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from fuzz.targets import targets


def main(name: str, corpus: str) -> None:
    """Print a digest of what a target gives for each input of a folder, in their order."""
    digest = sha256()
    for path in sorted(Path(corpus).iterdir()):
        try:
            answer = repr(targets()[name](path.read_bytes()))
        except Exception as error:  # noqa: BLE001 - a fault, which fuzzing has kept already
            answer = type(error).__name__
        digest.update(f"{path.name} {answer}\n".encode("utf-8", "backslashreplace"))
    print(digest.hexdigest())  # noqa: T201 - its output is what it is asked for


if __name__ == "__main__":
    main(*sys.argv[1:])
