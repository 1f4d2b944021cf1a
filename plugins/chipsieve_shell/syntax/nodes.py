"""What is a script made of? The syntax tree that `parse` yields, whichever engine built it.

Every offset is a code point offset into the text that was parsed. Words are extents, not strings: what a
word says depends on quotes and variables, and the expander reads it from the text.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Extent = tuple[int, int]


class EngineError(ValueError):
    """A stretch of masked text that the engine cannot read."""


class Heredoc(msgspec.Struct, frozen=True):
    """A here-document: its body's extent, and whether a quoted delimiter makes the body literal."""

    body: Extent
    quoted: bool


class Redirect(msgspec.Struct, frozen=True):
    """A redirection: its operator, and the word or here-document behind it."""

    operator: str
    target: Extent | None = None
    heredoc: Heredoc | None = None


class Simple(msgspec.Struct, frozen=True):
    """A simple command: prefix assignments, words, redirections."""

    extent: Extent
    assignments: tuple[Extent, ...] = ()
    words: tuple[Extent, ...] = ()
    redirects: tuple[Redirect, ...] = ()


class Bracketed(msgspec.Struct, frozen=True):
    """`[[ ... ]]` or `(( ... ))`; the extent includes the brackets."""

    extent: Extent
    kind: Literal["test", "arithmetic"]


class Sequence(msgspec.Struct, frozen=True):
    """Commands one after the other."""

    items: tuple[Node, ...]


class AndOr(msgspec.Struct, frozen=True):
    """`left && right` or `left || right`."""

    operator: Literal["&&", "||"]
    left: Node
    right: Node


class Pipeline(msgspec.Struct, frozen=True):
    """Commands joined by pipes, perhaps negated by `!`."""

    parts: tuple[Node, ...]
    negated: bool = False


class If(msgspec.Struct, frozen=True):
    """`if` and its `elif`s as (test, body), and the `else`."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None = None


class Arm(msgspec.Struct, frozen=True):
    """One arm of a `case`: its patterns, its body, and whether the next arm's body runs too (`;&`)."""

    patterns: tuple[Extent, ...]
    body: Node
    falls: bool = False


class Case(msgspec.Struct, frozen=True):
    """`case SUBJECT in ... esac`."""

    extent: Extent
    subject: Extent
    arms: tuple[Arm, ...]


class For(msgspec.Struct, frozen=True):
    """`for NAME in ITEMS`; items are None where the loop runs over "$@" or counts, as its `head` says.

    The head is what stands in `for ((NAME = 0; ...))`.
    """

    name: str
    items: tuple[Extent, ...] | None
    body: Node
    head: Extent | None = None


class While(msgspec.Struct, frozen=True):
    """`while` or `until`."""

    test: Node
    body: Node
    until: bool = False


class Function(msgspec.Struct, frozen=True):
    """A function's definition."""

    name: str
    body: Node


class Group(msgspec.Struct, frozen=True):
    """`{ ... }` or, with `subshell`, `( ... )`; also any compound command that has redirections."""

    body: Node
    subshell: bool = False
    redirects: tuple[Redirect, ...] = ()


class Doubtful(msgspec.Struct, frozen=True):
    """What could be read of a block that could not be read whole: nobody can say when it runs."""

    body: Node
    reason: str


Node = (
    Simple | Bracketed | Sequence | AndOr | Pipeline | If | Case | For | While | Function | Group | Doubtful
)  # fmt: skip


class Lost(msgspec.Struct, frozen=True):
    """Text that no parse could place, and why."""

    extent: Extent
    reason: str


class Script(msgspec.Struct, frozen=True):
    """A parsed text: its tree, its comments' extents, what was lost, and the parser that read it.

    The engine is "bashlex" where that was needed, else "shell".
    """

    body: Node
    comments: tuple[Extent, ...] = ()
    lost: tuple[Lost, ...] = ()
    engine: str = "shell"


def names_assigned(node: Node, text: str) -> frozenset[str]:
    """The variables that a node's commands may assign, by their form alone."""
    if isinstance(node, Simple):
        words = [text[start:end] for start, end in (*node.assignments, *node.words)]
        named = [word.partition("=")[0].partition("[")[0].rstrip("+") for word in words if "=" in word]
        named += words[1:] if words[:1] in (["read"], ["mapfile"], ["readarray"]) else []
        return frozenset(name for name in named if name.isidentifier())
    names = frozenset({node.name}) if isinstance(node, For) else frozenset()
    return names.union(*(names_assigned(child, text) for child in children(node)))


def uses_command(node: Node, name: str, text: str) -> bool:
    """Whether some simple command below the node has this name."""
    if isinstance(node, Simple):
        return bool(node.words) and text[slice(*node.words[0])] == name
    return any(uses_command(child, name, text) for child in children(node))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in the order of the text."""
    match node:
        case Sequence(items):
            return items
        case AndOr(_, left, right):
            return left, right
        case Pipeline(parts):
            return parts
        case If(branches, otherwise):
            flat = tuple(node for branch in branches for node in branch)
            return flat if otherwise is None else (*flat, otherwise)
        case Case(arms=arms):
            return tuple(arm.body for arm in arms)
        case While(test, body):
            return test, body
        case For(body=body) | Function(body=body) | Group(body=body) | Doubtful(body=body):
            return (body,)
        case _:
            return ()


def wording(node: Node, text: str) -> str:
    """How the text words a node, on one line."""
    extents = list(_extents(node))
    if not extents:
        return ""
    start, end = min(first for first, _ in extents), max(last for _, last in extents)
    return " ".join(text[start:end].split())


def start_of(node: Node) -> int:
    """The offset of the first command in a node, 0 where it has none."""
    return min((first for first, _ in _extents(node)), default=0)


def _extents(node: Node) -> list[Extent]:
    own = getattr(node, "extent", None)
    return [own] if own else [extent for child in children(node) for extent in _extents(child)]
