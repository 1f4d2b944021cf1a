"""What does a call ask of the hardware? The callee through its aliases, and every argument's possible values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import libcst as cst

from chipsieve.model import MENTION, Condition, Match, Test
from chipsieve_python import commands, environment, options, requirements
from chipsieve_python.conditions import Conditions, stack
from chipsieve_python.configs import dict_entries
from chipsieve_python.evaluate import evaluate, qualified
from chipsieve_python.guards import texts_of
from chipsieve_python.values import plain_text
from chipsieve_python.walk import Walk, handles

SILENT = frozenset({
    "print", "isinstance", "issubclass", "warn", "warning", "info", "debug", "error", "log", "exception", "critical",
    "hasattr", "assertEqual", "assert_close",
})  # fmt: skip


class Argument(NamedTuple):
    """One argument: its keyword or position, its value, the node to point at, and its own conditions."""

    where: str | int
    value: cst.BaseExpression
    place: cst.CSTNode
    own: Conditions = ()


@handles(cst.Call)
def _call(walk: Walk, node: cst.Call) -> None:
    name, last = qualified(node.func, walk.scope), callee_name(node.func)
    walk.visit(node.func)
    outer = walk.conditions
    for arg in node.args:
        walk.conditions = stack(outer, *((MENTION,) if last in SILENT else _argument_conditions(last, node, arg)))
        walk.visit(arg.value, _bound(arg, name))
    walk.conditions = outer
    if last == "getattr" and len(node.args) > 1:
        walk.mention(plain_text(node.args[1].value) or "getattr")
    rows(walk, node.func, list(_arguments(walk, node.args)))
    if name.rpartition(".")[2] == "partial" and node.args:
        rows(walk, node.args[0].value, list(_arguments(walk, node.args[1:])))
    environment.called(walk, name, node)
    commands.called(walk, name, node)
    options.called(walk, name, last, node)
    requirements.called(walk, last, node)


def callee_name(func: cst.BaseExpression) -> str:
    """The last component of what is called; "" when it has no name."""
    if isinstance(func, cst.Attribute):
        return func.attr.value
    return func.value if isinstance(func, cst.Name) else ""


def _bound(arg: cst.Arg, name: str) -> str:
    """What an argument's value is bound to: its keyword, or an environment for `os.environ.update`."""
    return arg.keyword.value if arg.keyword else "environ" if name == "os.environ.update" else ""


def _argument_conditions(last: str, node: cst.Call, arg: cst.Arg) -> tuple[Condition, ...]:
    """An option's choices and help are mentioned; its default takes effect when the option has it."""
    if last not in ("add_argument", "option", "Option", "DEFINE_enum", "DEFINE_string", "add_option"):
        return ()
    if arg.keyword is None or arg.keyword.value != "default":
        return (MENTION,) if arg.keyword is not None and arg.keyword.value in ("choices", "help", "type") else ()
    dest, text = options.destination(node), plain_text(arg.value)
    return (Test("option", dest, "in", (text,)),) if dest and text else ()


def _arguments(walk: Walk, args: Sequence[cst.Arg]) -> Iterator[Argument]:
    """The arguments of a call, those of a `**` dict literal among them."""
    for position, arg in enumerate(args):
        if arg.keyword is not None:
            yield Argument(arg.keyword.value, arg.value, arg.keyword)
        elif arg.star == "**":
            for own, value in walk.possible(evaluate(arg.value, walk.scope)):
                if value.node is not None:
                    yield from (Argument(key, item, place, own) for key, place, item in dict_entries(value.node))
        elif not arg.star:
            yield Argument(position, arg.value, arg.value)


def rows(walk: Walk, func: cst.BaseExpression, arguments: list[Argument]) -> None:
    """Ask for the callee, then for each argument and each value it may have."""
    _pass_environment(walk, arguments)
    if not walk.interest.asks("call", callee_name(func)) and not isinstance(func, cst.Name):
        return
    for own, name in _callees(walk, func):
        if not walk.interest.asks("call", name.rpartition(".")[2]):
            continue
        wanted = walk.table.values("call", name)
        texts = [(item, _started(item.value, list(texts_of(item.value, walk.scope, wanted)))) for item in arguments]
        certain = {item.where: found[0][1] for item, found in texts if len(found) == 1 and not found[0][0]}
        walk.hit(_matches(walk, name, "", None, certain), func, *own)
        for argument, found in texts:
            for conditions, text in found:
                matches = _matches(walk, name, argument.where, text, certain)
                walk.hit(matches, argument.place, *own, *argument.own, *conditions)


def _started(
    node: cst.BaseExpression, found: list[tuple[Conditions, str | None]]
) -> list[tuple[Conditions, str | None]]:
    """The texts found; of an f-string that nobody can finish at least how it starts, `cuda:{}`."""
    if isinstance(node, cst.FormattedString) and [text for _, text in found] == [None]:
        start = node.parts[0] if node.parts else None
        if isinstance(start, cst.FormattedStringText):
            return [(found[0][0], f"{start.value}{{}}")]
    return found


def _matches(
    walk: Walk, name: str, where: str | int, text: str | None, certain: Mapping[str | int, str | None]
) -> list[Match]:
    """The rows that the argument at `where` decides when it is `text`, beside the arguments that are certain."""
    given = {**certain, where: text}
    places = [place for place in given if isinstance(place, int)]
    positional = [given.get(place) for place in range(max(places, default=-1) + 1)]
    keywords = {key: value for key, value in given.items() if isinstance(key, str)}
    return [match for match, decided in walk.table.call(name, positional, keywords) if decided == where]


def _callees(walk: Walk, func: cst.BaseExpression) -> list[tuple[Conditions, str]]:
    """The qualified names that the callee may have; a method of an unknown object is `*.method`."""
    if not isinstance(func, cst.Name | cst.Attribute):
        return []
    arms = walk.possible(evaluate(func, walk.scope))
    names = [(own, value.text) for own, value in arms if value.qualified and value.text]
    if names or isinstance(func, cst.Name):
        return names
    return [((), f"*.{func.attr.value}")]


def _pass_environment(walk: Walk, arguments: list[Argument]) -> None:
    """`env=variables`, where `variables` is bound to a dict literal."""
    for argument in arguments:
        if argument.where in environment.KEYS and isinstance(argument.value, cst.Name):
            for own, value in walk.possible(evaluate(argument.value, walk.scope)):
                if value.node is not None:
                    with walk.under(*own):
                        environment.entries(walk, dict_entries(value.node), certain=True)
