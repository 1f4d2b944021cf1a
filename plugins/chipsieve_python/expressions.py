"""What does an expression use, call, or merely mention? One handler for each kind of expression."""

from __future__ import annotations

import re
from functools import partial

import libcst as cst

from chipsieve.model import MENTION, Reference
from chipsieve_python import configs, scripts, words
from chipsieve_python.conditions import negate, stack, unknown
from chipsieve_python.evaluate import evaluate, qualified
from chipsieve_python.guards import condition_of
from chipsieve_python.hits import Found, Place
from chipsieve_python.values import UNKNOWN, dotted, number, one, plain_text
from chipsieve_python.walk import Walk, handles, visit_parts

FILE = re.compile(r"[\w./\-${}~]*[\w}]\.(json|yaml|yml|toml|gin|sh|py|conf)")


@handles(cst.Name)
def _name(walk: Walk, node: cst.Name) -> None:
    walk.mention(node.value)
    if walk.scope.lookup(node.value) is not None or walk.interest.asks("name", node.value):
        _named(walk, node)


def _named(walk: Walk, node: cst.BaseExpression) -> None:
    """Ask for every dotted name that an expression may stand for here."""
    for own, value in evaluate(node, walk.scope):
        if value.qualified and value.text and walk.interest.asks("name", value.text.rpartition(".")[2]):
            matches = walk.table.name(value.text)
            if matches and walk.possible(((own, value),)):
                walk.hit(matches, node, *own)


@handles(cst.Attribute)
def _attribute(walk: Walk, node: cst.Attribute) -> None:
    """All prefixes of a dotted name are asked for: `torch.bfloat16` in `torch.bfloat16.itemsize`."""
    inner: cst.BaseExpression = node
    while isinstance(inner, cst.Attribute):
        walk.mention(inner.attr.value)
        if walk.interest.asks("name", inner.attr.value) or ".".join(dotted(inner)) in walk.scope.bindings:
            _named(walk, inner)
        inner = inner.value
    walk.visit(inner)


@handles(cst.Comparison)
def _comparison(walk: Walk, node: cst.Comparison) -> None:
    words.device_test(walk, node)
    sides = (node.left, *(target.comparator for target in node.comparisons))
    with walk.under(MENTION):
        for side in sides:
            named = [dotted(other)[-1] for other in sides if other is not side and dotted(other)[-1]]
            walk.visit(side, named[0] if named else "")


@handles(cst.BooleanOperation)
def _boolean(walk: Walk, node: cst.BooleanOperation) -> None:
    """`x and f()` calls only where x holds, `x or f()` where it does not."""
    operands, kind = [node.right], type(node.operator)
    left = node.left
    while isinstance(left, cst.BooleanOperation) and isinstance(left.operator, kind):
        operands.append(left.right)
        left = left.left
    outer = walk.conditions
    walk.visit(left)
    for operand in reversed(operands):
        test = condition_of(left, walk.scope)
        walk.conditions = stack(walk.conditions, test if kind is cst.And else negate(test))
        walk.visit(operand)
        left = operand
    walk.conditions = outer


@handles(cst.IfExp)
def _conditional(walk: Walk, node: cst.IfExp) -> None:
    test = condition_of(node.test, walk.scope)
    walk.visit(node.test)
    with walk.under(test):
        walk.visit(node.body)
    with walk.under(negate(test)):
        walk.visit(node.orelse)


@handles(cst.Lambda)
def _lambda(walk: Walk, node: cst.Lambda) -> None:
    with walk.inner_scope(), walk.under(unknown("lambda")):
        for param in (*node.params.params, *node.params.kwonly_params):
            walk.bind(param.name.value, one(UNKNOWN))
        walk.visit(node.body)


@handles(cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp)
def _comprehension(walk: Walk, node: cst.BaseComp) -> None:
    """The element is made only for items that pass the filters."""
    part: cst.CompFor | None = node.for_in
    with walk.inner_scope(), walk.under():
        while part is not None:
            walk.visit(part.iter)
            bind_target(walk, part.target)
            for test in part.ifs:
                walk.visit(test.test)
                walk.conditions = stack(walk.conditions, condition_of(test.test, walk.scope))
            part = part.inner_for_in
        for name in ("key", "value", "elt"):
            if hasattr(node, name):
                walk.visit(getattr(node, name))


def bind_target(walk: Walk, target: cst.CSTNode) -> None:
    """A loop's, a with's or an unpacking's targets are bound to something unknown."""
    if isinstance(target, cst.Name):
        walk.bind(target.value, one(UNKNOWN))
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            bind_target(walk, element.value)
    elif isinstance(target, cst.Attribute | cst.Subscript):
        walk.visit(target)


@handles(cst.NamedExpr)
def _walrus(walk: Walk, node: cst.NamedExpr) -> None:
    walk.visit(node.value)
    if isinstance(node.target, cst.Name):
        walk.bind(node.target.value, evaluate(node.value, walk.scope))


@handles(cst.List, cst.Tuple, cst.Set)
def _sequence(walk: Walk, node: cst.List | cst.Tuple | cst.Set) -> None:
    """Several names of one family side by side are alternatives; three numbers are a table."""
    configs.visit_alternatives(walk, [(element.value, "") for element in node.elements])


@handles(cst.Subscript)
def _subscript(walk: Walk, node: cst.Subscript) -> None:
    """A table's entry is used where the key selects it; `Union[...]` is a type."""
    walk.visit(node.value)
    typing = qualified(node.value, walk.scope).startswith(("typing.", "collections.abc."))
    with walk.under(*((MENTION,) if typing else ())):
        for element in node.slice:
            walk.visit(element.slice)
    _named(walk, node)


@handles(cst.SimpleString, cst.ConcatenatedString)
def _string(walk: Walk, node: cst.BaseExpression) -> None:
    text = plain_text(node)
    if text and FILE.fullmatch(text):
        walk.references.append(Found(Place(node), partial(Reference, text, conditions=walk.conditions)))
    if text:
        walk.hit(walk.table.literal(text), node)
    if not scripts.written(walk, node) and text and "#SBATCH" in text:
        words.directives(walk, node)


@handles(cst.FormattedString)
def _formatted(walk: Walk, node: cst.FormattedString) -> None:
    before = len(walk.documents)
    _string(walk, node)
    with walk.under(MENTION):
        visit_parts(walk, node)
    texts = (part.value for part in node.parts if isinstance(part, cst.FormattedStringText))
    if len(walk.documents) == before and any("#SBATCH" in text for text in texts):
        words.directives(walk, node)


@handles(cst.Integer, cst.Float, cst.BinaryOperation, cst.UnaryOperation)
def _number(walk: Walk, node: cst.BaseExpression) -> None:
    """A number by itself, or an arithmetic of numbers."""
    amount = number(node)
    if amount is None:
        visit_parts(walk, node)
    elif amount in walk.interest.numbers:
        walk.hit(walk.table.constant(amount, walk.bound), node, *((MENTION,) if walk.chain else ()))


@handles(cst.Annotation)
def _annotation(walk: Walk, node: cst.Annotation) -> None:
    """An annotation mentions names and uses none."""
    with walk.under(MENTION):
        walk.visit(node.annotation)
