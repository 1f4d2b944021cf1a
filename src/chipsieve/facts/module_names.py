"""Which module or class of a code base does a setting name by its text? `_target_: pkg.module.Class`, `plugin_dir`.

Sources: Hydra documentation, "Instantiating objects with Hydra" (`_target_`); Lightning, "LightningCLI"
(`class_path`); MMEngine documentation, "Config" (`custom_imports`) and "Registry" (`type`); OpenMMLab's projects
(`plugin_dir`); fairseq documentation, "Extending Fairseq" (`--user-dir`).
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

CLASS_KEYS = frozenset({"_target_", "class_path", "target", "type", "class", "cls", "import_path"})
MODULE_KEYS = frozenset({"module", "import_module", "module_path", "module_name"})
FOLDER_KEYS = frozenset({"plugin_dir", "user_dir"})
REGISTERED = frozenset({"type", "name"})  # keys under which a registry's class stands by its bare name
IMPORTS = "imports"  # the list below `custom_imports`
CUSTOM_IMPORTS = "custom_imports"
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
FOLDERS = re.compile(r"(?:\.?/)?[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*/?")
CLASS = re.compile(r"[A-Z]\w*[a-z]\w*")
LONGEST = 200


class NamedModule(NamedTuple):
    """A module and the name taken from it; `certain` where the key alone says that the text names one."""

    module: str
    names: tuple[str, ...] = ()
    certain: bool = True


def named_module(key: str, text: str) -> NamedModule | None:
    """What the value of a key names, if it names a module, a folder of modules or what a module holds."""
    if len(text) > LONGEST or not ("." in text or "/" in text or key in FOLDER_KEYS):
        return None
    key = key.casefold().replace("-", "_")
    if key in FOLDER_KEYS and FOLDERS.fullmatch(text):
        folder = posixpath.dirname(text) if key == "plugin_dir" else text  # the part behind the last slash is cut off
        return NamedModule(".".join(part for part in folder.split("/") if part not in ("", ".")))
    known = key in CLASS_KEYS or key in MODULE_KEYS
    if not DOTTED.fullmatch(text) or not (known or CLASS.fullmatch(text.rpartition(".")[2])):
        return None
    return module_of(text, certain=known)


def module_of(text: str, *, certain: bool = True) -> NamedModule:
    """`pkg.module.Class.method` is `Class` of `pkg.module`; the last of names that hold no class may be a module."""
    parts = text.split(".")
    at = next((at for at, part in enumerate(parts) if at and CLASS.fullmatch(part)), len(parts) - 1)
    return NamedModule(".".join(parts[:at]) or text, tuple(parts[at : at + 1]) if at else (), certain)


def named_class(key: str, text: str) -> str:
    """The class that the value of a key names: the one of a dotted path, or a registry's; "" if it names none."""
    key, last = key.casefold(), text.rpartition(".")[2]
    if key in CLASS_KEYS and DOTTED.fullmatch(text):
        return last
    return text if key in REGISTERED and CLASS.fullmatch(text) else ""
