"""Which environment variables does the file set? Writes to os.environ, and the environments of processes it starts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chipsieve.facts.conditions import unknown
from chipsieve_python import tree
from chipsieve_python.evaluate import evaluate, qualified, text_of
from chipsieve_python.walk import Walk

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
UNSURE = unknown("dictionary that may be an environment")
KEYS = frozenset({"env", "env_vars", "environment", "environ"})
Entry = tuple[str, tree.Placed, tree.Expression]


def variable(walk: Walk, name: str | None, place: tree.Placed, value: tree.Expression, *, certain: bool = True) -> None:
    """A variable is set to a value, or perhaps only written into a dictionary."""
    if name is None or not VARIABLE.fullmatch(name) or not walk.vocabulary.asks("env", name):
        return
    for own, found in walk.possible(evaluate(value, walk.scope)):
        text = None if found.qualified else found.text
        walk.state("env", name, text, place, *own, *(() if certain else (UNSURE,)))


def entries(walk: Walk, items: Iterable[Entry], *, certain: bool) -> None:
    """The entries of a dict: of an environment, or of a dict that looks like one."""
    for name, place, value in items:
        variable(walk, name, place, value, certain=certain)


def assigned(walk: Walk, target: tree.Expression, value: tree.Expression) -> None:
    """`os.environ["X"] = value`, also through a copy."""
    if not isinstance(target, tree.Subscript) or len(target.slice) != 1:
        return
    index = target.slice[0]
    if not isinstance(index, tree.Slice):
        certain = qualified(target.value, walk.scope) == "os.environ"
        variable(walk, text_of(index, walk.scope), index, value, certain=certain)


def called(walk: Walk, name: str, node: tree.Call) -> None:
    """`os.putenv(name, value)`, `os.environ.setdefault(name, value)`, X of `update(X=...)`, `dict(..., X=...)`."""
    values = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
    if name in ("os.putenv", "os.environ.setdefault") and len(values) > 1:
        variable(walk, text_of(values[0], walk.scope), values[0], values[1])
    elif name in ("os.environ.update", "dict"):
        inherits = name != "dict" or any(qualified(arg.value, walk.scope) == "os.environ" for arg in node.args)
        for arg in node.args:
            if arg.keyword is not None:
                variable(walk, arg.keyword.value, arg.keyword, arg.value, certain=inherits or walk.bound in KEYS)


def is_environment(walk: Walk, node: tree.Dict) -> bool:
    """Whether the dict literal in hand is an environment: `env={...}`, `"env_vars": {...}`, `{**os.environ, ...}`."""
    merged = (part.value for part in node.elements if part.key is None)
    return walk.bound in KEYS or any(qualified(part, walk.scope) == "os.environ" for part in merged)
