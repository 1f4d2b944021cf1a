"""What do Python files and notebooks say about hardware? Read by Python's own parser and by LibCST."""

from __future__ import annotations

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary

LANGUAGES = ("python", "notebook")

__all__ = ["LANGUAGES", "read"]


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Read one Python file or notebook. Never raises: what cannot be read is a gap."""
    from chipsieve_python.notebook import read_module, read_notebook  # not every run needs them

    return read_notebook(source, vocabulary) if source.language == "notebook" else read_module(source, vocabulary)
