"""What does a configuration say about hardware? One reader per language, and one table to find it by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chipsieve.model import Reading, Source
from chipsieve.signals.table import SignalTable
from chipsieve_config import (
    definition,
    dockerfile,
    gin,
    ini_reader,
    json_reader,
    makefile,
    prose,
    requirements,
    toml_reader,
    yaml_reader,
)
from chipsieve_config.collect import ENGINE

__all__ = ["ENGINE", "LANGUAGES", "read"]

LANGUAGES = (
    "json", "yaml", "toml", "ini", "dockerfile", "definition", "requirements", "prose", "makefile", "gin",
)  # fmt: skip
_READERS: dict[str, Callable[[Source, SignalTable], Reading]] = {
    "json": json_reader.read,
    "yaml": yaml_reader.read,
    "toml": toml_reader.read,
    "ini": ini_reader.read,
    "dockerfile": dockerfile.read,
    "definition": definition.read,
    "requirements": requirements.read,
    "prose": prose.read,
    "makefile": makefile.read,
    "gin": gin.read,
}


def read(source: Source, table: SignalTable) -> Reading:
    """Everything the file says about hardware and about what is run; bad input makes gaps, never an error.

    Lines and columns count from 1 in the text without its byte order mark.

    Raises:
        KeyError: the source's language is none of LANGUAGES.
    """
    return _READERS[source.language](replace(source, text=source.text.removeprefix("\ufeff")), table)
