"""A text says the same whether its lines end as on Unix or as on Windows: recipes and scripts are edited on both."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chipsieve.facts.reading import Reading
from chipsieve.match.table import default_table
from chipsieve.sources.discovery import discover
from chipsieve.sources.disk import Disk
from chipsieve.sources.readers import read_tree

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
FOLDERS = ("hostile", "repos", "signals", "traps")
WRITTEN = sorted(path for name in FOLDERS for path in (FIXTURES / name).rglob("*") if path.is_file())


def read(folder: Path) -> dict[str, Reading]:
    return {one.path: one for one in read_tree(discover(Disk.at(folder)), default_table().vocabulary, workers=1)}


def said(reading: Reading) -> tuple[Counter[object], list[object], set[object]]:
    facts = Counter[object](
        (one.kind, one.name, (one.value or "").replace("\r\n", "\n"), one.span.line) for one in reading.facts
    )
    commands: list[object] = [(one.span.line, [word.literal for word in one.words]) for one in reading.commands]
    return facts, commands, {(gap.line, gap.reason) for gap in reading.gaps}


@pytest.mark.slow
def test_a_text_says_the_same_with_the_line_ends_of_windows(tmp_path: Path) -> None:
    unix, windows = tmp_path / "unix", tmp_path / "windows"
    for path in WRITTEN:
        data = path.read_bytes()
        if b"\r" not in data and b"\0" not in data:
            for folder, content in ((unix, data), (windows, data.replace(b"\n", b"\r\n"))):
                copy = folder / path.relative_to(FIXTURES)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(content)
    as_written, changed = read(unix), read(windows)
    assert len(as_written) > 900
    assert as_written.keys() == changed.keys()
    assert [path for path, one in as_written.items() if said(one) != said(changed[path])] == []
