"""What does Semgrep find with our rules? Its results as (signal, path, line)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from chipsieve.border.marker import Mark, read_mark
from chipsieve.border.semgrep.running import run_semgrep

Place = tuple[str, str, int]


def places(root: Path, configs: Sequence[Path]) -> dict[Place, list[Mark]]:
    """Each place that Semgrep reports below root, with what the messages' markers say."""
    document = cast("dict[str, Any]", run_semgrep(root, configs))
    fatal = [error for error in document["errors"] if error["level"] == "error"]
    assert fatal == [], "\n".join(str(error.get("long_msg") or error["message"]) for error in fatal)
    found: dict[Place, list[Mark]] = {}
    for result in document["results"]:
        mark = read_mark(result["extra"]["message"])
        assert mark is not None, result["extra"]["message"]
        assert mark.signals == (result["check_id"].rpartition(".")[2],)
        place = (mark.signals[0], result["path"], result["start"]["line"])
        found.setdefault(place, []).append(mark)
    return found
