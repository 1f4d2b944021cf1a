"""Which file does an expression name that is put together? `os.path.join(HERE, "conf", f"{args.model}.yaml")`."""

from __future__ import annotations

import re
from typing import NamedTuple

from chipsieve.facts.conditions import Question
from chipsieve.facts.reading import Reference
from chipsieve_python.context import Context
from chipsieve_python.evaluate import evaluate, qualified
from chipsieve_python.literals import UNKNOWN
from chipsieve_python.scope import Scope
from chipsieve_python.syntax_tree import expression_kinds as expr

ENDINGS = r"\.(json|yaml|yml|toml|gin|conf)"
CONFIG_FILE = re.compile(rf"[^\w\n\"'*?]*+\w[^\n\"'*?]*{ENDINGS}")
ENDING = re.compile(rf"{ENDINGS}[\"')\s]*$")
ENDING_SIZE = 20  # characters in which the ending must stand: most expressions are no names of files
JOINS = frozenset({"os.path.join", "posixpath.join"})
PATHS = frozenset({"pathlib.Path", "Path", "str", "os.path.abspath", "os.path.expanduser"})
HOLE = "${...}"
MODULES = re.compile(r"[A-Za-z_][\w.]*\.\w*")
PLAIN = (expr.SimpleString, expr.Name, expr.Attribute, expr.Subscript)
LEVELS = 8  # of operators and calls that are looked into


class _Text(NamedTuple):
    """A text in which each thing that is not known is a hole, and what chooses the last one."""

    text: str
    chosen: Question | None = None


def state_path(node: expr.Expression, here: Context) -> None:
    """Keep the name of a configuration that an expression puts together; the option that chooses a part with it."""
    if not ENDING.search(node.code.text, max(node.start, node.end - ENDING_SIZE), node.end):
        return
    found = _path(node, here.scope, LEVELS)
    name = found.text.removeprefix(f"{HOLE}/") if found.text.count(HOLE) > 1 else found.text  # `HERE / f"{x}.yaml"`
    if name.count(HOLE) <= 1 and CONFIG_FILE.fullmatch(name.replace(HOLE, "")):
        chosen = None if name.startswith(f"{HOLE}/") else found.chosen
        span = here.output.span(node)
        here.output.references.append(Reference(name, span, here.conditions, chosen=chosen))


def folder(node: expr.Expression, scope: Scope) -> str | None:
    """The folder that an expression names, seen from the file's own; None where it is not known."""
    found = _path(node, scope, LEVELS)
    name = found.text.removeprefix(f"{HOLE}/")  # `os.path.dirname(__file__)` and its like
    return None if HOLE in name else name


def state_module(node: expr.Expression, here: Context) -> None:
    """Keep the modules that `importlib.import_module(f"models.{args.arch}")` may load, with the option that chooses."""
    found = _path(node, here.scope, LEVELS)
    folders, hole, rest = found.text.partition(HOLE)
    if hole and not rest and MODULES.fullmatch(folders):
        text = f"{folders.replace('.', '/')}{HOLE}.py"
        span = here.output.span(node)
        here.output.references.append(Reference(text, span, here.conditions, chosen=found.chosen, imported=True))


def _path(node: expr.Expression, scope: Scope, levels: int) -> _Text:
    if isinstance(node, expr.FormattedString) and levels:
        return _joined([_piece(part, scope, levels - 1) for part in node.parts], "")
    if isinstance(node, expr.BinaryOperation) and node.operator in ("+", "/") and levels:
        sides = [_path(node.left, scope, levels - 1), _path(node.right, scope, levels - 1)]
        return _joined(sides, "/" if node.operator == "/" else "")
    if isinstance(node, expr.Call) and levels and node.args:
        name, func = qualified(node.func, scope), node.func
        below = [func.value] if isinstance(func, expr.Attribute) and func.attr == "joinpath" else []
        if below or name in JOINS:
            parts = [*below, *(arg.value for arg in node.args)]
            return _joined([_path(part, scope, levels - 1) for part in parts], "/")
        if name in PATHS:
            return _path(node.args[0].value, scope, levels - 1)
    arms = evaluate(node, scope) if isinstance(node, PLAIN) else ()
    value = arms[0][1] if len(arms) == 1 else UNKNOWN
    if value.text is not None and not value.qualified:
        return _Text(value.text)
    test = value.test
    return _Text(HOLE, test if isinstance(test, Question) and test.subject in ("option", "variable") else None)


def _piece(part: expr.FormattedStringContent, scope: Scope, levels: int) -> _Text:
    return _Text(part.value) if isinstance(part, expr.FormattedStringText) else _path(part.expression, scope, levels)


def _joined(parts: list[_Text], between: str) -> _Text:
    """One text of several, with what chooses the last hole."""
    holes = [part for part in parts if HOLE in part.text]
    return _Text(between.join(part.text for part in parts), holes[-1].chosen if holes else None)
