"""Who writes a chip's name? Comments, tests of the device's name, and job scripts that Python writes."""

from __future__ import annotations

import re

from chipsieve.facts.claims import claims
from chipsieve.facts.conditions import Question, hardware, unknown
from chipsieve_python import tree
from chipsieve_python.evaluate import evaluate
from chipsieve_python.hits import Place
from chipsieve_python.values import plain_text
from chipsieve_python.walk import Walk

DEVICE_NAME = re.compile(r"(?i)(device|gpu|card)_?name|get_device_name")
WRITTEN = unknown("job script written by Python")
DIRECTIVE = re.compile(r"^\s*#SBATCH\s+(?:--([\w-]+)(?:[= ]\s*(\S+))?|-([A-Za-z])\s*(\S+))", re.MULTILINE)
SHORT = {"C": "constraint", "p": "partition", "G": "gpus"}


def device_test(walk: Walk, node: tree.Comparison) -> None:
    """`"A100" in torch.cuda.get_device_name()` names a chip, and asks which one it is."""
    sides = [node.left, *(target.comparator for target in node.comparisons)]
    if not any(_asks_name(walk, side) for side in sides):
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
            if text is None:
                continue
            for start, end in claims(text, walk.vocabulary):
                walk.state("claim", "", text[start:end], _inside(item, text, start, end), test, by="device-test")


def _inside(node: tree.Expression, text: str, start: int, end: int) -> Place:
    """Where a stretch of a string's text stands: the whole string, unless its characters stand for themselves."""
    if not isinstance(node, tree.SimpleString) or node.raw_value != text:
        return Place(node)
    opening = len(node.prefix) + len(node.quote)
    return Place(node, opening + start, opening + end)


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
        if name and known is not None and walk.vocabulary.asks("directive", name):
            walk.state("directive", name, known, Place(node, line.start(), line.end()), WRITTEN)
