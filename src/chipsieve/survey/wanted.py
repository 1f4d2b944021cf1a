"""Which repositories does a list ask for? Each row read and checked before anything starts.

A list is a text with one repository a line, or a CSV file with a column `repository`. A repository is a path, a bare
clone, `REPO@REV`, an archive, a git address, or `owner/name` for the one on GitHub.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from chipsieve.saved_files import load_bytes
from chipsieve.sources.elsewhere import is_url
from chipsieve.sources.git import Git
from chipsieve.sources.git_directory import is_bare, repository_of
from chipsieve.tables import TableError, refuse_unknown

COLUMNS = ("repository", "name")
LARGEST = 256  # MB of a list
SHOWN = 20  # bad rows that a message has
NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_.-]+")
FILE = re.compile(r"file://\S+")
HOST = "https://github.com"

Where = Literal["tree", "revision", "address"]


class Wanted(msgspec.Struct, frozen=True):
    """One repository of a list: what it is called in the data set, and where it is.

    A `tree` is a folder or an archive, a `revision` one of the repository at `place`, an `address` is cloned first.
    """

    name: str
    kind: Where
    place: str
    revision: str = ""

    @property
    def source(self) -> str:
        """Where it is read, in words."""
        return f"{self.place}@{self.revision}" if self.revision else self.place


class _Row(msgspec.Struct, frozen=True):
    line: int
    text: str
    name: str


def read_list(file: Path, *, cloning: bool) -> tuple[Wanted, ...]:
    """The repositories of a list, sorted by name; `cloning` says whether addresses may be cloned.

    Raises:
        TableError: it cannot be read, is empty, or has bad rows; the message names each with its line.
    """
    faults: list[str] = []
    rows = list(_rows(file, _text_of(file)))
    found: dict[str, tuple[int, Wanted]] = {}
    for row in rows:
        wanted = _wanted(row, cloning=cloning)
        name = row.name or row.text
        if isinstance(wanted, str):
            faults.append(f"line {row.line}: {row.text}: {wanted}")
        elif name in found:
            faults.append(f"line {row.line}: {name}: the same as line {found[name][0]}")
        else:
            found[name] = row.line, wanted
    faults += _missing_revisions(found.values())
    if faults:
        faults.sort(key=lambda fault: int(fault.split(" ")[1].rstrip(":")))
        more = [f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        raise TableError("\n".join([f"{file}: nothing was started, for these rows are bad:", *faults[:SHOWN], *more]))
    if not found:
        raise TableError(f"{file}: names no repository")
    return tuple(wanted for _, (_, wanted) in sorted(found.items()))


def _text_of(file: Path) -> str:
    try:
        return load_bytes(file, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"{file}: not UTF-8: {error}") from error


def _rows(file: Path, text: str) -> Iterator[_Row]:
    """The rows of a text, or of a CSV file, which its name says it is."""
    if file.suffix.casefold() != ".csv":
        for number, line in enumerate(text.splitlines(), 1):
            if (stripped := line.strip()) and not stripped.startswith("#"):
                yield _Row(number, stripped, "")
        return
    reader = csv.DictReader(StringIO(text, newline=""))
    try:
        refuse_unknown(f"{file}: line 1", reader.fieldnames or (), COLUMNS, "column")
        if "repository" not in (reader.fieldnames or ()):
            raise TableError(f"{file}: line 1: there is no column 'repository'")
        for row in reader:
            yield _Row(reader.line_num, (row["repository"] or "").strip(), (row.get("name") or "").strip())
    except csv.Error as error:
        raise TableError(f"{file}: line {reader.line_num}: {error}") from error


def _wanted(row: _Row, *, cloning: bool) -> Wanted | str:
    """What a row asks for, or what is wrong with it: a name may be too long for the system, a folder closed."""
    try:
        return _asked(row, row.name or row.text, cloning=cloning)
    except OSError as error:
        return error.strerror or str(error)


def _asked(row: _Row, name: str, *, cloning: bool) -> Wanted | str:
    if not row.text or not row.text.isprintable():
        return "holds characters that do not print" if row.text else "names no repository"
    if is_url(row.text) or FILE.fullmatch(row.text):
        return _address(name, row.text, cloning=cloning)
    here = Path(row.text)
    if here.exists():
        place = str(here.absolute())
        return Wanted(name, "revision", place, "HEAD") if is_bare(here) else Wanted(name, "tree", place)
    for at in (place for place in range(len(row.text) - 1, 0, -1) if row.text[place] == "@"):
        if Path(row.text[:at]).is_dir():
            return Wanted(name, "revision", str(Path(row.text[:at]).absolute()), row.text[at + 1 :])
    if NAMED.fullmatch(row.text.partition("@")[0]) and not here.parent.exists():
        return _address(name, f"{HOST}/{row.text}", cloning=cloning)
    return "no such file or folder"


def _address(name: str, text: str, *, cloning: bool) -> Wanted | str:
    """An address, with the revision that stands behind an `@` of its last part."""
    if not cloning:
        return "has to be cloned; --clone DIR names the folder for that"
    head, slash, last = text.rpartition("/")
    last, _, revision = last.partition("@")
    if slash and _holds_password(head):
        return "holds a password; a survey clones what is public"
    if head.startswith("file://") and not Path(f"{head}/{last}".removeprefix("file://")).exists():
        return "no such folder"
    if revision.startswith("-") or last.startswith("-"):
        return "no name of a repository or revision begins so"
    return Wanted(name, "address", f"{head}{slash}{last}".removeprefix("git+"), revision)


def _holds_password(address: str) -> bool:
    try:
        return urlsplit(address).password is not None
    except ValueError:
        return False


def _missing_revisions(rows: Iterable[tuple[int, Wanted]]) -> Iterator[str]:
    """What is wrong with the revisions that rows ask for of repositories that are here; git is asked once for each."""
    asked: dict[str, dict[str, int]] = {}
    for line, wanted in rows:
        if wanted.kind == "revision":
            asked.setdefault(wanted.place, {}).setdefault(wanted.revision.partition(":")[0], line)
    for place, revisions in asked.items():
        try:
            found = _commits(place, list(revisions))
        except OSError as error:
            yield from (f"line {line}: {place}: {error}" for line in revisions.values())
            continue
        for revision, line in revisions.items():
            if revision not in found:
                yield f"line {line}: {place}: has no commit {revision!r}"


def _commits(place: str, revisions: list[str]) -> Mapping[str, str]:
    repository = repository_of(Path(place).resolve())
    if repository is None:
        raise FileNotFoundError("no git repository")
    with Git(repository.directory) as git:
        return git.commits(revisions)
