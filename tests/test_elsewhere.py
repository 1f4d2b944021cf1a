"""Does chipsieve say what to type to somebody who asks for what is not on this machine?"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from chipsieve.cli import main
from chipsieve.sources.elsewhere import what_to_type


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("https://github.com/o/n", "git clone https://github.com/o/n && chipsieve scan n"),
        ("https://github.com/o/n.git", "git clone https://github.com/o/n.git && chipsieve scan n"),
        ("https://github.com/o/n@v1", "git clone https://github.com/o/n && chipsieve scan n@v1"),
        ("https://github.com/o/n/", "git clone https://github.com/o/n && chipsieve scan n"),
        ("https://github.com/o/n/tree/main/examples", "git clone https://github.com/o/n && chipsieve scan n"),
        ("https://gitlab.com/o/n/-/blob/main/x.py", "git clone https://gitlab.com/o/n && chipsieve scan n"),
        ("https://huggingface.co/o/n?tab=files#x", "git clone https://huggingface.co/o/n && chipsieve scan n"),
        ("git+https://github.com/o/n", "git clone https://github.com/o/n && chipsieve scan n"),
        ("git@github.com:o/n.git", "git clone git@github.com:o/n.git && chipsieve scan n"),
        ("ssh://git@host/o/n", "git clone ssh://git@host/o/n && chipsieve scan n"),
        ("https://host/v1.tar.gz", "curl -LO https://host/v1.tar.gz && chipsieve scan v1.tar.gz"),
        ("https://host/o/n;rm", "git clone 'https://host/o/n;rm' && chipsieve scan 'n;rm'"),
        ("owner/name", "git clone https://github.com/owner/name && chipsieve scan name"),
        ("owner/name@v1.0", "git clone https://github.com/owner/name && chipsieve scan name@v1.0"),
    ],
)
def test_what_to_type(given: str, said: str) -> None:
    assert what_to_type(given).endswith(said)


@pytest.mark.parametrize("given", ["name", "a/b/c", "./owner/name", "../name", "owner/name.py x", "/owner/name", "a@b"])
def test_a_path_is_no_repository_elsewhere(given: str) -> None:
    assert what_to_type(given) == "no such file or folder; give a folder or a file that exists"


def test_a_missing_file_of_a_folder_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    assert "git clone" not in what_to_type("src/train")


@pytest.mark.parametrize("given", ["https://github.com/o/n", "https://github.com/o/n@main", "owner/name"])
def test_asking_for_it_exits_three(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["scan", given])
    assert (result.exit_code, result.stdout) == (3, "")
    assert "git clone" in result.stderr
