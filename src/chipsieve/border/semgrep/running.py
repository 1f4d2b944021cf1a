"""How is Semgrep run with our rules? On the whole tree, offline, and so that nothing in the tree can silence it.

The rules lie beside the package when it is installed, in their folder in a work tree.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from chipsieve.bundled import bundled
from chipsieve.tables import TableError

LEFT_TO_READERS = "shell"
PROGRAMS = ("semgrep", "opengrep")
OPTIONS = (
    "scan", "--json", "--quiet", "--metrics=off", "--disable-version-check", "--no-rewrite-rule-ids", "--disable-nosem",
    "--no-git-ignore", "--x-ignore-semgrepignore-files", "--max-target-bytes", "0",
)  # fmt: skip
FINISHED = (0, 1)  # 1 with findings; files that it cannot parse change nothing
SECONDS_PER_RULE = 5  # on one file; after three that take longer Semgrep leaves the file, which becomes a gap
OFFLINE = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
INSTALL = "pip install 'chipsieve[semgrep]' puts it beside chipsieve; `pipx install semgrep` keeps its pins apart"


class SemgrepError(TableError):
    """Semgrep is not there, or ended without results."""


def rules_home() -> Path:
    """The folder that holds one file of rules a language, to give to `semgrep --config`.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    return bundled("semgrep-rules", "semgrep-rules")


def rules_beside_readers() -> tuple[Path, ...]:
    """The files of rules for those who run chipsieve's readers as well: all but the shell's, which see less.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    return tuple(path for path in sorted(rules_home().glob("*.yaml")) if path.stem != LEFT_TO_READERS)


def ruff_preset() -> Path:
    """The configuration file for ruff that bans the signals' names.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    return bundled("ruff/chipsieve.toml", "plugins/ruff/chipsieve.toml")


def find_semgrep() -> Path:
    """The program to run: beside this Python, else on PATH.

    Raises:
        SemgrepError: there is none; the message says how to install it.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = next((where for name in PROGRAMS if (where := shutil.which(name, path=path))), None)
    if found is None:
        raise SemgrepError(f"no semgrep or opengrep found; {INSTALL}")
    return Path(found)


def run_semgrep(root: Path, configs: Sequence[Path], leave_out: Iterable[str] = ()) -> Mapping[str, object]:
    """Semgrep's JSON document for every file at or below root, folders called `leave_out` excepted.

    Paths in it are relative to root, or the file's name where root is a file.

    Raises:
        SemgrepError: there is no Semgrep, or it ended without a document; the message holds its last lines.
    """
    folder, target = (root, ".") if root.is_dir() else (root.parent, root.name)
    excluded = [f"--exclude={name}" for name in sorted(leave_out)]
    given = [f"--config={config.resolve()}" for config in configs]
    command = [str(find_semgrep()), *OPTIONS, "--timeout", str(SECONDS_PER_RULE), *excluded, *given, target]
    done = subprocess.run(  # noqa: S603 - the program is the user's own, the arguments are ours
        command, cwd=folder, env={**os.environ, **OFFLINE}, capture_output=True, check=False
    )
    if done.returncode in FINISHED:
        with suppress(ValueError):
            return cast("Mapping[str, object]", json.loads(done.stdout))
    last_lines = done.stderr.decode(errors="replace").strip().splitlines()[-3:]
    raise SemgrepError(f"semgrep ended with code {done.returncode} and no results: {' '.join(last_lines)}")
