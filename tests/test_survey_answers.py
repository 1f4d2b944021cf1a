"""What can an analyst ask of a survey? The ten queries of the documentation, the overview, and what changed since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
import yaml
from click.testing import CliRunner

from chipsieve.cli import main
from chipsieve.report.escape import visible
from chipsieve.survey.answered import answer_of
from chipsieve.survey.columns import OF_ANSWERS, TABLES, Record
from chipsieve.survey.dask_engine import Done, SchedulerGone
from chipsieve.survey.dataset import DataSet
from chipsieve.survey.overview import overview
from chipsieve.survey.request import request_of
from chipsieve.survey.surveying_run import Plan, Surveyed, survey
from chipsieve.survey.wanted import Wanted
from chipsieve.tables import TableError
from documented import ROOT, blocks
from small_repositories import Made, built
from small_trees import RUN, TRAIN, write
from survey_cases import ASKED, InProcess, data_of, scanned_here, surveyed

HOSTILE = "<script>alert(1)</script>"
FP8 = f"from flash_attn_interface import flash_attn_func\n{TRAIN}flash_attn_func(q)\n"
WATCHING = msgspec.structs.replace(ASKED, history=True, watched=True)
PAGE = ROOT / "docs/survey-queries.md"


def repositories(root: Path) -> list[Wanted]:
    """Repositories that say different things, one of which has taken something back, and one that is not there."""
    said = "# A model\n\nTrained on 64 H800 GPUs.\n"
    built(root / "honest", [Made("all", {"README.md": said, "run.sh": RUN, "train.py": TRAIN}, day=700)])
    built(root / "tidy", [
        Made("all", {"README.md": said, "run.sh": f"export NCCL_IB_HCA=mlx5_bond_1\n{RUN}", "train.py": TRAIN}),
        Made("less", {"README.md": "# A model\n\nTrained on GPUs.\n", "run.sh": RUN}, day=30),
    ])  # fmt: skip
    built(
        root / "hopper",
        [Made("all", {"README.md": "# M\n\nTrained on 8 A100 GPUs.\n", "run.sh": RUN, "train.py": FP8})],
    )
    write(root / HOSTILE, {"README.md": "# M\n\nTrained on 2048 H20 GPUs.\n", "train.py": TRAIN, "run.sh": RUN})
    places = [Wanted(name, "revision", str(root / name), "HEAD") for name in ("honest", "hopper", "tidy")]
    trees = [Wanted(name, "tree", str(root / name)) for name in (HOSTILE, "gone", "made up")]
    return [*places, *trees]


def work(line: bytes) -> bytes:
    """The answer of a scan; on what is made up, one that no small tree would have."""
    if request_of(line).wanted.name != "made up":
        return scanned_here(line)
    repository: Record = {
        "state": "answered", "as_of": "2025-12-01", "main": "run.sh:1", "possible": ["h800-sxm5-80gb"],
        "controlled": ["h800-sxm5-80gb"], "uncontrolled": [], "undecided": [],
    }  # fmt: skip
    claim: Record = {
        "families": ["A100"], "accelerators": ["a100-sxm4-80gb"], "text": "A100", "deed": "trained",
        "path": "README.md", "line": 7, "state": "present",
    }  # fmt: skip
    return answer_of("made up", "0" * 32, {"repositories": [repository], "claims": [claim]}).packed()


class Watched:
    """A list that is surveyed again and again, and what the last run came to."""

    def __init__(self, root: Path, engine: InProcess) -> None:
        """Make the repositories below a folder."""
        self.root, self.engine = root / "repositories", engine
        self.plan = Plan(root / "data", WATCHING, root / "state")
        self.list = repositories(self.root)

    def again(self) -> Surveyed:
        """Survey once more."""
        self.engine.asked.clear()
        return surveyed(self.list, self.plan, work)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query on the data set gives."""
        with DataSet(self.plan.output) as data:
            return data.rows(query)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A list that was surveyed once."""
    engine = InProcess()
    monkeypatch.setattr("chipsieve.survey.surveying_run.engine", engine.engine)
    made = Watched(tmp_path, engine)
    assert made.again() == (6, 1, (), True)
    return made


@pytest.fixture(scope="module")
def surveyed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The same for tests that change nothing."""
    with pytest.MonkeyPatch.context() as patch:
        engine = InProcess()
        patch.setattr("chipsieve.survey.surveying_run.engine", engine.engine)
        made = Watched(tmp_path_factory.mktemp("surveyed"), engine)
        made.again()
        yield made


def test_where_nothing_changed_nothing_is_said_or_written_otherwise(watched: Watched) -> None:
    before = data_of(watched.plan.output)
    state = sorted(watched.plan.state.rglob("*.answer")) if watched.plan.state else []
    found = watched.again()
    assert found.changes == ()
    assert data_of(watched.plan.output) == before
    assert watched.plan.state
    assert sorted(watched.plan.state.rglob("*.answer")) == state
    assert len(watched.engine.asked) == 6


def test_what_came_and_went_is_said_once(watched: Watched) -> None:
    readme = watched.root / HOSTILE / "README.md"
    readme.write_text("# M\n\nTrained on 2048 GPUs.\n", encoding="utf-8")
    del watched.list[0]
    write(watched.root / "new", {"train.py": TRAIN})
    watched.list.append(Wanted("new", "tree", str(watched.root / "new")))
    write(watched.root / "gone", {"train.py": TRAIN})
    found = watched.again()
    assert found.changes is not None
    assert [(one.name, one.words) for one in found.changes] == [
        (HOSTILE, ""),
        ("gone", "was missing, is answered"),
        ("honest", "is no longer in the list"),
        ("new", "is new in the list"),
    ]
    rows = watched.rows(
        "SELECT repository, change, what, value, path FROM changes WHERE what IN ('name', 'repository')"
    )
    assert rows == [
        (HOSTILE, "went", "name", "H20", "README.md"),
        ("honest", "went", "repository", "honest", None),
        ("new", "came", "repository", "new", None),
    ]
    assert watched.rows("SELECT count(*) FROM repositories") == [(6,)]
    again = watched.again()
    assert again.changes == ()
    assert watched.rows("SELECT count(*) FROM changes") == [(0,)]


def test_what_was_not_reported_is_reported_by_the_next_run(watched: Watched) -> None:
    (watched.root / HOSTILE / "README.md").write_text("Trained on GPUs.\n", encoding="utf-8")

    def fail(_found: Surveyed) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        survey(watched.list, watched.plan, fail, work=work)
    found = watched.again()
    assert found.changes is not None
    assert [one.name for one in found.changes] == [HOSTILE]


def test_a_state_that_is_none_is_refused(watched: Watched) -> None:
    assert watched.plan.state
    file = watched.plan.state / "reported.json"
    for text, says in (("[]", "no state of"), ('{"schema": "chipsieve-survey-state/1"}', "not a whole state")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(TableError, match=says):
            watched.again()


def queries() -> dict[str, str]:
    """The documented queries by their headings."""
    headings = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    found = [block.text for block in blocks(PAGE) if block.language == "sql"]
    return dict(zip(headings, found, strict=True))


def test_there_are_ten_queries() -> None:
    assert len(queries()) == 10


def test_the_queries_answer(surveyed_once: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(surveyed_once.plan.output)
    first, second, last = date(2024, 1, 1), date(2024, 1, 31), date(2025, 12, 1)
    (commit,) = {row[-1] for row in surveyed_once.rows("SELECT removed_by FROM claims WHERE state = 'removed'")}
    gone = (first, second, commit)
    missing = f"{surveyed_once.root}/gone: no such file or folder; give a folder or a file that exists"
    expected: list[list[tuple[Any, ...]]] = [
        [
            ("tidy", "README.md", 3, "H800", "trained", first, second),
            ("honest", "README.md", 3, "H800", "trained", last, None),
        ],
        [(2024, "A100", 1), (2025, "H800", 1), (None, "H20", 1)],
        [("made up", "run.sh:1", last, 1)],
        [
            ("tidy", "H800", "README.md", *gone),
            ("tidy", "nccl-variables mlx5_bond_1", "run.sh", *gone),
            ("tidy", "site-roce-bond mlx5_bond_1", "run.sh", *gone),
        ],
        [],
        [("made up", "README.md", 7, "A100")],
        [("flash-attention-3", 1, 75)],
        [("devices per node", family, 1) for family in ("A100", "H20", "H800")],
        [
            (HOSTILE, 2048, "H20", "trained", "README.md", 3),
            ("honest", 64, "H800", "trained", "README.md", 3),
            ("hopper", 8, "A100", "trained", "README.md", 3),
        ],
        [("missing", 1, missing), ("not read", 1, None)],
    ]
    found = [duckdb.connect().execute(query).fetchall() for query in queries().values()]
    assert dict(zip(queries(), found, strict=True)) == dict(zip(queries(), expected, strict=True))


def test_the_overview_is_one_quiet_page(surveyed_once: Watched) -> None:
    page = overview(surveyed_once.plan.output)
    assert page == overview(surveyed_once.plan.output)
    assert "5 of 6 repositories are answered. 1 failed." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not re.search(r"<script|<img|<link|<iframe|\son\w+=|href=|src=|url\(|@import", page)
    assert "Content-Security-Policy" in page
    for heading in ("families", "years", "matrix", "named", "controlled", "techniques", "failed"):
        assert f'<h2 id="{heading}">' in page
    assert all(visible(line) == line for line in page.splitlines())


def test_an_overview_of_failures_alone_is_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chipsieve.survey.surveying_run.engine", InProcess().engine)
    plan = Plan(tmp_path / "data", ASKED)
    assert surveyed([Wanted("gone", "tree", str(tmp_path / "gone"))], plan, scanned_here).failed == 1
    page = overview(plan.output)
    assert "0 of 1 repositories are answered. 1 failed." in page
    assert '<h2 id="matrix">' not in page


def command(*words: str) -> tuple[int, str, str]:
    """What a command comes to: its exit code, and what it prints on both outputs."""
    done = CliRunner().invoke(main, ["survey", *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a list of one small tree, where surveys run in this process."""
    write(tmp_path, {"tree/train.py": TRAIN, "tree/README.md": "Trained on 64 H800 GPUs.\n", "list.txt": "tree\n"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("chipsieve.survey.surveying_run.engine", InProcess().engine)
    return tmp_path


def test_the_command_says_what_it_came_to(typed: Path) -> None:
    assert command("list.txt", "--output", "data", "--no-cache") == (
        0,
        "1 of 1 repositories answered; data/overview.html shows them\n",
        "chipsieve: Dask's dashboard: http://127.0.0.1/status\n",
    )
    assert {one.name for one in (typed / "data").iterdir()} == {
        ".answers", ".lock", "overview.html", "survey.json", *OF_ANSWERS,
    }  # fmt: skip
    assert command("list.txt", "--output", "data") == (
        0, "1 of 1 repositories answered; data/overview.html shows them\n", "",
    )  # fmt: skip


def test_the_command_says_what_changed(typed: Path) -> None:
    words = ("list.txt", "--state", "state", "--no-cache")
    assert "the first run with this state: there is nothing to compare with" in command(*words)[1]
    assert "nothing changed since the last run" in command(*words)[1]
    (typed / "tree/README.md").write_text("Trained on 64 A100 GPUs.\n", encoding="utf-8")
    code, printed, _ = command(*words)
    assert code == 0
    assert "1 changed since the last run\n\ntree → tree:\n" in printed
    assert re.search(r"now names A100.*\n.*no longer names H800", printed)
    (typed / "list.txt").write_text("tree\nelsewhere\n", encoding="utf-8")
    code, printed, said = command(*words)
    assert (code, printed) == (2, "")
    assert "line 2: elsewhere: no such file or folder" in said


@pytest.mark.usefixtures("typed")
def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "duckdb" else name)
    code, _, said = command("list.txt")
    assert code == 2
    assert "a survey needs duckdb; type: pip install 'chipsieve[survey]'" in said


@pytest.mark.usefixtures("typed")
def test_a_scheduler_that_is_gone_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> Iterator[Done]:
        raise SchedulerGone("the scheduler is gone (CommClosedError)")

    monkeypatch.setattr(InProcess, "run", gone)
    code, _, said = command("list.txt")
    assert code == 4
    assert "the scheduler is gone (CommClosedError); type the same command again to go on" in said


def test_the_example_files_can_be_read() -> None:
    folder = ROOT / "docs/survey"
    for name in ("kubernetes.yaml", "workflow.yml"):
        assert yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    compile((folder / "slurm.py").read_text(encoding="utf-8"), "slurm.py", "exec")
    for file in folder.iterdir():
        for line in re.findall(r"chipsieve survey (.+)", file.read_text(encoding="utf-8")):
            if "list.txt" in line:
                options = set(re.findall(r"--[a-z-]+", line))
                assert options <= {name for one in main.commands["survey"].params for name in one.opts}, file


def test_every_column_has_a_name_of_its_own() -> None:
    for name, made in TABLES.items():
        names = [column.name for column in made.columns]
        assert names[0] == "repository", name
        assert len(set(names)) == len(names), name
        assert all(column.meaning and column.meaning[-1] != "." for column in made.columns), name
