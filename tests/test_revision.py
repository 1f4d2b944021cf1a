"""Does a revision say what a checkout of it says, wherever its repository lies, and does nothing of that run?"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from chipsieve import Verdict, scan
from chipsieve.cli import main
from chipsieve.configuration.file import NONE, Config
from chipsieve.facts.reading import Gap
from chipsieve.report import render
from chipsieve.sources import git as git_room
from chipsieve.sources import revision
from chipsieve.sources.contents import Listing, Tree
from chipsieve.sources.discovery import discover, open_tree
from chipsieve.sources.git import GitError
from small_repositories import ATTRIBUTES, commit, git, objects_of, remove, trapped
from small_trees import RUN, TRAIN, write

FIXTURES = Path(__file__).parent.parent / "fixtures"
EXAMPLE = FIXTURES / "repos" / "hunyuan-large-2024-11-05"
TREE = {
    "run.sh": f"export NCCL_IB_HCA=mlx5\n{RUN}",
    "train.py": TRAIN,
    "conf/ds.json": '{"bf16": {"enabled": true}}\n',
    "launch": "#!/bin/bash\ntorchrun train.py --bf16\n",
    "kernels/ascend/x.cu": "",
    "port.patch": "+ for Gaudi\n",
}
PARTIAL = "not in this clone, which is partial or damaged: not read"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A work tree with one commit, on the branch main, tagged v1."""
    root = write(tmp_path / "repository", TREE)
    git(root, "init", "-q", "-b", "main")
    commit(root)
    git(root, "tag", "v1")
    return root


def says(verdict: Verdict) -> str:
    """All that is said of a tree, but for what it is called."""
    origin = replace(verdict.origin, branch=None)  # the same commit may be read by a branch or a tag
    return render(replace(verdict, root="tree", origin=origin), "json")


def listing(where: str) -> Listing:
    with open_tree(where) as tree:
        return tree.listing()


def text(where: str, path: str) -> str | Gap:
    with open_tree(where) as tree:
        return tree.text(path)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_revision_says_what_a_checkout_says(tmp_path: Path, workers: int) -> None:
    root = tmp_path / "tree"
    shutil.copytree(EXAMPLE, root)
    for number in range(30):  # enough for workers
        write(root, {f"more/m{number}.py": f"x = {number}\n{TRAIN}"})
    git(root, "init", "-q")
    commit(root)
    expected = says(scan(root, workers=1))
    git(tmp_path, "clone", "-q", "--bare", "tree", "bare.git")
    git(tmp_path, "clone", "-q", "--mirror", "tree", "mirror")
    for where in (root, root / ".git", tmp_path / "bare.git", tmp_path / "mirror"):
        assert says(scan(f"{where}@HEAD", workers=workers)) == expected, where


def test_a_folder_has_the_commit_that_holds_it(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    write(repository, {"downloaded/run.sh": RUN, "downloaded/train.py": TRAIN, ".cache/run.sh": RUN})
    for folder, expected in ((".", head), ("conf", head), ("downloaded", None), (".cache", None)):
        found = scan(repository / folder).commit
        assert (found.id if found else None) == expected, folder


def test_a_repository_without_a_commit_has_none(tmp_path: Path) -> None:
    root = write(tmp_path / "new", TREE)
    git(root, "init", "-q")
    assert scan(root).commit is None


def test_the_commit_counts_and_not_the_files_around_it(repository: Path) -> None:
    expected = says(scan(repository))
    write(repository, {"run.sh": "echo nothing\n", "new.py": TRAIN})
    assert says(scan(f"{repository}@main")) == expected != says(scan(repository))


@pytest.mark.parametrize(
    "spelling",
    ["v1", "main", "HEAD", "@", "HEAD~1", "main^", "SHORT", "ID", ":/one", "HEAD^{/one: 1}", "@{0}", "a/b"],
)
def test_a_revision_is_spelt_as_git_spells_it(repository: Path, spelling: str) -> None:
    first = commit(write(repository, {"a.py": ""}), "one: 1")
    second = commit(write(repository, {"b.py": ""}), "two")
    git(repository, "branch", "a/b")
    name = spelling.replace("SHORT", second[:10]).replace("ID", second)
    expected = {first: 7, second: 8}.get(git(repository, "rev-parse", name), 6)
    assert len(listing(f"{repository}@{name}").paths) == expected


def test_a_folder_or_file_of_a_revision_is_a_tree_of_its_own(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", "repository", "bare.git")
    bare = tmp_path / "bare.git"
    for where in (f"{repository}@v1:conf", f"{repository}/conf@v1", f"{bare}@v1:./conf/", f"{repository}/.git@v1:conf"):
        assert listing(where).paths == ("ds.json",), where
        assert says(scan(where)) == says(scan(repository / "conf")), where
    for where in (f"{repository}@v1:conf/ds.json", f"{repository}/conf/ds.json@v1", f"{repository}/conf@v1:ds.json"):
        assert says(scan(where)) == says(scan(repository / "conf" / "ds.json")), where


def test_a_path_that_exists_is_that_path(repository: Path, tmp_path: Path) -> None:
    write(tmp_path / "repository@v1", {"only.py": ""})
    assert listing(f"{repository}@v1").paths == ("only.py",)
    odd = tmp_path / "odd@name"
    git(tmp_path, "clone", "-q", "repository", "odd@name")
    assert len(listing(f"{odd}@HEAD@{{0}}").paths) == len(TREE)


def test_what_a_verdict_is_called_says_which_revision(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", "repository", "mine.git")
    named = (f"{repository}@v1", f"{repository}/conf@v1", f"{repository}/.git@main", f"{tmp_path}/mine.git@v1:conf")
    assert [scan(one).root for one in named] == ["repository@v1", "conf@v1", "repository@main", "mine@v1:conf"]


def test_a_further_work_tree_is_read_with_its_own_head(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    commit(write(tmp_path / "side", {"side.py": ""}))
    assert "side.py" in listing(f"{tmp_path}/side@HEAD").paths
    assert "side.py" not in listing(f"{repository}@HEAD").paths


def test_objects_of_another_repository_are_not_read(repository: Path, tmp_path: Path) -> None:
    """What `git clone --shared` and `--reference` make, and what a stranger's clone could point anywhere."""
    git(tmp_path, "clone", "-q", "--bare", "--shared", str(repository), "shared.git")
    with pytest.raises(GitError, match="repack -ad"):
        listing(f"{tmp_path}/shared.git@v1")
    write(tmp_path, {"shared.git/objects/info/alternates": "../../repository/.git/objects\n"})
    with pytest.raises(GitError, match="repack -ad"):
        listing(f"{tmp_path}/shared.git@v1")
    git(tmp_path / "shared.git", "repack", "-adq")
    (tmp_path / "shared.git/objects/info/alternates").unlink()
    assert text(f"{tmp_path}/shared.git@v1", "train.py") == TRAIN


def test_objects_of_its_own_are_read_beside_borrowed_ones(repository: Path, tmp_path: Path) -> None:
    write(repository, {".git/objects/info/alternates": f"{tmp_path}/elsewhere\n"})
    assert text(f"{repository}@v1", "train.py") == TRAIN


def test_a_packed_repository_is_read(repository: Path, tmp_path: Path) -> None:
    git(repository, "gc", "-q")
    shutil.rmtree(repository / ".git" / "logs")
    assert says(scan(f"{repository}@v1")) == says(scan(repository))
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    assert says(scan(f"{tmp_path}/shallow@HEAD")) == says(scan(repository))


def test_the_head_of_a_large_log_is_read_and_what_comes_after_it_too(repository: Path) -> None:
    line = "step 1 | loss 2.3\n"
    log = "GPU 0: NVIDIA A100-SXM4-80GB\n" + line * (6_000_000 // len(line))
    (repository / "a.log").write_text(log, encoding="utf-8")
    (repository / "b.log").write_text("GPU 0: Tesla T4\n", encoding="utf-8")
    (repository / "c.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}" + bytes(5_000_000))
    commit(repository, "logs")
    verdict = scan(f"{repository}@HEAD")
    found = [(item.path, item.value) for item in verdict.findings if item.signal == "named-in-log"]
    assert set(found) == {("a.log", "NVIDIA A100-SXM4-80GB"), ("b.log", "Tesla T4")}
    assert [gap.path for gap in verdict.gaps if gap.path.endswith((".log", ".safetensors"))] == ["a.log"]


def test_names_and_texts_are_as_they_were_committed(repository: Path) -> None:
    odd = os.fsdecode(b"caf\xe9 \xe5\xbd\x93 \n.sh")
    write(repository, {odd: "torchrun t.py\n", "windows.py": "x = 1\r\n", ".gitattributes": "*.py text eol=lf\n"})
    commit(repository)
    assert text(f"{repository}@HEAD", odd) == "torchrun t.py\n"
    assert listing(f"{repository}@HEAD").paths == listing(str(repository)).paths


def test_a_repository_with_other_ids_is_read(tmp_path: Path) -> None:
    root = write(tmp_path / "new", TREE)
    git(root, "init", "-q", "--object-format=sha256")
    assert len(commit(root)) == 64
    assert text(f"{root}@HEAD", "train.py") == TRAIN


def test_links_are_gaps_where_they_are_on_disk(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"a/b.py": TRAIN, "c.py": TRAIN, "node_modules/x.py": ""})
    (tmp_path / "secret.py").write_text(TRAIN, encoding="utf-8")
    links = {
        "inside.py": "c.py", "a/up.py": "../c.py", "a/self.py": "./b.py", "chain.py": "a/up.py",
        "through.py": "folder/b.py", "hidden.py": "node_modules/x.py", "folder": "a", "a/loop": "..", "whole": ".",
        "venv": "a",
        "out.py": "../secret.py", "absolute.py": "/etc/hostname", "nowhere.py": "gone.py", "circle.py": "circle.py",
    }  # fmt: skip
    for name, target in links.items():
        (root / name).symlink_to(target)
    git(root, "init", "-q")
    commit(root)
    assert listing(f"{root}@HEAD") == listing(str(root))
    assert text(f"{root}@HEAD", "out.py") == Gap("out.py", "not readable: no such file in this revision")


def test_a_submodule_and_an_lfs_pointer_are_gaps(repository: Path) -> None:
    git(repository, "submodule", "--quiet", "add", str(repository), "third_party/inner")
    write(repository, {"data.json": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"})
    commit(repository)
    gaps = {gap.path: gap.reason for gap in scan(f"{repository}@HEAD").gaps}
    assert gaps["third_party/inner"] == "submodule: another repository, not read"
    assert gaps["data.json"] == "a Git LFS pointer: the content lies elsewhere"


def test_what_a_partial_clone_lacks_is_a_gap(repository: Path) -> None:
    remove(repository, "HEAD:train.py", "HEAD:launch", "HEAD:conf")
    with open_tree(f"{repository}@HEAD") as tree:
        found = discover(tree)
        assert found.gaps == (
            Gap("conf", "folder not in this clone, which is partial or damaged"),
            Gap("launch", PARTIAL),
        )
        assert tree.text("train.py") == Gap("train.py", PARTIAL)
        assert isinstance(tree.text("run.sh"), str)


def test_a_blobless_clone_fetches_nothing(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{repository}", "partial.git")
    verdict = scan(f"{tmp_path}/partial.git@HEAD")
    assert {gap.path for gap in verdict.gaps} == {"run.sh", "train.py", "conf/ds.json", "launch"}
    assert verdict.coverage.read == 0


def test_a_damaged_object_costs_its_file_alone(repository: Path) -> None:
    object_id = git(repository, "rev-parse", "HEAD:train.py")
    damaged = objects_of(repository) / object_id[:2] / object_id[2:]
    data = damaged.read_bytes()
    damaged.chmod(0o644)
    damaged.write_bytes(data[:-4])
    with open_tree(f"{repository}@HEAD") as tree:
        assert isinstance(tree.text("train.py"), Gap)
        assert tree.text("run.sh") == TREE["run.sh"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_in_place_of_an_object_stops_nothing(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_tree(f"{repository}@HEAD") as tree:
        monkeypatch.setattr(git_room, "SECONDS", 1)
        object_id = git(repository, "rev-parse", "HEAD:train.py")
        remove(repository, "HEAD:train.py")
        os.mkfifo(objects_of(repository) / object_id[:2] / object_id[2:])
        assert tree.text("train.py") == Gap("train.py", "not readable: git cannot read its content")
        assert tree.text("run.sh") == TREE["run.sh"]
    with pytest.raises(GitError, match="took over 1 s"):
        listing(f"{repository}@HEAD")


def test_large_files_are_gaps_and_large_listings_an_error(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repository, {"large.json": " " * 4_000_001, "weights": "0" * 4_000_001})
    commit(repository)
    found = scan(f"{repository}@HEAD")
    assert [gap for gap in found.gaps if gap.path != "."] == [Gap("large.json", "larger than 4 MB: not read")]
    monkeypatch.setattr(git_room, "ANSWER_LIMIT", 100)
    with pytest.raises(GitError, match="prints too much"):
        listing(f"{repository}@HEAD")


@pytest.fixture
def traps(repository: Path, tmp_path: Path) -> Iterator[Path]:
    """A repository that would like to run a program, in every way that git knows; the file that the program makes."""
    write(repository, {".gitattributes": ATTRIBUTES})
    commit(repository)
    remove(repository, "HEAD:train.py")
    sprung = trapped(repository / ".git", tmp_path)
    yield sprung
    assert not sprung.exists()
    assert not (tmp_path / "trace").exists()


def test_nothing_that_a_repository_configures_is_run(
    repository: Path, traps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    for where in (f"{repository}@HEAD", f"{repository}/.git@v1", f"{repository}/conf@main", f"{repository}@maim"):
        CliRunner().invoke(main, ["scan", "--no-cache", where])
        assert not traps.exists(), where
    verdict = scan(f"{repository}@HEAD")
    assert Gap("train.py", PARTIAL) in verdict.gaps
    assert verdict.coverage.read == len(TREE) - 3


def test_the_traps_are_real(repository: Path, traps: Path) -> None:
    """Else that nothing ran would show nothing."""
    object_id = git(repository, "rev-parse", "HEAD:train.py")
    for arguments in (["git", "status"], ["git", "cat-file", "-p", object_id]):
        subprocess.run(arguments, cwd=repository, capture_output=True, check=False, timeout=60)
        assert traps.exists(), arguments
        traps.unlink()


def test_variables_and_configuration_of_the_caller_do_not_count(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = listing(f"{repository}@HEAD")
    other = write(tmp_path / "other", {"other.py": ""})
    git(other, "init", "-q")
    commit(other)
    git(repository, "replace", git(repository, "rev-parse", "HEAD:run.sh"), git(repository, "rev-parse", "HEAD:launch"))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.bare=nonsense'")
    assert listing(f"{repository}@HEAD") == expected
    assert text(f"{repository}@HEAD", "run.sh") == TREE["run.sh"], "what was committed, and not its replacement"


def test_the_directory_that_git_works_in_goes_away(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    before = sorted(path for path in repository.rglob("*"))
    scan(f"{repository}@HEAD", workers=2)
    with pytest.raises(GitError):
        scan(f"{repository}@nothing")
    assert list((tmp_path / "scratch").iterdir()) == []
    assert sorted(path for path in repository.rglob("*")) == before


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ("@mian", r"there is no revision 'mian'; did you mean 'main'\?"),
        ("@xyzzy", "there is no revision 'xyzzy'; `git branch --all` and `git tag` list what there is"),
        ("@--all", "there is no revision '--all'"),
        ("@", "there is no revision ''"),
        ("@:train.py", "there is no revision ':train.py'"),
        ("@v1:nowhere", "there is no 'nowhere' in revision 'v1'"),
        ("@v1:../x", "there is no '../x' in revision 'v1'"),
        ("/conf/nowhere@v1", "no such file or folder"),
        ("@{0}@nowhere:x", "there is no revision"),
    ],
)
def test_what_is_not_there_is_said(repository: Path, after: str, reason: str) -> None:
    with pytest.raises(FileNotFoundError, match=reason):
        listing(f"{repository}{after}")
    done = CliRunner().invoke(main, ["scan", f"{repository}{after}"])
    assert done.exit_code == 3
    assert not done.stdout


def test_a_folder_of_no_repository_and_an_empty_one_are_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no git repository, so there is no revision 'main' of it"):
        listing(f"{tmp_path}@main")
    git(tmp_path, "init", "-q", "empty")
    with pytest.raises(FileNotFoundError, match="the repository has no branch and no tag"):
        listing(f"{tmp_path}/empty@main")
    write(tmp_path, {"pointing/.git": "gitdir: ../nowhere\n"})
    with pytest.raises(FileNotFoundError, match="no git repository"):
        listing(f"{tmp_path}/pointing@main")


def test_without_git_that_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = CliRunner().invoke(main, ["scan", f"{repository}@HEAD"])
    assert (done.exit_code, done.stderr) == (3, "chipsieve: git is not installed, and a revision is read with it\n")


def test_every_command_that_takes_a_path_takes_a_revision(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", "repository", "bare.git")
    run = CliRunner().invoke
    for spelling in (str(repository), f"{tmp_path}/bare.git@v1"):
        report = tmp_path / "report.sarif"
        every = ["--sarif-level", "all", "--output", str(report)]
        assert run(main, ["scan", spelling, *every]).exit_code == 0
        explained = run(main, ["explain", "h20", spelling])
        assert (explained.exit_code, "h20" in explained.output.lower()) == (0, True)
        judged = run(main, ["sieve", str(report), "--root", spelling, "--format", "json"])
        assert {item["path"] for item in json.loads(judged.stdout)["findings"]} >= {"run.sh", "conf/ds.json"}
        page = run(main, ["scan", spelling, "--format", "html"])
        assert "NCCL_IB_HCA=mlx5" in page.stdout


def test_semgrep_is_refused_clearly(repository: Path) -> None:
    done = CliRunner().invoke(main, ["scan", "--engine", "semgrep", f"{repository}@v1"])
    assert done.exit_code == 2
    assert "check the revision out" in done.stderr


def test_a_configurations_globs_count_from_where_a_checkout_would_lie(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", "repository", "bare.git")
    config: Config = replace(NONE, exclude=("repository/conf", "bare/conf"), folder=tmp_path, where="chipsieve.toml")
    for where in (repository, f"{repository}@v1", f"{repository}/conf@v1", f"{tmp_path}/bare.git@v1"):
        verdict = scan(where, config=config)
        assert [gap.reason for gap in verdict.gaps if gap.notice] == ["1 file left out by an exclude of chipsieve.toml"]


def test_a_tree_can_be_read_in_another_process(repository: Path) -> None:
    with open_tree(f"{repository}@HEAD") as tree:
        assert tree.text("run.sh") == TREE["run.sh"]
        again: Tree = pickle.loads(pickle.dumps(tree.reopened()))  # noqa: S301 - as workers get it
        assert isinstance(again, revision.Revision)
        assert again.text("run.sh") == TREE["run.sh"]
        again.close()
