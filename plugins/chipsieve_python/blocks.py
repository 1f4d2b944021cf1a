"""Under which conditions does each statement run? Blocks, branches, early exits, attempts, and bodies of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec.structs import replace

from chipsieve.facts.conditions import (
    ALWAYS,
    MENTION,
    NEVER,
    Condition,
    Question,
    all_of,
    any_of,
    negate,
    questions,
    shorten,
    unknown,
)
from chipsieve.facts.reading import received
from chipsieve_python.assignments import grow_by_call, imported, read_binding, stored
from chipsieve_python.call_facts import callee_name, state_call
from chipsieve_python.context import Context
from chipsieve_python.declarations import declare_by_decorators, is_record
from chipsieve_python.demands import state_demands
from chipsieve_python.evaluate import condition_of, equals, qualified
from chipsieve_python.exits import (
    ATTEMPT,
    FAILURES,
    IMPORT_ERRORS,
    STAYS,
    STOPS,
    Exit,
    compares_devices,
    failures,
    imports_itself,
    raises,
)
from chipsieve_python.expressions import bind_target, visit
from chipsieve_python.literals import UNKNOWN, Value, one, plain_text
from chipsieve_python.scope import EXCEPT, Scope
from chipsieve_python.strings import state_docstring
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import statement_kinds as stmt

MAIN = "__main__"
INITIALISERS = ("__init__", "__post_init__")
ANY_GPU = ("torch.cuda.is_available()", "torch.cuda.device_count()")
DEFAULT = unknown("default argument")
ENDED = unknown("loop that ends without break")


def block(body: stmt.Suite | Sequence[expr.Node], here: Context) -> Exit:
    """Read a block; gives when it is left early. What follows an early exit runs only where the exit is not taken."""
    left = STAYS
    for item in body.body if isinstance(body, stmt.Suite) else body:
        taken = _statement(item, here)
        if here.may_fail:
            here = here.under(*imported(item))
        if taken != STAYS:
            left = left.joined(taken)
            here = here.under(*_after(taken, here))
            if any_of(left) == ALWAYS:
                here = here.under(NEVER)
    return left


def _after(taken: Exit, here: Context) -> tuple[Condition, ...]:
    """What holds past an exit.

    A run that stops trains nothing, so `if not args.x: raise` leaves the rest as certain as an assert does; but past a
    test of hardware or of an import the rest of a function is kept under it: a caller may catch the exception and fall
    back. Nobody calls a program's top level.
    """
    stops = taken.stops
    asked = [test for test in questions(stops) if test.subject in ("hardware", "import")]
    decisive = any(not any(gpu in test.text for gpu in ANY_GPU) for test in asked)
    decisive = decisive and here.function not in ("", "main")
    return negate(taken.returns), negate(taken.loops), negate(stops) if decisive or stops == ALWAYS else ALWAYS


def _statement(node: expr.Node, here: Context) -> Exit:
    """Read one statement; gives when it leaves the block around it."""
    if isinstance(node, stmt.Line):
        return block(node.body, here) if len(node.body) > 1 else _simple(node.body[0], here)
    compound = COMPOUND.get(type(node))
    return compound(node, here) if compound else _simple(node, here)


def _simple(node: expr.Node, here: Context) -> Exit:
    if isinstance(node, stmt.Expr):
        return _expression(node.value, here)
    if isinstance(node, stmt.Return):
        if node.value is not None:
            visit(node.value, here, here.function.rpartition(".")[2])
        return Exit(returns=ALWAYS)
    if isinstance(node, (stmt.Break, stmt.Continue)):
        return Exit(loops=ALWAYS)
    if isinstance(node, (stmt.Raise, stmt.Assert)):
        for part in (node.exc, node.cause) if isinstance(node, stmt.Raise) else (node.test, node.msg):
            if part is not None:
                visit(part, here.under(MENTION))
        if isinstance(node, stmt.Assert):
            state_demands(node.test, here)
        return Exit(stops=ALWAYS) if isinstance(node, stmt.Raise) else STAYS
    read_binding(node, here)
    return STAYS


def _expression(node: expr.Expression, here: Context) -> Exit:
    """A string by itself is a docstring, which only claims something."""
    if plain_text(node) is not None:
        state_docstring(node, here)
    else:
        visit(node, here)
        grow_by_call(node, here)
    stops = isinstance(node, expr.Call) and qualified(node.func, here.scope) in STOPS
    return Exit(stops=ALWAYS) if stops else STAYS


# Branches and loops


def _if(node: stmt.If, here: Context) -> Exit:
    """All arms of one if/elif/else, each under the negations of those before it."""
    left = STAYS
    before: Condition = ALWAYS
    if not here.by_device and compares_devices(node):
        here = replace(here, by_device=True)
    arm: stmt.If | stmt.Suite | None = node
    reached = here
    while isinstance(arm, stmt.If):
        visit(arm.test, reached)
        test = condition_of(arm.test, here.scope)
        taken = _arm(arm.body, test, here.under(before, test))
        if taken.stops == ALWAYS:
            state_demands(arm.test, reached, wanted=False)
        left = left.joined(taken.under(all_of((before, test))))
        before = all_of((before, negate(test)))
        reached = here.under(before)
        arm = arm.orelse
    if arm is None:
        return left
    taken = block(arm, reached)
    if taken.stops == ALWAYS and arm is node.orelse:
        state_demands(node.test, here)
    return left.joined(taken.under(before))


def _arm(body: stmt.Suite, test: Condition, here: Context) -> Exit:
    is_main = test == Question("entry") and not here.function
    return block(body, here.mentioning(MAIN, here.conditions) if is_main else here)


def _loop(node: stmt.For | stmt.While, here: Context) -> Exit:
    """A loop's body counts as run, its `else` where no `break` may pass it by. Names it binds are unknown again."""
    test: Condition = ALWAYS
    if isinstance(node, stmt.For):
        visit(node.iter, here)
        bind_target(node.target, here)
    else:
        visit(node.test, here)
        test = NEVER if condition_of(node.test, here.scope) == NEVER else ALWAYS
    here.scope.forget(stored(node.body))
    left = block(node.body, here.under(test))
    if node.orelse is not None:
        block(node.orelse, here if left.loops == NEVER else here.under(ENDED))
    return STAYS if left.returns == NEVER else Exit(returns=unknown("loop that returns"))


def _match(node: stmt.Match, here: Context) -> Exit:
    """Each case under its pattern, where no earlier case took it."""
    visit(node.subject, here)
    left = STAYS
    before: Condition = ALWAYS
    for case in node.cases:
        test = _pattern(case.pattern, node.subject, here.scope)
        for value in _values(case.pattern):
            visit(value, here.under(MENTION))
        if case.guard is not None:
            visit(case.guard, here)
            test = all_of((test, condition_of(case.guard, here.scope)))
        left = left.joined(block(case.body, here.under(before, test)).under(all_of((before, test))))
        before = all_of((before, negate(test)))
    return left


def _pattern(pattern: stmt.MatchPattern, subject: expr.Expression, scope: Scope) -> Condition:
    if isinstance(pattern, stmt.MatchAs) and pattern.pattern is None:
        return ALWAYS
    options = pattern.patterns if isinstance(pattern, stmt.MatchOr) else [pattern]
    texts = [plain_text(item.value) for item in options if isinstance(item, stmt.MatchValue)]
    wanted = tuple(text for text in texts if text is not None)
    return equals(subject, wanted, scope) if len(wanted) == len(options) else unknown("case")


def _values(pattern: stmt.MatchPattern) -> list[expr.Expression]:
    if isinstance(pattern, stmt.MatchValue):
        return [pattern.value]
    return [value for item in pattern.patterns for value in _values(item)] if isinstance(pattern, stmt.MatchOr) else []


# Attempts


def _with(node: stmt.With, here: Context) -> Exit:
    """Transparent, but for `suppress(ImportError)`, which is a `try`."""
    for item in node.items:
        visit(item.item, here)
        if item.asname is not None:
            bind_target(item.asname, here)
    calls = [item.item for item in node.items if isinstance(item.item, expr.Call)]
    caught = [
        arg.value for call in calls if qualified(call.func, here.scope) == "contextlib.suppress" for arg in call.args
    ]
    return _attempt(node.body, caught, here)[0] if caught else block(node.body, here)


def _try(node: stmt.Try, here: Context) -> Exit:
    """A body whose failure a handler swallows is optional; a handler that raises again swallows nothing."""
    swallowing = [handler for handler in node.handlers if not raises(handler.body)]
    caught = [handler.type for handler in swallowing]
    left, guards = _attempt(node.body, [kind for kind in caught if kind is not None], here, bare=None in caught)
    handled = [_handler(handler, here) for handler in node.handlers]
    if node.orelse is not None:
        left = left.joined(block(node.orelse, here.under(*guards)))
    if node.finalbody is not None:
        left = left.joined(block(node.finalbody, here))
    exits = [left, *handled]
    if not swallowing:
        return left
    if all(any_of(taken) == ALWAYS for taken in exits):
        return Exit(returns=ALWAYS)
    returns = any(taken.returns != NEVER for taken in exits)
    loops = any(taken.loops != NEVER for taken in exits)
    return Exit(ATTEMPT if returns else NEVER, ATTEMPT if loops else NEVER)


def _attempt(
    body: stmt.Suite, caught: Iterable[expr.Expression], here: Context, *, bare: bool = False
) -> tuple[Exit, tuple[Condition, ...]]:
    """Read a body whose failures of the given kinds are swallowed; gives what holds where it did not fail.

    An import that may fail guards the rest of the body; without one, the body as a whole is an attempt.
    """
    kinds = {name for kind in caught for name in failures(kind)} | ({""} if bare else set())
    if not kinds & FAILURES:
        return block(body, here), ()
    before = len(here.output.imports)
    guarded = bool(kinds & IMPORT_ERRORS) and imports_itself(body)
    left = block(body, replace(here if guarded else here.under(ATTEMPT), may_fail=guarded))
    if not guarded:
        return left, (ATTEMPT,)
    new = (condition for found in here.output.imports[before:] for condition in found.conditions)
    return left, tuple(dict.fromkeys(test for test in new if isinstance(test, Question) and test.subject == "import"))


def _handler(handler: stmt.ExceptHandler, here: Context) -> Exit:
    kind = handler.type.source() if handler.type is not None else ""
    here = here.under(Question("unknown", EXCEPT, text=shorten(f"except {kind}".strip())))
    if handler.name is not None:
        here.bind(handler.name, one(UNKNOWN))
    left = block(handler.body, here)
    return STAYS if raises(handler.body) else left


# Functions and classes


def _function(node: stmt.FunctionDef, here: Context) -> Exit:
    """Read what runs at the definition, and put the body off until the names around it are final."""
    _decorators(node, here)
    for param in _params(node.params):
        if param.annotation is not None:
            visit(param.annotation, here.mentioned())
        if param.default is not None:
            visit(param.default, here.under(DEFAULT), param.name.value)
    here.bind(node.name, one(Value(defines="" if _replaced(node) else node.name)))
    chosen = declare_by_decorators(node, here)
    outer = here
    if here.scope.kind == "class":  # a method runs for whoever calls it, not for whoever uses the class
        conditions = tuple(part for part in here.conditions if part != Question("call", here.function))
        outer = replace(here, conditions=conditions)
    outer = replace(outer, may_fail=False, by_device=False, record=False)
    bodies = here.scope.owner().bodies
    first = 0 if node.name in INITIALISERS else len(bodies)  # the other methods use what it binds
    bodies.insert(first, partial(_function_body, node, chosen, outer))
    return STAYS


def _replaced(node: stmt.FunctionDef) -> bool:
    """Whether decorators may make something else of a method: naming a property calls it."""
    return any(callee_name(item) not in ("staticmethod", "classmethod") for item in node.decorators)


def _function_body(node: stmt.FunctionDef, chosen: frozenset[str], outer: Context) -> None:
    here = outer.inside(node.name, outer.scope, is_class=False)
    here.scope.parameters = _received(node, outer)
    for param in _params(node.params):
        name = param.name.value
        here.bind(name, one(Value(test=Question("option", name)) if name in chosen else UNKNOWN))
    block(node.body, here)
    if node.name in INITIALISERS:
        for name, binding in here.scope.bindings.items():
            if name.startswith("self."):
                outer.scope.keep_attribute(name.removeprefix("self."), binding.arms)
    finish(here.scope)


def _received(node: stmt.FunctionDef, outer: Context) -> dict[str, tuple[str, ...]]:
    """The parameters of a function, each with the names for what its callers hand over by keyword and by position."""
    is_method = outer.scope.kind == "class"
    name = outer.function.rpartition(".")[2] if is_method and node.name == "__init__" else node.name
    names = [param.name.value for param in (*node.params.posonly_params, *node.params.params)]
    first = int(is_method and names[:1] in (["self"], ["cls"]))
    received_at = {own: (received(name, own), received(name, at - first)) for at, own in enumerate(names)}
    return received_at | {(own := param.name.value): (received(name, own),) for param in node.params.kwonly_params}


def finish(scope: Scope) -> None:
    """Read the bodies that waited for a scope; each of them may add to the list of its own scope only."""
    for body in scope.bodies:
        body()
    scope.bodies.clear()


def _class(node: stmt.ClassDef, here: Context) -> Exit:
    """Read a class: its body runs at the definition, for whoever uses the class."""
    _decorators(node, here)
    for base in (*node.bases, *node.keywords):
        visit(base.value, here.handing(NEVER))
    here.bind(node.name, one(Value(defines=node.name)))
    inside = replace(here.inside(node.name, here.scope, is_class=True), record=is_record(node))
    for base in node.bases:
        inside.mention(callee_name(base.value))
    inside.scope.changed = _changed_attributes(node)
    block(node.body, inside)
    for name, binding in inside.scope.bindings.items():
        inside.scope.keep_attribute(name, binding.arms)
    return STAYS


def _changed_attributes(node: stmt.ClassDef) -> frozenset[str]:
    """What the methods of a class bind of its objects, those left out that make an object."""
    methods = (item for item in node.body.body if isinstance(item, stmt.FunctionDef) and item.name not in INITIALISERS)
    bound = (name for method in methods for name in stored(method.body))
    return frozenset(name.removeprefix("self.") for name in bound if name.startswith("self."))


def _decorators(node: stmt.FunctionDef | stmt.ClassDef, here: Context) -> None:
    """A decorator is a call, with or without parentheses."""
    for item in node.decorators:
        visit(item, here)
        if not isinstance(item, expr.Call):
            state_call(item, [], here)


def _params(params: expr.Parameters) -> list[expr.Param]:
    starred = [param for param in (params.star_arg, params.star_kwarg) if param is not None]
    return [*params.posonly_params, *params.params, *params.kwonly_params, *starred]


COMPOUND: dict[type[expr.Node], Callable[..., Exit]] = {
    stmt.ClassDef: _class,
    stmt.For: _loop,
    stmt.FunctionDef: _function,
    stmt.If: _if,
    stmt.Match: _match,
    stmt.Try: _try,
    stmt.While: _loop,
    stmt.With: _with,
}
