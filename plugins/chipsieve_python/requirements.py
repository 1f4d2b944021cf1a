"""Which packages does a setup script pin? `install_requires` and `extras_require` of `setup()`."""

from __future__ import annotations

import re

from chipsieve.facts.conditions import unknown
from chipsieve_python import tree
from chipsieve_python.evaluate import evaluate
from chipsieve_python.values import plain_text
from chipsieve_python.walk import Walk

NAME = re.compile(r"\s*([\w.-]*)")


def package(requirement: str) -> str:
    """The package that a PEP 508 requirement names."""
    named = NAME.match(requirement)
    return named[1] if named else ""


def called(walk: Walk, last: str, node: tree.Call) -> None:
    """State the requirements that a call of `setup` lists; an extra's are optional."""
    if last != "setup":
        return
    for arg in node.args:
        keyword = arg.keyword.value if arg.keyword else ""
        if keyword == "install_requires":
            _pins(walk, arg.value)
        elif keyword == "extras_require" and isinstance(arg.value, tree.Dict):
            with walk.under(unknown("extra")):
                for element in arg.value.elements:
                    _pins(walk, element.value)


def _pins(walk: Walk, node: tree.Expression) -> None:
    for own, value in walk.possible(evaluate(node, walk.scope)):
        if isinstance(value.node, tree.List | tree.Tuple):
            for element in value.node.elements:
                text = plain_text(element.value)
                if text and walk.vocabulary.asks("pin", package(text)):
                    walk.state("pin", "", text, element.value, *own)
