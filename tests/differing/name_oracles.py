"""Which qualified names do ruff and Semgrep see in Python texts, and where? Both resolve imports by themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, cast

from chipsieve.border.semgrep.running import run_semgrep
from differing.python_text import PythonText

Texts = Mapping[str, PythonText]
PROBE = ".it"
"""What stands behind each bare name for ruff, which reports attributes alone: `bfloat16.it`, but not `bfloat16`."""
RUFF = ("ruff", "check", "--no-cache", "--exit-zero", "--ignore-noqa", "--quiet", "--output-format", "json")
HEAD = 'target-version = "py313"\n[lint]\nselect = ["TID251"]\n[lint.flake8-tidy-imports.banned-api]\n'


class Place(NamedTuple):
    """A qualified name that stands in a text, and where it begins there."""

    path: str
    offset: int
    name: str


def by_ruff(texts: Texts, names: Collection[str]) -> set[Place]:
    """What ruff's rule TID251 reports where these names are banned; its reports of imports too."""
    with _written({path: _probed(text) for path, text in texts.items()}) as (folder, paths):
        banned = (f'{json.dumps(name + end)}.msg = ""\n' for name in sorted(names) for end in ("", PROBE))
        config = folder / "ruff.toml"
        config.write_text(HEAD + "".join(banned), encoding="utf-8")
        command = [sys.executable, "-m", *RUFF, "--config", str(config), str(folder)]
        results = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    found = set()
    for one in (one for one in results if one["code"] == "TID251"):
        path = paths[Path(one["filename"]).name]
        at = _unprobed(texts[path], one["location"]["row"], one["location"]["column"])
        found.add(Place(path, at, one["message"].split("`")[1].removesuffix(PROBE)))
    return found


def _probed(text: PythonText) -> str:
    cuts = (0, *text.bare, len(text.text))
    return PROBE.join(text.text[start:end] for start, end in pairwise(cuts))


def _unprobed(text: PythonText, line: int, column: int) -> int:
    """The offset of what stands in this line and column of the probed text."""
    begins = text.lines.offset(line, 1)
    at = begins + column - 1
    for end in text.bare[bisect_left(text.bare, begins) :]:
        if end >= at:
            break
        at -= len(PROBE)
    return at


def by_semgrep(texts: Texts, names: Collection[str]) -> set[Place]:
    """Where Semgrep sees each name, by a rule of one pattern for each."""
    rules = [
        {"id": f"name-{at}", "languages": ["python"], "severity": "INFO", "message": name, "pattern": name}
        for at, name in enumerate(sorted(names))
    ]
    with _written({path: text.text for path, text in texts.items()}) as (folder, paths):
        config = folder / "rules.yaml"
        config.write_text(json.dumps({"rules": rules}), encoding="utf-8")
        document = cast("Mapping[str, Any]", run_semgrep(folder, [config], leave_out=[config.name]))
    found = set()
    for one in document["results"]:
        path = paths[Path(one["path"]).name]
        at = texts[path].lines.offset(one["start"]["line"], one["start"]["col"])
        found.add(Place(path, at, one["extra"]["message"]))
    return found


@contextmanager
def _written(texts: Mapping[str, str]) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with the texts below names that mean nothing to any tool, and whose path each name stands for."""
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        paths = {f"text_{number}.py": path for number, path in enumerate(texts)}
        for file, path in paths.items():
            (folder / file).write_bytes(texts[path].encode())
        yield folder, paths
