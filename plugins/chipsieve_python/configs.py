"""Which settings does the file write? Keys of nested dict literals, of subscripts and of config objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chipsieve.facts.conditions import MENTION, Conditions, stack
from chipsieve_python import environment, tree
from chipsieve_python.evaluate import CONFIG_NAMES, qualified, subscripts
from chipsieve_python.guards import texts_of
from chipsieve_python.values import dotted, literal, number, plain_text
from chipsieve_python.walk import Walk, handles

TABLE = 3
Entry = tuple[str, tree.Placed, tree.Expression]


@handles(tree.Dict)
def visit_dict(walk: Walk, node: tree.Dict) -> None:
    """Read a dict literal: keys that rows know, variables of an environment, and the values themselves."""
    entries = list(dict_entries(node))
    settings(walk, entries, ())
    environment.entries(walk, entries, certain=environment.is_environment(walk, node))
    for element in node.elements:
        if element.key is None:
            walk.visit(element.value)
        elif plain_text(element.key) is None:
            with walk.under(MENTION):
                walk.visit(element.key)
    items = [(item.value, plain_text(item.key) or "") for item in node.elements if item.key is not None]
    visit_alternatives(walk, items)


def dict_entries(node: tree.Expression) -> Iterator[Entry]:
    """The entries of `{"a": ...}` or `dict(a=...)` whose key is text: key, the key's node, value."""
    if isinstance(node, tree.Dict):
        for element in node.elements:
            key = None if element.key is None else plain_text(element.key)
            if key is not None and element.key is not None:
                yield key, element.key, element.value
    elif isinstance(node, tree.Call) and isinstance(node.func, tree.Name) and node.func.value == "dict":
        for arg in node.args:
            if arg.keyword is not None:
                yield arg.keyword.value, arg.keyword, arg.value


def settings(walk: Walk, entries: list[Entry], path: tuple[str, ...]) -> None:
    """State every scalar below the entries."""
    scalars = {key: value.text for key, _, node in entries if (value := literal(node)) and value.text is not None}
    numbers = len(entries) >= TABLE and all(number(node) is not None for _, _, node in entries)
    for key, place, node in entries:
        inner = list(dict_entries(node))
        if inner:
            settings(walk, inner, (*path, key))
        elif walk.vocabulary.asks("key", key):
            setting(walk, (*path, key), place, node, scalars, (MENTION,) if numbers else ())


def setting(
    walk: Walk,
    path: tuple[str, ...],
    place: tree.Placed,
    node: tree.Expression,
    beside: dict[str, str],
    own: Conditions = (),
) -> None:
    """State one key and the values that it may have."""
    *above, key = path
    deciding = tuple(pair for pair in beside.items() if walk.vocabulary.asks("beside", pair[0]))
    for text in texts_of(node, walk.scope):
        if text.known is not None or text.chosen is not None:
            conditions = (*own, *text.own)
            walk.state(
                "key", key, text.known, place, *conditions, parts=tuple(above), beside=deciding, chosen=text.chosen
            )


def assigned(walk: Walk, target: tree.Expression, node: tree.Expression) -> None:
    """`cfg["bf16"]["enabled"] = True` and `cfg.bf16.enabled = True` set keys."""
    if isinstance(target, tree.Subscript):
        keys, base = subscripts(target)
        path = tuple(key for key in keys if key is not None)
        if len(path) != len(keys) or qualified(base, walk.scope) == "os.environ":
            return
    elif isinstance(target, tree.Attribute):
        parts = dotted(target)
        configs = [index for index, part in enumerate(parts[:-1]) if CONFIG_NAMES.match(part)]
        path = parts[configs[-1] + 1 :][-2:] if configs else ()
    else:
        return
    if path and walk.vocabulary.asks("key", path[-1]):
        setting(walk, path, target, node, {})


def visit_alternatives(walk: Walk, items: list[tuple[tree.Expression, str]]) -> None:
    """Read the members of a literal: two names of one family, or three numbers, are a table to choose from."""
    names = {id(node): qualified(node, walk.scope) for node, _ in items if isinstance(node, tree.Attribute | tree.Name)}
    families = {name: name.rpartition(".")[0] for name in names.values() if "." in name}
    several = {family for family, count in Counter(families.values()).items() if count > 1}
    parameters = all(key.endswith("dtype") for node, key in items if id(node) in names)
    numbers = sum(number(node) is not None for node, _ in items) >= TABLE
    outer, mentioned = walk.conditions, stack(walk.conditions, MENTION)
    for node, key in items:
        chosen = families.get(names.get(id(node), "")) in several and not parameters
        walk.conditions = mentioned if chosen or (numbers and number(node) is not None) else outer
        walk.visit(node, key)
    walk.conditions = outer
