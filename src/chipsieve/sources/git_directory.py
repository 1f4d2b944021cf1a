"""Where does a repository keep its objects and references? Its git directory, and one of ours that shares them.

Two files of a repository say where else to look: a `.git` that is a file, and `commondir`; further work trees and
submodules have them. They make nothing run. `objects/info/alternates`, which could add the objects of any repository on
this machine, is not followed: clones made with `--shared` or `--reference` lack what lies elsewhere.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

SHARED = ("objects", "refs", "packed-refs", "reftable", "shallow")
OWN = ("FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD")  # references that a work tree has for itself, beside HEAD
FORMATS = re.compile(r"(?im)^\s*(objectformat|refstorage)\s*=\s*\"?(sha1|sha256|files|reftable)\b")
POINTER = "gitdir:"
ALTERNATES = Path("objects", "info", "alternates")
BEGINNING = 100_000  # bytes; more of a file of the repository is not looked at


class Repository(NamedTuple):
    """Where a repository is: its git directory, the folder that a checkout fills, and the path asked for below it."""

    directory: Path
    top: Path
    below: str


def repository_of(path: Path) -> Repository | None:
    """The repository that a resolved path belongs to: a work tree, a path in one, a bare repository, or a `.git`.

    Git's own search would refuse repositories of other users, because it obeys what they configure; nothing here does.
    """
    if _is_git_directory(path):
        top = path.parent if path.name == ".git" else path.with_name(path.name.removesuffix(".git"))
        return Repository(path, top, "")
    for folder in (path, *path.parents):
        inside = folder / ".git"
        directory = inside if _is_git_directory(inside) else _pointed_to(inside)
        if directory is not None:
            return Repository(directory, folder, path.relative_to(folder).as_posix())
    return None


def is_bare(path: Path) -> bool:
    """Whether a folder is a git directory itself, such as a bare or mirror clone, and no work tree."""
    repository = repository_of(path.resolve())
    return repository is not None and repository.directory == path.resolve()


def _is_git_directory(path: Path) -> bool:
    return (path / "HEAD").is_file() and common_directory(path).joinpath("objects").is_dir()


def _pointed_to(file: Path) -> Path | None:
    """Where the `.git` file of a further work tree or a submodule points."""
    if not file.is_file():
        return None
    text = beginning_of(file)
    target = _beside(file, text.removeprefix(POINTER)) if text.startswith(POINTER) else None
    return target if target and _is_git_directory(target) else None


def common_directory(directory: Path) -> Path:
    """The git directory that several work trees share."""
    file = directory / "commondir"
    return (file.is_file() and _beside(file, beginning_of(file))) or directory


def _beside(file: Path, text: str) -> Path | None:
    """The folder that a file names, counted from its own; None where the text is no path."""
    try:
        folder = (file.parent / text.strip()).resolve()
        return folder if folder.is_dir() else None
    except (OSError, ValueError):  # too long, or with a NUL byte in it
        return None


def beginning_of(file: Path, size: int = BEGINNING) -> str:
    """The first `size` bytes of a file of a repository."""
    with file.open("rb") as stream:
        return os.fsdecode(stream.read(size))


def disarmed(directory: Path) -> Path:
    """A git directory of ours with the objects and references of another one."""
    common = common_directory(directory)
    home = Path(mkdtemp(prefix="chipsieve-git-"))
    shared = [common / name for name in SHARED]
    if (common / ALTERNATES).exists():
        shared.remove(common / "objects")
        _link_objects(common / "objects", home / "objects")
    links = [*shared, *(directory / name for name in OWN)]
    if common == directory:  # elsewhere the log is that of another work tree's HEAD
        links.append(common / "logs")
    for target in links:
        if target.exists():
            (home / target.name).symlink_to(target.resolve())
    (home / "refs").mkdir(exist_ok=True)
    (home / "HEAD").write_text(beginning_of(directory / "HEAD"), encoding="utf-8", errors="surrogateescape")
    (home / "config").write_text(_configuration(common / "config"), encoding="utf-8")
    return home


def _link_objects(theirs: Path, ours: Path) -> None:
    """Link to everything in a folder of objects but the file that says where more of them lie."""
    (ours / "info").mkdir(parents=True)
    for folder in (theirs, theirs / "info"):
        for target in folder.iterdir():
            name = target.relative_to(theirs)
            if name != Path("info") and name.name not in ("alternates", "http-alternates"):
                (ours / name).symlink_to(target.resolve())


def _configuration(theirs: Path) -> str:
    """Our configuration: of theirs only how objects and references are stored, which is no program's name."""
    text = beginning_of(theirs) if theirs.is_file() else ""
    formats = "".join(f"\t{found[1]} = {found[2]}\n" for found in FORMATS.finditer(text))
    return f"[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n{formats}"
