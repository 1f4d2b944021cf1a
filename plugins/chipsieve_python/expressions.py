"""What does an expression use, call, or merely mention? One handler for each kind of expression."""

from __future__ import annotations

import re
from functools import partial

from chipsieve.facts.conditions import MENTION, negate, stack, unknown
from chipsieve.facts.reading import Reference
from chipsieve_python import configs, scripts, tree, words
from chipsieve_python.evaluate import evaluate, qualified
from chipsieve_python.guards import condition_of
from chipsieve_python.hits import Found, Place
from chipsieve_python.values import UNKNOWN, dotted, number, one, plain_text
from chipsieve_python.walk import Walk, handles, visit_parts

FILE = re.compile(r"[\w./\-${}~]*[\w}]\.(json|yaml|yml|toml|gin|sh|py|conf)")


@handles(tree.Name)
def _name(walk: Walk, node: tree.Name) -> None:
    walk.mention(node.value)
    if walk.scope.lookup(node.value) is not None or walk.vocabulary.asks("name", node.value):
        _named(walk, node)


def _named(walk: Walk, node: tree.Expression) -> None:
    """State every dotted name that an expression may stand for here."""
    for own, value in evaluate(node, walk.scope):
        asked = value.qualified and value.text and walk.vocabulary.asks("name", value.text)
        if asked and walk.possible(((own, value),)):
            walk.state("name", value.text or "", None, node, *own)


@handles(tree.Attribute)
def _attribute(walk: Walk, node: tree.Attribute) -> None:
    """All prefixes of a dotted name are stated: `torch.bfloat16` in `torch.bfloat16.itemsize`."""
    inner: tree.Expression = node
    while isinstance(inner, tree.Attribute):
        walk.mention(inner.attr)
        if walk.vocabulary.asks("name", inner.attr) or ".".join(dotted(inner)) in walk.scope.bindings:
            _named(walk, inner)
        inner = inner.value
    walk.visit(inner)


@handles(tree.Comparison)
def _comparison(walk: Walk, node: tree.Comparison) -> None:
    words.device_test(walk, node)
    sides = (node.left, *(target.comparator for target in node.comparisons))
    with walk.under(MENTION):
        for side in sides:
            named = [dotted(other)[-1] for other in sides if other is not side and dotted(other)[-1]]
            walk.visit(side, named[0] if named else "")


@handles(tree.BooleanOperation)
def _boolean(walk: Walk, node: tree.BooleanOperation) -> None:
    """`x and f()` calls only where x holds, `x or f()` where it does not."""
    operands = [node.right]
    left = node.left
    while isinstance(left, tree.BooleanOperation) and left.operator == node.operator:
        operands.append(left.right)
        left = left.left
    outer = walk.conditions
    walk.visit(left)
    for operand in reversed(operands):
        test = condition_of(left, walk.scope)
        walk.conditions = stack(walk.conditions, test if node.operator == "and" else negate(test))
        walk.visit(operand)
        left = operand
    walk.conditions = outer


@handles(tree.IfExp)
def _conditional(walk: Walk, node: tree.IfExp) -> None:
    test = condition_of(node.test, walk.scope)
    walk.visit(node.test)
    with walk.under(test):
        walk.visit(node.body)
    with walk.under(negate(test)):
        walk.visit(node.orelse)


@handles(tree.Lambda)
def _lambda(walk: Walk, node: tree.Lambda) -> None:
    with walk.inner_scope(), walk.under(unknown("lambda")):
        for param in (*node.params.params, *node.params.kwonly_params):
            walk.bind(param.name.value, one(UNKNOWN))
        walk.visit(node.body)


@handles(tree.Comprehension)
def _comprehension(walk: Walk, node: tree.Comprehension) -> None:
    """The element is made only for items that pass the filters."""
    with walk.inner_scope(), walk.under():
        for loop in node.loops:
            walk.visit(loop.iter)
            bind_target(walk, loop.target)
            for test in loop.ifs:
                walk.visit(test)
                walk.conditions = stack(walk.conditions, condition_of(test, walk.scope))
        for made in node.made:
            walk.visit(made)


def bind_target(walk: Walk, target: tree.Node) -> None:
    """A loop's, a with's or an unpacking's targets are bound to something unknown."""
    if isinstance(target, tree.Name):
        walk.bind(target.value, one(UNKNOWN))
    elif isinstance(target, tree.Tuple | tree.List):
        for element in target.elements:
            bind_target(walk, element.value)
    elif isinstance(target, tree.Attribute | tree.Subscript):
        walk.visit(target)


@handles(tree.NamedExpr)
def _walrus(walk: Walk, node: tree.NamedExpr) -> None:
    walk.visit(node.value)
    if isinstance(node.target, tree.Name):
        walk.bind(node.target.value, evaluate(node.value, walk.scope))


@handles(tree.List, tree.Tuple, tree.Set)
def _sequence(walk: Walk, node: tree.List | tree.Tuple | tree.Set) -> None:
    """Several names of one family side by side are alternatives; three numbers are a table."""
    configs.visit_alternatives(walk, [(element.value, "") for element in node.elements])


@handles(tree.Subscript)
def _subscript(walk: Walk, node: tree.Subscript) -> None:
    """A table's entry is used where the key selects it; `Union[...]` is a type."""
    walk.visit(node.value)
    typing = qualified(node.value, walk.scope).startswith(("typing.", "collections.abc."))
    with walk.under(*((MENTION,) if typing else ())):
        for element in node.slice:
            walk.visit(element)
    _named(walk, node)


@handles(tree.SimpleString, tree.ConcatenatedString)
def _string(walk: Walk, node: tree.Expression) -> None:
    _text(walk, node)


def _text(walk: Walk, node: tree.Expression) -> bool:
    """State what a text names; gives whether it is a script of its own."""
    text = plain_text(node)
    if text and FILE.fullmatch(text):
        walk.references.append(Found(Place(node), partial(Reference, text, conditions=walk.conditions)))
    if text and walk.vocabulary.holds("literal", text):
        walk.state("literal", "", text, node)
    is_script = scripts.written(walk, node)
    if not is_script and text and "#SBATCH" in text:
        words.directives(walk, node)
    return is_script


@handles(tree.FormattedString)
def _formatted(walk: Walk, node: tree.FormattedString) -> None:
    is_script = _text(walk, node)
    with walk.under(MENTION):
        visit_parts(walk, node)
    texts = (part.value for part in node.parts if isinstance(part, tree.FormattedStringText))
    if not is_script and any("#SBATCH" in text for text in texts):
        words.directives(walk, node)


@handles(tree.Integer, tree.Float, tree.BinaryOperation, tree.UnaryOperation)
def _number(walk: Walk, node: tree.Expression) -> None:
    """A number by itself, or an arithmetic of numbers."""
    amount = number(node)
    if amount is None:
        visit_parts(walk, node)
    elif amount in walk.vocabulary.numbers:
        walk.state("constant", walk.bound, repr(amount), node, *((MENTION,) if walk.chain else ()))


@handles(tree.Annotation)
def _annotation(walk: Walk, node: tree.Annotation) -> None:
    """An annotation mentions names and uses none."""
    with walk.under(MENTION):
        walk.visit(node.annotation)
