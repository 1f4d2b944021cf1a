"""Is a release built from this tree alone, and what does it bring along? Builds it twice, compares, tries and lists.

`./dev build` runs it with what requirements/build.txt pins. Wheel and source distribution stand in dist/ afterwards;
in build/ the bill of materials of an environment that holds the wheel and what requirements/runtime.txt pins.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
BUILD = ROOT / "build"
BILL = BUILD / "chipsieve.cdx.json"
EXAMPLE = ROOT / "fixtures/repos/hunyuan-large-2024-11-05"
PINNED = ROOT / "requirements/runtime.txt"


class NotTheSame(Exception):
    """Two builds of one tree differ."""


def build(folder: Path) -> dict[str, bytes]:
    """The bytes of wheel and source distribution by name, built in an empty folder; the commit's day is their time."""
    shutil.rmtree(folder, ignore_errors=True)
    day = run(shutil.which("git") or "git", "-C", str(ROOT), "log", "-1", "--format=%ct").strip()
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT), SOURCE_DATE_EPOCH=day)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def build_twice() -> Path:
    """The wheel in dist/, which a second build gives byte by byte.

    Raises:
        NotTheSame: the second build differs.
    """
    first, second = build(DIST), build(BUILD / "again")
    differing = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    if differing:
        raise NotTheSame(", ".join(differing))
    return next(DIST.glob("*.whl"))


def try_wheel(wheel: Path) -> Path:
    """The Python of a new environment with the wheel, in which the command has scanned the example."""
    home = BUILD / "tried"
    venv.create(home, clear=True, symlinks=True)  # without pip, which is no part of us
    python = home / "bin/python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "--requirement", str(PINNED))
    run(*pip, "--no-deps", "--no-index", str(wheel))
    print(run(str(home / "bin/chipsieve"), "scan", "--no-progress", "-q", str(EXAMPLE)))
    return python


def list_contents(python: Path, version: str) -> None:
    """Write the bill of materials (CycloneDX) of an environment, the same bytes each time."""
    options = ("--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application", "--output-reproducible")
    written = ("--spec-version", "1.6", "--output-format", "JSON", "--output-file", str(BILL))
    tool = Path(sys.executable).parent / "cyclonedx-py"
    run(str(tool), "environment", *options, *written, str(python))
    bill = json.loads(BILL.read_text(encoding="utf-8"))
    # The tool knows no version that pyproject.toml leaves to a module.
    bill["metadata"]["component"] |= {"version": version, "purl": f"pkg:pypi/chipsieve@{version}"}
    BILL.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def run(*command: str, **further: str) -> str:
    """What a command prints; one that fails ends the build, and its own words say why."""
    # PYTHONPATH of whoever calls must not stand in for what is missing.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"} | further
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def main() -> int:
    """Build, compare, try, list; 1 where the builds differ."""
    try:
        wheel = build_twice()
    except NotTheSame as difference:
        print(f"two builds of one tree differ: {difference}", file=sys.stderr)
        return 1
    list_contents(try_wheel(wheel), version=wheel.name.split("-")[1])
    for path in (*sorted(DIST.iterdir()), BILL):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
