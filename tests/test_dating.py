"""For which day is a tree judged: the last change of its launch, the commit, or the newest version that it pins?"""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.derive.dating import earliest, releases
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import UNDATED
from chipsieve.sources.git import Git, StoppedError
from small_trees import write

RUN, TRAIN = "torchrun --nproc_per_node 8 train.py\n", "import torch\ntorch.nn.Linear(1, 1).cuda()\n"


def commit(folder: Path, day: str) -> None:
    """Commit all that is there, on a day."""
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    for arguments in (("add", "--all", "."), ("commit", "-qm", day)):
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, env=os.environ | when)  # noqa: S607


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A script of 2021, in a folder, and a README of 2024."""
    root = write(tmp_path / "repository", {"job/run.sh": RUN, "job/train.py": TRAIN})
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)  # noqa: S607
    commit(root, "2021-03-04")
    commit(write(root, {"README.md": "# News\n"}), "2024-05-06")
    return root


@pytest.mark.parametrize("where", ["", "@HEAD", "/job", "@HEAD:job", "/job/run.sh", "@HEAD:job/run.sh"])
def test_a_launch_is_as_old_as_its_last_change(repository: Path, where: str) -> None:
    verdict = scan(f"{repository}{where}")
    assert verdict.changed is not None
    assert (verdict.changed.path, verdict.as_of) == (verdict.main.partition(":")[0], "2021-03-04")
    assert verdict.commit is not None
    assert verdict.commit.day == "2024-05-06"
    assert "(training, last changed on 2021-03-04)" in verdict.sentence


@pytest.mark.parametrize("where", ["", "@HEAD", "/job", "@HEAD:job"])
def test_a_history_without_end_is_a_gap_and_the_day_is_the_commits(
    repository: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Git.run

    def stopped(git: Git, *arguments: str) -> bytes | None:
        if arguments[0] == "log" and arguments[-1] != "--":
            raise StoppedError("git took too long")
        return asked(git, *arguments)

    monkeypatch.setattr(Git, "run", stopped)
    verdict = scan(f"{repository}{where}")
    path = verdict.main.partition(":")[0]
    assert [gap for gap in verdict.gaps if gap.reason == UNDATED] == [Gap(path, UNDATED)]
    assert (verdict.changed, verdict.as_of) == (None, "2024-05-06")


def test_a_file_that_no_commit_has_is_as_old_as_nobody_knows(repository: Path) -> None:
    write(repository, {"new/run.sh": RUN, "new/train.py": TRAIN})
    verdict = scan(repository / "new")
    assert (verdict.changed, [gap for gap in verdict.gaps if gap.reason == UNDATED]) == (None, [])


def test_what_came_out_later_was_not_trained_on(repository: Path) -> None:
    then = {one.family for one in answer.families} if (answer := scan(repository).trained_on) else set()
    now = (
        {one.family for one in answer.families}
        if (answer := scan(repository, as_of="2024-05-06").trained_on)
        else set()
    )
    assert "h100" not in then
    assert "h100" in now


def test_a_script_that_a_document_names_is_as_old_as_itself(repository: Path) -> None:
    write(repository, {"README.md": "Train with\n\n```bash\nbash job/run.sh\n```\n", "job/train.py": f"{TRAIN}\n"})
    commit(repository, "2024-06-07")
    verdict = scan(f"{repository}@HEAD")
    assert (verdict.main, verdict.as_of) == ("job/run.sh:1", "2021-03-04")


def test_a_launch_in_a_document_is_as_old_as_its_program(repository: Path) -> None:
    (repository / "job/run.sh").unlink()
    write(repository, {"README.md": "Train with\n\n```bash\ntorchrun --nproc_per_node 8 job/train.py\n```\n"})
    commit(repository, "2024-06-07")
    verdict = scan(f"{repository}@HEAD")
    assert verdict.main.startswith("README.md")
    assert verdict.as_of == "2021-03-04"


def test_a_day_that_is_asked_for_holds(repository: Path) -> None:
    verdict = scan(repository, as_of="2022-01-01")
    assert verdict.as_of == "2022-01-01"
    assert ", judged as of 2022-01-01: " in verdict.sentence


def test_without_a_launch_the_commit_counts(repository: Path) -> None:
    for name in ("run.sh", "train.py"):
        (repository / "job" / name).unlink()
    commit(repository, "2024-06-07")
    verdict = scan(f"{repository}@HEAD")
    assert (verdict.main, verdict.changed, verdict.as_of) == ("", None, "2024-06-07")


def test_without_git_the_newest_pinned_version_gives_the_earliest_day(tmp_path: Path) -> None:
    pins = "torch==2.1.2\ntransformers==4.36.0\ndeepspeed>=0.14\n"
    verdict = scan(write(tmp_path, {"run.sh": RUN, "train.py": TRAIN, "requirements.txt": pins}))
    assert verdict.as_of == ""
    assert verdict.not_before is not None
    assert (verdict.not_before.day, verdict.not_before.source) == (
        releases()["transformers"]["4.36"], "transformers==4.36.0 at requirements.txt:2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("torch==2.1.2", "2023-10-04"),
        ("torch==2.0.1+cu118", "2023-03-15"),
        ("Flash_Attn==2.3.6", "2023-09-27"),
        ("23.10", "2023-10"),
        ("torch==99.1", None),
        ("somebody==1.0", None),
        ("torch==1.10.2", "2021-10-21"),
    ],
)
def test_a_version_was_written_after_it_came_out(value: str, day: str | None) -> None:
    found = earliest([Finding("pinned-version", "pin", "requirements.txt", Span(1, 1, 1, 2), value, value)])
    assert (found.day if found else None) == day


def test_what_others_pin_dates_nothing() -> None:
    assert (
        earliest([Finding("pinned-version", "pin", "third_party/x/setup.py", Span(1, 1, 1, 2), "torch==2.1", "")])
        is None
    )


def test_releases_are_days() -> None:
    for package, days in releases().items():
        assert all(date.fromisoformat(day) for day in days.values()), package
