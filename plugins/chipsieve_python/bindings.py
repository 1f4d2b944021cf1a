"""What do assignments bind, set and configure?"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.facts.conditions import Question
from chipsieve_python import configs, environment, options, tree
from chipsieve_python.evaluate import evaluate
from chipsieve_python.expressions import bind_target
from chipsieve_python.values import UNKNOWN, Arms, Value, dotted, number, one
from chipsieve_python.walk import Walk

PLAIN = (tree.Name, tree.Attribute, tree.IfExp, tree.Integer, tree.Float)


def read(walk: Walk, node: tree.Node) -> None:
    """Read one assignment, `global` or other simple statement that binds."""
    if isinstance(node, tree.Assign):
        for target in node.targets:
            assign(walk, target, node.value, again=target is not node.targets[0])
    elif isinstance(node, tree.AnnAssign):
        _annotated(walk, node)
    elif isinstance(node, tree.AugAssign):
        _augmented(walk, node)
    elif isinstance(node, tree.Global):
        walk.scope.outside.update(node.names)
    elif isinstance(node, tree.Del):
        bind_target(walk, node.target)


def assign(walk: Walk, target: tree.Expression, value: tree.Expression, *, again: bool = False) -> None:
    """Read `target = value`; `again` says that the value has been read for an earlier target."""
    if _pairs(target, value):
        for left, right in zip(target.elements, value.elements, strict=True):  # type: ignore[attr-defined]
            assign(walk, left.value, right.value)
        return
    name, start = dotted(target)[-1] if isinstance(target, tree.Name | tree.Attribute) else "", len(walk.hits)
    if not again:
        walk.visit(value, "" if isinstance(value, tree.Dict) else name)
    plain = isinstance(value, PLAIN) or number(value) is not None
    environment.assigned(walk, target, value)
    configs.assigned(walk, target, value)
    _bind(walk, target, value, start if plain else len(walk.hits))


def _pairs(target: tree.Expression, value: tree.Expression) -> bool:
    sides = (target, value)
    if not all(isinstance(side, tree.Tuple | tree.List) for side in sides):
        return False
    elements = [side.elements for side in sides]  # type: ignore[attr-defined]
    starred = any(element.starred for side in elements for element in side)
    return len(elements[0]) == len(elements[1]) and not starred


def _bind(walk: Walk, target: tree.Expression, value: tree.Expression, start: int) -> None:
    """Bind a name, or an attribute by its dotted text; an unpacked hardware answer keeps its question."""
    arms = evaluate(value, walk.scope)
    if isinstance(target, tree.Name):
        arms = _configured(walk, target, arms)
        walk.bind(target.value, arms, walk.hits[start:])
    elif isinstance(target, tree.Attribute):
        parts = dotted(target)
        walk.visit(target.value)
        if parts[0]:
            _attribute(walk, ".".join(parts), target, arms, start)
    elif isinstance(target, tree.Tuple | tree.List):
        tests = [
            found.test for _, found in arms if isinstance(found.test, Question) and found.test.subject == "hardware"
        ]
        for element in target.elements:
            if isinstance(element.value, tree.Name) and tests:
                walk.bind(element.value.value, one(Value(test=tests[0])))
            else:
                bind_target(walk, element.value)
    else:
        bind_target(walk, target)


def _attribute(walk: Walk, name: str, target: tree.Attribute, arms: Arms, start: int) -> None:
    """`args.bf16 = False` under a condition leaves the option's own value where the condition does not hold."""
    if name not in walk.scope.bindings and walk.local:
        walk.scope.bind(name, evaluate(target, walk.scope), ())
    walk.bind(name, arms, walk.hits[start:])


def _configured(walk: Walk, target: tree.Name, arms: Arms) -> Arms:
    """In a module that runs `exec` over its own constants, those are options."""
    if not walk.configurable or walk.scope.kind != "module" or any(value.qualified for _, value in arms):
        return arms
    known = arms[0][1] if len(arms) == 1 else Value()
    if known.node is not None or (known.text is None and len(arms) == 1):
        return arms
    default = "" if known.text == "none" and not known.truthy else known.text
    options.declare(walk, target, (f"--{target.value}",), target.value, default=default)
    return one(Value(test=Question("option", target.value)))


def _annotated(walk: Walk, node: tree.AnnAssign) -> None:
    walk.visit(node.annotation)
    if walk.scope.kind == "class" and walk.record:
        options.record_field(walk, node)
    if node.value is not None:
        assign(walk, node.target, node.value)


def _augmented(walk: Walk, node: tree.AugAssign) -> None:
    walk.visit(node.value)
    if isinstance(node.target, tree.Attribute):
        walk.bind(".".join(dotted(node.target)), one(UNKNOWN))
    if isinstance(node.target, tree.Name) and not _is_environment(walk, node):
        bind_target(walk, node.target)


def _is_environment(walk: Walk, node: tree.AugAssign) -> bool:
    """`os.environ |= {...}` sets variables, and binds nothing."""
    return node.operator == "|=" and any(value.text == "os.environ" for _, value in evaluate(node.target, walk.scope))


def stored(body: tree.Suite) -> frozenset[str]:
    """The names and dotted attributes that a block binds, those of functions in it left out."""
    return frozenset(_stored(body))


def _stored(body: tree.Suite) -> Iterator[str]:
    for item in body.body:
        if isinstance(item, tree.Line):
            for part in item.body:
                yield from _targets(part)
        elif isinstance(item, tree.SmallStatement):
            yield from _targets(item)
        elif not isinstance(item, tree.FunctionDef | tree.ClassDef):
            yield from _nested(item)


def _nested(item: tree.Node) -> Iterator[str]:
    for name in ("body", "orelse", "finalbody"):
        inner = getattr(item, name, None)
        if isinstance(inner, tree.If):
            yield from _nested(inner)
        elif isinstance(inner, tree.Suite):
            yield from _stored(inner)
    for part in (*getattr(item, "handlers", ()), *getattr(item, "cases", ())):
        yield from _stored(part.body)


def _targets(part: tree.Node) -> Iterator[str]:
    targets = part.targets if isinstance(part, tree.Assign) else [getattr(part, "target", None)]
    for target in targets:
        elements = [item.value for item in target.elements] if isinstance(target, tree.Tuple | tree.List) else [target]
        yield from (".".join(dotted(item)) for item in elements if isinstance(item, tree.Name | tree.Attribute))
