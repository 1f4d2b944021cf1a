"""Does the Python of the documentation run, and does it print what is shown below it?"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from documented import PAGES, ROOT, blocks
from documented_folder import is_shown, make

SHOWING = [page for page in PAGES if any(block.language == "python" for block in blocks(page))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("documented"))


@pytest.mark.slow
@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in SHOWING])
def test_it_runs_from_top_to_bottom(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    for block in blocks(page):
        if block.language == "python":
            printed = io.StringIO()
            with redirect_stdout(printed):
                exec(compile(block.text, block.where, "exec", dont_inherit=True), names)  # noqa: S102 - it is ours
            right = block.output is None or is_shown(block.output, printed.getvalue())
            assert right, f"{block.where} shows otherwise:\n{printed.getvalue()}"


@pytest.mark.slow
def test_its_types_are_right(tmp_path: Path) -> None:
    code = tmp_path / "page.py"
    python = [block.text for block in blocks(ROOT / "docs/python.md") if block.language == "python"]
    code.write_text("\n".join(python), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", str(code)]
    paths = {"MYPYPATH": os.pathsep.join(str(ROOT / home) for home in ("src", "plugins"))}
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | paths, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_pages_that_should_show_python_do() -> None:
    assert {ROOT / "README.md", ROOT / "docs/python.md", ROOT / "docs/json.md"} <= set(SHOWING)
