"""Do the pages of the repository become a site on which every link leads somewhere?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from site_pages import ROOT, link, outside_code, slug

ADDRESS = "https://example.org/o/n/"


@pytest.mark.parametrize(
    ("target", "page", "leads"),
    [
        ("docs/cli.md", "index.md", "cli.md"),
        ("LICENSE", "index.md", "https://example.org/o/n/blob/main/LICENSE"),
        ("fixtures/repos", "index.md", "https://example.org/o/n/tree/main/fixtures/repos"),
        ("../README.md", "cli.md", "index.md"),
        ("../CONTRIBUTING.md", "cli.md", "CONTRIBUTING.md"),
        ("../signals.md", "signals/bf16-training.md", "../signals.md"),
        ("../../README.md", "signals/bf16-training.md", "../index.md"),
        ("json.md", "cli.md", "json.md"),
        ("gone.md", "cli.md", "gone.md"),  # MkDocs complains
        ("../gone.md", "cli.md", "../gone.md"),
    ],
)
def test_a_link_leads_to_the_page_or_to_the_repository(target: str, page: str, leads: str) -> None:
    assert link(target, page, ADDRESS) == leads


def test_anchors_are_those_of_github() -> None:
    assert slug("How to check: `a_b` & c - d", "-") == "how-to-check-a_b--c---d"


def test_code_stays_as_it_is() -> None:
    page = "one `one` one\n```sh\none\n```\none\n~~~\none\n~~~\n"
    assert outside_code(page, lambda prose: prose.replace("one", "two")) == (
        "two `one` two\n```sh\none\n```\ntwo\n~~~\none\n~~~\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("added", "code"), [("", 0), ("[to nowhere](gone.md)\n", 1), ("[into](cli.md#gone)\n", 1)])
def test_a_link_that_leads_nowhere_ends_the_build(tmp_path: Path, added: str, code: int) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for page in (ROOT / "docs").glob("*.md"):
        (docs / page.name).write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    for folder in filter(Path.is_dir, (ROOT / "docs").iterdir()):
        (docs / folder.name).symlink_to(folder)
    text = (ROOT / "docs/quality.md").read_text(encoding="utf-8")
    (docs / "quality.md").write_text(f"{text}\n{added}", encoding="utf-8")
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").replace("tools/", f"{ROOT}/tools/")
    (tmp_path / "mkdocs.yml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert (tmp_path / "site/index.html").exists() or code
