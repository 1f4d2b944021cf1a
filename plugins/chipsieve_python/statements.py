"""Under which conditions does each statement run? Blocks, branches, early exits, and what they bind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    stack,
    unknown,
)
from chipsieve_python import attempts, bindings, definitions, imports, tree
from chipsieve_python.evaluate import qualified
from chipsieve_python.exits import STAYS, Exit
from chipsieve_python.expressions import bind_target
from chipsieve_python.guards import condition_of, equals
from chipsieve_python.values import plain_text
from chipsieve_python.walk import MAIN, Walk

STOPS = frozenset({"sys.exit", "exit", "quit", "os._exit", "os.abort"})
ANY_GPU = ("torch.cuda.is_available()", "torch.cuda.device_count()")


def block(walk: Walk, body: tree.Suite | Sequence[tree.Node]) -> Exit:
    """Read a block; gives when it is left early. What follows an early exit runs only where the exit is not taken."""
    outer, left = walk.conditions, STAYS
    for item in body.body if isinstance(body, tree.Suite) else body:
        taken = statement(walk, item)
        if taken != STAYS:
            left = left.joined(taken)
            walk.conditions = stack(walk.conditions, *_after(taken))
            if any_of(left) == ALWAYS:
                walk.conditions = stack(walk.conditions, NEVER)
    walk.conditions = outer
    return left


def _after(taken: Exit) -> tuple[Condition, ...]:
    """What holds past an exit.

    A run that stops trains nothing, so `if not args.x: raise` leaves the rest as certain as an assert does; but past a
    test of hardware or of an import the rest is kept under it: a caller may catch the exception and fall back.
    """
    stops = taken.stops
    asked = [test for test in questions(stops) if test.subject in ("hardware", "import")]
    telling = any(not any(gpu in test.text for gpu in ANY_GPU) for test in asked)
    return negate(taken.returns), negate(taken.loops), negate(stops) if telling or stops == ALWAYS else ALWAYS


def statement(walk: Walk, node: tree.Node) -> Exit:
    """Read one statement; gives when it leaves the block around it."""
    if isinstance(node, tree.Line):
        return block(walk, node.body) if len(node.body) > 1 else small(walk, node.body[0])
    handler = _COMPOUND.get(type(node))
    return handler(walk, node) if handler else small(walk, node)


def small(walk: Walk, node: tree.Node) -> Exit:
    """Read one simple statement."""
    if isinstance(node, tree.Return):
        if node.value is not None:
            walk.visit(node.value, walk.qualname.rpartition(".")[2])
        return Exit(returns=ALWAYS)
    if isinstance(node, tree.Break | tree.Continue):
        return Exit(loops=ALWAYS)
    if isinstance(node, tree.Raise | tree.Assert):
        with walk.under(MENTION):
            for part in (node.exc, node.cause) if isinstance(node, tree.Raise) else (node.test, node.msg):
                if part is not None:
                    walk.visit(part)
        return Exit(stops=ALWAYS) if isinstance(node, tree.Raise) else STAYS
    if isinstance(node, tree.Expr):
        return _expression(walk, node.value)
    if not imports.read(walk, node):
        bindings.read(walk, node)
    return STAYS


def _expression(walk: Walk, node: tree.Expression) -> Exit:
    """A string by itself is a docstring, and says nothing."""
    if plain_text(node) is None:
        walk.visit(node)
    called = qualified(node.func, walk.scope) if isinstance(node, tree.Call) else ""
    if called == "exec" and walk.scope.kind == "module":
        walk.configurable = False
    stops = called in STOPS
    return Exit(stops=ALWAYS) if stops else STAYS


def _if(walk: Walk, node: tree.If) -> Exit:
    """All arms of one if/elif/else, each under the negations of those before it."""
    outer, left = walk.conditions, STAYS
    chain = walk.chain
    before: Condition = ALWAYS
    arm: tree.If | tree.Suite | None = node
    walk.chain = chain or _names_devices(node)
    while isinstance(arm, tree.If):
        walk.visit(arm.test)
        test = condition_of(arm.test, walk.scope)
        walk.conditions = stack(outer, before, test)
        left = left.joined(_arm(walk, arm.body, test).under(all_of((before, test))))
        before = all_of((before, negate(test)))
        walk.conditions = stack(outer, before)
        arm = arm.orelse
    if arm is not None:
        left = left.joined(block(walk, arm).under(before))
    walk.conditions, walk.chain = outer, chain
    return left


def _arm(walk: Walk, body: tree.Suite, test: Condition) -> Exit:
    if test != Question("entry") or walk.qualname:
        return block(walk, body)
    walk.entry = True
    outer = (walk.mentions, walk.body)
    walk.mentions, walk.body = walk.functions.setdefault(MAIN, {}), len(walk.conditions)
    left = block(walk, body)
    walk.mentions, walk.body = outer
    return left


def _names_devices(node: tree.If) -> bool:
    """Whether an if chooses by a device's name: `if "A100" in name: ...`, or an elif chain that compares text."""
    arms = []
    arm: tree.If | tree.Suite | None = node
    while isinstance(arm, tree.If):
        arms.append(arm.test)
        arm = arm.orelse
    texts = [_compares_text(test) for test in arms]
    return any(texts) and (len(arms) > 1 or any(item.operator == "in" for item in _targets(arms[0])))


def _targets(test: tree.Expression) -> Sequence[tree.ComparisonTarget]:
    return test.comparisons if isinstance(test, tree.Comparison) else ()


def _compares_text(test: tree.Expression) -> bool:
    sides = [test.left] if isinstance(test, tree.Comparison) else []
    return any(plain_text(side) is not None for side in (*sides, *(item.comparator for item in _targets(test))))


def _loop(walk: Walk, node: tree.For | tree.While) -> Exit:
    """A loop's body counts as run. Names bound in it are unknown when it begins again."""
    if isinstance(node, tree.For):
        walk.visit(node.iter)
        bind_target(walk, node.target)
        test: Condition = ALWAYS
    else:
        walk.visit(node.test)
        test = NEVER if condition_of(node.test, walk.scope) == NEVER else ALWAYS
    walk.scope.forget(bindings.stored(node.body))
    with walk.under(test):
        left = block(walk, node.body)
    if node.orelse is not None:
        block(walk, node.orelse)
    return STAYS if left.returns == NEVER else Exit(returns=unknown("loop that returns"))


def _with(walk: Walk, node: tree.With) -> Exit:
    """Transparent, but for `suppress(ImportError)`, which is a `try`."""
    for item in node.items:
        walk.visit(item.item)
        if item.asname is not None:
            bind_target(walk, item.asname)
    calls = [item.item for item in node.items if isinstance(item.item, tree.Call)]
    caught = [
        arg.value for call in calls if qualified(call.func, walk.scope) == "contextlib.suppress" for arg in call.args
    ]
    if not caught:
        return block(walk, node.body)
    return attempts.attempt(walk, node.body, caught, block)[0]


def _match(walk: Walk, node: tree.Match) -> Exit:
    """Each case under its pattern, where no earlier case took it."""
    walk.visit(node.subject)
    left = STAYS
    before: Condition = ALWAYS
    for case in node.cases:
        test = _pattern(walk, node.subject, case.pattern)
        with walk.under(MENTION):
            for value in _values(case.pattern):
                walk.visit(value)
        if case.guard is not None:
            walk.visit(case.guard)
            test = all_of((test, condition_of(case.guard, walk.scope)))
        with walk.under(before, test):
            left = left.joined(block(walk, case.body).under(all_of((before, test))))
        before = all_of((before, negate(test)))
    return left


def _pattern(walk: Walk, subject: tree.Expression, pattern: tree.MatchPattern) -> Condition:
    if isinstance(pattern, tree.MatchAs) and pattern.pattern is None:
        return ALWAYS
    options = pattern.patterns if isinstance(pattern, tree.MatchOr) else [pattern]
    texts = [plain_text(item.value) for item in options if isinstance(item, tree.MatchValue)]
    wanted = tuple(text for text in texts if text is not None)
    return equals(subject, wanted, walk.scope) if len(wanted) == len(options) else unknown("case")


def _values(pattern: tree.MatchPattern) -> list[tree.Expression]:
    if isinstance(pattern, tree.MatchValue):
        return [pattern.value]
    return [value for item in pattern.patterns for value in _values(item)] if isinstance(pattern, tree.MatchOr) else []


def _try(walk: Walk, node: tree.Try) -> Exit:
    return attempts.read(walk, node, block)


def _function(walk: Walk, node: tree.FunctionDef) -> Exit:
    definitions.function(walk, node, block)
    return STAYS


def _class(walk: Walk, node: tree.ClassDef) -> Exit:
    definitions.class_(walk, node, block)
    return STAYS


_COMPOUND: dict[type[tree.Node], Callable[..., Exit]] = {
    tree.If: _if,
    tree.For: _loop,
    tree.While: _loop,
    tree.With: _with,
    tree.Match: _match,
    tree.Try: _try,
    tree.FunctionDef: _function,
    tree.ClassDef: _class,
}
