"""Which settings and variables does the file write? Keys of dict literals and config objects, and `os.environ`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chipsieve.facts.conditions import MENTION, Conditions, unknown
from chipsieve_python.context import Context
from chipsieve_python.evaluate import evaluate, qualified, text_of
from chipsieve_python.idioms import CONFIG_NAMES
from chipsieve_python.literals import dotted, literal, number, plain_text, subscripts
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.texts import texts_of

TABLE = 3  # numbers side by side
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
UNSURE = unknown("dictionary that may be an environment")
ENVIRONMENTS = frozenset({"env", "env_vars", "environment", "environ"})
Entry = tuple[str, expr.Placed, expr.Expression]


def dict_entries(node: expr.Expression) -> Iterator[Entry]:
    """The entries of `{"a": ...}` or `dict(a=...)` whose key is text: key, the key's node, value."""
    if isinstance(node, expr.Dict):
        for element in node.elements:
            key = None if element.key is None else plain_text(element.key)
            if key is not None and element.key is not None:
                yield key, element.key, element.value
    elif isinstance(node, expr.Call) and isinstance(node.func, expr.Name) and node.func.value == "dict":
        for arg in node.args:
            if arg.keyword is not None:
                yield arg.keyword.value, arg.keyword, arg.value


def state_dict(node: expr.Dict, here: Context) -> None:
    """State the settings of a dict literal, and the variables of one that is or looks like an environment."""
    entries = list(dict_entries(node))
    _settings(entries, (), here)
    merged = (part.value for part in node.elements if part.key is None)
    is_environment = here.bound in ENVIRONMENTS or any(qualified(part, here.scope) == "os.environ" for part in merged)
    state_variables(entries, here, certain=is_environment)


def _settings(entries: list[Entry], path: tuple[str, ...], here: Context) -> None:
    """State every scalar below the entries."""
    scalars = {key: value.text for key, _, node in entries if (value := literal(node)) and value.text is not None}
    numbers = len(entries) >= TABLE and all(number(node) is not None for _, _, node in entries)
    for key, place, node in entries:
        inner = list(dict_entries(node))
        if inner:
            _settings(inner, (*path, key), here)
        elif here.asks("key", key):
            beside = tuple(pair for pair in scalars.items() if here.asks("beside", pair[0]))
            _setting((*path, key), place, node, beside, here.under(MENTION) if numbers else here)


def _setting(
    path: tuple[str, ...], place: expr.Placed, node: expr.Expression, beside: tuple[tuple[str, str], ...], here: Context
) -> None:
    """State one key and the values that it may have."""
    *above, key = path
    for text in texts_of(node, here.scope):
        if text.known is not None or text.chosen is not None:
            here.state(
                "key", key, text.known, place, *text.own, parts=tuple(above), beside=beside, chosen=text.chosen
            )  # fmt: skip


def state_assigned(target: expr.Expression, value: expr.Expression, here: Context) -> None:
    """`os.environ["X"] = value`; `cfg["bf16"]["enabled"] = True` and `cfg.bf16.enabled = True` set keys."""
    path: tuple[str, ...] = ()
    if isinstance(target, expr.Subscript):
        index = target.slice[0] if len(target.slice) == 1 else None
        if isinstance(index, expr.Expression):
            certain = qualified(target.value, here.scope) == "os.environ"
            state_variable(text_of(index, here.scope), index, value, here, certain=certain)
        keys, base = subscripts(target)
        known = tuple(key for key in keys if key is not None)
        path = known if len(known) == len(keys) and qualified(base, here.scope) != "os.environ" else ()
    elif isinstance(target, expr.Attribute):
        parts = dotted(target)
        configs = [index for index, part in enumerate(parts[:-1]) if CONFIG_NAMES.match(part)]
        path = parts[configs[-1] + 1 :][-2:] if configs else ()
    if path and here.asks("key", path[-1]):
        _setting(path, target, value, (), here)


def state_variables(entries: Iterable[Entry], here: Context, *, certain: bool) -> None:
    """State the entries of a dict: of an environment, or of a dict that looks like one."""
    for name, place, value in entries:
        state_variable(name, place, value, here, certain=certain)


def state_variable(
    name: str | None, place: expr.Placed, value: expr.Expression, here: Context, *, certain: bool = True
) -> None:
    """A variable is set to a value, or perhaps only written into a dictionary."""
    if name is None or not VARIABLE.fullmatch(name) or not here.asks("env", name):
        return
    unsure: Conditions = () if certain else (UNSURE,)
    for own, found in here.possible(evaluate(value, here.scope)):
        here.state("env", name, None if found.qualified else found.text, place, *own, *unsure)


def state_call_variables(name: str, node: expr.Call, here: Context) -> None:
    """`os.putenv(name, value)`, `os.environ.setdefault(name, value)`, X of `update(X=...)`, `dict(..., X=...)`."""
    values = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
    if name in ("os.putenv", "os.environ.setdefault") and len(values) > 1:
        state_variable(text_of(values[0], here.scope), values[0], values[1], here)
    elif name in ("os.environ.update", "dict"):
        inherits = name != "dict" or any(qualified(arg.value, here.scope) == "os.environ" for arg in node.args)
        certain = inherits or here.bound in ENVIRONMENTS
        for arg in node.args:
            if arg.keyword is not None:
                state_variable(arg.keyword.value, arg.keyword, arg.value, here, certain=certain)
