"""What do `chipsieve` and `python -m chipsieve` run? The command line, which is loaded only where it is needed."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

from chipsieve import __version__

OBJECTS = 100_000
"""New objects after which the cyclic garbage collector looks at them. What is loaded at the start stays."""


def main() -> None:
    """Answer `--version` at once: installers and hooks ask it often, and the command line takes long to load."""
    if sys.argv[1:] == ["--version"]:
        with suppress(OSError):  # what a closed or full stream means the command line says
            os.write(1, f"chipsieve {__version__}\n".encode())
            return
    gc.set_threshold(OBJECTS)
    from chipsieve.cli import main as command_line

    command_line(prog_name="chipsieve")


if __name__ == "__main__":
    main()
