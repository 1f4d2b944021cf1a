"""Are the readers found that are installed, as Python's own library finds entry points?"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from zipfile import ZipFile

from chipsieve.sources.plugins import GROUP, Plugin, installed

TEXT = """[console_scripts]
lab = lab:main

[chipsieve.readers]
# one of the lab
fortran = lab.fortran
ada=lab.ada
[chipsieve.readers.others]
no = lab.no
"""


def put(home: Path, folder: str, text: str | bytes) -> Path:
    file = home / folder / "entry_points.txt"
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return home


def test_they_are_those_that_the_library_finds() -> None:
    found = [(point.name, point.module) for point in entry_points(group=GROUP)]
    assert len(found) >= 3
    assert sorted(found) == sorted((plugin.name, plugin.value) for plugin in installed())


def test_all_of_a_distribution_are_found(tmp_path: Path) -> None:
    home = put(tmp_path, "lab-1.0.dist-info", TEXT)
    assert installed([str(home)]) == [Plugin("ada", "lab.ada"), Plugin("fortran", "lab.fortran")]


def test_of_two_distributions_of_one_name_the_first_on_the_path_counts(tmp_path: Path) -> None:
    first = put(tmp_path / "first", "Lab_Tools-2.0.dist-info", "[chipsieve.readers]\nnew = lab.new\n")
    second = put(tmp_path / "second", "lab.tools-1.0.egg-info", TEXT)
    assert installed([str(first), str(second), str(first)]) == [Plugin("new", "lab.new")]


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "bad-1.0.dist-info", b"[chipsieve.readers]\nx = \xff\n")
    (tmp_path / "none-1.0.dist-info").mkdir()
    assert installed([str(tmp_path), str(tmp_path / "missing")]) == []


def test_a_zip_file_on_the_path_is_searched_too(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "lab.zip", "w") as packed:
        packed.writestr("lab-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: lab\nVersion: 1.0\n")
        packed.writestr("lab-1.0.dist-info/entry_points.txt", TEXT)
    assert installed([str(tmp_path / "lab.zip")]) == [Plugin("ada", "lab.ada"), Plugin("fortran", "lab.fortran")]
