"""When is a block left early, and which failures are swallowed?"""

from __future__ import annotations

from typing import NamedTuple

from chipsieve.facts.conditions import NEVER, SIZE_LIMIT, Condition, Question, all_of, any_of, size, unknown
from chipsieve_python.literals import dotted, plain_text
from chipsieve_python.scope import TRY
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import statement_kinds as stmt

STOPS = frozenset({"sys.exit", "exit", "quit", "os._exit", "os.abort"})
IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException", ""})
FAILURES = IMPORT_ERRORS | {"RuntimeError", "AttributeError", "AssertionError", "NotImplementedError", "OSError"}
ATTEMPT = Question("unknown", TRY, text="try")


class Exit(NamedTuple):
    """When a block is left early: by return, by break or continue, or by ending the run."""

    returns: Condition = NEVER
    loops: Condition = NEVER
    stops: Condition = NEVER

    def under(self, condition: Condition) -> Exit:
        """The same exits, taken only where `condition` holds."""
        if self is STAYS:
            return self
        return Exit(*(all_of((condition, part)) for part in self))

    def joined(self, other: Exit) -> Exit:
        """The exits of either; past 40 of them it is unknown which."""
        if self is other is STAYS:
            return self
        either = (any_of(pair) for pair in zip(self, other, strict=True))
        return Exit(*(part if size(part) <= SIZE_LIMIT else unknown("one of many exits") for part in either))


STAYS = Exit()


def failures(caught: expr.Expression) -> list[str]:
    """The names of the exceptions that `except caught:` names."""
    if isinstance(caught, expr.Tuple):
        return [name for element in caught.elements for name in failures(element.value)]
    return [dotted(caught)[-1]]


def imports_itself(body: stmt.Suite) -> bool:
    """Whether a body imports something itself, outside of functions."""
    for item in body.body:
        if isinstance(item, stmt.Line):
            if any(isinstance(part, (stmt.Import, stmt.ImportFrom)) for part in item.body):
                return True
        elif isinstance(item, (stmt.If, stmt.With, stmt.Try, stmt.For)) and imports_itself(item.body):
            return True
    return any(isinstance(item, (stmt.Import, stmt.ImportFrom)) for item in body.body)


def raises(body: stmt.Suite) -> bool:
    """Whether a handler ends by raising, or by ending the run."""
    last = body.body[-1] if body.body else None
    part = last.body[-1] if isinstance(last, stmt.Line) else last
    if isinstance(part, stmt.Expr) and isinstance(part.value, expr.Call):
        return ".".join(dotted(part.value.func)) in STOPS
    return isinstance(part, stmt.Raise)


def compares_devices(node: stmt.If) -> bool:
    """Whether an if chooses by a device's name: `if "A100" in name: ...`, or an elif chain that compares text."""
    tests = []
    arm: stmt.If | stmt.Suite | None = node
    while isinstance(arm, stmt.If):
        tests.append(arm.test)
        arm = arm.orelse
    first = tests[0].comparisons if isinstance(tests[0], expr.Comparison) else ()
    return any(map(_compares_text, tests)) and (len(tests) > 1 or any(item.operator == "in" for item in first))


def _compares_text(test: expr.Expression) -> bool:
    if not isinstance(test, expr.Comparison):
        return False
    sides = (test.left, *(item.comparator for item in test.comparisons))
    return any(plain_text(side) is not None for side in sides)
