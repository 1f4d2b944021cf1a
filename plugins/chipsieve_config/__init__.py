"""What does a configuration say about hardware? One reader per language, and one table to find it by."""

from __future__ import annotations

from importlib import import_module

from msgspec.structs import replace

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary

__all__ = ["LANGUAGES", "read"]

_READERS = {
    "csv": "csv_reader",
    "json": "json_reader",
    "yaml": "yaml_reader",
    "toml": "toml_reader",
    "ini": "ini_reader",
    "gin": "gin_reader",
    "dockerfile": "dockerfile_reader",
    "definition": "definition_reader",
    "requirements": "requirements_reader",
    "makefile": "makefile_reader",
    "justfile": "justfile_reader",
    "weights": "weights_reader",
    "prose": "prose_reader",
    "log": "log_reader",
}
"""The module that reads each language, loaded when it is asked for: some parsers take long to load."""

LANGUAGES = tuple(_READERS)


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says about hardware and about what is run; bad input makes gaps, never an error.

    Lines and columns count from 1 in the text without its byte order mark.

    Raises:
        KeyError: the source's language is none of LANGUAGES.
    """
    reader = import_module(f"{__name__}.{_READERS[source.language]}")
    reading: Reading = reader.read(replace(source, text=source.text.removeprefix("\ufeff")), vocabulary)
    return reading
