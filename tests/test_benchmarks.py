"""Does the measurement of time and memory count what it says? Shown on made-up costs and small programs.

No time is asserted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import startup, surveys
from benchmarks.__main__ import SECTIONS, publish
from benchmarks.growth import doubled, line, slope, slopes
from benchmarks.histories import grown
from benchmarks.hook import chosen
from benchmarks.markdown import against, figure, held, table
from benchmarks.measuring import Sample, files_below, in_turns, middle, timed
from benchmarks.memory import peaks_of
from benchmarks.ours import Hook, Scans
from benchmarks.peers import ALONE, BARE, COLD, RUFF, SEARCH, SEMGREP, WARM, ratios, rows, same, signal_words
from benchmarks.shares import share
from benchmarks.synthetic import name_of, write_project
from benchmarks.trees import EXAMPLE, Plan, Profile, compared, profile, repositories
from chipsieve import scan
from small_repositories import unjudged
from survey_cases import folders

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/performance.md"
COUNTS = {COLD: 10.0, WARM: 1.0, BARE: 9.0, ALONE: 18.0, SEMGREP: 100.0, RUFF: 0.5, SEARCH: 0.1}
# Stands for chipsieve: it knows where it is to write, and whether it may use a cache, and writes what it was asked.
PROGRAM = """#!/bin/sh
say() {
  printf '{"provenance": {"command": ["%s"]}, "answer": "%s"}' "$last" "$1" >"$output"
}
for word; do
  [ "$last" != --output ] || output=$word
  [ "$word" != --no-cache ] || bare=1
  last=$word
done
{body}
"""
ELSEWHERE = "say same"
HONEST = 'say same; [ "$bare" ] || touch "$XDG_CACHE_HOME/readings"'
FICKLE = 'say "$(ls "$XDG_CACHE_HOME")"; touch "$XDG_CACHE_HOME/readings"'


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Makes a program that behaves as the text says."""

    def made(body: str) -> str:
        path = tmp_path / "program"
        path.write_text(PROGRAM.replace("{body}", body), encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return made


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


def costing(name: str, wall: float, log: list[str]) -> Callable[[], Sample]:
    def run() -> Sample:
        log.append(name)
        return Sample(wall, wall, 1)

    return run


def test_programs_take_turns_and_a_slow_one_runs_less() -> None:
    log: list[str] = []
    samples = in_turns({"a": costing("a", 1, log), "b": costing("b", 60, log)}, rounds=3, budget=100)
    assert log == ["a", "b", "a", "a"]
    assert [len(taken) for taken in samples.values()] == [3, 1]


@given(st.integers(1, 9), st.floats(0.01, 100), st.floats(0, 500))
def test_every_program_runs_once_and_no_budget_is_exceeded_by_more_runs(
    rounds: int, wall: float, budget: float
) -> None:
    (taken,) = in_turns({"a": costing("a", wall, [])}, rounds, budget).values()
    assert 1 <= len(taken) <= rounds
    assert len(taken) == 1 or len(taken) * wall <= budget * 1.001


def test_the_median_is_taken_of_each_cost() -> None:
    assert middle([Sample(1, 9, 5), Sample(3, 7, 6), Sample(2, 8, 100)]) == Sample(2, 8, 6)


def test_memory_is_that_of_the_largest_process_that_was_waited_for(tmp_path: Path) -> None:
    # a child begins with the memory of the process that forks it, here of a test run that has imported much
    grown = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray(600_000_000)'])"
    small, large = (timed([sys.executable, "-c", code], tmp_path) for code in ("pass", grown))
    assert large.megabytes > 600 > small.megabytes


def test_a_program_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="ended with code 3: why"):
        timed([sys.executable, "-c", "import sys; sys.stderr.write('why'); sys.exit(3)"], tmp_path)


def test_nothing_that_changes_the_run_is_inherited(tmp_path: Path) -> None:
    output = tmp_path / "environment"
    timed([sys.executable, "-c", "import os; print(*os.environ)"], tmp_path, {"XDG_CACHE_HOME": "x"}, output=output)
    names = output.read_text(encoding="utf-8").split()
    assert "XDG_CACHE_HOME" in names
    assert [name for name in names if name.startswith(("PYTHON", "CHIPSIEVE"))] == []


def test_every_cold_scan_has_an_empty_cache_and_the_warm_ones_share_one(
    desk: Path, program: Callable[[str], str]
) -> None:
    log = desk / "log"
    counting = f'ls "$XDG_CACHE_HOME" | wc -l >>"{log}"; say same; [ "$bare" ] || echo >"$XDG_CACHE_HOME/x"'
    scans = Scans(desk, desk, program(counting))
    for run in (scans.cold, scans.warm, scans.bare, scans.cold, scans.warm):
        run()
    held_before = [int(line) for line in log.read_text(encoding="utf-8").split()]
    assert held_before == [0, 0, 1, 0, 0, 1]  # the second fills the cache of the warm ones
    assert (scans.outputs, scans.differing) == (6, set())


def test_a_cold_scan_whose_cache_lies_elsewhere_is_refused(desk: Path, program: Callable[[str], str]) -> None:
    with pytest.raises(click.ClickException, match="kept nothing"):
        Scans(desk, desk, program(ELSEWHERE)).cold()


def test_outputs_that_differ_are_reported(desk: Path, program: Callable[[str], str]) -> None:
    honest = Scans(desk, desk, program(HONEST))
    honest.cold()
    honest.warm("--workers", "1")
    assert "all 3 outputs of chipsieve say the same" in same([honest])
    (desk / "other").mkdir()
    fickle = Scans(desk, desk / "other", program(FICKLE))
    fickle.cold()
    fickle.warm("--workers", "1")
    assert same([honest, fickle]) == "- **outputs differ**: desk warm --workers 1"


def test_the_file_of_a_hook_is_new_in_every_run(desk: Path, program: Callable[[str], str]) -> None:
    file = desk / "train.py"
    file.write_text("import torch", encoding="utf-8")
    log = desk / "log"
    hook = Hook(file, desk, desk, program(f'cksum train.py >>"{log}"'))
    for _ in range(3):
        hook.run()
    assert len(set(log.read_text(encoding="utf-8").splitlines())) == 3
    assert file.read_text(encoding="utf-8") == "import torch"


def test_a_hook_is_tried_on_the_median_and_the_largest_file(tmp_path: Path) -> None:
    for size in (1, 20, 300):
        (tmp_path / f"{size}.py").write_text("#" * size, encoding="utf-8")
    (tmp_path / "run.sh").write_text("true\n", encoding="utf-8")
    names = {kind: path.name for kind, path in chosen(tmp_path).items()}
    assert names == {
        "python, median": "20.py", "python, largest": "300.py", "shell, median": "run.sh", "shell, largest": "run.sh",
    }  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system keeps no such account")
def test_memory_is_distinguished_by_process(desk: Path) -> None:
    child = "import time; x = bytearray(200_000_000); time.sleep(0.5)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    peaks = peaks_of([sys.executable, "-c", code], desk)
    assert len(peaks.workers) == 1
    assert peaks.workers[0] > 200 > peaks.main > 0
    assert peaks.largest >= peaks.workers[0]


def test_twice_the_units_are_twice_the_tree(tmp_path: Path) -> None:
    trees = [list(files_below(write_project(tmp_path / str(units), units))) for units in (4, 8)]
    half, whole = (len(paths) for paths in trees)
    assert whole == 2 * half
    half, whole = (sum(path.stat().st_size for path in paths) for paths in trees)
    assert whole == pytest.approx(2 * half, rel=0.01)
    assert len({name_of(number) for number in range(1000)}) == 1000


def test_every_content_of_a_grown_repository_is_a_file_of_its_own(tmp_path: Path) -> None:
    made = grown(tmp_path, 1, 60)
    contents = list(files_below(made.contents))
    listed = ["git", "-C", str(made.repository), "rev-list", "--all", "--objects", "--filter=object:type=blob"]
    objects = subprocess.run([*listed, "--filter-provided-objects"], capture_output=True, text=True, check=True)
    assert len({path.read_bytes() for path in contents}) == len(objects.stdout.splitlines())
    history = unjudged(made.repository)
    assert len(history.commits) == 60
    assert history.contents == len(contents)
    assert {life.state for life in history.lives if life.variable == "NCCL_IB_TC"} == {"replaced", "present"}


@pytest.mark.parametrize(("shared", "modules"), [(False, 5), (True, 15)])
def test_a_synthetic_launch_reaches_its_entry_configuration_and_modules(
    tmp_path: Path, modules: int, *, shared: bool
) -> None:
    verdict = scan(write_project(tmp_path, 3, shared=shared), workers=1)
    name = name_of(1)
    launch = next(one.launch for one in verdict.launches if one.launch.id.startswith(f"recipes/{name}/run_{name}.sh"))
    entry = "train.py" if shared else f"recipes/{name}/train.py"
    assert {entry, f"recipes/{name}/ds_{name}.json"} <= set(launch.files)
    assert sum(path.startswith("lib/") for path in launch.files) == modules
    assert len(verdict.launches) == 3 * 3  # a unit's job, and two stages of its run
    assert verdict.gaps == ()


def test_every_synthetic_file_is_read_without_a_word_left_to_fill(tmp_path: Path) -> None:
    for path in files_below(write_project(tmp_path, 1, shared=True)):
        words = set(path.read_text(encoding="utf-8").replace("/", " ").split())
        assert not words & {"NAME", "LAYERS", "HIDDEN", "ENTRY", "IMPORTS", "NODES", "PRECISION"}


def test_a_profile_counts_what_a_scan_reads() -> None:
    found, verdict = profile(EXAMPLE), scan(EXAMPLE, workers=1)
    assert (found.files, found.launches) == (verdict.coverage.read, len(verdict.launches))
    assert {"start", "discovery", "reading python", "linking", "judging", "reporting"} <= found.cpu.keys()


def test_shares_of_phases() -> None:
    cpu = {"start": 1.0, "reading python": 2.0, "reading shell": 1.0}
    assert [share(cpu, phase) for phase in ("start", "reading", "reading shell", "linking")] == [
        "25.0 %", "75.0 %", "25.0 %", "0.0 %",
    ]  # fmt: skip


def test_clones_are_folders_and_peers_are_asked_for_by_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
    (tmp_path / "a.txt").touch()
    clones = repositories([tmp_path])
    assert [path.name for path in clones] == ["a", "b"]
    assert [path.name for path in compared(clones, ["b"], tmp_path, 1)] == [EXAMPLE.name, "synthetic-1", "b"]
    with pytest.raises(click.UsageError, match="no clone is called c"):
        compared(clones, ["c"], tmp_path, 1)


def test_the_search_is_for_words_of_signals() -> None:
    words = signal_words()
    assert {"NCCL_P2P_DISABLE", "torch.bfloat16"} <= set(words)
    assert all(len(word) >= 3 and "*" not in word and "\n" not in word for word in words)


def test_ratios_to_peers() -> None:
    samples = {name: [Sample(wall, wall, 1)] for name, wall in COUNTS.items()}
    assert list(ratios(samples)) == [
        "- cold, of Semgrep's wall time: 0.10 (goal: at most 0.3; met)",
        "- warm, of Semgrep's wall time: 0.010 (goal: at most 0.01; met)",
    ]
    ruff = next(row for row in rows(samples) if row.startswith("| ruff |"))
    assert ruff.endswith("| 20.0 | 2.00 |")
    assert "| at most " in ruff  # its memory is less than that of the program that measures


def test_growth_of_a_doubled_tree() -> None:
    profiles = [Profile(10 * times, 1000 * times, times, {"start": 1.0, "linking": times}) for times in (1, 2, 4, 8)]
    taken = [{COLD: [Sample(wall, wall, 1)] * 3, WARM: [Sample(1, 1, 1)] * 2} for wall in (1, 2, 4.4, 8.8)]
    assert [row[6] for row in doubled(profiles, taken)] == ["", "2.00", "**2.20**", "2.00"]
    assert [(row[4], row[9]) for row in doubled(profiles, taken)] == [
        (2, "1.00"),
        (2, "2.00"),
        (2, "4.00"),
        (2, "8.00"),
    ]


@given(st.floats(0.1, 3), st.floats(0.001, 10))
def test_the_slope_of_a_power_is_the_power(power: float, factor: float) -> None:
    sizes = [1.0, 10.0, 200.0, 3000.0]
    fit = slope(sizes, [factor * size**power for size in sizes])
    assert fit is not None
    assert fit == pytest.approx((power, 1))


def test_no_slope_without_points() -> None:
    assert slope([1, 2], [1, 2]) is None
    assert slope([0, 0, 1, 2], [1, 1, 1, 2]) is None
    assert slope([5, 5, 5], [1, 2, 3]) is None
    profiles = [Profile(size, size, 0, {"reading python": size}) for size in (1, 2, 4)]
    found = list(slopes(profiles))
    assert not any("| launches |" in text for text in found)
    assert found[-1] == "- linking and judging: all trees are of one size"


def test_the_line_through_costs_is_put_in_words() -> None:
    assert line("reading", "MB", [1, 2, 4], [0.7, 1.2, 2.2]) == "- reading: 500 ms a MB and 200 ms on every tree"


def test_a_start_is_measured_beside_bare_python_and_beside_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(command: Sequence[str], _: Path, environment: Mapping[str, str]) -> Sample:
        ours = environment["PYTHONPATH"].startswith(str(ROOT))
        return Sample(1, (0.1 if ours else 0.2) / (10 if "-c" in command else 1), 1)

    monkeypatch.setattr(startup, "timed", fake)
    monkeypatch.setattr(startup, "prepare", lambda _: None)
    rows = [*startup.section(Plan((), (), 1, 60, 1, "HEAD"))]
    assert rows[0] == "| run | goal, s | this tree, CPU s | HEAD, CPU s | this : that |"
    assert rows[2:5] == [
        "| bare Python |  | 0.010 | 0.020 | 0.50 |",
        "| --version | 0.035 | **0.10** | 0.20 | 0.50 |",
        "| check, JSON | 0.12 | 0.10 | 0.20 | 0.50 |",
    ]
    alone = [*startup.section(Plan((), (), 1, 60, 1))]
    assert alone[3] == "| --version | 0.035 | **0.10** |"


def test_the_files_that_a_start_is_measured_on_are_there() -> None:
    files = [words[-1] for words in startup.RUNS.values() if "check" in words]
    assert len(files) == 3
    assert all((EXAMPLE / file).is_file() for file in files)


def test_figures() -> None:
    assert [figure(value) for value in (1234.5, 12.34, 1.234, 0.01234)] == ["1234", "12.3", "1.23", "0.012"]
    assert [held(value, 0.5) for value in (0.5, 0.51)] == ["0.50", "**0.51**"]
    assert against(0.3, 0.25) == "0.30 (goal: at most 0.25; **missed**)"
    assert list(table(("a", "b"), [("x", 1)])) == ["| a | b |", "|---|---:|", "| x | 1 |", ""]


def test_every_section_has_its_place_on_the_page_and_leaves_the_rest(tmp_path: Path) -> None:
    copy = tmp_path / "page.md"
    before = PAGE.read_text(encoding="utf-8")
    for name in ("machine", *SECTIONS):
        copy.write_text(before, encoding="utf-8")
        publish(name, ["measured anew"], copy)
        after = copy.read_text(encoding="utf-8")
        head, _, rest = before.partition(f"<!-- {name} -->\n")
        tail = rest.partition(f"<!-- end of {name} -->")[2]
        assert after == f"{head}<!-- {name} -->\n\nmeasured anew\n\n<!-- end of {name} -->{tail}"


def test_the_page_tells_no_place_and_no_name() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert os.uname().nodename not in text
    assert str(ROOT) not in text


def test_a_survey_costs_what_its_repositories_and_its_tasks_do(tmp_path: Path) -> None:
    plan = Plan(tuple(folders(tmp_path, "H800", "A100")), (), 1, 1.0, 1)
    lines = list(surveys.repositories(plan))
    assert lines[2].startswith("| CPU, s | ")
    assert "- 2 repositories, 2 answered; the largest process had " in "\n".join(lines)
    assert list(surveys.repositories(Plan((), (), 1, 1.0, 1))) == ["No clones were given, or none was answered."]
    lines = list(surveys.stubs(40))
    assert [line.split(" | ")[0] for line in lines[2:7]] == ["| 1", "| 10", "| 20", "| 30", "| 40"]
    assert "- 40 tasks on 2 workers of 64 threads: " in "\n".join(lines)
