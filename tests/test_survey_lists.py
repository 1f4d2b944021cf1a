"""Is a list read as people write it, and is each bad row named with its line before anything starts?"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve.survey.wanted import Wanted, read_list
from chipsieve.tables import TableError
from small_repositories import Made, built
from survey_cases import folders


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two folders and a bare repository of two commits."""
    folders(tmp_path, "one", "two")
    built(tmp_path / "bare.git", [Made("first", {"a.py": "x = 1\n"}), Made("second", {"a.py": "x = 2\n"})])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(text: str, name: str = "list.txt", *, cloning: bool = False) -> tuple[Wanted, ...]:
    Path(name).write_text(text, encoding="utf-8")
    return read_list(Path(name), cloning=cloning)


def test_a_text_has_a_repository_a_line(here: Path) -> None:
    found = read("# ours\n two \n\none\nbare.git\nbare.git@main~1\n")
    assert found == (
        Wanted("bare.git", "revision", str(here / "bare.git"), "HEAD"),
        Wanted("bare.git@main~1", "revision", str(here / "bare.git"), "main~1"),
        Wanted("one", "tree", str(here / "one")),
        Wanted("two", "tree", str(here / "two")),
    )


def test_a_csv_file_has_columns(here: Path) -> None:
    found = read("name,repository\nA,one\n,two\n", "list.csv")
    assert [(one.name, one.place) for one in found] == [("A", str(here / "one")), ("two", str(here / "two"))]


@pytest.mark.usefixtures("here")
def test_addresses_are_cloned_where_a_folder_for_that_is_named() -> None:
    text = "owner/name\nhttps://example.org/a/b.git@v1.0\ngit@example.org:a/c.git\n"
    assert [(one.name, one.place, one.revision) for one in read(text, cloning=True)] == [
        ("git@example.org:a/c.git", "git@example.org:a/c.git", ""),
        ("https://example.org/a/b.git@v1.0", "https://example.org/a/b.git", "v1.0"),
        ("owner/name", "https://github.com/owner/name", ""),
    ]
    with pytest.raises(TableError, match="line 1: owner/name: has to be cloned; --clone"):
        read(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("one\nnowhere\n", "line 2: nowhere: no such file or folder"),
        ("one\n\ntwo\none\n", "line 4: one: the same as line 1"),
        ("bare.git@v9\n", "line 1: .*bare.git: has no commit 'v9'"),
        ("one@main\n", "line 1: .*one: no git repository"),
        ("https://user:secret@example.org/a/b\n", "line 1: .*: holds a password"),
        ("file:///no/where\n", "line 1: .*: no such folder"),
        ("https://example.org/a/b@--upload-pack=x\n", "line 1: .*: no name of a repository or revision begins so"),
        ("o\u202ene\n", "line 1: .*: holds characters that do not print"),
        ("# nothing\n", "names no repository"),
    ],
)
@pytest.mark.usefixtures("here")
def test_bad_rows_are_named_with_their_line(text: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read(text, cloning=True)


@pytest.mark.usefixtures("here")
def test_all_bad_rows_are_named_at_once() -> None:
    with pytest.raises(TableError) as caught:
        read("\n".join(f"nowhere-{number}" for number in range(25)))
    lines = str(caught.value).splitlines()
    assert lines[0] == "list.txt: nothing was started, for these rows are bad:"
    assert lines[1].startswith("line 1: nowhere-0:")
    assert (len(lines), lines[-1]) == (22, "and 5 more")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("text", "says"),
    [("path\none\n", "line 1: unknown column 'path'"), ("name\none\n", "no column 'repository'"), ("", "no column")],
)
def test_a_csv_file_needs_its_column(text: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read(text, "list.csv")


def test_a_list_that_cannot_be_read_is_an_error(here: Path) -> None:
    (here / "list.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(TableError, match="not UTF-8"):
        read_list(here / "list.txt", cloning=False)
    with pytest.raises(TableError, match="Is a directory"):
        read_list(here / "one", cloning=False)
