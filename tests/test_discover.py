"""Which files does a walk find, and what becomes a gap?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import SIZE_LIMIT
from chipsieve.sources.discovery import Discovery, discover, open_tree
from chipsieve.sources.disk import Disk
from chipsieve.sources.languages import language_of, language_of_program

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found_at(path: Path) -> Discovery:
    with open_tree(path) as tree:
        return discover(tree)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("train.py", "python"), ("a/b/run.sh", "shell"), ("job.slurm", "shell"), ("job.SBATCH", "shell"),
        ("tr11.lsf", "shell"), ("ds.json", "json"), ("conf.yml", "yaml"), ("pyproject.toml", "toml"),
        ("requirements-dev.txt", "requirements"), ("notes.txt", "prose"), ("README.md", "prose"), ("README", "prose"),
        ("Dockerfile", "dockerfile"), ("Dockerfile.gpu", "dockerfile"), ("demo.ipynb", "notebook"), ("t5.gin", "gin"),
        ("picture.png", ""), ("kernel.cu", ""), ("data.jsonl", ""),
    ],
)  # fmt: skip
def test_a_name_has_one_language(name: str, language: str) -> None:
    assert language_of(name) == language


def test_a_walk_is_sorted_and_counts_what_it_skips(tmp_path: Path) -> None:
    write(tmp_path, b_dot_py="", a__z_dot_sh="", a__picture_dot_png="x", a__x_dot_GIF="x", k_dot_cu="", LICENSE="")
    found = found_at(tmp_path)
    assert found.files == (("a/z.sh", "shell"), ("b.py", "python"))
    assert found.skipped == (("picture", 2), (".cu", 1), ("without ending", 1))
    assert found.gaps == ()


def test_a_shebang_names_the_language_of_a_file_without_ending(tmp_path: Path) -> None:
    write(
        tmp_path,
        launch="#!/bin/bash\n",
        tool="#!/usr/bin/env -S python3.11\n",
        page="#!/usr/bin/perl\n",
        LICENSE="Free\n",
    )
    assert found_at(tmp_path).files == (("launch", "shell"), ("tool", "python"))


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("#!/bin/bash -x", "shell"), ("#! /usr/bin/env -S bash -e", "shell"), ("#!/usr/bin/env -i A=1 bash", "shell"),
        ("#!/usr/bin/env /opt/bin/python3", "python"), ("#!bash", "shell"), ("#!/bin/sh -e\r", "shell"),
        ("#!/usr/bin/bashful", ""), ("#!/usr/bin/env", ""), ("# !/bin/bash", ""), ("#!/usr/bin/env -S node bash", ""),
    ],
)  # fmt: skip
def test_a_shebang_may_have_options(line: str, language: str) -> None:
    assert language_of_program(f"{line}\nbash\n".encode()) == language


def test_one_file_is_a_tree_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py="", b_dot_py="")
    found = found_at(tmp_path / "a.py")
    assert found.files == (("a.py", "python"),)
    assert (found.tree.folder, found.tree.name) == (tmp_path, "a.py")


def test_nothing_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no-such"):
        found_at(tmp_path / "no-such")


def test_links_out_of_the_tree_and_loops_are_gaps(tmp_path: Path) -> None:
    inside = tmp_path / "tree"
    write(inside, a_dot_py="")
    (tmp_path / "secret.py").write_text("x = 1", encoding="utf-8")
    (inside / "out.py").symlink_to(tmp_path / "secret.py")
    (inside / "loop").symlink_to(inside)
    (inside / "self.py").symlink_to(inside / "self.py")
    found = found_at(inside)
    assert found.files == (("a.py", "python"),)
    assert [gap.path for gap in found.gaps] == ["loop", "out.py", "self.py"]


def test_a_link_inside_the_tree_is_read_once_where_it_points(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py="")
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    found = found_at(tmp_path)
    assert found.files == (("a.py", "python"),)
    assert found.gaps == ()


def test_installed_packages_are_left_out_and_said_so(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py="", node_modules__x_dot_py="", _dot_git__hook_dot_py="")
    found = found_at(tmp_path)
    assert found.files == (("a.py", "python"),)
    assert [gap.path for gap in found.gaps] == ["node_modules"]


def test_what_tools_keep_for_themselves_is_no_file_of_the_tree(tmp_path: Path) -> None:
    write(
        tmp_path, a_dot_py="", _dot_ruff_cache__x="", _dot_mypy_cache__x_dot_json="{}", _dot_pytest_cache__x_dot_md=""
    )
    found = found_at(tmp_path)
    assert (found.files, found.skipped, found.gaps) == ((("a.py", "python"),), (), ())


def test_no_ignore_file_in_the_tree_hides_anything(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py="", _dot_gitignore="*.py", _dot_semgrepignore="*", _dot_chipsieveignore="*")
    assert found_at(tmp_path).files == (("a.py", "python"),)


def test_large_and_binary_files_are_gaps_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "large.json").write_bytes(b" " * (SIZE_LIMIT + 1))
    (tmp_path / "binary.py").write_bytes(b"\x7fELF\0\0")
    assert Disk(tmp_path).text("large.json") == Gap("large.json", "larger than 4 MB: not read")
    assert Disk(tmp_path).text("binary.py") == Gap("binary.py", "binary content: not read")


@pytest.mark.skipif(ROOT_USER, reason="nothing is unreadable to root")
def test_an_unreadable_file_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py="x = 1")
    (tmp_path / "a.py").chmod(0)
    assert Disk(tmp_path).text("a.py") == Gap("a.py", "not readable: permission denied")


def test_a_git_lfs_pointer_is_a_gap(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    (tmp_path / "a.json").write_text(pointer, encoding="utf-8")
    assert Disk(tmp_path).text("a.json") == Gap("a.json", "a Git LFS pointer: the content lies elsewhere")


@pytest.mark.skipif(ROOT_USER, reason="nothing is unreadable to root")
def test_a_program_that_cannot_be_opened_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path, launch="#!/bin/bash\n")
    (tmp_path / "launch").chmod(0)
    assert found_at(tmp_path).gaps == (Gap("launch", "not readable: permission denied"),)


def test_a_file_that_vanishes_is_a_gap(tmp_path: Path) -> None:
    assert Disk(tmp_path).text("gone.py") == Gap("gone.py", "not readable: gone while scanning")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_decoded_as_it_was_meant(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.sh").write_bytes("# 当前机器ip\nexport A=1\n".encode(encoding))
    assert Disk(tmp_path).text("a.sh") == "# 当前机器ip\nexport A=1\n"


def test_any_bytes_decode(tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_bytes(b"caf\xe9\xff\n")
    assert str(Disk(tmp_path).text("a.sh")).endswith("\n")
