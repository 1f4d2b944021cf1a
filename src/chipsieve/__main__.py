"""What do `chipsieve` and `python -m chipsieve` run? The command line, which is loaded only where it is needed."""

from __future__ import annotations

import sys

from chipsieve import __version__


def main() -> None:
    """Answer `--version` at once: installers and hooks ask it often, and the command line takes long to load."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"chipsieve {__version__}\n")
        return
    from chipsieve.cli import main as command_line

    command_line(prog_name="chipsieve")


if __name__ == "__main__":
    main()
