"""Does each pattern that a module of ours keeps end soon, whatever a stranger writes?

Each is tried with texts made from its own repetitions. A square of a line's length is borne, for lines are bounded; a
cube or worse shows at five hundred characters.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import pytest

from test_pattern_time import END, MOST, attacks

PACKAGES = ("chipsieve", "chipsieve_config", "chipsieve_python", "chipsieve_shell", "chipsieve_flake8")
LENGTHS = (26, 250, 500)  # characters; what grows like a power of two shows at the first
TOO_MUCH = 0.15  # seconds for one text, which a square takes a tenth of


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


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Each pattern that a module keeps, by the first name under which it stands."""
    found: dict[tuple[str, int], str] = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in held(value):
                found.setdefault((pattern.pattern, pattern.flags), f"{module.__name__}.{name}")
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
    assert len(patterns()) > 300
    found = {name: texts for name, one in patterns().items() if (texts := slow(one))}
    assert not found


def test_a_slow_pattern_is_seen() -> None:
    assert slow(re.compile(r"\s*a?\s*a?\s*b"))
