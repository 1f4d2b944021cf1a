"""Does each pattern of ours end soon, whatever a stranger writes?

Those that modules keep, those that functions write where they ask them, and those that are made while trees are
scanned. Each is tried with texts made from its own repetitions. A square of a line's length is borne, for lines are
bounded; a cube or worse shows at five hundred characters.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import pytest

from survey_cases import ROOT
from test_pattern_time import END, MOST, attacks

PACKAGES = ("chipsieve", "chipsieve_config", "chipsieve_python", "chipsieve_shell", "chipsieve_flake8")
LENGTHS = (26, 250, 500)  # characters; what grows like a power of two shows at the first
TOO_MUCH = 0.15  # seconds for one text, which a square takes a tenth of
ASKING = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "split": 3, "findall": 2, "finditer": 2, "sub": 4}
"""Functions of `re`, each with the position of its flags."""
RECORDER = """
import json, re, sys
from pathlib import Path
compiled, made = re._compiler.compile, set()
def record(pattern, flags):
    frame = sys._getframe(1)
    while frame.f_globals["__name__"].partition(".")[0] in ("re", "functools"):
        frame = frame.f_back
    module = frame.f_globals["__name__"]
    if module.startswith("chipsieve") and isinstance(pattern, str):
        made.add((module, pattern, int(flags)))
    return compiled(pattern, flags)
re._compiler.compile = record
from click.testing import CliRunner
from chipsieve.cli import main
for tree in sorted(Path(sys.argv[1]).iterdir()):
    for shape in ("text", "html"):
        asked = ["scan", str(tree), "--workers", "1", "--no-cache", "--format", shape]
        assert CliRunner().invoke(main, asked).exit_code == 0
print(json.dumps(sorted(made)))
"""


def modules() -> Iterator[ModuleType]:
    """Every module of ours."""
    for top in PACKAGES:
        package = importlib.import_module(top)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{top}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def held(value: object) -> Iterator[re.Pattern[str]]:
    """The patterns that a module's name stands for, those in its tables too."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        yield from held([*value.keys(), *value.values()])
    elif isinstance(value, tuple | list | set | frozenset):
        for inner in value:
            yield from held(inner)


def written(module: ModuleType) -> Iterator[re.Pattern[str]]:
    """The patterns that a module's functions write where they ask them."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            name = ast.unparse(node.func).removeprefix("re.")
            text = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
            if name in ASKING and isinstance(text, str):
                given = [one.value for one in node.keywords if one.arg == "flags"] + node.args[ASKING[name] :]
                yield re.compile(text, int(eval(ast.unparse(given[0]), vars(module))) if given else 0)  # noqa: S307 ours


@cache
def made() -> dict[str, re.Pattern[str]]:
    """The patterns that are compiled while trees are scanned and shown, by the module that does it."""
    command = [sys.executable, "-c", RECORDER, str(ROOT / "fixtures/repos")]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)
    return {f"{module}: {text}": re.compile(text, flags) for module, text, flags in listed}


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Each pattern that a module keeps or writes, by the first name under which it stands."""
    found: dict[tuple[str, int], str] = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in held(value):
                found.setdefault((pattern.pattern, pattern.flags), f"{module.__name__}.{name}")
        for pattern in written(module):
            found.setdefault((pattern.pattern, pattern.flags), module.__name__)
    return {f"{name}: {text}": re.compile(text, flags) for (text, flags), name in found.items()}


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """The CPU time of the three ways in which a pattern is asked."""
    start = time.process_time()
    pattern.search(text)
    pattern.match(text)
    pattern.fullmatch(text)
    return time.process_time() - start


def slow(pattern: re.Pattern[str]) -> list[str]:
    """The texts on which a pattern takes too long."""
    found = []
    for before, turn in sorted(attacks(pattern))[:MOST]:
        for length in LENGTHS:
            text = (before + turn * length)[: length - 1] + END
            if seconds(pattern, text) > TOO_MUCH:
                found.append(f"{before[:20]!r} + {turn[:20]!r} * n, {length} characters")
                break
    return found


@pytest.mark.slow
def test_no_pattern_of_ours_takes_a_cube_of_its_text() -> None:
    assert len(patterns()) > 400
    found = {name: texts for name, one in patterns().items() if (texts := slow(one))}
    assert not found


@pytest.mark.slow
def test_no_pattern_that_is_made_takes_a_cube_of_its_text() -> None:
    known = {(one.pattern, one.flags) for one in patterns().values()}
    new = {name: one for name, one in made().items() if (one.pattern, one.flags) not in known}
    assert len(new) > 20
    assert not {name: texts for name, one in new.items() if (texts := slow(one))}


def test_a_pattern_that_a_function_writes_is_tried() -> None:
    inside = {one.pattern for one in written(importlib.import_module("chipsieve.commands.packages"))}
    assert r"([\w.-]+)@\^?(\d[\w.]*)" in inside
    assert {one.pattern for one in patterns().values()} >= inside


def test_a_slow_pattern_is_seen() -> None:
    assert slow(re.compile(r"\s*a?\s*a?\s*b"))
