"""Which other files, modules and classes does a configuration name?"""

from __future__ import annotations

import posixpath
import re

from chipsieve.facts.conditions import Conditions, unknown
from chipsieve.facts.module_names import CUSTOM_IMPORTS, IMPORTS, named_class, named_module
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Mapping, Node, Scalar, Sequence

ENDINGS = (".json", ".yaml", ".yml", ".toml", ".sh", ".py", ".gin")
FILE_NAME = re.compile(r"(?:[\w.~@+-]*/)*[\w.@+-]+")
LONGEST_NAME = 300
BASES = ("_base_", "__base__", "_inherit_", "inherit", "inherits", "inherit_from", "extends", "base_config")
BASE_NAME = re.compile(r"(?![\w./@-]*\.(?:json|ya?ml|toml|py|gin)$)[\w./@-]*[A-Za-z][\w./@-]*")
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
    """Record the configurations on which one builds: `_base_` and its like, and Hydra's `defaults` list.

    A file's name is recorded wherever it stands; here it may lack its ending, which is that of the file itself.
    Source: Hydra documentation, "The Defaults List" (`override`, `optional`, `_self_`, `group@package`).
    """
    ending = posixpath.splitext(out.source.path)[1]
    for item in (item for name in BASES for item in _listed(node.get(name))):
        if isinstance(item, Scalar) and item.known and BASE_NAME.fullmatch(item.known):
            out.refer(item.known + ending, item.start, item.end, conditions)
    defaults = node.get("defaults")
    for entry in defaults.items if isinstance(defaults, Sequence) else []:
        if isinstance(entry, Scalar):
            _refer(out, "", entry, conditions)
        elif isinstance(entry, Mapping):
            for key, value in entry.entries:
                for choice in _listed(value):
                    if isinstance(choice, Scalar):
                        _refer(out, key.text or "", choice, conditions)


def _listed(node: Node | None) -> list[Node]:
    """The items of a list, or one value by itself."""
    return node.items if isinstance(node, Sequence) else [] if node is None else [node]


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
