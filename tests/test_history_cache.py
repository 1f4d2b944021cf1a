"""Is each content read once, however many commits hold it, and does an interrupted run go on where it ended?"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chipsieve.match.table import default_table
from chipsieve.sources.cache import Cache
from chipsieve.sources.readers import for_each
from chipsieve.timeline import sayings
from chipsieve.timeline.sayings import BATCH, Content, Held
from small_repositories import Made, built, git, history_of, objects_of, remove, unjudged

HCA, GDR, RUN = "export NCCL_IB_HCA=mlx5_0\n", "export NCCL_NET_GDR_LEVEL=2\n", "torchrun train.py\n"
COMMITS = [
    Made("start", {"run.sh": HCA + RUN, "copy.sh": HCA + RUN, "model.bin": "x", "notes.py": "x = 1\n"}),
    *(Made(f"c{number}", {"count.py": f"x = {number}\n"}) for number in range(6)),
    Made("take", {"run.sh": RUN}), Made("back", {"run.sh": HCA + RUN}), Made("again", {"run.sh": RUN}),
]  # fmt: skip
CONTENTS = 10  # run.sh in two versions, its copy, notes.py, count.py in six; model.bin is not opened


class Reads:
    """Counts the contents that are read, and ends the run at one of them when asked to."""

    def __init__(self, read: Callable[[Any, Content], tuple[Content, Held, bool]], end: int = -1) -> None:
        """Count the calls of a function that reads."""
        self.of: Counter[Content] = Counter()
        self._read, self._end = read, end

    def __call__(self, job: Any, content: Content) -> tuple[Content, Held, bool]:
        """Read."""
        if sum(self.of.values()) == self._end:
            raise KeyboardInterrupt
        self.of[content._replace(size=0)] += 1
        return self._read(job, content)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A cache of the test's own."""
    return tmp_path / "cache" / "readings.sqlite"


def counted(patch: pytest.MonkeyPatch, end: int = -1) -> Reads:
    """Counts what is read from here on."""
    reads = Reads(sayings._read, end)  # noqa: SLF001 - it is what runs of every kind come through
    patch.setattr(sayings, "_read", reads)
    return reads


def test_each_content_is_read_once_and_by_the_next_run_never(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path / "r", COMMITS)
    with monkeypatch.context() as patch:
        reads = counted(patch)
        first = unjudged(tmp_path / "r", cache=kept)
    assert set(reads.of.values()) == {1}
    assert len(reads.of) == first.contents == CONTENTS
    with monkeypatch.context() as patch:
        reads = counted(patch)
        second = unjudged(tmp_path / "r", cache=kept)
    assert not reads.of
    assert second == first
    built(tmp_path / "r", [*COMMITS, Made("more", {"notes.py": "x = 2\n"})])
    with monkeypatch.context() as patch:
        reads = counted(patch)
        unjudged(tmp_path / "r", cache=kept)
    assert [content.path for content in reads.of] == ["notes.py"]


def test_what_is_never_opened_is_never_fetched(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path / "r", COMMITS)
    reads = counted(monkeypatch)
    unjudged(tmp_path / "r", cache=kept)
    assert "model.bin" not in {content.path for content in reads.of}
    assert {"run.sh", "copy.sh"} <= {content.path for content in reads.of}


@pytest.mark.parametrize("end", [0, 1, 5, 9])
def test_an_interrupted_run_goes_on_where_it_ended(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, end: int
) -> None:
    built(tmp_path / "r", COMMITS)
    expected = unjudged(tmp_path / "r")
    with monkeypatch.context() as patch:
        reads = counted(patch, end)
        with pytest.raises(KeyboardInterrupt):
            unjudged(tmp_path / "r", cache=kept)
    assert len(reads.of) == end
    with monkeypatch.context() as patch:
        rest = counted(patch)
        assert unjudged(tmp_path / "r", cache=kept) == expected
    assert len(rest.of) == CONTENTS - end
    assert not rest.of.keys() & reads.of.keys()


def test_a_run_that_is_killed_loses_no_more_than_a_batch(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path / "r", COMMITS)
    monkeypatch.setattr(sayings, "BATCH", 3)
    seen: list[int] = []

    def step(phase: str, done: int, _total: int) -> None:
        if phase == "reading contents":
            seen.append(held(kept) - done)

    unjudged(tmp_path / "r", cache=kept, progress=step)
    assert max(seen) <= 0
    assert min(seen) >= -3


def held(kept: Path) -> int:
    """How many entries another process finds in a cache at this moment."""
    with Cache(kept, default_table().vocabulary) as cache:
        return cache.info().entries


def test_contents_are_read_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path, COMMITS)
    sizes: list[int] = []

    def noted(task: Any, job: Any, items: Any, workers: int | None) -> Any:
        sizes.append(len(items))
        return for_each(task, job, items, workers)

    monkeypatch.setattr(sayings, "for_each", noted)
    assert BATCH <= 1000
    monkeypatch.setattr(sayings, "BATCH", 4)
    unjudged(tmp_path)
    assert sizes == [4, 4, CONTENTS - 8]


def test_workers_say_what_one_process_says(tmp_path: Path) -> None:
    built(tmp_path, COMMITS)
    assert unjudged(tmp_path, workers=2) == unjudged(tmp_path)


def test_a_content_that_was_lacking_is_read_when_it_is_there(tmp_path: Path, kept: Path) -> None:
    ids = built(tmp_path / "r", COMMITS)
    content = git(tmp_path / "r", "rev-parse", f"{ids['again']}:run.sh")
    file = objects_of(tmp_path / "r") / content[:2] / content[2:]
    data = file.read_bytes()
    remove(tmp_path / "r", content)
    assert unjudged(tmp_path / "r", cache=kept).in_state("unread")
    file.write_bytes(data)
    history = unjudged(tmp_path / "r", cache=kept)
    assert history.in_state("unread") == ()
    assert history.gaps == ()


def test_a_spoiled_cache_is_an_empty_one(tmp_path: Path, kept: Path) -> None:
    built(tmp_path / "r", COMMITS)
    expected = unjudged(tmp_path / "r", cache=kept)
    with closing(sqlite3.connect(kept)) as base, base:
        base.execute("UPDATE readings SET entry = X'00'")
    assert unjudged(tmp_path / "r", cache=kept) == expected
    kept.write_bytes(b"no database")
    assert unjudged(tmp_path / "r", cache=kept) == expected


def test_without_a_cache_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path / "r", COMMITS)
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    before = sorted(path for path in (tmp_path / "r").rglob("*"))
    history_of(tmp_path / "r")
    assert list((tmp_path / "scratch").iterdir()) == []
    assert sorted(path for path in (tmp_path / "r").rglob("*")) == before


def test_each_phase_is_told_from_none_to_all(tmp_path: Path) -> None:
    built(tmp_path, COMMITS)
    steps: list[tuple[str, int, int]] = []
    history_of(tmp_path, progress=lambda *step: steps.append(step))
    phases = list(dict.fromkeys(phase for phase, _, _ in steps))
    assert phases == ["walking commits", "reading contents", "judging commits"]
    for phase in phases:
        done = [number for name, number, _ in steps if name == phase]
        assert done == sorted(done)
        assert [step for step in steps if step[0] == phase][-1][1:] == (done[-1], done[-1])
