"""Do the files that others read of the project agree with each other? Each says something that another one decides."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

import chipsieve

ROOT = Path(__file__).resolve().parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ADDRESS = PROJECT["project"]["urls"]["Homepage"]
OURS = re.compile(r"https://github\.com/chipsieve/\w+")
TEXTS = [
    *ROOT.glob("*.md"), *ROOT.glob("*.yml"), *ROOT.glob("*.cff"), *ROOT.glob("docs/*.md"),
    *ROOT.glob(".github/**/*.yml"), ROOT / "Dockerfile",
]  # fmt: skip


def named(requirement: str) -> str:
    """The package that a requirement speaks of, as an index spells it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).casefold()


def pinned(name: str) -> dict[str, str]:
    """What a file in requirements/ pins: version by package."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {named(found[1]): found[2] for found in re.finditer(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}


def test_the_citation_says_what_the_package_says() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == chipsieve.__version__
    assert citation["license"] == PROJECT["project"]["license"]
    assert citation["keywords"] == PROJECT["project"]["keywords"]
    assert {citation["url"], citation["repository-code"]} == {ADDRESS}


def test_the_project_has_one_address() -> None:
    addresses = {found for path in TEXTS for found in OURS.findall(path.read_text(encoding="utf-8"))}
    assert addresses == {ADDRESS}


def test_every_requirement_is_pinned_with_its_hashes() -> None:
    assert {named(one) for one in PROJECT["project"]["dependencies"]} <= set(pinned("runtime.txt"))
    wanted = (ROOT / "requirements/build.in").read_text(encoding="utf-8").splitlines()
    assert {named(one) for one in wanted if not one.startswith("#")} <= set(pinned("build.txt"))
    for name in ("runtime.txt", "build.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        entries = re.split(r"\n(?=[\w.-]+==)", text)[1:]
        assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_a_container_gets_what_the_wheel_is_built_from() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = [*wheel["packages"], *wheel["force-include"], *wheel["shared-data"], "README.md", "LICENSE"]
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"]
    assert [path for path in needed if not any(f"{path}/".startswith(f"{one}/") for one in kept)] == []
    assert [path for path in kept if not (ROOT / path).exists()] == []


def test_a_container_runs_without_rights() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")):]  # fmt: skip
    assert [line for line in last if line.startswith("USER ")] == ["USER 10001"]
    assert not any(line.startswith(("RUN", "COPY")) for line in last[last.index("USER 10001"):])  # fmt: skip


def test_wrong_exclusion_is_the_first_form() -> None:
    forms = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in
             sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[1-9]*.yml"))]  # fmt: skip
    names = ["Wrong exclusion", "Estimate said too firmly", "Silence", "Something else"]
    assert [form["name"] for form in forms] == names
    for form in forms:
        ids = [field.get("id") for field in form["body"] if field["type"] != "markdown"]
        assert ids[-1] == "version"
        assert len(ids) == len(set(ids))
