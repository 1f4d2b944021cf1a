"""What holds inside a `try`? An import that may fail guards the rest of the body, and the names it binds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chipsieve.facts.conditions import ALWAYS, NEVER, Condition, Question, any_of, questions, shorten, stack
from chipsieve_python import tree
from chipsieve_python.exits import STAYS, Exit
from chipsieve_python.scope import EXCEPT, TRY
from chipsieve_python.values import UNKNOWN, dotted, one
from chipsieve_python.walk import Walk

Block = Callable[[Walk, tree.Suite], Exit]

IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException", ""})
FAILURES = IMPORT_ERRORS | {"RuntimeError", "AttributeError", "AssertionError", "NotImplementedError", "OSError"}
ATTEMPT = Question("unknown", TRY, text="try")


def read(walk: Walk, node: tree.Try, block: Block) -> Exit:
    """A body whose failure a handler swallows is optional; a handler that raises again is no way out."""
    swallowing = [handler for handler in node.handlers if not _raises(handler.body)]
    caught = [handler.type for handler in swallowing]
    left, guards = attempt(walk, node.body, [kind for kind in caught if kind is not None], block, bare=None in caught)
    handled = [_handler(walk, handler, block) for handler in node.handlers]
    if node.orelse is not None:
        with walk.under(*guards):
            left = left.joined(block(walk, node.orelse))
    if node.finalbody is not None:
        left = left.joined(block(walk, node.finalbody))
    exits = [left, *handled]
    if not swallowing:
        return left
    if all(any_of(taken) == ALWAYS for taken in exits):
        return Exit(returns=ALWAYS)
    left_somewhere = any(taken.returns != NEVER for taken in exits)
    loops = any(taken.loops != NEVER for taken in exits)
    return Exit(ATTEMPT if left_somewhere else NEVER, ATTEMPT if loops else NEVER)


def attempt(
    walk: Walk, body: tree.Suite, caught: Sequence[tree.Expression], block: Block, *, bare: bool = False
) -> tuple[Exit, tuple[Condition, ...]]:
    """Read a body whose failures of the given kinds are swallowed; gives the guards that hold past its imports too."""
    kinds = {name for kind in caught for name in _kinds(kind)} | ({""} if bare else set())
    if not kinds & FAILURES:
        return block(walk, body), ()
    outer, before = walk.guarding, len(walk.imports)
    walk.guarding = bool(kinds & IMPORT_ERRORS) and _imports(body)
    with walk.under(*(() if walk.guarding else (ATTEMPT,))):
        left = block(walk, body)
    guarded, walk.guarding = walk.guarding, outer
    if not guarded:
        return left, (ATTEMPT,)
    new = (condition for found in walk.imports[before:] for condition in found.make.keywords["conditions"])
    return left, tuple(dict.fromkeys(test for test in new if test in _guards(test)))


def _guards(condition: Condition) -> list[Question]:
    return [test for test in questions(condition) if test.subject == "import"]


def _kinds(node: tree.Expression) -> list[str]:
    if isinstance(node, tree.Tuple):
        return [name for element in node.elements for name in _kinds(element.value)]
    return [dotted(node)[-1]]


def _imports(body: tree.Suite) -> bool:
    """Whether a body imports something itself, outside of functions."""
    for item in body.body:
        if isinstance(item, tree.Line):
            if any(isinstance(part, tree.Import | tree.ImportFrom) for part in item.body):
                return True
        elif isinstance(item, tree.If | tree.With | tree.Try | tree.For) and _imports(item.body):
            return True
    return any(isinstance(item, tree.Import | tree.ImportFrom) for item in body.body)


def _raises(body: tree.Suite) -> bool:
    """Whether a handler ends by raising, or by ending the run."""
    last = body.body[-1] if body.body else None
    part = last.body[-1] if isinstance(last, tree.Line) else last
    if isinstance(part, tree.Expr) and isinstance(part.value, tree.Call):
        return ".".join(dotted(part.value.func)) in ("sys.exit", "exit", "quit", "os._exit")
    return isinstance(part, tree.Raise)


def _handler(walk: Walk, handler: tree.ExceptHandler, block: Block) -> Exit:
    kind = handler.type.source() if handler.type is not None else ""
    outer = walk.conditions
    walk.conditions = stack(outer, Question("unknown", EXCEPT, text=shorten(f"except {kind}".strip())))
    if handler.name is not None:
        walk.bind(handler.name, one(UNKNOWN))
    left = block(walk, handler.body)
    walk.conditions = outer
    return left if _raises(handler.body) is False else STAYS
