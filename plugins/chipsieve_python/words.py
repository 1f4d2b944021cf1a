"""Who writes a chip's name? Comments, tests of the device's name, and job scripts that Python writes."""

from __future__ import annotations

import re

from chipsieve.facts.conditions import MENTION, Question, hardware, unknown
from chipsieve.facts.finding import Match
from chipsieve_python import tree
from chipsieve_python.evaluate import evaluate
from chipsieve_python.hits import Hit, Place
from chipsieve_python.values import plain_text
from chipsieve_python.walk import Walk

DEVICE_NAME = re.compile(r"(?i)(device|gpu|card)_?name|get_device_name")
WRITTEN = unknown("job script written by Python")
DIRECTIVE = re.compile(r"^\s*#SBATCH\s+(?:--([\w-]+)(?:[= ]\s*(\S+))?|-([A-Za-z])\s*(\S+))", re.MULTILINE)
SHORT = {"C": "constraint", "p": "partition", "G": "gpus"}


def device_test(walk: Walk, node: tree.Comparison) -> None:
    """`"A100" in torch.cuda.get_device_name()` names a chip, and asks which one it is."""
    sides = [node.left, *(target.comparator for target in node.comparisons)]
    if not walk.interest.words or not any(_asks_name(walk, side) for side in sides):
        return
    test = hardware(node.source())
    for side in sides:
        listed = (
            [element.value for element in side.elements]
            if isinstance(side, tree.Tuple | tree.List | tree.Set)
            else [side]
        )
        for item in listed:
            text = plain_text(item)
            for match, _, _ in walk.table.words(text) if text else ():
                named = Match(match.signal, match.row, match.value, "device-test")
                walk.hits.append(Hit(named, Place(item), (*walk.conditions, test)))


def _asks_name(walk: Walk, node: tree.Expression) -> bool:
    if plain_text(node) is not None:
        return False
    tests = [value.test for _, value in evaluate(node, walk.scope)]
    asked = [test.text for test in tests if isinstance(test, Question) and test.subject == "hardware"]
    return any(map(DEVICE_NAME.search, (node.source(), *asked)))


def directives(walk: Walk, node: tree.Expression) -> None:
    """Scheduler requests in a job script's text; a value with a hole in it is unknown."""
    written = node.source()
    for line in DIRECTIVE.finditer(written.replace("\\n", " \n")):
        name, value = line[1] or SHORT.get(line[3] or "", ""), line[2] or line[4]
        known = None if value is None or "{" in value else value.strip("\"'")
        walk.hit(walk.table.directive(name, known) if name else (), Place(node, line.start(), line.end()), WRITTEN)


def comment_matches(walk: Walk, comment: str) -> list[tuple[Match, int, int]]:
    """The matches in a comment, with their offsets in it."""
    return list(walk.table.words(comment)) if walk.interest.words else []


COMMENTED = (MENTION,)
