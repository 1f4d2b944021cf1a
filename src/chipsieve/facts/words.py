"""What is a word of a command line as far as constants go?"""

from __future__ import annotations

from typing import Literal

import msgspec

from chipsieve.facts.conditions import Conditions
from chipsieve.facts.places import Span


class Part(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A piece of a shell word.

    `text` stands for itself; `variable` for the value of the variable named `text`, or `default` where
    that is unset; `arguments` for "$@" or "$*"; `choice` for one of `alternatives`, whichever
    conditions hold; `unknown` for something only a shell could tell. `directory` is the one in which the
    script was started, `script` the script itself and `script_directory` the directory that holds it. An
    unquoted part is split at white space once its value is known. `span` is where the literal text stands
    in `path`.
    """

    kind: Literal["text", "variable", "arguments", "choice", "unknown", "directory", "script", "script_directory"]
    text: str
    span: Span
    quoted: bool = False
    default: Word | None = None
    alternatives: tuple[tuple[Conditions, Word], ...] = ()


class Word(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One word of a command line as far as constants go."""

    parts: tuple[Part, ...]
    span: Span

    @property
    def literal(self) -> str | None:
        """The word's text when it is known to the last character, else None."""
        known = all(part.kind == "text" for part in self.parts)
        return "".join(part.text for part in self.parts) if known else None
