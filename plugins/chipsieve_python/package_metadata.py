"""What does a call of `setup` say of the package? Its requirements, and the programs that it installs."""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.commands.console_scripts import GROUP, entry_point, installed_file
from chipsieve.commands.pins import package
from chipsieve.facts.conditions import Conditions, unknown
from chipsieve.facts.reading import ConsoleScript
from chipsieve_python.context import Context
from chipsieve_python.dictionaries import dict_entries
from chipsieve_python.evaluate import evaluate
from chipsieve_python.literals import plain_text
from chipsieve_python.syntax_tree import expression_kinds as expr


def state_package(node: expr.Call, here: Context) -> None:
    """State what a call of `setup` requires, an extra optionally, and keep the programs that it installs."""
    for arg in node.args:
        keyword = arg.keyword.value if arg.keyword else ""
        if keyword == "install_requires":
            _pins(arg.value, here)
        elif keyword == "extras_require" and isinstance(arg.value, expr.Dict):
            for element in arg.value.elements:
                _pins(element.value, here.under(unknown("extra")))
        elif keyword == "entry_points":
            _entry_points(arg.value, here)
        elif keyword == "scripts":
            for _, text, place in _listed(arg.value, here):
                _install(installed_file(text, here.output.span(place)), here)


def _pins(node: expr.Expression, here: Context) -> None:
    for own, text, place in _listed(node, here):
        if here.asks("pin", package(text)):
            here.state("pin", "", text, place, *own)


def _listed(node: expr.Expression, here: Context) -> Iterator[tuple[Conditions, str, expr.Expression]]:
    """The texts of a list, each with its place and what must hold for the list to be the one."""
    for own, value in here.possible(evaluate(node, here.scope)):
        if isinstance(value.node, expr.LISTS):
            texts = ((plain_text(element.value), element.value) for element in value.node.elements)
            yield from ((own, text, place) for text, place in texts if text)


def _entry_points(node: expr.Expression, here: Context) -> None:
    """`{"console_scripts": ["a = b:c"]}`, or the same in the form of an INI file."""
    for _, value in here.possible(evaluate(node, here.scope)):
        for key, _, item in dict_entries(value.node or node):
            for _, text, place in _listed(item, here) if key == GROUP else ():
                _install(entry_point(text, here.output.span(place)), here)
        section = ""
        for line in (value.text or "").splitlines() if not value.qualified else ():
            section = line.strip() if line.lstrip().startswith("[") else section
            if section == f"[{GROUP}]":
                _install(entry_point(line, here.output.span(node)), here)


def _install(program: ConsoleScript | None, here: Context) -> None:
    if program is not None:
        here.output.programs.append(program)
