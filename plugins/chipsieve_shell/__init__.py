"""What does a shell script say about hardware? The shell reader: bashlex behind a masking, resuming parse.

The public names are LANGUAGES and read(); chipsieve finds this module through the entry point group
`chipsieve.readers`. The file is never run: what a command does is known only as far as constants go.
"""

from __future__ import annotations

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary

LANGUAGES = ("shell",)

__all__ = ["LANGUAGES", "read"]


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Read one script. Never raises for bad input: what cannot be read is a gap."""
    from chipsieve_shell import script_reader  # not every run has shell scripts

    return script_reader.read(source, vocabulary)
