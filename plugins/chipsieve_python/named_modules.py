"""Which modules and classes does the file name by strings? `importlib.import_module("a.b")`, `dict(type="Model")`.

In a configuration written in Python, as OpenMMLab's frameworks have them, such strings take the place of imports.
"""

from __future__ import annotations

from chipsieve.facts.conditions import Question
from chipsieve.facts.module_names import (
    CLASS_KEYS,
    CUSTOM_IMPORTS,
    FOLDER_KEYS,
    IMPORTS,
    MODULE_KEYS,
    REGISTERED,
    NamedModule,
    named_class,
    named_module,
)
from chipsieve.facts.reading import Import, Reference
from chipsieve_python.context import Context
from chipsieve_python.dictionaries import Entry, dict_entries
from chipsieve_python.evaluate import evaluate, text_of
from chipsieve_python.path_texts import state_module
from chipsieve_python.syntax_tree import expression_kinds as expr

BASE = "_base_"
IMPORTERS = frozenset({"importlib.import_module", "__import__"})
NAMING = CLASS_KEYS | MODULE_KEYS | REGISTERED


def keep_import(place: expr.Placed, module: str, level: int, names: tuple[str, ...], here: Context) -> None:
    """Keep an import; what stands for a module from elsewhere is a fact too, with the names as its parts.

    `from flash_attn import flash_attn_interface` may import a submodule.
    """
    here.output.imports.append(Import(module, here.output.span(place), level, names, here.conditions))
    if level == 0 and here.asks("import", module):
        here.state("import", module, None, place, parts=names)


def name_by_keys(entries: list[Entry], here: Context) -> None:
    """Keep what the entries of a dict name under keys that stand for a module or a class."""
    for key, place, value in entries:
        if key in NAMING and (text := text_of(value, here.scope)):
            _keep(named_module(key, text), place, here)
            if found := named_class(key, text):
                here.mention(found)


def name_by_assignment(target: expr.Expression, value: expr.Expression, here: Context) -> None:
    """Keep the modules of `plugin_dir = "projects/plugin/"` and `custom_imports = dict(imports=["pkg.module"])`.

    A Python configuration builds on those that `_base_` names.
    """
    if not isinstance(target, expr.Name) or here.scope.kind != "module":
        return
    if target.value in FOLDER_KEYS:
        _keep(named_module(target.value, text_of(value, here.scope) or ""), value, here)
    elif target.value == BASE:
        span = here.output.span(value)
        listed = (text for text in _texts(value, here) if text.endswith(".py"))
        here.output.references.extend(Reference(text, span, here.conditions, imported=True) for text in listed)
    elif target.value == CUSTOM_IMPORTS:
        entries = {key: node for key, _, node in dict_entries(value)}
        may_fail = text_of(entries.get("allow_failed_imports", value), here.scope) == "true"
        for text in _texts(entries.get(IMPORTS, value), here):
            under = here.under(Question("import", text)) if may_fail else here
            keep_import(value, text, 0, (), under)


def name_by_call(name: str, node: expr.Call, here: Context) -> None:
    """Keep the module that `importlib.import_module("a.b")` loads."""
    if name not in IMPORTERS or not node.args or node.args[0].keyword is not None:
        return
    text = text_of(node.args[0].value, here.scope)
    if text:
        module = text.lstrip(".")
        keep_import(node, module, len(text) - len(module), (), here)
    elif text is None:
        state_module(node.args[0].value, here)


def _keep(named: NamedModule | None, place: expr.Placed, here: Context) -> None:
    if named is not None and named.certain:
        keep_import(place, named.module, 0, named.names, here)


def _texts(node: expr.Expression, here: Context) -> list[str]:
    found = [value.node for _, value in evaluate(node, here.scope)]
    listed = found[0] if len(found) == 1 and isinstance(found[0], expr.LISTS) else None
    nodes = [element.value for element in listed.elements] if listed is not None else [node]
    return [text for item in nodes if (text := text_of(item, here.scope))]
