"""Which accelerators does a predicate admit? Three-valued: None means the catalogue cannot tell.

A predicate is data: keys of the catalogue with `any` and `all`, all keys of one table together. Keys:
`vendor`, `segment`, `architecture`, `id`, `target` and every other text fact (a text or a list of texts);
boolean facts (`bf16_native = true`); `<number>_at_least` and `<number>_at_most`; `target_at_least = "sm_80"`
and `targets = "8.0;9.0+PTX"` (see chipsieve.catalogue.targets); `named = "H20"` (a word of catalogue/names.toml).
The text "$value" stands for what the finding saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from chipsieve.catalogue import targets
from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.facts.ternary import every, some
from chipsieve.tables import TableError

Predicate = Mapping[str, object]
Names = Mapping[str, frozenset[str]]
OWN = ("id", "vendor", "family", "segment", "architecture", "confidence")


def admits(predicate: Predicate, accelerator: Accelerator, value: str = "", names: Names | None = None) -> bool | None:
    """Whether the accelerator satisfies the predicate: True, False, or None for unknown.

    `value` is the finding's, for "$value"; `names` maps a chip's name in lower case to accelerator ids.
    """
    return every(_key_admits(key, wanted, accelerator, value, names or {}) for key, wanted in predicate.items())


def _key_admits(key: str, wanted: object, accelerator: Accelerator, value: str, names: Names) -> bool | None:
    if key in ("any", "all"):
        answers = (admits(part, accelerator, value, names) for part in _parts(key, wanted))
        return some(answers) if key == "any" else every(answers)
    if wanted == "$value":
        wanted = value
    if key == "named":
        return _named(str(wanted), accelerator, names)
    if key in ("target_at_least", "targets"):
        return _target(key, str(wanted), accelerator)
    for suffix, holds in (("_at_least", float.__ge__), ("_at_most", float.__le__)):
        if key.endswith(suffix):
            have, limit = _number(accelerator.facts.get(key.removesuffix(suffix))), _number(wanted)
            return None if have is None or limit is None else holds(have, limit)
    return _equals(_cell(key, accelerator), wanted)


def _parts(key: str, wanted: object) -> list[Predicate]:
    if not isinstance(wanted, list) or not all(isinstance(part, Mapping) for part in wanted):
        raise TableError(f"predicate: {key!r} must be a list of tables")
    return wanted


def _cell(key: str, accelerator: Accelerator) -> Cell:
    return getattr(accelerator, key) if key in OWN else accelerator.facts.get(key)


def _equals(have: Cell, wanted: object) -> bool | None:
    if have is None or isinstance(have, bool) != isinstance(wanted, bool):
        return None
    if isinstance(have, int | float) and isinstance(wanted, str):
        return None if _number(wanted) is None else float(have) == _number(wanted)
    return have in wanted if isinstance(wanted, list | tuple) else have == wanted


def _number(value: object) -> float | None:
    """The number, also from a finding's text; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _named(word: str, accelerator: Accelerator, names: Names) -> bool | None:
    ids = names.get(" ".join(word.casefold().split()))
    return None if ids is None else accelerator.id in ids


def _target(key: str, wanted: str, accelerator: Accelerator) -> bool | None:
    """Compute capabilities bind NVIDIA rows, gfx targets the rows that have one; the rest is free.

    Of an NVIDIA row whose target nobody has published, what all targets of its generation agree on is known.
    """
    target = accelerator.facts.get("target")
    if accelerator.vendor != "nvidia" and (key == "target_at_least" or not isinstance(target, str)):
        return True
    possible = [target] if isinstance(target, str) else targets.of_generation(accelerator.architecture)
    ask = targets.at_least if key == "target_at_least" else targets.runs
    answers = {ask(one, wanted) for one in possible}
    return answers.pop() if len(answers) == 1 else None
