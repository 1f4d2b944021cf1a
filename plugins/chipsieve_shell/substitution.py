"""What does `$(...)` print, and which scripts reach a shell through a pipe? Constant idioms only."""

from __future__ import annotations

from posixpath import basename

from chipsieve_shell.nodes import AndOr, Group, Node, Sequence, Simple, children
from chipsieve_shell.parameter import parent
from chipsieve_shell.state import DIRECTORY, State, inherited
from chipsieve_shell.tape import Tape
from chipsieve_shell.values import Piece, Pieces, constant
from chipsieve_shell.walker import Walker

PATH_PRINTERS = ("realpath", "readlink")


def printed(walker: Walker, node: Node, tape: Tape, state: State) -> Pieces:
    """What a command list prints, when it is a path idiom or an `echo` of constants; else nothing."""
    if isinstance(node, Group) or (isinstance(node, Sequence) and len(node.items) == 1):
        return printed(walker, children(node)[0], tape, state) if children(node) else ()
    if isinstance(node, AndOr) and node.operator == "&&" and _words(walker, node.right, tape, state, "pwd"):
        target = _words(walker, node.left, tape, state, "cd")
        return joined_path(inherited(state, DIRECTORY, (0, 0)), target[1]) if len(target) > 1 else ()
    words = _words(walker, node, tape, state, "")
    name = constant(words[0]) if words else None
    if name == "pwd":
        return inherited(state, DIRECTORY, (words[0][0].start, words[0][-1].end))
    if name == "echo" and len(words) == 2:  # noqa: PLR2004 - the command and one operand
        return words[1] if constant(words[1]) is not None else ()
    operand = words[-1] if len(words) > 1 else ()
    if name == "dirname":
        return parent(operand) or ()
    if name == "basename" and (text := constant(operand)):
        return (operand[0]._replace(text=basename(text), exact=False),)
    return operand if name in PATH_PRINTERS and _is_path(operand) else ()


def _is_path(pieces: Pieces) -> bool:
    """Whether a path stays itself when it is made absolute: it hangs on the script's place, or is known."""
    return bool(pieces) and (pieces[0].text.startswith("@") or constant(pieces) is not None)


def _words(walker: Walker, node: Node, tape: Tape, state: State, name: str) -> list[Pieces]:
    """The words of a simple command without assignments, if it is that and has this name."""
    if not isinstance(node, Simple) or node.assignments or not node.words:
        return []
    expander = walker.expander(tape, state)
    words = [word for extent in node.words for word in expander.words(extent)]
    options = [word for word in words if (constant(word) or "").startswith("-")]
    words = [word for word in words if word not in options]
    return words if words and name in ("", constant(words[0])) else []


def joined_path(base: Pieces, path: Pieces) -> Pieces:
    """Where `cd PATH` leads from a directory."""
    first = path[0] if path else None
    absolute = first is not None and (first.text.startswith(("/", "~", "@")) or first.kind != "text")
    at_start = len(base) == 1 and base[0].text == DIRECTORY
    if absolute or not path or (at_start and first is not None):
        return path
    slash = Piece("text", "/", path[0].start, path[0].start)
    return (*base, slash, *path)
