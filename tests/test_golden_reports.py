"""Is the whole answer on each look-alike tree the one that was reviewed: the report for people and the JSON verdict?

`golden/<tree>/` holds both, with `why.md`, which reasons from the tree's lines why they are right. A change that is
meant is written by `pytest tests/test_golden_reports.py --rewrite-golden`, and reviewed line by line.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from chipsieve import __version__, scan
from chipsieve.report import render

REPOS = Path(__file__).parent.parent / "fixtures" / "repos"
GOLDEN = Path(__file__).parent / "golden"
WIDTH = 400
TREES = sorted(path.name for path in REPOS.iterdir() if path.is_dir())


def laid_out(value: object, indent: str = "") -> str:
    """A JSON value with sorted keys, on one line where it is short or a plain list: a difference is a line or two."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    inner = indent + " "
    if isinstance(value, dict) and len(text) > WIDTH:
        rows = [f"{inner}{json.dumps(key)}: {laid_out(one, inner)}" for key, one in sorted(value.items())]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and len(text) > WIDTH and not all(isinstance(one, str) for one in value):
        return "[\n" + ",\n".join(inner + laid_out(one, inner) for one in value) + f"\n{indent}]"
    return text


@pytest.mark.parametrize("tree", TREES)
def test_the_whole_answer_is_the_reviewed_one(tree: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    copy = shutil.copytree(REPOS / tree, tmp_path / tree)  # which belongs to no commit of ours
    verdict = scan(copy, workers=1)
    document = json.loads(render(verdict, "json"))
    del document["version"], document["provenance"]["version"]
    report = render(verdict, "text", detail="everything").replace(f"chipsieve {__version__}", "chipsieve")
    answer = {"report.txt": report, "verdict.json": laid_out(document) + "\n"}
    for name, text in answer.items():
        file = GOLDEN / tree / name
        if pytestconfig.getoption("--rewrite-golden"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{tree}: --rewrite-golden writes {name} again"


def test_every_tree_has_its_reason() -> None:
    assert sorted(path.parent.name for path in GOLDEN.glob("*/why.md")) == TREES
    assert {path.name for path in GOLDEN.glob("*/*")} == {"why.md", "report.txt", "verdict.json"}
