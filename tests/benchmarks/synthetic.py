"""What does a tree of any size look like? A look-alike of a training code base, written from the facts, unit by unit.

A unit is a model with all that belongs to it: launch scripts, a DeepSpeed configuration, an entry, modules, a test, a
README. Twice the units is twice the files, bytes and launches; no two units share a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
FIRST = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron")
SECOND = ("lark", "mesa", "opal", "pike", "quartz", "ridge", "swift", "tarn", "vale")
MODULES = ("attention", "blocks", "batches", "schedule")
IMPORT = f"from lib.NAME import {', '.join(MODULES)}"


def write_project(root: Path, units: int, *, shared: bool = False, launches: int = 1) -> Path:
    """A tree of so many units at `root`; `shared` has one entry that imports all modules, in place of one a unit.

    Each launch script of a unit stands there `launches` times, with a learning rate of its own.
    """
    for number in range(units):
        for path, text in _unit(number, launches, shared=shared):
            _write(root / path, text)
    if shared:
        _write(root / "train.py", _entry(range(units)))
    return root


def name_of(number: int) -> str:
    """The name of a unit: two words and its number."""
    return f"{FIRST[number % len(FIRST)]}_{SECOND[number // len(FIRST) % len(SECOND)]}_{number}"


def _unit(number: int, launches: int, *, shared: bool) -> Iterator[tuple[str, str]]:
    """The files of one unit by path."""
    name = name_of(number)
    recipe = f"recipes/{name}"
    entry = "train.py" if shared else f"{recipe}/train.py"
    for copy in range(launches):
        mark = f"_{copy}" if copy else ""
        for script, path in (("run.sh", f"run_{name}{mark}.sh"), ("job.slurm", f"job_{name}{mark}.slurm")):
            rate = f" --learning-rate {copy}e-4" if copy else ""
            yield f"{recipe}/{path}", _filled(script, number).replace("ENTRY", f"{entry}{rate}")
    if not shared:
        yield f"{recipe}/train.py", _entry([number])
    yield f"{recipe}/ds_{name}.json", _filled("zero.json", number)
    yield f"{recipe}/README.md", _filled("README.md", number)
    yield f"lib/{name}/__init__.py", ""
    for module in MODULES:
        yield f"lib/{name}/{module}.py", _filled(f"{module}.py", number)
    yield f"tests/test_{name}.py", _filled("test.py", number)


def _entry(numbers: Sequence[int]) -> str:
    """The script that trains, with the modules of these units."""
    imports = "\n".join(IMPORT.replace("NAME", name_of(number)) for number in numbers)
    return _filled("train.py", numbers[0]).replace("IMPORTS", imports)


def _filled(template: str, number: int) -> str:
    """A template with a unit's name and sizes; every second unit trains in fp16, every third on four nodes."""
    sizes = {
        "NAME": name_of(number), "LAYERS": str(12 + number % 36), "HIDDEN": str(512 * (1 + number % 12)),
        "STAGE": str(1 + number % 3), "NODES": "4" if number % 3 == 0 else "1", "SEED": str(1000 + number),
        "BF16": "true" if number % 2 else "false", "FP16": "false" if number % 2 else "true",
        "PRECISION": "bf16" if number % 2 else "fp16",
    }  # fmt: skip
    text = _template(template)
    for word, value in sizes.items():
        text = text.replace(word, value)
    return text


@cache
def _template(name: str) -> str:
    return (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
