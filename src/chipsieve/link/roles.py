"""What is a run for, and how many accelerators does it ask for? Names and options say it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from chipsieve.commands.flags import given
from chipsieve.commands.launchers import TRAINING, launchers
from chipsieve.facts.words import Resolved
from chipsieve.link.option_values import option_name

OPTIONS_THAT_TRAIN = 2
TEST_FOLDERS = frozenset({
    "test", "tests", "testing", "unit_tests", "functional_tests", "autotest", "autotests", ".github", "ci", ".ci",
})  # fmt: skip
DOCUMENT_ENDINGS = (".md", ".rst", ".txt", ".ipynb")
DOCUMENTS = re.compile(r"docs?|documentation")
VENDORED = 2  # the distance of another project's code


def role_of(
    entry: str, script: str, options: Iterable[str], *, distributed: bool, verb: str = "", trains: bool | None = None
) -> str:
    """The role of a run: the first of verb, entry's name, script's name and their folders that has a role's word.

    A training entry in a fine-tuning script fine-tunes, and in a script that tests it is tested. Without any word, a
    run whose options are those of an optimiser trains; then the folders say it, and the name of a document that shows
    it; then one whose code `trains` does, and so does a distributed one. Where its code is known and does not train,
    a folder's name alone makes no training of it; `trains` is None where nobody knows the code.
    """
    if _in_tests(script) or _in_tests(entry):
        return "test"
    shown = script.casefold().endswith(DOCUMENT_ENDINGS)
    names = (verb, posixpath.basename(entry), "" if shown else posixpath.basename(script))
    named = [role for name in names if (role := role_of_name(name))]
    if role_of_name(names[-1]) == "test":
        return "test"
    if any(launchers().preparing.search(folder) for path in (script, entry) for folder in path.split("/")[:-1]):
        return "data preparation"
    if named:
        return "fine-tuning" if named[0] == "training" and "fine-tuning" in named else named[0]
    if len(launchers().training_options & set(options)) >= OPTIONS_THAT_TRAIN:
        return "training"
    outside = (posixpath.dirname(entry), posixpath.dirname(script), posixpath.basename(script))
    around = next(filter(None, map(role_of_name, outside)), "")
    if around in TRAINING and trains is False and not distributed:
        around = ""
    return around or ("training" if trains or distributed else "other")


@lru_cache(maxsize=64)  # most launches of a tree mention the same names
def knows_training(mentions: frozenset[str]) -> bool:
    """Whether code that mentions these simple names computes gradients, or uses a class that trains."""
    table = launchers()
    if not table.training_calls.isdisjoint(mentions):
        return True
    return not table.training_methods.isdisjoint(mentions) and any(
        name.endswith(table.training_classes) for name in mentions
    )


def distance_from_project(path: str) -> int:
    """How little a script's place says of the project: 2 another project's code, 1 an example or a guide, 0 its own."""
    folders = path.casefold().split("/")[:-1]
    if any(launchers().vendored.search(folder) for folder in folders):
        return VENDORED
    shown = path.casefold().endswith(DOCUMENT_ENDINGS)
    return int(shown or any(launchers().examples.search(folder) for folder in folders))


def shows_use(document: str) -> bool:
    """Whether a document lies among examples, rather than beside the code or in a folder of documents."""
    folders = document.casefold().split("/")[:-1]
    return any(launchers().examples.search(folder) and not DOCUMENTS.fullmatch(folder) for folder in folders)


def serves_another_role(path: str) -> bool:
    """Whether the folders above a file say that what lies there evaluates, measures or tests."""
    return any(role_of_name(folder) in ("test", "evaluation", "benchmark") for folder in path.split("/")[:-1])


def _in_tests(path: str) -> bool:
    return any(folder in TEST_FOLDERS for folder in path.casefold().split("/")[:-1])


@lru_cache(maxsize=65_536)  # the same names and folders in all launches of a tree
def role_of_name(name: str) -> str:
    """The role of which a name has a word, "" for none; who pre-trains, does not fine-tune (`lora_pretrain.sh`)."""
    found = next((role for role, words in launchers().roles if words.search(name)), "")
    return "training" if found == "fine-tuning" and launchers().pretraining.search(name) else found


def devices(words: Sequence[Resolved], environment: Mapping[str, Resolved]) -> int:
    """Nodes times accelerators per node as far as the command says, 0 where it does not."""
    counted = {option_name(one.name): one.value.text if one.value else None for one in given(words)}
    counts = {kind: _count(counted, names) for kind, names in launchers().devices.items()}
    nodes = counts["nodes"] or _number(environment["NNODES"].text if "NNODES" in environment else None) or 1
    return max((counts["per_node"] or 0) * nodes, counts["total"] or 0)


def _count(given: Mapping[str, str | None], names: Iterable[str]) -> int | None:
    return next((number for name in names if (number := _number(given.get(option_name(name))))), None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 6 else None  # noqa: PLR2004 - no cluster has 100,000 nodes
