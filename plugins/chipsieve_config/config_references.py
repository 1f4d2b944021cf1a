"""Which other files, modules and classes does a configuration name?"""

from __future__ import annotations

import posixpath
import re

from chipsieve.facts.conditions import Conditions, unknown
from chipsieve.facts.module_names import CUSTOM_IMPORTS, IMPORTS, named_class, named_module
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Mapping, Scalar, Sequence

ENDINGS = (".json", ".yaml", ".yml", ".toml", ".sh", ".py", ".gin")
FILE_NAME = re.compile(r"(?:[\w.~@+-]*/)*[\w.@+-]+")
LONGEST_NAME = 300
NO_CHOICE = ("_self_", "null", "???")
MAY_BE_A_MODULE = unknown("whether the value names a module")


def is_file_name(text: str) -> bool:
    """Whether the text looks like the name of a script or configuration."""
    return text.endswith(ENDINGS) and len(text) <= LONGEST_NAME and FILE_NAME.fullmatch(text) is not None


def named(out: Collector, key: str, value: Scalar, conditions: Conditions) -> None:
    """Record the module and the class that the value of a key names; a key that tells nothing leaves it open."""
    text = value.known or ""
    found = named_module(key, text) if text else None
    if found is not None:
        own = conditions if found.certain else (*conditions, MAY_BE_A_MODULE)
        out.imported(found.module, found.names, value.start, value.end, own)
    name = named_class(key, text)
    if name and not conditions:
        out.mention(name)


def custom_imports(out: Collector, node: Mapping, conditions: Conditions) -> None:
    """Record the modules that `custom_imports: {imports: [pkg.module]}` loads."""
    listed = node.get(CUSTOM_IMPORTS)
    modules = listed.get(IMPORTS) if isinstance(listed, Mapping) else listed
    for item in modules.scalars() if isinstance(modules, Sequence) else [modules]:
        if isinstance(item, Scalar) and item.known:
            out.imported(item.known, (), item.start, item.end, conditions)


def includes(out: Collector, node: Mapping, conditions: Conditions) -> None:
    """Record the configurations on which one builds: `_base_`, and Hydra's `defaults` list.

    Source: Hydra documentation, "The Defaults List" (`override`, `optional`, `_self_`, `group@package`).
    """
    base, defaults = node.get("_base_"), node.get("defaults")
    for item in base.scalars() if isinstance(base, Sequence) else [base]:
        if isinstance(item, Scalar) and item.known and not is_file_name(item.known):
            out.refer(item.known, item.start, item.end, conditions)
    for entry in defaults.items if isinstance(defaults, Sequence) else []:
        if isinstance(entry, Scalar):
            _refer(out, "", entry, conditions)
        elif isinstance(entry, Mapping):
            for key, value in entry.entries:
                for choice in value.scalars() if isinstance(value, Sequence) else [value]:
                    if isinstance(choice, Scalar):
                        _refer(out, key.text or "", choice, conditions)


def _refer(out: Collector, key: str, choice: Scalar, conditions: Conditions) -> None:
    """Record one entry of a defaults list: `- override /model@net: gpt` chooses model/gpt.yaml for the group."""
    *keywords, group = key.split() or [""]
    group = group.partition("@")[0].strip("/")
    name = (choice.known or "").partition("@")[0].strip("/ ")
    if name and name not in NO_CHOICE:
        file = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
        overrules = "override" in keywords
        where = posixpath.join(group, file)
        out.refer(where, choice.start, choice.end, conditions, group, overrules=overrules)
