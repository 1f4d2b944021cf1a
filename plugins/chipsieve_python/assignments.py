"""What do simple statements bind, set and configure? Assignments and imports."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Question, conflict
from chipsieve_python.config_objects import declare_on_object
from chipsieve_python.context import Context
from chipsieve_python.declarations import declare, declare_field
from chipsieve_python.dictionaries import state_assigned
from chipsieve_python.evaluate import evaluate
from chipsieve_python.expressions import bind_target, visit
from chipsieve_python.literals import UNKNOWN, Arms, Value, dotted, number, one
from chipsieve_python.measures import measured, parts_of
from chipsieve_python.named_modules import keep_import, name_by_assignment
from chipsieve_python.scope import Assignment
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import statement_kinds as stmt

BRANCHES = 1  # values of a list or text that may become twice as many
MEMBERS = 2_000  # of a list that grows; what is added beyond is not known
TEXTS = expr.SimpleString | expr.ConcatenatedString | expr.FormattedString | expr.BinaryOperation
PLAIN = (expr.Name, expr.Attribute, expr.IfExp, expr.Integer, expr.Float)


def read_binding(node: expr.Node, here: Context) -> None:
    """Read one assignment, import, `global` or other simple statement that binds."""
    if isinstance(node, stmt.Assign):
        for target in node.targets:
            _assign(target, node.value, here, again=target is not node.targets[0])
    elif isinstance(node, stmt.AnnAssign):
        visit(node.annotation, here.mentioned())
        if here.scope.kind == "class" and here.record:
            declare_field(node, here)
        if node.value is not None:
            _assign(node.target, node.value, here)
    elif isinstance(node, stmt.AugAssign):
        _augmented(node, here)
    elif isinstance(node, (stmt.Import, stmt.ImportFrom)):
        _import(node, here)
    elif isinstance(node, stmt.Global):
        here.scope.outside.update(node.names)
    elif isinstance(node, stmt.Del):
        bind_target(node.target, here)


def _assign(target: expr.Expression, value: expr.Expression, here: Context, *, again: bool = False) -> None:
    """Read `target = value`; `again` says that the value has been read for an earlier target.

    What a plain value states is the assignment's: it lasts until the name is bound again.
    """
    if isinstance(target, expr.LISTS) and isinstance(value, expr.LISTS) and _pairs(target, value):
        for left, right in zip(target.elements, value.elements, strict=True):
            _assign(left.value, right.value, here)
        return
    assigning = replace(here, assignment=Assignment())
    stating = assigning if isinstance(value, PLAIN) or number(value) is not None else here
    if not again:
        name = dotted(target)[-1] if isinstance(target, expr.NAMES) else ""
        visit(value, stating.handing(_kept_for(target)), "" if isinstance(value, expr.Dict) else name)
    state_assigned(target, value, stating)
    name_by_assignment(target, value, here)
    declare_on_object(target, value, here)
    _bind(target, value, assigning)
    if assigning.assignment is not None and assigning.assignment.facts:
        here.output.assignments.append(assigning.assignment)


def _kept_for(target: expr.Expression) -> Condition | None:
    """A function that an object keeps is called where the attribute is."""
    is_own = isinstance(target, expr.Attribute) and dotted(target)[:-1] == ("self",)
    return Question("call", target.attr) if isinstance(target, expr.Attribute) and is_own else None


def _pairs(target: expr.Tuple | expr.List, value: expr.Tuple | expr.List) -> bool:
    starred = any(element.starred for side in (target, value) for element in side.elements)
    return len(target.elements) == len(value.elements) and not starred


def _bind(target: expr.Expression, value: expr.Expression, here: Context) -> None:
    """Bind a name, or an attribute by its dotted text; an unpacked hardware answer keeps its question."""
    arms = measured(value, evaluate(value, here.scope), here.scope)
    if isinstance(target, expr.Name):
        here.bind(target.value, _configured(target, arms, here), here.assignment)
    elif isinstance(target, expr.Attribute):
        parts = dotted(target)
        visit(target.value, here)
        if parts[0]:
            _bind_attribute(".".join(parts), target, arms, here)
    elif isinstance(target, expr.LISTS):
        tests = [
            found.test for _, found in arms if isinstance(found.test, Question) and found.test.subject == "hardware"
        ]
        measures = parts_of(arms[0][1].measure) if len(arms) == 1 else ()
        for element, measure in zip_longest(target.elements, measures[: len(target.elements)]):
            if isinstance(element.value, expr.Name) and tests:
                here.bind(element.value.value, one(Value(test=tests[0], measure=measure)))
            else:
                bind_target(element.value, replace(here, assignment=None))
    else:
        bind_target(target, replace(here, assignment=None))


def _bind_attribute(name: str, target: expr.Attribute, arms: Arms, here: Context) -> None:
    """`args.bf16 = False` under a condition leaves the option's own value where the condition does not hold."""
    if name not in here.scope.bindings and len(here.conditions) > here.scope.base:
        here.scope.bind(name, evaluate(target, here.scope), ())
    here.bind(name, arms, here.assignment)


def _configured(target: expr.Name, arms: Arms, here: Context) -> Arms:
    """In a module that runs `exec` over its own constants, those are options."""
    if target.start >= here.scope.configurable_until or any(value.qualified for _, value in arms):
        return arms
    known = arms[0][1] if len(arms) == 1 else Value()
    if known.text is None and len(arms) == 1:
        return arms
    default = "" if known.text == "none" and not known.truthy else known.text
    declare(target, (f"--{target.value}",), target.value, here, default=default)
    return one(Value(test=Question("option", target.value)))


def _augmented(node: stmt.AugAssign, here: Context) -> None:
    """`os.environ |= {...}` sets variables, and binds nothing."""
    visit(node.value, here)
    if isinstance(node.target, expr.Attribute):
        here.bind(".".join(dotted(node.target)), one(UNKNOWN))
    elif isinstance(node.target, expr.Name):
        named = (value.text for _, value in evaluate(node.target, here.scope))
        if node.operator == "+=":
            grow(node.target, node.value, here)
        elif node.operator != "|=" or "os.environ" not in named:
            bind_target(node.target, here)


def grow(target: expr.Name, added: expr.Expression, here: Context) -> None:
    """A list or a text grows; of one that grows in many branches, what is added becomes unknown."""
    within = here.conditions[here.scope.base :]
    before = evaluate(target, here.scope)
    arms = tuple(arm for arm in before if not conflict(arm[0], within))
    branches = any(part not in own for own, _ in arms for part in within)
    if branches and len(before) > BRANCHES:
        here.scope.bind(target.value, tuple((own, _longer(value, None, here)) for own, value in before), ())
    else:
        here.bind(target.value, tuple((own, _longer(value, added, here)) for own, value in arms))


def _longer(value: Value, added: expr.Expression | None, here: Context) -> Value:
    """A list or a text with more behind it, None for what is not known; any other value is unknown then."""
    whole = value.node
    if whole is None or not isinstance(whole, expr.List | TEXTS):
        return UNKNOWN
    if not isinstance(whole, expr.List):
        unknown_text = expr.Name(whole.code, whole.start, whole.end, "")
        return Value(node=expr.BinaryOperation(whole.code, whole.start, whole.end, whole, "+", added or unknown_text))
    listed = [found.node for _, found in evaluate(added, here.scope)] if added is not None else []
    more = listed[0] if len(listed) == 1 else None
    if isinstance(more, expr.LISTS) and len(whole.elements) + len(more.elements) <= MEMBERS:
        return Value(node=expr.List(whole.code, whole.start, whole.end, [*whole.elements, *more.elements]))
    place = added if added is not None else whole
    hole = expr.Element(expr.Name(place.code, place.start, place.end, ""), starred=True)
    return Value(node=expr.List(whole.code, whole.start, whole.end, [*whole.elements, hole]))


def grow_by_call(node: expr.Expression, here: Context) -> None:
    """`words.append("--x")` and `words.extend(more)` make a list longer."""
    if not isinstance(node, expr.Call) or not isinstance(node.func, expr.Attribute) or len(node.args) != 1:
        return
    target, added = node.func.value, node.args[0].value
    if isinstance(target, expr.Name) and any(
        isinstance(value.node, expr.List) for _, value in evaluate(target, here.scope)
    ):
        if node.func.attr == "append":
            element = expr.Element(added, starred=False)
            grow(target, expr.List(added.code, added.start, added.end, [element]), here)
        elif node.func.attr == "extend":
            grow(target, added, here)


# Imports


def _import(node: stmt.Import | stmt.ImportFrom, here: Context) -> None:
    """Keep the import and bind its names; where it may fail, it guards what follows."""
    questions = imported(node)
    if isinstance(node, stmt.Import):
        for question, alias in zip(questions, node.names, strict=True):
            here = here.under(question) if here.may_fail else here
            keep_import(node, alias.name, 0, (), here)
            root = alias.name if alias.asname else alias.name.partition(".")[0]
            here.bind(alias.asname or root, one(Value(root, qualified=True, module=True)))
        return
    here = here.under(*questions) if here.may_fail else here
    keep_import(node, node.module, node.level, tuple(alias.name for alias in node.names) or ("*",), here)
    prefix = "." * node.level + node.module
    for alias in node.names:
        full = f"{prefix}{alias.name}" if prefix.endswith(".") else f"{prefix}.{alias.name}"
        here.bind(alias.asname or alias.name, one(Value(full, qualified=True)))


def imported(node: expr.Node) -> tuple[Question, ...]:
    """The questions whether the modules are there that a statement imports; none of other statements."""
    if isinstance(node, stmt.Line) and len(node.body) == 1:
        return imported(node.body[0])
    if isinstance(node, stmt.Import):
        return tuple(Question("import", alias.name) for alias in node.names)
    return (Question("import", "." * node.level + node.module),) if isinstance(node, stmt.ImportFrom) else ()


# What loops bind


def stored(body: stmt.Suite) -> frozenset[str]:
    """The names and dotted attributes that a block binds, those of functions in it left out."""
    return frozenset(_stored(body))


def _stored(body: stmt.Suite) -> Iterator[str]:
    for item in body.body:
        if isinstance(item, stmt.Line):
            for part in item.body:
                yield from _targets(part)
        elif isinstance(item, stmt.SmallStatement):
            yield from _targets(item)
        elif not isinstance(item, (stmt.FunctionDef, stmt.ClassDef)):
            yield from _nested(item)


def _nested(item: expr.Node) -> Iterator[str]:
    for name in ("body", "orelse", "finalbody"):
        inner = getattr(item, name, None)
        if isinstance(inner, stmt.If):
            yield from _nested(inner)
        elif isinstance(inner, stmt.Suite):
            yield from _stored(inner)
    for part in (*getattr(item, "handlers", ()), *getattr(item, "cases", ())):
        yield from _stored(part.body)


def _targets(part: expr.Node) -> Iterator[str]:
    targets = part.targets if isinstance(part, stmt.Assign) else [getattr(part, "target", None)]
    for target in targets:
        elements = [item.value for item in target.elements] if isinstance(target, expr.LISTS) else [target]
        yield from (".".join(dotted(item)) for item in elements if isinstance(item, expr.NAMES))
