"""Which variables does a command line give the program that it starts?"""

from __future__ import annotations

from collections.abc import Sequence

from chipsieve.commands.passed_environment import ASSIGNED
from chipsieve.facts.reading import Command
from chipsieve.facts.words import Resolved, Word
from chipsieve.link.expansion import CommandLine, Scope, Values, alternatives


def exported(command: Command, line: CommandLine, scope: Scope, inherited: Values, sourced: Sequence[str]) -> Values:
    """The environment in force for a command line; whatever a sourced script sets is taken to be in it."""
    passed = {
        name: tuple(filter(line.takes, values)) or values
        for name, values in scope.variables.items() if name in inherited or sourced
    }  # fmt: skip
    return {**passed, **{name: (value,) for name, value in line.values(command.environment).items()}}


def assignments(words: tuple[Resolved, ...]) -> tuple[tuple[Resolved, ...], Values]:
    """A command line without the variables that it sets in front: `eval "$PREFIX python train.py"` may have some."""
    assigned: dict[str, tuple[Resolved, ...]] = {}
    for at, word in enumerate(words):
        found = ASSIGNED.match(word.text)
        if found is None:
            return words[at:], assigned
        assigned[found[1]] = (word.cut(found.end(), len(word.text)),)
    return (), assigned


def values_of(pairs: Sequence[tuple[str, Word]], scope: Scope) -> dict[str, tuple[Resolved, ...]]:
    """Variables and what each may hold; a value that an unquoted list would split is one text."""
    return {name: alternatives(word, scope) for name, word in pairs}


def single(environment: Values) -> dict[str, Resolved]:
    """One value a name: the alternatives of an undecided one keep their conditions, and the first is shown."""
    return {name: values[0] for name, values in sorted(environment.items()) if values}
