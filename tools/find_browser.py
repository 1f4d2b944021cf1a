"""Is there a browser in which the HTML report can be tested? Finds Chromium, or has apt install Debian's.

`python tools/find_browser.py` needs apt and root only where there is no Chromium yet. Where it cannot be had, the tests
in a browser are left out; with `--required`, or where CI is set, that is a fault.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-dejavu-core")
"""Debian's names; a machine without any font draws no letter."""
BY_HAND = f"on Debian: sudo apt install {' '.join(PACKAGES)}"
SECONDS = 900  # for a download of 100 MB


class Unavailable(Exception):
    """No browser can be had here."""


def browser() -> str | None:
    """The path of the first Chromium that starts; Ubuntu has one that only says to get another."""
    found = filter(None, map(shutil.which, NAMES))
    return next((path for path in found if _starts(path)), None)


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def installed() -> str:
    """The path of a browser, which apt installs where there is none.

    Raises:
        Unavailable: apt is not here, is not ours to use, or has no browser that starts.
    """
    found = browser()
    if found:
        return found
    apt = shutil.which("apt-get")
    if apt is None:
        raise Unavailable(f"there is no Chromium and no apt to install it with ({BY_HAND})")
    if os.geteuid() != 0:
        raise Unavailable(f"there is no Chromium, and only root may install it ({BY_HAND})")
    _run(apt, "update")
    _run(apt, "install", "--yes", "--no-install-recommends", *PACKAGES)
    found = browser()
    if found is None:
        raise Unavailable("apt installed Chromium, but it does not start")
    return found


def _run(*command: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{' '.join(command)} took longer than {SECONDS} s") from error
    if done.returncode:
        raise Unavailable(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")


def main(arguments: list[str]) -> int:
    """Say which browser there is; 1 when one is required and cannot be had."""
    try:
        print(installed())
    except Unavailable as reason:
        required = "--required" in arguments or bool(os.environ.get("CI"))
        print(f"the HTML report cannot be tested in a browser: {reason}", file=sys.stderr)
        return 1 if required else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
