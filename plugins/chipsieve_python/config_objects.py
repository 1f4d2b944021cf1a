"""Which options does the file set on configuration objects that it makes? `config.dtype = "bfloat16"`, `_C.X = 1`.

Sources: ml_collections, README.md (`ConfigDict`); yacs, README.md (`CfgNode`); OmegaConf documentation, "Creating".
"""

from __future__ import annotations

from chipsieve_python.call_facts import callee_name
from chipsieve_python.context import Context
from chipsieve_python.declarations import declare, keywords, text
from chipsieve_python.dictionaries import Entry, dict_entries
from chipsieve_python.evaluate import qualified
from chipsieve_python.literals import dotted
from chipsieve_python.syntax_tree import expression_kinds as expr

MAKERS = frozenset({"ConfigDict", "CfgNode", "CN", "ConfigNode", "EasyDict", "edict", "Namespace", "SimpleNamespace"})
CREATE = "omegaconf.OmegaConf.create"


def declare_on_object(target: expr.Expression, value: expr.Expression, here: Context) -> None:
    """Keep what an assignment sets on a configuration object, or what one is made with."""
    made = value if isinstance(value, expr.Call) and _makes_config(value, here) else None
    if made is None and not here.output.config_objects:
        return
    parts = dotted(target) if isinstance(target, expr.NAMES) else ("",)
    if not parts[0]:
        return
    if made is not None:
        here.output.config_objects.add((here.function, parts[0]))
        _declare_entries(_made_with(made), parts, here)
    elif len(parts) > 1 and _is_config(parts[0], here):
        _declare(target, parts, value, here)


def _makes_config(call: expr.Call, here: Context) -> bool:
    return callee_name(call.func) in MAKERS or qualified(call.func, here.scope) == CREATE


def _is_config(name: str, here: Context) -> bool:
    """Whether a name is bound to such an object in the function or at the module's top level."""
    return not here.output.config_objects.isdisjoint({(here.function, name), ("", name)})


def _made_with(call: expr.Call) -> list[Entry]:
    """The entries of `ConfigDict({...})`, `ConfigDict(dict(...))` or `Namespace(bf16=True)`."""
    first = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
    return [
        *(dict_entries(first[0]) if first else ()),
        *((name, value, value) for name, value in keywords(call).items()),
    ]


def _declare_entries(entries: list[Entry], above: tuple[str, ...], here: Context) -> None:
    for key, place, value in entries:
        inner = list(dict_entries(value))
        if inner:
            _declare_entries(inner, (*above, key), here)
        elif key.isidentifier():
            _declare(place, (*above, key), value, here)


def _declare(place: expr.Placed, path: tuple[str, ...], value: expr.Expression, here: Context) -> None:
    """Keep one option, `--config.dtype`; what is set under a condition has a value that nobody knows."""
    unconditional = len(here.conditions) <= here.scope.base
    known = text(value, here.scope) if unconditional else None
    declare(place, (f"--{'.'.join(path)}",), ".".join(path[1:]), here, default=known)
