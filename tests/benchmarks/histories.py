"""What does a repository's history cost beside a scan of all the contents that it ever held?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.markdown import figure, held, table
from benchmarks.measuring import Run, Sample, files_below, in_turns, middle, timed
from benchmarks.ours import CHIPSIEVE, Scans, at_desk, kept_in
from benchmarks.synthetic import write_project
from benchmarks.trees import Plan, profile
from small_repositories import Made, built

COMMITS = 10_000
GOAL = 3  # times the scan of all contents
ENDINGS = (".py", ".sh", ".slurm", ".md")  # of files that take one more line with each commit
SETTINGS = 3  # edits of a script of which one has another setting
HEAD = (
    "commits", "contents", "MB", "runs", "scan of all contents, s", "reading in it, s CPU", "history, cold, s",
    "its CPU, s", f"times the scan (goal: {GOAL})", "largest process, MB", "history, warm, s",
)  # fmt: skip
SCAN, COLD, WARM = "scan of all contents", "history, cold", "history, warm"


class Grown(NamedTuple):
    """A repository, and a folder with each of the contents that it ever held as a file of its own."""

    repository: Path
    contents: Path


def section(plan: Plan) -> Iterator[str]:
    """One row: a synthetic repository of many commits."""
    with TemporaryDirectory(prefix="chipsieve-bench-") as folder:
        yield from measured(grown(Path(folder), plan.units, COMMITS), plan, COMMITS)


def measured(made: Grown, plan: Plan, commits: int, program: str = CHIPSIEVE) -> Iterator[str]:
    """The table of one repository."""
    with at_desk(made.contents) as desk:
        scans = Scans(made.contents, desk.desk, program)
        samples = in_turns(runs(scans, made.repository, program), plan.rounds, plan.budget, "history")
    read = profile(made.contents)
    scan, cold, warm = (middle(samples[name]) for name in (SCAN, COLD, WARM))
    row = (
        commits, read.files, figure(read.megabytes), min(map(len, samples.values())), figure(scan.wall),
        figure(read.seconds("reading")), figure(cold.wall), figure(cold.cpu), held(cold.wall / scan.wall, GOAL),
        figure(cold.megabytes), figure(warm.wall),
    )  # fmt: skip
    yield from table(HEAD, [row])


def runs(scans: Scans, repository: Path, program: str) -> Mapping[str, Run]:
    """The programs that take turns."""
    kept = scans.desk / "kept-history"

    def run(home: Path) -> Sample:
        output = scans.desk / "history.json"
        command = [program, "history", str(repository), "--format", "json", "--output", str(output)]
        return timed(command, scans.desk, kept_in(home), accepted=(0,))

    def cold() -> Sample:
        with TemporaryDirectory(dir=scans.desk) as fresh:
            return run(Path(fresh))

    def warm() -> Sample:
        if not kept.exists():
            kept.mkdir()
            run(kept)
        return run(kept)

    return {SCAN: scans.cold, COLD: cold, WARM: warm}


def grown(folder: Path, units: int, commits: int) -> Grown:
    """A repository that begins with a synthetic project and changes one file with each commit."""
    project = write_project(folder / "project", units)
    texts = {
        path.relative_to(project).as_posix(): path.read_text(encoding="utf-8") for path in sorted(files_below(project))
    }
    edited = [path for path in texts if path.endswith(ENDINGS)]
    steps = [Made("0", dict(texts))]
    for number in range(1, commits):
        path = edited[number * 7 % len(edited)]
        texts[path] = _edited(texts[path], path, number)
        steps.append(Made(str(number), {path: texts[path]}, day=number // 5))
    made = Grown(folder / "repository", folder / "contents")
    built(made.repository, steps)
    for number, step in enumerate(steps):
        for path, text in step.files.items():
            file = made.contents / f"{number:06}" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(str(text), encoding="utf-8")
    return made


def _edited(text: str, path: str, number: int) -> str:
    """A text with another remark at its end, and in a script now and then with another setting."""
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith(("# change ", "export NCCL_IB_TC"))]
    if path.endswith(".sh") and number % SETTINGS == 0:
        kept.insert(1, f"export NCCL_IB_TC={number}\n")
    return "".join([*kept, f"# change {number}\n"])
