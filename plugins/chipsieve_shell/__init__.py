"""What does a shell script say about hardware? The shell reader: bashlex behind a masking, resuming parse.

The public names are LANGUAGES and read(); chipsieve finds this module through the entry point group
`chipsieve.readers`. The file is never run: what a command does is known only as far as constants go.
"""

from __future__ import annotations

from chipsieve_shell.reader import LANGUAGES, read

__all__ = ["LANGUAGES", "read"]
