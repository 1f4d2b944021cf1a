"""Does a survey that was ended at one of its writes come to the same data set when it goes on?

The laws: no answer is lost or counted twice, and what changed since the last report is said once. A default run tries
some writes, with CHIPSIEVE_EVERY_WRITE set each one.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chipsieve.survey.columns import OF_ANSWERS
from chipsieve.survey.dataset import DataSet
from survey_cases import ROOT, data_of, folders
from test_faults import MOST, NEEDED, chosen, listed, traced_into

pytestmark = NEEDED
NAMES = ("a100", "h100", "v100")
CLIENT = """
import sys
import msgspec
from pathlib import Path
from chipsieve.survey import surveying_run
from chipsieve.survey.wanted import Wanted
from survey_cases import ASKED, InProcess, scanned_here
output, state, *trees = sys.argv[1:]
surveying_run.engine = InProcess().engine
asked = msgspec.structs.replace(ASKED, watched=True) if state else ASKED
plan = surveying_run.Plan(Path(output), asked, state=Path(state) if state else None)
rows = [Wanted(Path(tree).name, "tree", tree) for tree in trees]
def report(found):
    print(found.repositories, found.failed, [list(one.cells()) for one in found.changes or ()])
surveying_run.survey(rows, plan, report, work=scanned_here)
"""


class Desk:
    """Trees, a data set, and a state where somebody watches."""

    def __init__(self, root: Path, trees: list[Path], *, watching: bool = False) -> None:
        """Lay all out below a folder."""
        root.mkdir()
        self.trees, self.output, self.log = trees, root / "data", root / "log"
        self.state = root / "state" if watching else None

    def survey(self, *before: str) -> subprocess.CompletedProcess[str]:
        """A survey of the trees in a process of its own, behind the words of a command that puts a fault in."""
        path = os.pathsep.join(str(ROOT / home) for home in ("src", "plugins", "tests", "tools"))
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", CLIENT, str(self.output), str(self.state or ""), *map(str, self.trees)]
        return subprocess.run([*before, *command], env=environment, capture_output=True, text=True, check=False)

    def said(self) -> str:
        """What a survey without a fault says."""
        done = self.survey()
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self) -> list[tuple[object, ...]]:
        """How often each repository is in the data set."""
        with DataSet(self.output) as data:
            return data.rows("SELECT repository, count(*) FROM repositories GROUP BY 1 ORDER BY 1")

    def reported(self) -> object:
        """What the last watching run has reported."""
        assert self.state is not None
        return json.loads((self.state / "reported.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("fault", "further"), [("signal=SIGKILL", ""), ("error=ENOSPC", "+")])
def test_ended_at_a_write_it_goes_on_to_the_same_bytes(fault: str, further: str, tmp_path: Path) -> None:
    trees = folders(tmp_path, *NAMES)
    plain, counted = Desk(tmp_path / "plain", trees), Desk(tmp_path / "counted", trees)
    said = plain.said()
    assert counted.survey(*traced_into(counted.log)).returncode == 0
    writes = listed(counted.log)
    assert len(OF_ANSWERS) + len(trees) < len(writes) < MOST
    for call, number in chosen(writes):
        desk = Desk(tmp_path / f"{call}-{number}", trees)
        done = desk.survey(*traced_into(os.devnull, f"{call}:{fault}:when={number}{further}"))
        assert done.returncode == -signal.SIGKILL if "KILL" in fault else done.returncode > 0, (call, number)
        assert data_of(desk.output).items() <= data_of(plain.output).items(), (call, number)
        assert desk.said() == said, (call, number)
        assert data_of(desk.output) == data_of(plain.output), (call, number)
        assert desk.rows() == [(name, 1) for name in NAMES]


def test_a_watching_one_says_what_changed_and_says_it_once(tmp_path: Path) -> None:
    """Killed before it had reported, it says the same again; after that, nothing has changed any more."""
    trees = folders(tmp_path, *NAMES)
    prose = trees[1] / "README.md"
    before = prose.read_text(encoding="utf-8")

    def begun(name: str) -> Desk:
        prose.write_text(before, encoding="utf-8")
        desk = Desk(tmp_path / name, trees, watching=True)
        desk.said()
        prose.write_text(before.replace("h100", "MI300X"), encoding="utf-8")
        return desk

    plain, counted = begun("plain"), begun("counted")
    said = plain.said()
    assert "h100" in said
    assert counted.survey(*traced_into(counted.log)).returncode == 0
    writes = listed(counted.log)
    assert len(OF_ANSWERS) < len(writes) < MOST
    for call, number in chosen(writes):
        desk = begun(f"{call}-{number}")
        done = desk.survey(*traced_into(os.devnull, f"{call}:signal=SIGKILL:when={number}"))
        assert done.returncode == -signal.SIGKILL
        was_reported = desk.reported() == plain.reported()
        again = desk.said()
        assert said in (done.stdout, again), (call, number)
        assert (again == said) != was_reported, (call, number)
        assert desk.reported() == plain.reported()
        differing = {name for name, data in data_of(plain.output).items() if data_of(desk.output)[name] != data}
        assert differing == ({"changes/00000.parquet"} if was_reported else set()), (call, number)
        assert desk.rows() == [(name, 1) for name in NAMES]
