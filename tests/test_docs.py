"""Do the pages lead where they say, and do they speak of what there is?"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from chipsieve import limits
from chipsieve.cli import main as command
from chipsieve.limits import SECONDS_PER_FILE
from chipsieve.report import FORMATS
from chipsieve.sieve.policies import policies
from chipsieve.sources.contents import SIZE_LIMIT

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("semgrep-rules/*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def broken(page: Path) -> list[str]:
    """The page's links to files or headings that are not there."""
    text = re.sub(r"^(```|~~~).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = LINK.findall(re.sub(r"`[^`\n]*`", "", text))
    targets = [(page.parent / path if path else page, anchor) for path, anchor in links]
    return [
        f"{path}#{anchor}" for path, anchor in targets if not path.exists() or (anchor and anchor not in anchors(path))
    ]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_links_of_the_signals_pages_lead_somewhere() -> None:
    offenders = [f"{page.name}: {link}" for page in sorted(ROOT.glob("docs/signals/*.md")) for link in broken(page)]
    assert offenders == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = "# A title\n[a](#a-title) [b](gone.md) [c](#gone)\n```\n[f](gone.md)\n```\n`[d](gone.md)` [e](https://x.org)"
    page.write_text(text, encoding="utf-8")
    assert broken(page) == [f"{tmp_path / 'gone.md'}#", f"{page}#gone"]


def test_readme_names_every_policy_and_format() -> None:
    assert [name for name in (*policies(), *FORMATS) if f"`{name}`" not in README] == []


def test_the_readme_leads_to_every_page() -> None:
    linked = {path for path, _ in LINK.findall(README)}
    assert [page.name for page in sorted(ROOT.glob("docs/*.md")) if f"docs/{page.name}" not in linked] == []


def test_limitations_state_the_limits() -> None:
    text = (ROOT / "docs/limitations.md").read_text(encoding="utf-8")
    assert f"Files above {SIZE_LIMIT // 1_000_000} MB" in text
    assert f"longer than {SECONDS_PER_FILE} seconds" in text


def test_the_readme_shows_what_a_scan_prints(tmp_path: Path) -> None:
    name = "hunyuan-large-2024-11-05"
    example = tmp_path / name  # a copy belongs to no commit
    shutil.copytree(ROOT / "fixtures" / "repos" / name, example)
    printed = CliRunner().invoke(command, ["scan", "--workers", "1", str(example)]).stdout
    assert f"```text\n{printed}```" in README


def test_the_walk_names_functions_that_are_there() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    walk = re.findall(r"^\| +\d+ \| `(\w+)` in `([\w/.]+)` \|", text, re.MULTILINE)
    assert 20 <= len(walk) <= 25
    gone = [
        f"{name} in {path}" for name, path in walk if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert gone == []


def test_every_room_is_on_the_map() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "src/chipsieve").glob("*/__init__.py")}
    assert [room for room in sorted(rooms) if f"`{room}/`" not in text] == []


def test_the_page_on_limits_names_each_with_its_value() -> None:
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    constants = {name: value for name, value in vars(limits).items() if name.isupper()}
    shown = {
        name: ", ".join(f"{key} {count:,}" for key, count in value.items()) if isinstance(value, dict) else f"{value:,}"
        for name, value in constants.items()
    }
    assert rows == shown
