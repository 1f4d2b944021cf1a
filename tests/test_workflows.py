"""Do the workflows ask for no more than they need, and run what somebody has looked at? Linters do not ask all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
RUN = [*WORKFLOWS, ROOT / "action.yml"]
USES = re.compile(r"uses: (?P<action>[^@\s]+)@(?P<hash>\S+)(?: # (?P<version>\S+))?")
WRITES = {
    ("release.yml", "attest", "attestations"),
    ("release.yml", "attest", "id-token"),
    ("release.yml", "page", "contents"),
    ("release.yml", "publish", "id-token"),
    ("scan.yml", "scan", "security-events"),
    ("site.yml", "publish", "id-token"),
    ("site.yml", "publish", "pages"),
}
"""Every permission to write; a new one is thought over here."""


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each job with its workflow's file and its name."""
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
            yield path.name, name, job


def uses() -> Iterator[re.Match[str]]:
    """Each action of others, as it is written."""
    for path in RUN:
        yield from USES.finditer(path.read_text(encoding="utf-8"))


def test_other_actions_are_pinned_to_a_commit_and_say_its_version() -> None:
    offenders = [found[0] for found in uses() if not re.fullmatch(r"[0-9a-f]{40}", found["hash"])]
    offenders += [found[0] for found in uses() if not re.fullmatch(r"v\d+\.\d+\.\d+", found["version"] or "")]
    assert offenders == []
    assert len(list(uses())) > 15


def test_an_action_has_one_pin_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for found in uses():
        pins.setdefault(found["action"], set()).add(f"{found['hash']} {found['version']}")
    assert {action: several for action, several in pins.items() if len(several) > 1} == {}


def test_a_workflow_has_no_permission_and_its_jobs_only_these() -> None:
    for path in WORKFLOWS:
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {}, path.name
    asked = [(file, name, job["permissions"]) for file, name, job in jobs()]
    assert {(file, name, what) for file, name, all_of in asked for what in all_of if all_of[what] == "write"} == WRITES
    others = {(what, level) for _, _, all_of in asked for what, level in all_of.items() if level != "write"}
    assert others == {("contents", "read")}


def test_a_checkout_keeps_no_credentials() -> None:
    steps = [(file, step) for file, _, job in jobs() for step in job.get("steps", [])]
    checkouts = [(file, step) for file, step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert [file for file, step in checkouts if step["with"]["persist-credentials"] is not False] == []
    assert len(checkouts) > 5


def test_a_job_ends_by_itself() -> None:
    assert [(file, name) for file, name, job in jobs() if "uses" not in job and "timeout-minutes" not in job] == []


def test_no_workflow_runs_strangers_code_with_our_rights() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    assert re.findall(r"pull_request_target|workflow_run|secrets\.|GITHUB_ENV", text) == []


def test_the_tests_run_on_what_the_package_promises() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    promised = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project)
    matrix = next(job["strategy"]["matrix"] for file, name, job in jobs() if (file, name) == ("ci.yml", "tests"))
    assert matrix["python"] == promised
    assert [re.sub(r"-.*", "", system) for system in matrix["system"]] == ["ubuntu", "macos"]


def test_a_release_publishes_what_was_checked_and_attested() -> None:
    release = {name: job for file, name, job in jobs() if file == "release.yml"}
    waits = {name: job["needs"] for name, job in release.items() if "needs" in job}
    assert waits == {"ci": "tag", "attest": "ci", "publish": "attest", "page": "publish"}
    publishing = release["publish"]["steps"][-1]
    assert publishing["with"]["attestations"] is True
    assert "password" not in publishing["with"]
    assert [step["name"] for step in release["publish"]["steps"] if "run" in step] == []
