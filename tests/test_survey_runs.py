"""Does a survey come to the same data set whatever is killed on the way? With schedulers and workers as processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from chipsieve.survey.answer_store import AnswerStore, alone_in, read_answer
from chipsieve.survey.columns import OF_ANSWERS, SCHEMA, TABLES
from chipsieve.survey.dask_engine import SchedulerGone
from chipsieve.survey.parquet_files import Groups
from chipsieve.survey.surveying_run import Plan, Surveyed, survey
from chipsieve.survey.time_left import TimeLeft
from chipsieve.tables import TableError
from survey_cases import (
    ASKED,
    KILLER,
    ROOT,
    at_once,
    data_of,
    kill,
    scheduler,
    stand_in,
    started,
    surveyed,
    until,
    wanted,
    worker,
)

NAMES = tuple(f"repository-{number:02}" for number in range(30))
CLIENT = """
import sys
from pathlib import Path
from survey_cases import ASKED, surveyed, wanted
from chipsieve.survey.surveying_run import Plan
if __name__ == "__main__":
    output, scheduler, *names = sys.argv[1:]
    surveyed(wanted(*names), Plan(Path(output), ASKED, scheduler=scheduler, count=2))
"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The data set of a survey with one worker that nothing disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert surveyed(wanted(*NAMES), Plan(folder, ASKED, count=1), at_once) == Surveyed(30, 0)
    return data_of(folder)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each a process of its own: the address, and the processes."""
    with scheduler(tmp_path) as (address, first), worker(address, tmp_path) as one, worker(address, tmp_path) as other:
        yield address, [first, one, other]


def answers(folder: Path) -> int:
    """How many answers there are by now."""
    return sum(1 for _ in folder.glob(".answers/??/*.answer"))


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_no_byte(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], undisturbed: dict[str, bytes]
) -> None:
    address, (_, _, second) = cluster
    output = tmp_path / "data"
    plan = Plan(output, ASKED, scheduler=address)

    def shown(done: int, _total: int, _left: str) -> None:
        if done == 8:
            kill(second)

    survey(wanted(*NAMES), plan, lambda _: None, shown=shown, work=stand_in)
    assert second.poll() is not None
    assert data_of(output) == undisturbed


@pytest.mark.slow
def test_a_client_that_is_killed_goes_on_where_it_was(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    script = tmp_path / "client.py"
    script.write_text(CLIENT, encoding="utf-8")
    output = tmp_path / "data"
    with started(str(script), str(output), "", *NAMES) as client:
        until(lambda: answers(output) >= 5)
        kill(client)
    there = {file: file.stat().st_mtime_ns for file in output.glob(".answers/??/*.answer")}
    assert 5 <= len(there) < 30
    assert surveyed(wanted(*NAMES), Plan(output, ASKED, count=1)) == Surveyed(30, 0)
    assert {file: file.stat().st_mtime_ns for file in there} == there
    assert data_of(output) == undisturbed


@pytest.mark.slow
def test_a_scheduler_that_is_killed_ends_the_run_and_no_answer_is_lost(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], undisturbed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("chipsieve.survey.dask_engine.WAIT", 5)
    address, (first, *_) = cluster
    output = tmp_path / "data"

    def shown(done: int, _total: int, _left: str) -> None:
        if done == 8:
            kill(first)

    with pytest.raises(SchedulerGone):
        survey(wanted(*NAMES), Plan(output, ASKED, scheduler=address), lambda _: None, shown=shown, work=stand_in)
    assert 8 <= answers(output) < 30
    assert surveyed(wanted(*NAMES), Plan(output, ASKED, count=1)) == Surveyed(30, 0)
    assert data_of(output) == undisturbed


@pytest.mark.slow
def test_what_kills_its_worker_is_recorded_and_nothing_else_is(tmp_path: Path) -> None:
    names = (*NAMES[:6], KILLER)
    found = surveyed(wanted(*names), Plan(tmp_path, ASKED, count=2), at_once)
    assert (found.repositories, found.failed) == (7, 1)
    errors = pl.read_parquet(tmp_path / "errors").rows()
    assert errors == [(KILLER, "worker", "killed its worker 3 times, and did so again where nothing else ran")]
    states = pl.read_parquet(tmp_path / "repositories").select("repository", "state").rows()
    assert states == [(name, "failed" if name.startswith(KILLER) else "answered") for name in sorted(names)]
    before = data_of(tmp_path)
    assert surveyed(wanted(*names), Plan(tmp_path, ASKED, count=2), _nobody) == found
    assert data_of(tmp_path) == before
    retried = surveyed(wanted(*names[:6]), Plan(tmp_path, ASKED, count=2, retry=True), _nobody)
    assert (retried.repositories, retried.failed) == (6, 0)
    assert sorted(data_of(tmp_path)) == sorted(f"{table}/00000.parquet" for table in OF_ANSWERS)


def _nobody(line: bytes) -> bytes:
    raise AssertionError(f"nobody should be asked {line!r}")


def test_a_data_set_is_read_by_others(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in undisturbed.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    expected = sorted(NAMES)
    glob = f"{tmp_path}/repositories/*.parquet"
    asked = duckdb.connect().execute("SELECT repository FROM read_parquet(?)", [glob])
    assert [name for (name,) in asked.fetchall()] == expected
    assert pd.read_parquet(tmp_path / "repositories")["repository"].tolist() == expected
    assert pl.read_parquet(glob)["repository"].to_list() == expected
    assert len(pd.read_parquet(tmp_path / "gaps")) == 90
    for table in OF_ANSWERS:
        schema = pq.read_schema(tmp_path / table / "00000.parquet")
        assert schema.names == [column.name for column in TABLES[table].columns]
        assert schema.metadata[b"schema"] == SCHEMA.encode()


def test_the_list_alone_decides_on_the_groups() -> None:
    few, many = Groups.of(NAMES), Groups.of(f"{number}" for number in range(100_000))
    assert [len(few.group(number)) for number in range(len(few))] == [8, 8, 8, 6]
    assert (len(many), many.size) == (256, 391)
    assert [name for number in range(len(many)) for name in many.group(number)] == sorted(many.names)


def test_two_surveys_into_one_data_set_are_refused(tmp_path: Path) -> None:
    code = "import fcntl, os, sys, time; fcntl.flock(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)"
    hold = f"{code}; print(flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", hold, str(tmp_path / ".lock")], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(TableError, match="another survey writes here"):
            surveyed(wanted("a"), Plan(tmp_path, ASKED), _nobody)
        other.kill()
    with alone_in(tmp_path), pytest.raises(TableError, match="another survey"), alone_in(tmp_path):
        raise AssertionError("two are in")
    with alone_in(tmp_path):
        pass


def test_another_question_is_refused(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        (tmp_path / "survey.json").write_text('{"version": "0.0.1", "question": "why"}', encoding="utf-8")
    with pytest.raises(TableError, match=r"answers of another survey \(chipsieve 0\.0\.1, why\).*name another folder"):
        surveyed(wanted("a"), Plan(tmp_path, ASKED), _nobody)


@pytest.mark.slow
def test_a_worker_that_cannot_take_part_ends_the_run_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="a worker cannot take part: AssertionError: nobody should be asked"):
        surveyed(wanted("a"), Plan(tmp_path, ASKED, count=1), _nobody)


def test_no_scheduler_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chipsieve.survey.dask_engine.WAIT", 1)
    with pytest.raises(TableError, match=r"--scheduler tcp://127\.0\.0\.1:9: no Dask scheduler answers there"):
        surveyed(wanted("a"), Plan(tmp_path, ASKED, scheduler="tcp://127.0.0.1:9"))


def test_an_answer_that_was_cut_short_is_asked_for_again(tmp_path: Path) -> None:
    from chipsieve.survey.answered import failed

    store = AnswerStore(tmp_path)
    answer = failed("a", "b", "missing", "d")
    file = store.keep(answer, answer.packed())
    assert read_answer(file) == answer
    file.write_bytes(b"")
    assert read_answer(file) is None
    assert read_answer(tmp_path / "nothing") is None


FULL = f"""
import sys
from pathlib import Path
sys.path[:0] = [{str(ROOT / "tests")!r}]
from survey_cases import ASKED, NOISE, wanted
from chipsieve.survey.answer_store import AnswerStore
from chipsieve.survey.answered import answer_of
from chipsieve.tables import TableError
import os
store = AnswerStore(Path(sys.argv[1]))
for number in range(1000):
    answer = answer_of(f"a{{number}}", "d" * 32, {{"gaps": [{{"path": os.urandom(20_000).hex()}}]}})
    try:
        store.keep(answer, answer.packed())
    except TableError as error:
        print(number, error)
        break
"""


def test_a_full_disk_is_an_error_that_leaves_what_was_answered(tmp_path: Path) -> None:
    there = shutil.which("unshare")
    script = tmp_path / "full.py"
    script.write_text(FULL.replace(", NOISE", ""), encoding="utf-8")
    small = tmp_path / "small"
    small.mkdir()
    fill = 'mount -t tmpfs -o size=300k none "$1" && "$2" "$3" "$1" && find "$1" -type f'
    path = os.pathsep.join(str(ROOT / home) for home in ("src", "plugins", "tests", "tools"))
    command = [str(there), "-rm", "sh", "-c", fill, "sh", str(small), sys.executable, str(script)]
    if there is None or subprocess.run([there, "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody have a small disk of his own")
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    first, *files = done.stdout.splitlines()
    kept, _, said = first.partition(" ")
    assert said.endswith("cannot be written: No space left on device"), done.stderr
    assert len(files) == int(kept) > 2
    assert all(file.endswith(".answer") for file in files)


def test_the_time_left_is_a_range_that_is_honest() -> None:
    left = TimeLeft(105)
    assert left.words(1) == ""
    for seconds in (2, 2, 2, 2, 2):
        left.done(seconds)
    assert left.seconds(1) == (200.0, 200.0)
    assert left.words(2) == "about 2 min left"
    for seconds in (400, 2, 2, 90, 2):
        left.done(seconds)
    least, most = left.seconds(2) or (0.0, 0.0)
    assert least == 0
    assert 5_000 < most < 8_000
    assert left.words(2).startswith("less than 1 min to ")
