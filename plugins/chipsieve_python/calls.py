"""What does a call ask of the hardware? The callee through its aliases, and every argument's possible values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chipsieve.facts.conditions import MENTION, Condition, Conditions, Question, stack
from chipsieve_python import commands, environment, options, requirements, tree
from chipsieve_python.configs import dict_entries
from chipsieve_python.evaluate import evaluate, qualified
from chipsieve_python.guards import Text, texts_of
from chipsieve_python.values import plain_text
from chipsieve_python.walk import Walk, handles

SILENT = frozenset({
    "print", "isinstance", "issubclass", "warn", "warning", "info", "debug", "error", "log", "exception", "critical",
    "hasattr", "assertEqual", "assert_close",
})  # fmt: skip


class Argument(NamedTuple):
    """One argument: its keyword or position, its value, the node to point at, and its own conditions."""

    where: str | int
    value: tree.Expression
    place: tree.Placed
    own: Conditions = ()


@handles(tree.Call)
def _call(walk: Walk, node: tree.Call) -> None:
    name, last = qualified(node.func, walk.scope), callee_name(node.func)
    walk.visit(node.func)
    outer = walk.conditions
    for arg in node.args:
        walk.conditions = stack(outer, *((MENTION,) if last in SILENT else _argument_conditions(last, node, arg)))
        walk.visit(arg.value, _bound(arg, name))
    walk.conditions = outer
    if last == "getattr" and len(node.args) > 1:
        walk.mention(plain_text(node.args[1].value) or "getattr")
    rows(walk, node.func, node.args)
    if name.rpartition(".")[2] == "partial" and node.args:
        rows(walk, node.args[0].value, node.args[1:])
    environment.called(walk, name, node)
    commands.called(walk, name, node)
    options.called(walk, name, last, node)
    requirements.called(walk, last, node)


def callee_name(func: tree.Expression) -> str:
    """The last component of what is called; "" when it has no name."""
    if isinstance(func, tree.Attribute):
        return func.attr
    return func.value if isinstance(func, tree.Name) else ""


def _bound(arg: tree.Arg, name: str) -> str:
    """What an argument's value is bound to: its keyword, or an environment for `os.environ.update`."""
    return arg.keyword.value if arg.keyword else "environ" if name == "os.environ.update" else ""


def _argument_conditions(last: str, node: tree.Call, arg: tree.Arg) -> tuple[Condition, ...]:
    """An option's choices and help are mentioned; its default takes effect when the option has it."""
    if last not in ("add_argument", "option", "Option", "DEFINE_enum", "DEFINE_string", "add_option"):
        return ()
    if arg.keyword is None or arg.keyword.value != "default":
        return (MENTION,) if arg.keyword is not None and arg.keyword.value in ("choices", "help", "type") else ()
    dest, text = options.destination(node), plain_text(arg.value)
    return (Question("option", dest, "in", (text,)),) if dest and text else ()


def _arguments(walk: Walk, args: Sequence[tree.Arg]) -> Iterator[Argument]:
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


def rows(walk: Walk, func: tree.Expression, args: Sequence[tree.Arg]) -> None:
    """State the callee, then each argument and each value it may have."""
    if any(arg.star == "**" or (arg.keyword is not None and arg.keyword.value in environment.KEYS) for arg in args):
        _pass_environment(walk, _arguments(walk, args))
    if not _asked(walk, callee_name(func)) and not isinstance(func, tree.Name):
        return
    for own, name in _callees(walk, func):
        if _asked(walk, name):
            _state(walk, func, own, name, list(_arguments(walk, args)))


def _asked(walk: Walk, name: str) -> bool:
    return walk.vocabulary.asks("call", name) or walk.vocabulary.asks("argument", name)


def _state(walk: Walk, func: tree.Expression, own: Conditions, name: str, arguments: list[Argument]) -> None:
    """The call itself, and each argument with each value that it may have."""
    texts = [(item, _started(item.value, texts_of(item.value, walk.scope))) for item in arguments]
    certain = {item.where: found[0].known for item, found in texts if _is_certain(found)}
    deciding = tuple(
        (str(where), known)
        for where, known in certain.items()
        if known is not None and walk.vocabulary.asks("beside", str(where))
    )
    if walk.vocabulary.asks("call", name):
        walk.state("call", name, None, func, *own, beside=deciding)
    if not walk.vocabulary.asks("argument", name):
        return
    keywords = tuple((where, "") for where in certain if isinstance(where, str) and where not in dict(deciding))
    for argument, found in texts:
        beside = deciding if isinstance(argument.where, str) else deciding + keywords
        for text in found:
            if text.known is not None or text.chosen is not None:
                conditions = (*own, *argument.own, *text.own)
                walk.state(
                    "call", name, text.known, argument.place, *conditions,
                    beside=beside, argument=argument.where, chosen=text.chosen,
                )  # fmt: skip


def _is_certain(found: tuple[Text, ...]) -> bool:
    return len(found) == 1 and not found[0].own and found[0].chosen is None


def _started(node: tree.Expression, found: tuple[Text, ...]) -> tuple[Text, ...]:
    """The texts found; of an f-string that nobody can finish at least how it starts, `cuda:{}`."""
    if isinstance(node, tree.FormattedString) and [(text.known, text.chosen) for text in found] == [(None, None)]:
        start = node.parts[0] if node.parts else None
        if isinstance(start, tree.FormattedStringText):
            return (Text(found[0].own, f"{start.value}{{}}"),)
    return found


def _callees(walk: Walk, func: tree.Expression) -> list[tuple[Conditions, str]]:
    """The qualified names that the callee may have; a method of an unknown object is `*.method`."""
    if not isinstance(func, tree.Name | tree.Attribute):
        return []
    arms = walk.possible(evaluate(func, walk.scope))
    names = [(own, value.text) for own, value in arms if value.qualified and value.text]
    if names or isinstance(func, tree.Name):
        return names
    return [((), f"*.{func.attr}")]


def _pass_environment(walk: Walk, arguments: Iterable[Argument]) -> None:
    """`env=variables`, where `variables` is bound to a dict literal."""
    for argument in arguments:
        if argument.where in environment.KEYS and isinstance(argument.value, tree.Name):
            for own, value in walk.possible(evaluate(argument.value, walk.scope)):
                if value.node is not None:
                    with walk.under(*own):
                        environment.entries(walk, dict_entries(value.node), certain=True)
