"""Is a file written whole or not at all, wherever it lies?"""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

import pytest

from chipsieve.saved_files import load_json, save_text
from chipsieve.tables import TableError


def test_what_stood_there_stays_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.json"
    save_text(file, "before")

    def full(place: Path, data: bytes) -> None:
        place.write_text(data[:3].decode(), encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(TableError, match=r"report\.json: cannot be written: No space left on device"):
        save_text(file, "after")
    assert file.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_link_stays_one_and_a_file_keeps_its_mode(tmp_path: Path) -> None:
    file, link = tmp_path / "kept.txt", tmp_path / "link.txt"
    file.write_text("x", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    save_text(link, "y")
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "y"
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_name_as_long_as_the_system_allows(tmp_path: Path) -> None:
    file = tmp_path / ("x" * 255)
    save_text(file, "x")
    assert file.read_text(encoding="utf-8") == "x"


def test_a_pipe_stays_one(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    save_text(pipe, "text")
    reader.join()
    assert read == ["text"]
    assert pipe.is_fifo()


def test_where_nothing_can_be_made_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be written"):
        save_text(tmp_path / "gone" / "x", "x")


@pytest.mark.parametrize(("text", "reason"), [("{", "not valid JSON"), ("[" * 100_000, "not valid JSON"), ("[1]", "")])
def test_what_an_earlier_run_left_is_read_within_bounds(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    if reason:
        with pytest.raises(TableError, match=reason):
            load_json(file, 1)
    else:
        assert load_json(file, 1) == [1]
    file.write_text(" " * (1 << 20) + "[1]", encoding="utf-8")
    with pytest.raises(TableError, match="larger than 1 MB"):
        load_json(file, 1)
