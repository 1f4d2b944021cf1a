"""What does the file import, and what do the imports bind?"""

from __future__ import annotations

from functools import partial

import libcst as cst

from chipsieve.model import Import, Match, Test
from chipsieve_python.conditions import stack
from chipsieve_python.hits import Found, Place
from chipsieve_python.values import Value, dotted, one
from chipsieve_python.walk import Walk


def read(walk: Walk, node: cst.CSTNode) -> bool:
    """Read an import statement; False of any other statement."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            _module(walk, node, alias)
        return True
    if isinstance(node, cst.ImportFrom):
        _names(walk, node)
        return True
    return False


def _module(walk: Walk, node: cst.Import, alias: cst.ImportAlias) -> None:
    module = ".".join(dotted(alias.name))
    _record(walk, node, module, 0, ())
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        walk.bind(alias.asname.name.value, one(Value(module, qualified=True, module=True)))
    else:
        root = module.partition(".")[0]
        walk.bind(root, one(Value(root, qualified=True, module=True)))


def _names(walk: Walk, node: cst.ImportFrom) -> None:
    module, level = ".".join(dotted(node.module)) if node.module is not None else "", len(node.relative)
    aliases = [] if isinstance(node.names, cst.ImportStar) else list(node.names)
    names = tuple(".".join(dotted(alias.name)) for alias in aliases) or ("*",)
    _record(walk, node, module, level, names)
    prefix = "." * level + module
    for alias, name in zip(aliases, names, strict=False):
        bound = alias.asname.name if alias.asname is not None else alias.name
        full = f"{prefix}{name}" if prefix.endswith(".") else f"{prefix}.{name}"
        if isinstance(bound, cst.Name):
            walk.bind(bound.value, one(Value(full, qualified=True)))


def _record(walk: Walk, node: cst.Import | cst.ImportFrom, module: str, level: int, names: tuple[str, ...]) -> None:
    """Keep the import; where it may fail, it guards what follows in the block."""
    if walk.guarding:
        walk.conditions = stack(walk.conditions, Test("import", "." * level + module))
    make = partial(Import, module, level=level, names=names, conditions=walk.conditions)
    walk.imports.append(Found(Place(node), make))
    if level == 0:
        walk.hit(_matches(walk, module, names), node)


def _matches(walk: Walk, module: str, names: tuple[str, ...]) -> list[Match]:
    """`from flash_attn import flash_attn_interface` may import a submodule: both are asked for."""
    found = list(walk.table.import_(module))
    for name in names:
        found += [
            match for match in walk.table.import_(f"{module}.{name}") if match.signal not in {m.signal for m in found}
        ]
    return found
