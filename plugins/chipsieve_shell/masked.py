"""What has been masked in a stretch of script, and what stood there? The buffer and the tables of the masker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from chipsieve_shell.nodes import Extent, Heredoc

FILLER = "%"  # no operator, no quote, no part of a name


@dataclass(frozen=True, slots=True)
class CaseArm:
    """One arm of a masked `case`: extents of its patterns and of its body."""

    patterns: tuple[Extent, ...]
    body: Extent
    falls: bool


@dataclass(frozen=True, slots=True)
class Opaque:
    """A command that was masked whole."""

    kind: Literal["test", "arithmetic", "case"]
    extent: Extent
    subject: Extent = (0, 0)
    arms: tuple[CaseArm, ...] = ()
    name: str = ""  # the variable that a counting loop sets


@dataclass(slots=True)
class Masked:
    """A masked stretch of text: as long as the stretch, which began at `offset`.

    `opaque` and `heredocs` are keyed by the offset where the construct (the `<<`) stands; `boundaries` are
    offsets at which a line begins that no open block encloses; `unclosed` are tokens that open something for
    good; from `abandoned` on everything is blank, because there were too many of them.
    """

    text: str
    offset: int
    opaque: dict[int, Opaque] = field(default_factory=dict)
    heredocs: dict[int, Heredoc] = field(default_factory=dict)
    comments: list[Extent] = field(default_factory=list)
    boundaries: list[int] = field(default_factory=list)
    unclosed: list[int] = field(default_factory=list)
    abandoned: int | None = None


class Edits:
    """The masked characters of a stretch that began at `offset`; None keeps nothing."""

    def __init__(self, offset: int, characters: list[str] | None) -> None:
        """Edit the characters in place."""
        self.offset, self.characters = offset, characters

    def fill(self, start: int, end: int, filler: str = FILLER) -> None:
        """Replace everything but newlines."""
        if self.characters is not None:
            for at in range(start - self.offset, end - self.offset):
                if self.characters[at] != "\n":
                    self.characters[at] = filler

    def put(self, at: int, text: str) -> None:
        """Write text over what stands there."""
        if self.characters is not None:
            begin = at - self.offset
            self.characters[begin : begin + len(text)] = text

    def quote(self, start: int, end: int) -> None:
        """Make one word of it, whatever it holds."""
        self.fill(start, end)
        if end > start + 1:
            self.put(start, "'")
            self.put(end - 1, "'")
