"""How does a condition travel in JSON? As a tree: a test's fields, or `not`, `every`, `some` above others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from chipsieve.facts.conditions import ALWAYS, NEVER, Always, Condition, Every, Never, Not, Question, Some, Subject

OPERATORS = ("true", "set", "in")


class ConditionError(ValueError):
    """A tree is no condition that chipsieve writes."""


def encode(condition: Condition) -> dict[str, object]:
    """The condition as a JSON object; fields that hold their default are left out."""
    if isinstance(condition, Not):
        return {"not": encode(condition.condition)}
    if isinstance(condition, Every | Some):
        key = "every" if isinstance(condition, Every) else "some"
        return {key: [encode(part) for part in condition.conditions]}
    if isinstance(condition, Always | Never):
        return {"holds": "always" if isinstance(condition, Always) else "never"}
    fields = {"name": condition.name, "values": list(condition.values), "text": condition.text}
    operator = {} if condition.operator == "true" else {"operator": condition.operator}
    return {"question": condition.subject, **operator, **{key: value for key, value in fields.items() if value}}


def decode(tree: object) -> Condition:
    """The condition that `encode` wrote.

    Raises:
        ConditionError: the tree is none that `encode` writes.
    """
    if not isinstance(tree, Mapping):
        raise ConditionError("a condition must be an object")
    if "not" in tree:
        return Not(decode(tree["not"]))
    for key, kind in (("every", Every), ("some", Some)):
        if key in tree:
            return kind(tuple(decode(part) for part in _list(tree[key])))
    if "holds" in tree:
        return _decided(tree["holds"])
    if tree.get("test") == "constant":  # as logs name a decided condition that were written before `holds`
        return ALWAYS if tree.get("values") == ["true"] else NEVER
    return _question(tree)


def _decided(value: object) -> Condition:
    if value not in ("always", "never"):
        raise ConditionError(f"a condition holds 'always' or 'never', not {value!r}")
    return ALWAYS if value == "always" else NEVER


def _question(tree: Mapping[str, Any]) -> Question:
    subject, operator = tree.get("question", tree.get("test")), tree.get("operator", "true")  # `test`: earlier logs
    name, text, values = tree.get("name", ""), tree.get("text", ""), _list(tree.get("values", []))
    texts = [name, text, *values]
    if subject not in get_args(Subject) or operator not in OPERATORS or not all(isinstance(one, str) for one in texts):
        raise ConditionError(f"no condition that chipsieve writes: {dict(tree)!r}")
    return Question(cast("Subject", subject), name, operator, tuple(map(str, values)), text)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ConditionError("a condition's parts must be a list")
    return cast("list[object]", value)
