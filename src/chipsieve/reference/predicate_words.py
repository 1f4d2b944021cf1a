"""How does a predicate read in words? chipsieve.catalogue.predicates says what it means."""

from __future__ import annotations

from collections.abc import Mapping

from chipsieve.catalogue.targets import capability

BOUNDS = {"_at_least": "at least", "_at_most": "at most"}


def in_words(predicate: Mapping[str, object]) -> str:
    """The predicate as one Markdown phrase; all keys of one table hold together."""
    words = {key: _key_in_words(key, wanted) for key, wanted in predicate.items()}
    if len(words) > 1 and "any" in words:
        words["any"] = f"({words['any']})"
    return " and ".join(words.values())


def _key_in_words(key: str, wanted: object) -> str:
    if key in ("any", "all") and isinstance(wanted, list):
        return (" or " if key == "any" else " and ").join(_part_in_words(part) for part in wanted)
    if key == "named":
        return f"{_value(wanted)} is one of their names"
    if key == "targets":
        return f"code built for {_value(wanted)} runs"
    if key == "target_at_least":
        return f"compute capability is {_capability(str(wanted))} or higher (binds NVIDIA alone)"
    for suffix, bound in BOUNDS.items():
        if key.endswith(suffix):
            return f"`{key.removesuffix(suffix)}` is {bound} {_value(wanted)}"
    return f"`{key}` is {_value(wanted)}"


def _part_in_words(part: Mapping[str, object]) -> str:
    words = in_words(part)
    return f"({words})" if " and " in words or " or " in words else words


def _capability(target: str) -> str:
    known = capability(target)
    return f"{known[0]}.{known[1]}" if known else _value(target)


def _value(wanted: object) -> str:
    if wanted == "$value":
        return "what was seen"
    if isinstance(wanted, bool):
        return "true" if wanted else "false"
    if isinstance(wanted, list):
        return " or ".join(_value(item) for item in wanted)
    return f"`{wanted}`" if isinstance(wanted, str) else str(wanted)
