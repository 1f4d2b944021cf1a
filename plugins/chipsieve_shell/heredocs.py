"""Where do here-documents begin and end? Collected at `<<`, read at the end of the line (Bash Manual 3.6.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chipsieve_shell.masked import Edits, Masked
from chipsieve_shell.nodes import Heredoc
from chipsieve_shell.skip import Skipper


@dataclass(frozen=True, slots=True)
class Waiting:
    """A here-document whose body has not begun: its operator's offset and its delimiter."""

    operator: int
    delimiter: str
    quoted: bool
    strip: bool


@dataclass(slots=True)
class Heredocs:
    """The here-documents of one walk; bodies are blanked, `<<` becomes `<` and the delimiter filler."""

    skip: Skipper
    edits: Edits
    masked: Masked
    waiting: list[Waiting] = field(default_factory=list)

    def open(self, at: int, operator: str) -> int:
        """Note the here-document whose operator stands at an offset; the offset past its delimiter."""
        text, opened = self.skip.text, at
        at += len(operator)
        while at < self.skip.end and text[at] in " \t":
            at += 1
        end = self.skip.word(at)
        raw = text[at:end]
        if raw:
            bare = re.sub(r"[\\'\"]", "", raw)
            self.waiting.append(Waiting(opened, bare, raw != bare, operator == "<<-"))
            self.edits.fill(opened + 1, at, " ")
            self.edits.fill(at, end)
        return end

    def read(self, at: int) -> int:
        """Take the bodies that begin with the line at an offset; the offset past the last delimiter's line."""
        for waiting in self.waiting:
            start = at
            while at < self.skip.end and not self._ends(waiting, at):
                at = min(self.skip.end, self.skip.line_end(at) + 1)
            self.masked.heredocs[waiting.operator] = Heredoc((start, at), waiting.quoted)
            after = min(self.skip.end, self.skip.line_end(at) + 1)
            self.edits.fill(start, after, " ")
            at = after
        self.waiting.clear()
        return at

    def _ends(self, waiting: Waiting, at: int) -> bool:
        line = self.skip.text[at : self.skip.line_end(at)].rstrip("\r")
        return (line.lstrip("\t") if waiting.strip else line) == waiting.delimiter
