"""What is a run for, and how many accelerators does it ask for? Names and options say it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence

from chipsieve.commands.flags import given
from chipsieve.commands.launchers import launchers
from chipsieve.facts.words import Resolved
from chipsieve.link.option_values import option_name

OPTIONS_THAT_TRAIN = 2


def role_of(entry: str, script: str, options: Iterable[str], *, distributed: bool) -> str:
    """The role of a run: the first of entry's name, script's name and their folders that has a role's word.

    A training entry in a fine-tuning script fine-tunes, and in a script that tests it is tested. Without any word, a
    run whose options are those of an optimiser trains, and so does a distributed one.
    """
    if _in_tests(script) or _in_tests(entry):
        return "test"
    if _role(posixpath.basename(script)) == "test":
        return "test"
    if any(launchers().preparing.search(folder) for path in (script, entry) for folder in path.split("/")[:-1]):
        return "data preparation"
    names = [posixpath.basename(entry), posixpath.basename(script), posixpath.dirname(entry), posixpath.dirname(script)]
    named = [role for name in names[:2] if (role := _role(name))]
    if named:
        return "fine-tuning" if named[0] == "training" and "fine-tuning" in named else named[0]
    if len(launchers().training_options & set(options)) >= OPTIONS_THAT_TRAIN:
        return "training"
    return _role(names[2]) or _role(names[3]) or ("training" if distributed else "other")


def distance_from_project(path: str) -> int:
    """How little a script's place says of the project: 2 another project's code, 1 an example or a guide, 0 its own."""
    folders = path.casefold().split("/")[:-1]
    if any(launchers().vendored.search(folder) for folder in folders):
        return 2
    shown = path.casefold().endswith((".md", ".rst", ".txt", ".ipynb"))
    return int(shown or any(launchers().examples.search(folder) for folder in folders))


def _in_tests(path: str) -> bool:
    folders = path.casefold().split("/")[:-1]
    return any(
        folder in ("test", "tests", "testing", "unit_tests", "functional_tests", ".github", "ci", ".ci")
        for folder in folders
    )


def _role(name: str) -> str:
    return next((role for role, words in launchers().roles if words.search(name)), "")


def devices(words: Sequence[Resolved], environment: Mapping[str, Resolved]) -> int:
    """Nodes times accelerators per node as far as the command says, 0 where it does not."""
    counted = {option_name(one.name): one.value.text if one.value else None for one in given(words)}
    counts = {kind: _count(counted, names) for kind, names in launchers().devices.items()}
    nodes = counts["nodes"] or _number(environment["NNODES"].text if "NNODES" in environment else None) or 1
    return (counts["per_node"] or 0) * nodes or counts["total"] or 0


def _count(given: Mapping[str, str | None], names: Iterable[str]) -> int | None:
    return next((number for name in names if (number := _number(given.get(option_name(name))))), None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 6 else None  # noqa: PLR2004 - no cluster has 100,000 nodes
