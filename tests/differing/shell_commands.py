"""Which commands does a script hold, by our shell reader and by tree-sitter-bash, and where do the two differ?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import tree_sitter_bash
from tree_sitter import Language, Parser
from tree_sitter import Node as Branch

from chipsieve.facts.places import Lines
from chipsieve_shell.constants.expander import Expander
from chipsieve_shell.constants.pieces import Pieces
from chipsieve_shell.constants.source_map import MappedText
from chipsieve_shell.constants.state import State
from chipsieve_shell.syntax.nodes import Bracketed, Case, Extent, For, Group, Node, Simple, children
from chipsieve_shell.syntax.script_parser import parse
from chipsieve_shell.syntax.word_scanner import ASSIGNMENT

Kind = Literal["command_name", "variable_assignment"]
Found = set[tuple[Kind, int]]
"""Commands and assignments by the offset at which they begin."""
DECLARING = ("export", "declare", "local", "readonly", "typeset")
COMMANDS = ("command_name", "declaration_command", "unset_command", "test_command")
"""What tree-sitter calls what is a simple command to bash; of tests, `[` alone is one."""
SHOWN = 60  # characters around a difference
ORACLE = Parser(Language(tree_sitter_bash.language()))


class Difference(NamedTuple):
    """A command or an assignment that one of the two does not see: who sees it, on which line, what stands there.

    `why` names the row of ALLOWED that explains it, "" where none does.
    """

    line: int
    by: Literal["ours", "theirs"]
    kind: Kind
    text: str
    why: str = ""


class Allowed(NamedTuple):
    """A difference that is right: a fault of tree-sitter-bash, by what stands before and behind the place."""

    by: Literal["ours", "theirs"]
    says: str
    before: str
    behind: str


ALLOWED = (
    Allowed("theirs", "the name of a variable behind another word is taken for a command", r"\$$", r"\w"),
    Allowed("theirs", "arithmetic in a default is taken for a substitution", r":-\$\(\($", r"\w"),
    Allowed("theirs", "`elif` and `then` are taken for commands", r"(^|[\n;]) *$", r"(elif|then)\b"),
    Allowed("ours", "and what `elif` tests is then an argument", r"\belif $", r"\["),
    Allowed(
        "ours", "what runs in the pattern of `${V%...}` or `${V^...}` is taken for text", r"\$\{\w+[%#^,]+\$\($", r"\w"
    ),
    Allowed("ours", "an assignment of `${V#\\'}` in quotes is passed over", r"", r"\w+=\"\$\{\w+[%#]+\\'\}"),
)


class Collector(Expander):
    """Commands and assignments of our own tree, those in substitutions too."""

    def __init__(self, text: str) -> None:
        """Collect from one text."""
        super().__init__(MappedText(text), State())
        self.text = text
        self.found: Found = set()

    def substitute(self, start: int, end: int) -> Pieces:
        """Collect what a substitution holds."""
        self.collect(parse(self.text, start, end).body)
        return ()

    def word(self, extent: Extent) -> None:
        """Collect what the substitutions in a word hold."""
        if (parts := self.assigned(extent)) and self.text.startswith("(", parts[3][0]):
            self.elements(*parts[3])
        else:
            self.pieces(*extent)

    def collect(self, node: Node) -> None:
        """Collect what a node holds."""
        if isinstance(node, Simple):
            self.found |= {("command_name", node.words[0][0])} if node.words else set()
            declared = node.words if node.words and self.text[slice(*node.words[0])] in DECLARING else ()
            assigned = [one for one in (*node.assignments, *declared) if ASSIGNMENT.match(self.text, *one)]
            self.found |= {("variable_assignment", start) for start, _ in assigned}
        for extent in extents(node):
            self.word(extent)
        for body in (one.heredoc for one in getattr(node, "redirects", ()) if one.heredoc and not one.heredoc.quoted):
            self.pieces(*body.body, document=True)
        if isinstance(node, For) and node.head:
            self.pieces(*node.head, quoted=True)
        for child in children(node):
            self.collect(child)


def extents(node: Node) -> list[Extent]:
    """The words that a node holds."""
    if isinstance(node, Simple):
        targets = [redirect.target for redirect in node.redirects if redirect.target]
        return [*node.assignments, *node.words, *targets]
    if isinstance(node, For):
        return list(node.items or ())
    if isinstance(node, Group):
        return [redirect.target for redirect in node.redirects if redirect.target]
    if isinstance(node, Case):
        return [node.subject, *(pattern for arm in node.arms for pattern in arm.patterns)]
    return [node.extent] if isinstance(node, Bracketed) else []


def ours(text: str) -> Found:
    """What our reader's tree holds."""
    collector = Collector(text)
    collector.collect(parse(text).body)
    return collector.found


def theirs(text: str) -> tuple[Found, bool]:
    """What tree-sitter says, and whether it could read all of the text."""
    tree = ORACLE.parse(text.encode())
    found: Found = set()
    for node in nodes(tree.root_node):
        kind = _kind(node)
        timed = _timed(node) if node.text == b"time" else node
        if kind and timed:
            found.add((kind, len(text.encode()[: timed.start_byte].decode())))
    return found, not tree.root_node.has_error


def _timed(node: Branch) -> Branch | None:
    """What is timed: to tree-sitter, `time` is a command, and what it times are its arguments."""
    arguments = [] if node.parent is None else node.parent.children_by_field_name("argument")
    return next((one for one in arguments if one.text != b"-p"), None)


def _kind(node: Branch) -> Kind | None:
    begins = node.text or b""
    if node.type in COMMANDS:
        is_other = node.type == "test_command" and (not begins.startswith(b"[") or begins.startswith(b"[["))
        return None if is_other else "command_name"
    counting = node.parent is not None and node.parent.type == "c_style_for_statement"
    return "variable_assignment" if node.type == "variable_assignment" and not counting else None


def nodes(root: Branch) -> Iterator[Branch]:
    """Every node of a tree."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def differences(text: str) -> tuple[int, list[Difference]] | None:
    """How much both see, and what one of them alone sees; None of a text that tree-sitter cannot read."""
    other, whole = theirs(text)
    if not whole:
        return None
    own, lines = ours(text), Lines(text)
    alone: list[tuple[Literal["ours", "theirs"], tuple[Kind, int]]] = [("ours", one) for one in own - other]
    alone += [("theirs", one) for one in other - own]
    found = []
    for by, (kind, at) in alone:
        shown = re.split(r"[\s;]", text[at : at + SHOWN] + "\n", maxsplit=1)[0]
        found.append(Difference(lines.position(at)[0], by, kind, shown, _why(by, text, at)))
    return len(own & other), sorted(found)


def _why(by: str, text: str, at: int) -> str:
    """What explains a difference at a place, "" for nothing."""
    before, behind = text[max(at - SHOWN, 0) : at], text[at : at + SHOWN]
    rows = (row for row in ALLOWED if row.by == by and re.search(row.before, before) and re.match(row.behind, behind))
    return next((row.says for row in rows), "")
