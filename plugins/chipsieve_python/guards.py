"""When does the code below a test run? A Python expression as a condition.

The idioms are those of real training code: flags, environment variables, capability tests, optional imports, and
constants that the file itself decides. What is none of these is unknown, so never certain.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from chipsieve.facts.conditions import (
    ALWAYS,
    NEVER,
    SIZE_LIMIT,
    Condition,
    Conditions,
    Question,
    all_of,
    any_of,
    hardware,
    negate,
    questions,
    size,
    stack,
    unknown,
)
from chipsieve_python import tree
from chipsieve_python.evaluate import EVALUATORS, HARDWARE_TEXT, evaluate, qualified, subscript, text_of
from chipsieve_python.scope import Scope
from chipsieve_python.values import UNKNOWN, Arm, Arms, Value, dotted, literal, one, plain_text

DTYPE_ROOTS = frozenset({"torch", "jax", "numpy", "tensorflow", "paddle", "mindspore", "ml_dtypes"})
ENTRIES = 16


class Text(NamedTuple):
    """A text that an expression may have, None where nobody knows it; `chosen` is the option or variable that is it."""

    own: Conditions
    known: str | None
    chosen: Question | None = None


def condition_of(node: tree.Expression, scope: Scope) -> Condition:
    """The condition under which the expression is true."""
    condition = _condition(node, scope)
    return condition if size(condition) <= SIZE_LIMIT else _opaque(node)


def _condition(node: tree.Expression, scope: Scope) -> Condition:
    if isinstance(node, tree.UnaryOperation) and node.operator == "not":
        return negate(condition_of(node.expression, scope))
    if isinstance(node, tree.BooleanOperation):
        parts = (condition_of(node.left, scope), condition_of(node.right, scope))
        return all_of(parts) if node.operator == "and" else any_of(parts)
    if isinstance(node, tree.Comparison):
        return _comparison(node, scope)
    if isinstance(node, tree.Name | tree.Attribute) and dotted(node)[-1] == "TYPE_CHECKING":
        return NEVER
    if isinstance(node, tree.Call):
        called = _called(node, scope)
        if called is not None:
            return called
    return any_of(all_of((*own, _truth(value, node))) for own, value in evaluate(node, scope))


def _truth(value: Value, node: tree.Expression) -> Condition:
    if value.test is not None:
        return value.test
    if value.module:
        return ALWAYS
    if value.truthy is not None:
        return ALWAYS if value.truthy else NEVER
    if isinstance(value.node, tree.List | tree.Tuple | tree.Dict):
        return ALWAYS if value.node.elements else NEVER
    return _opaque(node)


def _opaque(node: tree.Expression) -> Question:
    text = node.source()
    return hardware(text) if HARDWARE_TEXT.search(text) else unknown(text)


def _called(node: tree.Call, scope: Scope) -> Condition | None:
    """`any([...])`, `all([...])` and `option.startswith("x")`; None of other calls."""
    name = qualified(node.func, scope)
    values = [arg.value for arg in node.args if not arg.star and arg.keyword is None]
    if name in ("any", "all") and len(values) == 1 and isinstance(values[0], tree.List | tree.Tuple):
        parts = [condition_of(element.value, scope) for element in values[0].elements]
        return any_of(parts) if name == "any" else all_of(parts)
    if isinstance(node.func, tree.Attribute) and node.func.attr in ("startswith", "endswith") and values:
        text = plain_text(values[0])
        return None if text is None else _containing(node.func.value, text, node, scope)
    return None


def _containing(whole: tree.Expression, part: str, node: tree.Expression, scope: Scope) -> Condition:
    """A text test on an option: true where the option is just that text, else unknown."""
    same = equals(whole, (part,), scope)
    return same if same == ALWAYS else any_of((same, _opaque(node)))


def _comparison(node: tree.Comparison, scope: Scope) -> Condition:
    return all_of(_compared(link.left, *_target(link), link, scope) for link in node.links())


def _target(node: tree.Comparison) -> tuple[str, tree.Expression]:
    return node.comparisons[0].operator, node.comparisons[0].comparator


def _compared(
    left: tree.Expression, operator: str, right: tree.Expression, node: tree.Comparison, scope: Scope
) -> Condition:
    if operator in ("is not", "!=") and _constant(right) == "none":
        arms = evaluate(left, scope)
        return any_of(all_of((*own, negate(_is_one(value, ("none",), node)))) for own, value in arms)
    if operator in _OPPOSITES:
        return negate(_compared(left, _OPPOSITES[operator], right, node, scope))
    if operator == "in":
        return _member(left, right, node, scope)
    if operator in ("==", "is"):
        if _constant(left) is not None and _constant(right) is None:
            left, right = right, left
        return _equal(left, right, node, scope)
    return _ordered(left, operator, right, node, scope)


_OPPOSITES = {"!=": "==", "not in": "in", "is not": "is"}


def _constant(node: tree.Expression) -> str | None:
    if isinstance(node, tree.Name):
        return {"True": "true", "False": "false", "None": "none"}.get(node.value)
    value = literal(node)
    return value.text if value else None


def _equal(left: tree.Expression, right: tree.Expression, node: tree.Comparison, scope: Scope) -> Condition:
    if isinstance(left, tree.Name) and left.value == "__name__" and plain_text(right) == "__main__":
        return Question("entry")
    wanted = _comparable(right, scope)
    return _opaque(node) if wanted is None else equals(left, (wanted,), scope, node)


def equals(
    node: tree.Expression, wanted: tuple[str, ...], scope: Scope, whole: tree.Expression | None = None
) -> Condition:
    """The condition under which an expression is one of the wanted texts."""
    return any_of(all_of((*own, _is_one(value, wanted, whole or node))) for own, value in evaluate(node, scope))


def _is_one(value: Value, wanted: tuple[str, ...], node: tree.Expression) -> Condition:
    if isinstance(value.test, Question) and value.test.subject in ("option", "variable"):
        return _option_is(value.test, wanted)
    if value.test is not None and wanted == ("true",):
        return value.test
    if value.test is not None and (wanted == ("false",) or (wanted == ("none",) and asks(value.test, "import"))):
        return negate(value.test)
    if value.test is not None:
        return _opaque(node) if _opaque(node).subject == "hardware" else _about(value.test, node)
    if value.text is not None:
        folded = {text.casefold() for text in wanted}
        if not value.qualified or value.text.casefold() in folded:
            return ALWAYS if value.text.casefold() in folded else NEVER
        return NEVER if wanted == ("none",) else _opaque(node)
    return _opaque(node)


def _about(test: Condition, node: tree.Expression) -> Question:
    text = node.source()
    return hardware(text) if isinstance(test, Question) and test.subject in ("hardware", "import") else unknown(text)


def _option_is(test: Question, wanted: tuple[str, ...]) -> Condition:
    if wanted == ("true",):
        return replace(test, operator="true")
    if wanted == ("false",):
        return negate(replace(test, operator="true"))
    if wanted == ("none",):
        return negate(replace(test, operator="set"))
    return replace(test, operator="in", values=wanted)


def _member(left: tree.Expression, right: tree.Expression, node: tree.Comparison, scope: Scope) -> Condition:
    text = text_of(left, scope)
    if text is not None and qualified(right, scope) == "os.environ":
        return Question("variable", text, "set")
    listed = [value.node for _, value in evaluate(right, scope) if value.node is not None]
    wanted = _texts(listed[0], scope) if len(listed) == 1 else None
    if wanted is not None:
        return equals(left, wanted, scope, node)
    if text is not None and _is_option(right, scope):
        return _containing(right, text, node, scope)
    return _opaque(node)


def _texts(node: tree.Expression, scope: Scope) -> tuple[str, ...] | None:
    """The texts of a list, tuple or set, when all are known."""
    if not isinstance(node, tree.List | tree.Tuple | tree.Set):
        return None
    texts = tuple(_comparable(element.value, scope) or "" for element in node.elements)
    return None if "" in texts else texts


def _comparable(node: tree.Expression, scope: Scope) -> str | None:
    """The text of a literal, or of a dtype; another dotted name says nothing about its value."""
    arms = evaluate(node, scope)
    if len(arms) != 1 or arms[0][1].text is None:
        return None
    value = arms[0][1]
    root = (value.text or "").partition(".")[0]
    return value.text if not value.qualified or root in DTYPE_ROOTS else None


def _is_option(node: tree.Expression, scope: Scope) -> bool:
    tests = [value.test for _, value in evaluate(node, scope)]
    return all(isinstance(test, Question) and test.subject in ("option", "variable") for test in tests)


def _ordered(
    left: tree.Expression, operator: str, right: tree.Expression, node: tree.Comparison, scope: Scope
) -> Condition:
    """`option > 0` is the option's truth; other orders are open."""
    values = [value for _, value in evaluate(left, scope)]
    test = values[0].test if len(values) == 1 else None
    if isinstance(test, Question) and test.subject == "hardware":
        return hardware(node.source())
    positive = operator == ">" and _constant(right) == "0"
    if isinstance(test, Question) and test.subject in ("option", "variable") and positive:
        return replace(test, operator="true")
    return _opaque(node)


def asks(condition: Condition, *subjects: str) -> bool:
    """Whether any question of the condition has one of these subjects."""
    return any(test.subject in subjects for test in questions(condition))


def texts_of(node: tree.Expression, scope: Scope) -> tuple[Text, ...]:
    """The texts that an expression may have.

    A truth that is no option's or variable's (the hardware's) is `true` under its condition.
    """
    found: list[Text] = []
    for own, value in evaluate(node, scope):
        if value.test is None:
            found.append(Text(own, value.text))
        elif isinstance(value.test, Question) and value.test.subject in ("option", "variable"):
            found.append(Text(own, None, value.test))
        else:
            found.append(Text(stack(own, value.test), "true"))
    return tuple(found)


def _conditional(node: tree.IfExp, scope: Scope) -> Arms:
    test = condition_of(node.test, scope)
    arms: list[Arm] = []
    for condition, side in ((test, node.body), (negate(test), node.orelse)):
        arms += [(stack((), all_of((condition, *own))), value) for own, value in evaluate(side, scope)]
    return tuple(arm for arm in arms if NEVER not in arm[0]) if len(arms) <= ENTRIES else one(UNKNOWN)


def _logical(node: tree.Expression, scope: Scope) -> Arms:
    return one(literal(node) or Value(test=condition_of(node, scope)))


def _negated(node: tree.UnaryOperation, scope: Scope) -> Arms:
    """`not x` is a truth; `-x` and `~x` are numbers, known or not."""
    return _logical(node, scope) if node.operator == "not" else one(literal(node) or UNKNOWN)


def _selected(node: tree.Subscript, scope: Scope) -> Arms:
    """The entries of a dict literal, each under the condition that the key selects it; else as any subscript."""
    tables = [value.node for _, value in evaluate(node.value, scope) if isinstance(value.node, tree.Dict)]
    index = node.slice[0] if len(node.slice) == 1 else None
    if len(tables) != 1 or not isinstance(index, tree.Expression) or node in scope.opened:
        return subscript(node, scope)
    scope.opened.add(node)
    arms = _entries(tables[0], index, scope)
    scope.opened.discard(node)
    return arms


def _entries(table: tree.Dict, index: tree.Expression, scope: Scope) -> Arms:
    arms: list[Arm] = []
    for element in table.elements:
        wanted = None if element.key is None else plain_text(element.key)
        if wanted is None or len(arms) > ENTRIES:
            return one(UNKNOWN)
        condition = equals(index, (wanted,), scope)
        arms += [(stack((condition,), *own), value) for own, value in evaluate(element.value, scope)]
    return tuple(arm for arm in arms if NEVER not in arm[0])


EVALUATORS.update({
    tree.IfExp: _conditional,
    tree.BooleanOperation: _logical,
    tree.Comparison: _logical,
    tree.UnaryOperation: _negated,
    tree.Subscript: _selected,
})  # fmt: skip
