"""How does a check get a program that only npm has? It is installed below .venv, once; no package's script is run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SECONDS = 300


class Unavailable(Exception):
    """The program cannot be had here."""


def install(package: str, version: str, home: Path, program: Path) -> None:
    """Install a package below a folder, unless its program is there.

    Raises:
        Unavailable: there is no npm, it cannot reach its registry, or the platform has no package.
    """
    if program.is_file():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed (it comes with Node.js)")
    home.mkdir(parents=True, exist_ok=True)
    options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
    command = [npm, "install", *options, "--prefix", str(home), f"{package}@{version}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"npm took longer than {SECONDS} s") from error
    if done.returncode or not program.is_file():
        raise Unavailable(f"npm could not install {package}@{version}: {done.stderr.strip()[-500:]}")
