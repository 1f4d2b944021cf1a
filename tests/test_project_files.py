"""Do the files that others read of the project agree with each other? Each says something that another one decides."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

import chipsieve
from chipsieve import scan

ROOT = Path(__file__).resolve().parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ADDRESS = PROJECT["project"]["urls"]["Homepage"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "fixtures/repos/hunyuan-large-2024-11-05"
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


def badges() -> dict[str, str]:
    """The README's badges that this repository decides: what the picture says, by what it speaks of."""
    found = re.findall(r"^\[!\[(\w[^:\]]*): [^]]+\]\(\S+/badge/[^-]+-(\S+)-\w+\)\]", README, re.MULTILINE)
    return {about: unquote(drawn).replace("_", " ").replace("--", "-") for about, drawn in found}


def test_the_badges_are_true() -> None:
    project = PROJECT["project"]
    pythons = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    floor = PROJECT["tool"]["coverage"]["report"]["fail_under"]
    assert badges() == {
        "Licence": project["license"],
        "Python": " | ".join(pythons),
        "Coverage of lines and branches": f"≥ {floor} %",
        "Release": "none yet",  # a release changes this line, and README's table of what to type
    }


def test_the_picture_shows_what_the_example_says(tmp_path: Path) -> None:
    verdict = scan(str(shutil.copytree(EXAMPLE, tmp_path / EXAMPLE.name)))
    assert verdict.trained_on is not None
    bars = [f"{family.name} {round(family.probability * 100)}%" for family in verdict.trained_on.families]
    assert f"trained on {', '.join(bars[:3])}](docs/images/report.png)" in README
    assert (ROOT / "docs/images/report.png").stat().st_size < 150_000


def test_wrong_exclusion_is_the_first_form() -> None:
    forms = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in
             sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[1-9]*.yml"))]  # fmt: skip
    names = ["Wrong exclusion", "Estimate said too firmly", "Silence", "Something else"]
    assert [form["name"] for form in forms] == names
    for form in forms:
        ids = [field.get("id") for field in form["body"] if field["type"] != "markdown"]
        assert ids[-1] == "version"
        assert len(ids) == len(set(ids))
