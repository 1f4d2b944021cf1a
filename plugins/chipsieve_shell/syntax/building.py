"""Which node is a command, by the offsets of its words in masked text? The same whichever engine found the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chipsieve_shell.syntax.masking import Masked
from chipsieve_shell.syntax.nodes import AndOr, Extent, For, Group, Heredoc, Node, Redirect, Sequence, Simple
from chipsieve_shell.syntax.word_scanner import ASSIGNMENT

Extents = tuple[Extent, ...]


class Builder:
    """Makes nodes of one masked text; offsets are those of the script."""

    def __init__(self, masked: Masked, opaque: Mapping[int, Node]) -> None:
        """`opaque` holds the commands that were masked whole, by where they begin."""
        self.masked, self._opaque = masked, opaque

    def simple(self, extent: Extent, assignments: Extents, words: Extents, redirects: tuple[Redirect, ...]) -> Node:
        """A simple command: its leading assignments, its words, its redirections; or what it was masked for."""
        opaque = self._opaque.get(words[0][0]) if len(words) == 1 and not assignments else None
        if opaque is None or words[0] != self.masked.opaque[words[0][0]].extent:
            return Simple(extent, assignments, words, redirects)
        return Group(opaque, redirects=redirects) if redirects else opaque

    def assigns(self, extent: Extent) -> bool:
        """Whether a word has the form of an assignment."""
        return ASSIGNMENT.match(self.masked.text, *(at - self.masked.offset for at in extent)) is not None

    def redirect(self, operator: str, extent: Extent, target: Extent | None) -> Redirect:
        """A redirection; an operator that was masked is that of a here-document."""
        heredoc = self._heredoc(extent)
        return Redirect("<<", heredoc=heredoc) if heredoc else Redirect(operator, target)

    def _heredoc(self, extent: Extent) -> Heredoc | None:
        heredocs = self.masked.heredocs
        return next((heredocs[at] for at in range(*extent) if at in heredocs), None) if heredocs else None

    def loop(self, named: Extent, items: Extents | None, body: Node) -> For:
        """A `for` by its variable, its words and its body; a counting one has a variable of its own."""
        header = self.masked.opaque.get(named[0])
        if header is not None:
            first, last = header.extent
            return For(header.name, None, body, (first + len("(("), last - len("))")))
        start, end = (at - self.masked.offset for at in named)
        return For(self.masked.text[start:end], items, body)


def joined(parts: Iterable[tuple[str, Node]]) -> Node:
    """A list, each part with the operator before it: `&&` and `||` bind tighter than all others, from the left."""
    items: list[Node] = []
    for operator, node in parts:
        if items and operator in ("&&", "||"):
            items[-1] = AndOr("&&" if operator == "&&" else "||", items[-1], node)
        else:
            items.append(node)
    return items[0] if len(items) == 1 else Sequence(tuple(items))
