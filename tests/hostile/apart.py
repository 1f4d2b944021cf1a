"""What is done in a process of its own, so that the one that measures stays small? Writing a tree, reading a report."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hostile.every import BOMBS


def main(words: list[str]) -> None:
    """Write the bomb of a name into a folder at a size, or print the gaps of a report, one on each line."""
    if len(words) > 1:
        name, folder, size = words
        BOMBS[name].written(Path(folder), float(size))
        return
    for gap in json.loads(Path(words[0]).read_text(encoding="utf-8")).get("gaps", ()):
        print(ascii(f"{gap['path']}: {gap['reason']}")[1:-1])  # noqa: T201 - its output is what it is asked for


if __name__ == "__main__":
    main(sys.argv[1:])
