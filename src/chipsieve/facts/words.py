"""What is a word of a command line as far as constants go?"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from chipsieve.facts.conditions import Conditions
from chipsieve.facts.places import Span

EXPANSION = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$[@*\w]+|`[^`]*`")


class Part(msgspec.Struct, frozen=True, array_like=True, gc=False, cache_hash=True):
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


class Word(msgspec.Struct, frozen=True, array_like=True, gc=False, cache_hash=True):
    """One word of a command line as far as constants go."""

    parts: tuple[Part, ...]
    span: Span

    @property
    def literal(self) -> str | None:
        """The word's text when it is known to the last character, else None."""
        known = all(part.kind == "text" for part in self.parts)
        return "".join(part.text for part in self.parts) if known else None


class Resolved(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """A word of a launch's command line, or a value of its environment, with every known variable filled in.

    `unknown` are the stretches of `text` that stayed unknown (shown as `${NAME}` or `$(...)`), as offsets; from
    `root_at` on the text is a path below the scanned root, where it is not None. `path` and `span` point at the
    literal text; `conditions` are those that nobody could decide.
    """

    text: str
    path: str
    span: Span
    conditions: Conditions = ()
    unknown: tuple[tuple[int, int], ...] = ()
    root_at: int | None = None

    @property
    def known(self) -> bool:
        """Whether nothing in the text stayed unknown."""
        return not self.unknown and self.root_at in (None, 0)

    @property
    def known_text(self) -> str | None:
        """The text when nothing in it stayed unknown, else None."""
        return self.text if self.known else None

    @property
    def wholly_unknown(self) -> bool:
        """Whether the whole text is one thing that stayed unknown."""
        return self.unknown == ((0, len(self.text)),)

    @property
    def tail(self) -> str:
        """The text behind the last thing that stayed unknown."""
        return self.text[self.unknown[-1][1] :] if self.unknown else self.text

    @property
    def pattern(self) -> str:
        """The text as a glob, in which each thing that stayed unknown may be anything."""
        pieces, done = [], 0
        for start, end in self.unknown:
            pieces += [self.text[done:start], "*"]
            done = end
        return "".join([*pieces, self.text[done:]])

    def cut(self, start: int, end: int) -> Resolved:
        """A stretch of the word: the operand of `--flag=operand`."""
        rooted = self.root_at is not None and start <= self.root_at < end
        return Resolved(
            text=self.text[start:end],
            path=self.path,
            span=self.span,
            conditions=self.conditions,
            unknown=tuple(
                (max(first, start) - start, min(last, end) - start)
                for first, last in self.unknown
                if max(first, start) < min(last, end)
            ),
            root_at=(self.root_at or 0) - start if rooted else None,
        )

    def split(self) -> tuple[Resolved, ...]:
        """The words that a whole command line in one text becomes."""
        return tuple(self.cut(*found.span()) for found in re.finditer(r"\S+", self.text))

    def joined(self, other: Resolved, between: str = "") -> Resolved:
        """The two texts as one; it stands where the first of them that says anything stands."""
        first = self if self.text else other
        at = len(self.text) + len(between)
        return Resolved(
            text=f"{self.text}{between}{other.text}",
            path=first.path,
            span=first.span,
            conditions=self.conditions + other.conditions,
            unknown=self.unknown + tuple((start + at, end + at) for start, end in other.unknown),
            root_at=self.root_at if other.root_at is None else other.root_at + at,
        )


def written(text: str, path: str, span: Span) -> Resolved:
    """A text in which whatever a shell would fill in is unknown: how code and configurations write names of files."""
    unknown = tuple(found.span() for found in EXPANSION.finditer(text)) if "$" in text or "`" in text else ()
    return Resolved(text, path, span, unknown=unknown)
