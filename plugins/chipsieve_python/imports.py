"""What does the file import, and what do the imports bind?"""

from __future__ import annotations

from functools import partial

from chipsieve.facts.conditions import Question, stack
from chipsieve.facts.reading import Import
from chipsieve_python import tree
from chipsieve_python.hits import Found, Place
from chipsieve_python.values import Value, one
from chipsieve_python.walk import Walk


def read(walk: Walk, node: tree.Node) -> bool:
    """Read an import statement; False of any other statement."""
    if isinstance(node, tree.Import):
        for alias in node.names:
            _module(walk, node, alias)
        return True
    if isinstance(node, tree.ImportFrom):
        _names(walk, node)
        return True
    return False


def _module(walk: Walk, node: tree.Import, alias: tree.ImportAlias) -> None:
    module = alias.name
    _record(walk, node, module, 0, ())
    if alias.asname is not None:
        walk.bind(alias.asname, one(Value(module, qualified=True, module=True)))
    else:
        root = module.partition(".")[0]
        walk.bind(root, one(Value(root, qualified=True, module=True)))


def _names(walk: Walk, node: tree.ImportFrom) -> None:
    module, level = node.module, node.level
    names = tuple(alias.name for alias in node.names) or ("*",)
    _record(walk, node, module, level, names)
    prefix = "." * level + module
    for alias in node.names:
        full = f"{prefix}{alias.name}" if prefix.endswith(".") else f"{prefix}.{alias.name}"
        walk.bind(alias.asname or alias.name, one(Value(full, qualified=True)))


def _record(walk: Walk, node: tree.Import | tree.ImportFrom, module: str, level: int, names: tuple[str, ...]) -> None:
    """Keep the import; where it may fail, it guards what follows in the block."""
    if walk.guarding:
        walk.conditions = stack(walk.conditions, Question("import", "." * level + module))
    make = partial(Import, module, level=level, names=names, conditions=walk.conditions)
    walk.imports.append(Found(Place(node), make))
    if level == 0 and walk.vocabulary.asks("import", module):
        walk.state("import", module, None, node, parts=names)
