"""Is a repository's public address said where it is sure, and never with what should not be passed on?"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.sources.git import Git
from chipsieve.sources.git_directory import repository_of
from chipsieve.sources.remote import public_address, remote_of
from small_trees import RUN, TRAIN, write


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://github.com/o/n.git", "https://github.com/o/n"),
        ("https://github.com/o/n/", "https://github.com/o/n"),
        ("https://GitHub.com/Owner/Name", "https://github.com/Owner/Name"),
        ("https://user:ghp_secret@github.com/o/n.git", "https://github.com/o/n"),
        ("https://oauth2:secret@gitlab.com/group/sub/n.git", "https://gitlab.com/group/sub/n"),
        ("https://github.com/o/n?token=secret#x", "https://github.com/o/n"),
        ("http://github.com/o/n", "https://github.com/o/n"),
        ("git://github.com/o/n.git", "https://github.com/o/n"),
        ("git@github.com:o/n.git", "https://github.com/o/n"),
        ("github.com:o/n.git", "https://github.com/o/n"),
        ("git@github.com:/o/n.git", "https://github.com/o/n"),
        ("ssh://git@ssh.github.com:443/o/n.git", "https://github.com/o/n"),
        ("git@altssh.bitbucket.org:o/n.git", "https://bitbucket.org/o/n"),
        ("git@hf.co:datasets/o/n", "https://huggingface.co/datasets/o/n"),
        ("https://gitee.com/o/n", "https://gitee.com/o/n"),
        ("https://codeberg.org/o/n", "https://codeberg.org/o/n"),
        ("https://u:p@git.example.org:8443/o/n.git?x#y", "https://git.example.org:8443/o/n.git"),
    ],
)
def test_the_address_that_anybody_can_open(url: str, address: str) -> None:
    assert public_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/git/n.git",
        "../n.git",
        "file:///srv/n.git",
        "ext::sh -c 'touch x'",
        "C:/code/n",
        "gh:o/n",
        "git@github.com-work:o/n.git",  # a name of the user's ssh configuration
        "git@git.example.org:o/n.git",  # where its pages are, if it has some, nobody knows
        "ssh://git@git.example.org/o/n.git",
        "http://git.example.org/o/n",
        "https://localhost/o/n",
        "https://gitlab/o/n",
        "https://gitlab.lan/o/n",
        "https://10.0.0.1/o/n",
        "https://[::1]/o/n",
        "https://[::1/o/n",
        "https://git.example.org:port/o/n",
        "https://github.com/o",
        "https://github.com/o/..",
        "https://github.com/o/n/../../x",
        "https://github.com//n",
        "https://github.com/o/%6e",
        "https://github.com/o/n\n[x](y)",
        "https://github.com/o/<b>",
        "https://github.com/o/n\u202e",
        "https://github.com\\@evil.example.org/o/n",
        "https://git.example.org",
        "javascript:alert(1)",
    ],
)
def test_where_it_is_not_sure_there_is_none(url: str) -> None:
    assert public_address(url) is None


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *who, *arguments]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = write(tmp_path / "repository", {"run.sh": RUN, "train.py": TRAIN, "conf/x.yaml": "a: 1\n"})
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    return root


def public_remote(path: Path) -> str | None:
    """The public address of the repository that a path belongs to; None where there is none."""
    where = repository_of(path.resolve())
    if where is None:
        return None
    with Git(where.directory) as git:
        return remote_of(git)


def test_origin_speaks_or_the_only_remote(repository: Path, tmp_path: Path) -> None:
    assert public_remote(repository) is None
    git(repository, "remote", "add", "upstream", "git@github.com:o/up.git")
    assert public_remote(repository / "conf") == "https://github.com/o/up"
    git(repository, "remote", "add", "fork", "git@github.com:o/fork.git")
    assert public_remote(repository) is None, "which of two, nobody can tell"
    git(repository, "remote", "add", "origin", "https://u:secret@github.com/o/n.git")
    git(repository, "remote", "set-url", "--add", "origin", "https://github.com/o/second.git")
    assert public_remote(repository) == "https://github.com/o/n"
    git(repository, "worktree", "add", "-q", "../second", "HEAD")
    assert public_remote(tmp_path / "second") == "https://github.com/o/n"
    assert public_remote(tmp_path) is None


def test_nothing_but_the_file_itself_is_read(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "more").write_text('[remote "origin"]\n\turl = https://github.com/o/included\n')
    (tmp_path / "mine").write_text('[url "https://evil.example.org/"]\n\tinsteadOf = https://github.com/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "mine"))
    config = repository / ".git" / "config"
    kept = config.read_text()
    config.write_text(f"{kept}[include]\n\tpath = {tmp_path / 'more'}\n")
    assert public_remote(repository) is None
    config.write_text(f'{kept}[remote "origin"]\n\turl = https://github.com/o/n\n')
    assert public_remote(repository) == "https://github.com/o/n"
    config.write_text("no configuration [")
    assert public_remote(repository) is None


def test_a_verdict_says_where_the_commit_comes_from(repository: Path, tmp_path: Path) -> None:
    git(repository, "remote", "add", "origin", "git@github.com:o/n.git")
    git(tmp_path, "clone", "-q", "--bare", "repository", "bare.git")
    git(tmp_path / "bare.git", "remote", "set-url", "origin", "https://github.com/o/bare")
    found = {
        f"{repository}": "https://github.com/o/n",
        f"{repository}@HEAD:conf": "https://github.com/o/n",
        f"{tmp_path / 'bare.git'}@HEAD": "https://github.com/o/bare",
    }
    assert {path: scan(path, workers=1).origin.remote for path in found} == found


def test_a_folder_that_its_commit_does_not_hold_comes_from_nowhere(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "git@github.com:o/n.git")
    write(repository / "unpacked", {"run.sh": RUN, "train.py": TRAIN})
    assert scan(repository / "unpacked", workers=1).origin.remote is None
