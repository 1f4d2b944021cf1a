"""What does a call ask of the hardware? The callee through its aliases, and every argument's possible values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chipsieve.facts.conditions import Conditions, conflict, stack
from chipsieve_python.context import Context
from chipsieve_python.dictionaries import ENVIRONMENTS, dict_entries, state_variables
from chipsieve_python.evaluate import condition_of, evaluate
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.texts import Text, texts_of

ON_BY_DEFAULT = frozenset({
    "transformer_engine.pytorch.fp8_autocast", "transformer_engine.pytorch.fp8_model_init",
    "transformer_engine.pytorch.autocast",
})  # fmt: skip
"""What is switched on where its first argument, `enabled`, is not given."""
SEVERAL = 3  # values of an argument beside another; more decide nothing
Siblings = tuple[
    Conditions, tuple[tuple[str, str], ...]
]  # arguments with their texts, and what holds where they have them


class Argument(NamedTuple):
    """One argument: its keyword or position, its value, the node to point at, and its own conditions."""

    where: str | int
    value: expr.Expression
    place: expr.Placed
    own: Conditions = ()


def callee_name(func: expr.Expression) -> str:
    """The last component of what is called; "" when it has no name."""
    if isinstance(func, expr.Attribute):
        return func.attr
    return func.value if isinstance(func, expr.Name) else ""


def state_call(func: expr.Expression, args: Sequence[expr.Arg], here: Context) -> None:
    """State the callee, then each argument and each value it may have."""
    if any(arg.star == "**" or (arg.keyword is not None and arg.keyword.value in ENVIRONMENTS) for arg in args):
        _passed_environment(_arguments(args, here), here)
    if not _is_asked(callee_name(func), here) and not isinstance(func, expr.Name):
        return
    for own, name in _callees(func, here):
        if _is_asked(name, here):
            _state(name, func, list(_arguments(args, here)), here.under(*own))


def _is_asked(name: str, here: Context) -> bool:
    return here.asks("call", name) or here.asks("argument", name)


def _state(name: str, func: expr.Expression, arguments: list[Argument], here: Context) -> None:
    """State a call and its arguments; one that is given `enabled=` takes effect where that is true."""
    switches = [item.value for item in arguments if item.where == "enabled"]
    here = here.under(*(condition_of(switch, here.scope) for switch in switches))
    texts = [(item, _started(item.value, texts_of(item.value, here.scope))) for item in arguments]
    deciding = [(str(item.where), found) for item, found in texts if here.asks("beside", str(item.where))]
    if here.asks("call", name):
        for own, beside in _siblings(deciding, here):
            here.state("call", name, None, func, *own, beside=beside)
    if not here.asks("argument", name):
        return
    if name in ON_BY_DEFAULT and not any(item.where in ("enabled", 0) for item in arguments):
        here.state("call", name, "true", func, argument="enabled")
    keywords = [str(item.where) for item, found in texts if isinstance(item.where, str) and _is_certain(found)]
    for argument, found in texts:
        for given, beside in _siblings([one for one in deciding if one[0] != str(argument.where)], here):
            # A keyword that is given wins over the position that means the same: positions say which ones are given.
            others = (key for key in keywords if isinstance(argument.where, int) and key not in dict(beside))
            siblings = (*beside, *((key, "") for key in others))
            for text in found:
                if text.known is not None or text.chosen is not None:
                    here.state(
                        "call", name, text.known, argument.place, *argument.own, *given, *text.own,
                        beside=siblings, argument=argument.where, chosen=text.chosen,
                    )  # fmt: skip


def _siblings(deciding: Iterable[tuple[str, tuple[Text, ...]]], here: Context) -> list[Siblings]:
    """The texts of the arguments that decide about others, where all are known: each choice under its conditions."""
    choices: list[Siblings] = [((), ())]
    for where, found in deciding:
        if len(found) <= SEVERAL and all(text.known is not None for text in found):
            choices = [
                (stack(own, *text.own), (*beside, (where, text.known or "")))
                for own, beside in choices
                for text in found
            ]
    return [choice for choice in choices if not choice[0] or not conflict(choice[0], here.conditions)]


def _is_certain(found: tuple[Text, ...]) -> bool:
    return len(found) == 1 and not found[0].own and found[0].chosen is None


def _arguments(args: Sequence[expr.Arg], here: Context) -> Iterator[Argument]:
    """The arguments of a call, those of a `**` dict literal among them."""
    for position, arg in enumerate(args):
        if arg.keyword is not None:
            yield Argument(arg.keyword.value, arg.value, arg.keyword)
        elif arg.star == "**":
            for own, value in here.possible(evaluate(arg.value, here.scope)):
                if value.node is not None:
                    yield from (Argument(key, item, place, own) for key, place, item in dict_entries(value.node))
        elif not arg.star:
            yield Argument(position, arg.value, arg.value)


def _started(node: expr.Expression, found: tuple[Text, ...]) -> tuple[Text, ...]:
    """The texts found; of an f-string that nobody can finish at least how it starts, `cuda:{}`."""
    if isinstance(node, expr.FormattedString) and [(text.known, text.chosen) for text in found] == [(None, None)]:
        start = node.parts[0] if node.parts else None
        if isinstance(start, expr.FormattedStringText):
            return (Text(found[0].own, f"{start.value}{{}}"),)
    return found


def _callees(func: expr.Expression, here: Context) -> list[tuple[Conditions, str]]:
    """The qualified names that the callee may have; a method of an unknown object is `*.method`."""
    if not isinstance(func, expr.NAMES):
        return []
    arms = here.possible(evaluate(func, here.scope))
    names = [(own, value.text) for own, value in arms if value.qualified and value.text]
    if names or isinstance(func, expr.Name):
        return names
    return [((), f"*.{func.attr}")]


def _passed_environment(arguments: Iterable[Argument], here: Context) -> None:
    """`env=variables`, where `variables` is bound to a dict literal."""
    for argument in arguments:
        if argument.where in ENVIRONMENTS and isinstance(argument.value, expr.Name):
            for own, value in here.possible(evaluate(argument.value, here.scope)):
                if value.node is not None:
                    state_variables(dict_entries(value.node), here.under(*own), certain=True)
