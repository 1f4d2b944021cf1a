"""What do functions and classes define? Their bodies run only when somebody calls them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from chipsieve.facts.conditions import Conditions, Question, unknown
from chipsieve_python import calls, options, tree
from chipsieve_python.exits import Exit
from chipsieve_python.scope import Scope
from chipsieve_python.values import UNKNOWN, Value, one
from chipsieve_python.walk import Walk

Block = Callable[[Walk, tree.Suite], Exit]
DEFAULT = unknown("default argument")


class Place(NamedTuple):
    """Where a function is defined: the scope, conditions and qualified name around it."""

    scope: Scope
    conditions: Conditions
    qualname: str


def function(walk: Walk, node: tree.FunctionDef, block: Block) -> None:
    """Read what runs at the definition, and put the body off until the names around it are final."""
    _decorators(walk, node)
    params = _params(node.params)
    for param in params:
        if param.annotation is not None:
            walk.visit(param.annotation)
        if param.default is not None:
            with walk.under(DEFAULT):
                walk.visit(param.default, param.name.value)
    walk.bind(node.name, one(UNKNOWN))
    chosen = options.decorated(walk, node)
    outer = walk.conditions
    if walk.scope.kind == "class":
        outer = tuple(part for part in outer if part != Question("call", walk.qualname))
    place = Place(walk.scope, outer, walk.qualname)
    walk.scope.owner().later.append(partial(_body, walk, node, block, place, chosen))


def _body(walk: Walk, node: tree.FunctionDef, block: Block, place: Place, chosen: frozenset[str]) -> None:
    walk.qualname = place.qualname
    walk.conditions = place.conditions
    walk.enter(node.name)
    walk.scope = Scope("function", place.scope, len(walk.conditions), place.scope.shared)
    walk.guarding = walk.chain = False
    for param in _params(node.params):
        name = param.name.value
        walk.bind(name, one(Value(test=Question("option", name)) if name in chosen else UNKNOWN))
    block(walk, node.body)
    finish(walk)


def finish(walk: Walk) -> None:
    """Read the bodies that waited for this scope; each of them may add to the list of its own scope only."""
    for body in walk.scope.later:
        body()


def class_(walk: Walk, node: tree.ClassDef, block: Block) -> None:
    """Read a class: its body runs at the definition, for whoever uses the class."""
    _decorators(walk, node)
    for base in (*node.bases, *node.keywords):
        walk.visit(base.value)
    walk.bind(node.name, one(UNKNOWN))
    kept = (walk.qualname, walk.mentions, walk.body, walk.scope, walk.conditions, walk.record)
    walk.enter(node.name)
    for base in node.bases:
        walk.mention(calls.callee_name(base.value))
    walk.scope = Scope("class", walk.scope, len(walk.conditions), walk.scope.shared)
    walk.record = options.is_record(node)
    block(walk, node.body)
    walk.qualname, walk.mentions, walk.body, walk.scope, walk.conditions, walk.record = kept


def _decorators(walk: Walk, node: tree.FunctionDef | tree.ClassDef) -> None:
    """A decorator is a call, with or without parentheses."""
    for item in node.decorators:
        walk.visit(item)
        if not isinstance(item, tree.Call):
            calls.rows(walk, item, [])


def _params(params: tree.Parameters) -> list[tree.Param]:
    starred = [param for param in (params.star_arg, params.star_kwarg) if param is not None]
    return [*params.posonly_params, *params.params, *params.kwonly_params, *starred]
