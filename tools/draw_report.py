"""What does the HTML report look like? Draws the top of the bundled example's for the README: docs/images/report.png.

`./dev picture` needs Chromium. The same browser and fonts give the same bytes; others give other letters.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from chipsieve import render, scan
from find_browser import Unavailable, installed

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "fixtures/repos/hunyuan-large-2024-11-05"
PICTURE = ROOT / "docs/images/report.png"
WIDTH, HEIGHT = 1000, 695  # the paragraph, and the bars with what they rest on


def page(folder: Path) -> Path:
    """The report as a file. A copy is scanned: it belongs to no commit, whose day would move the estimate."""
    tree = shutil.copytree(EXAMPLE, folder / EXAMPLE.name)
    path = folder / "report.html"
    path.write_text(render(scan(str(tree)), "html"), encoding="utf-8")
    return path


def draw(report: Path, picture: Path, chromium: str) -> None:
    """Write the picture of a page's top."""
    with sync_playwright() as playwright:
        # Letters without colour at their edges: those depend on the screen.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-lcd-text"])
        view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        view.goto(report.as_uri())
        view.screenshot(path=picture)
        browser.close()


def main() -> int:
    """Draw it; 1 without a browser."""
    try:
        chromium = installed()
    except Unavailable as reason:
        print(f"nothing drawn: {reason}", file=sys.stderr)
        return 1
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        draw(page(Path(folder)), PICTURE, chromium)
    print(f"{PICTURE.relative_to(ROOT)}  {PICTURE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
