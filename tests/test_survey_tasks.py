"""Does a worker answer for any repository, however bad? One that crashes, one without end, one that is too large."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import monotonic

import msgspec
import pytest

from chipsieve import scan
from chipsieve.survey.answered import Answer, answer_of, failed, unpacked
from chipsieve.survey.cloning import CloneError, clone
from chipsieve.survey.columns import TABLES
from chipsieve.survey.guarded import OtherVersion, ask
from chipsieve.survey.request import SAME, Request
from chipsieve.survey.survey_rows import rows_of
from chipsieve.survey.wanted import Wanted
from small_repositories import NETWORK, Made, built, git, objects_of, trapped
from small_trees import RUN, TRAIN, write
from survey_cases import ASKED, folders

TREE = Wanted("a tree", "tree", "/nowhere")
REQUEST = Request(TREE, msgspec.structs.replace(ASKED, seconds=1, megabytes=300))


def answer(request: Request, *program: str) -> Answer:
    packed = ask(request.packed(), program) if program else ask(request.packed())
    found = unpacked(packed)
    assert found is not None
    return found


def error(request: Request, code: str) -> tuple[object, ...]:
    """The error of a repository whose process runs this code."""
    return answer(request, sys.executable, "-c", code).rows["errors"][0]


def records(found: Answer, table: str) -> list[dict[str, object]]:
    names = [column.name for column in TABLES[table].columns[1:]]
    return [dict(zip(names, row, strict=True)) for row in found.rows[table]]


def test_a_process_that_crashes_is_tried_three_times(tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    code = f"import os; open({str(tries)!r}, 'a').write('x'); os.kill(os.getpid(), 11)"
    message = "the process that scans it was ended by SIGSEGV, 3 times of 3"
    assert error(REQUEST, code) == ("crash", message)
    assert tries.read_text() == "xxx"


def test_one_that_crashed_once_is_answered_in_the_end(tmp_path: Path) -> None:
    packed = failed("a tree", "", "missing", "x").packed()
    first = tmp_path / "first"
    code = f"""
import os, sys
if not os.path.exists({str(first)!r}):
    open({str(first)!r}, "w")
    sys.exit(3)
sys.stdout.buffer.write({packed!r})
"""
    assert error(REQUEST, code) == ("missing", "x")


def test_one_without_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = f"""
import subprocess, sys
program = [sys.executable, "-c", "import time; time.sleep(600)"]
open({str(child)!r}, "w").write(str(subprocess.Popen(program).pid))
while True: pass
"""
    begun = monotonic()
    assert error(REQUEST, code) == ("time", "takes more than 1 s")
    assert monotonic() - begun < 30
    with pytest.raises(ProcessLookupError):
        _wait_for_end(int(child.read_text()))


def _wait_for_end(process: int) -> None:
    """Raise where a process is gone; one that is ended may be there for a moment, for its parent to look at."""
    for _ in range(500):
        os.kill(process, 0)
        if "State:\tZ" in Path(f"/proc/{process}/status").read_text():
            raise ProcessLookupError
        os.sched_yield()
    raise AssertionError("it is still there")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to its limit of memory")
def test_one_that_is_too_large_says_so() -> None:
    code = """
from chipsieve.survey import alone
alone._answer = lambda request: bytearray(10 ** 10)
alone.main()
"""
    request = msgspec.structs.replace(REQUEST, asked=msgspec.structs.replace(REQUEST.asked, seconds=60))
    assert error(request, code) == ("memory", "takes more than 300 MB")


def test_a_fault_of_ours_is_the_answer_on_one_repository() -> None:
    code = """
from chipsieve.survey import alone
def fail(request):
    print("this is no answer", flush=True)
    raise KeyError("\\u202e")
alone._answer = fail
alone.main()
"""
    request = msgspec.structs.replace(REQUEST, asked=msgspec.structs.replace(REQUEST.asked, seconds=60))
    assert error(request, code) == ("internal", "KeyError: '\\u202e'")


def test_it_ends_with_its_parent() -> None:
    code = """
import os, sys
from chipsieve.survey import alone
def lose_parent(request):
    os.write(alone.lost, b"x")
    while True: pass
read, alone.lost = os.pipe()
alone._answer = lose_parent
if os.fork() == 0:
    os.close(0)
    read_end, write_end = os.pipe()
    os.write(write_end, sys.argv[1].encode() + b"\\n")
    if os.fork() == 0:
        os.close(write_end)
        os.setsid()
        alone.main()
    os.read(read, 1)
    os._exit(0)
os.wait()
sys.stdout.buffer.write(b"done")
"""
    # What is left keeps the pipe of its output open, so this ends when the last process does.
    import subprocess

    line = REQUEST.packed().decode().strip().replace('"seconds":1', '"seconds":600')
    done = subprocess.run([sys.executable, "-c", code, line], capture_output=True, check=True, timeout=60)
    assert done.stdout == b"done"


def test_what_is_not_there_is_an_error_of_its_own() -> None:
    assert answer(msgspec.structs.replace(REQUEST, asked=ASKED)).error == "missing"


def test_another_version_of_a_worker_is_refused() -> None:
    with pytest.raises(OtherVersion, match=r"is asked by 0\.0\.1"):
        ask(msgspec.structs.replace(REQUEST, version="0.0.1").packed())


def test_a_tree_is_answered_once_and_is_the_same_until_it_changes(tmp_path: Path) -> None:
    (folder,) = folders(tmp_path, "H800")
    request = Request(Wanted("ours", "tree", str(folder)), msgspec.structs.replace(ASKED, watched=True))
    found = answer(request)
    (repository,) = records(found, "repositories")
    assert (repository["state"], repository["named"], repository["digest"]) == ("answered", ["H800"], found.digest)
    assert str(repository["sentence"]).startswith("ours")
    assert [(row["families"], row["path"], row["line"]) for row in records(found, "claims")] == [
        (["H800"], "README.md", 3)
    ]
    again = msgspec.structs.replace(request, known=(found.digest,))
    assert ask(again.packed()) == SAME + found.digest.encode()
    write(folder, {"notes.txt": "no reader opens this\n", "picture.png": "x"})
    write(folder, {"run.sh": "torchrun train.py --bf16\n"})
    assert answer(again).digest != found.digest


def test_rows_have_what_the_verdict_says(tmp_path: Path) -> None:
    (folder,) = folders(tmp_path, "H800")
    write(folder, {"run.sh": "NCCL_IB_HCA=mlx5_0 torchrun --nproc_per_node 8 train.py --bf16\n"})
    verdict = scan(folder, workers=1, as_of="2024-06-01")
    rows = rows_of(verdict, "here", "0123")
    (repository,) = rows["repositories"]
    main = verdict.main_launch
    assert main is not None
    assert repository["remaining"] == sorted(main.remaining)
    controls = verdict.controls
    assert controls is not None
    assert repository["uncontrolled"] == sorted(controls.uncontrolled)
    assert set(controls.status.y).issuperset(repository["controlled"])  # type: ignore[arg-type]  # a list of ids
    assert [row["launch"] for row in rows["launches"]] == [one.launch.id for one in verdict.launches]
    assert {row["signal"] for row in rows["evidence"]} <= {one.signal for one in main.evidence}
    assert any(row["path"] == "run.sh" and row["signal"] == "site-rdma-adapter" for row in rows["evidence"])
    assert verdict.trained_on is not None
    assert [row["family"] for row in rows["estimates"]] == [one.name for one in verdict.trained_on.families]


def test_hostile_texts_are_written_out() -> None:
    found = answer_of("x", "", {"gaps": [{"path": "\udce9\u202e\x1b[31m", "reason": "y", "notice": False}]})
    assert unpacked(found.packed()) == found
    assert found.rows["gaps"][0][0] == "\\udce9\\u202e\\x1b[31m"


@pytest.mark.parametrize("data", [b"", b"x", failed("a", "b", "c", "d").packed()[:-3]])
def test_what_is_cut_short_is_no_answer(data: bytes) -> None:
    assert unpacked(data) is None


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A repository to clone, with two commits, which would like to run programs."""
    built(tmp_path / "source.git", [
        Made("first", {"README.md": "Trained on 64 H800 GPUs.\n", "run.sh": NETWORK + RUN, "train.py": TRAIN}),
        Made("second", {"README.md": "Trained on GPUs.\n", "large.bin": b"\0" * 5_000_000}),
    ])  # fmt: skip
    git(tmp_path / "source.git", "config", "uploadpack.allowFilter", "true")
    return tmp_path / "source.git"


def test_a_clone_is_shallow_without_large_files_and_whole_or_not(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clones"
    place = clone(f"file://{source}", "", folder, whole=False, again=False)
    assert git(place, "log", "--format=%s") == "second"
    assert [one.name for one in folder.iterdir()] == [place.name]
    size = sum(file.stat().st_size for file in objects_of(place).rglob("*") if file.is_file())
    missing = git(place, "rev-list", "--objects", "--all", "--missing=print")
    assert size < 4_000
    assert "?" in missing
    with pytest.raises(CloneError):
        clone(f"file://{tmp_path}/nowhere", "", folder, whole=False, again=False)
    assert [one.name for one in folder.iterdir()] == [place.name]


def test_a_clone_is_made_again_when_there_is_another_commit(source: Path, tmp_path: Path) -> None:
    address, folder = f"file://{source}", tmp_path / "clones"
    place = clone(address, "main", folder, whole=True, again=True)
    made = place.stat().st_ino
    assert clone(address, "main", folder, whole=True, again=True).stat().st_ino == made
    git(source, "update-ref", "refs/heads/main", "main~1")
    assert clone(address, "main", folder, whole=True, again=False).stat().st_ino == made
    assert clone(address, "main", folder, whole=True, again=True).stat().st_ino != made
    assert git(place, "log", "--format=%s") == "first"


def test_nothing_that_a_repository_or_the_user_configures_is_run(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sprung = trapped(source, tmp_path)
    program = tmp_path / "program"
    home = write(tmp_path / "home", {".gitconfig": f"[core]\n\tfsmonitor = {program}\n\thooksPath = {source}/hooks\n"})
    template = write(tmp_path / "template", {"hooks/post-checkout": program.read_text()})
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(template))
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    monkeypatch.chdir(source)
    place = clone(f"file://{source}", "", tmp_path / "clones", whole=False, again=True)
    assert not (place / "hooks").exists()
    assert not sprung.exists()
    for address in (f"ext::{program}", "ssh://-oProxyCommand=touch/x", "fd::17"):
        with pytest.raises(CloneError):
            clone(address, "", tmp_path / "clones", whole=False, again=False)
    assert not sprung.exists()


def test_an_address_is_cloned_and_answered_with_its_history(source: Path, tmp_path: Path) -> None:
    asked = msgspec.structs.replace(ASKED, clones=str(tmp_path / "clones"), history=True)
    found = answer(Request(Wanted("theirs", "address", f"file://{source}"), asked))
    (repository,) = records(found, "repositories")
    assert (repository["commit_day"], repository["source"]) == ("2024-01-02", f"file://{source}")
    removed = [row for row in records(found, "claims") if row["state"] == "removed"]
    assert [(row["families"], row["since"], row["until"]) for row in removed] == [
        (["H800"], "2024-01-01", "2024-01-02")
    ]
    assert {row["signal"]: row["since"] for row in records(found, "evidence")}["site-roce-bond"] == "2024-01-01"
    gone = msgspec.structs.replace(ASKED, clones=str(tmp_path / "clones"))
    assert answer(Request(Wanted("theirs", "address", f"file://{tmp_path}/gone"), gone)).error == "clone"


def test_without_git_a_clone_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CloneError, match="git is not installed"):
        clone("https://example.org/a/b", "", tmp_path, whole=False, again=False)
