"""Which files of a tree are to be read? Paths to sources; what cannot be read becomes a gap.

The tree is hostile: nothing in it can hide a file from the scan, no symbolic link leads out of it, and
size is bounded. Nothing is opened that no reader asks for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

import msgspec
from msgspec.structs import replace

from chipsieve.facts.mentions import speaks
from chipsieve.facts.reading import Gap, Source
from chipsieve.tables import load_toml

SIZE_LIMIT = 4_000_000  # bytes; a larger file of a language we read is data, and becomes a gap
PATCHES = (".patch", ".diff")
SHEBANG = re.compile(rb"#!\s*\S*?/?(?:env\s+(?:-\S+\s+)*)?([a-z]+)[\d.]*\s*$", re.MULTILINE)
ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
REASONS = {PermissionError: "permission denied", FileNotFoundError: "gone while scanning"}


Nature = Literal["code", "script", "build", "recipe", "packages", "config", "prose"]


class Languages(msgspec.Struct, frozen=True):
    """The languages' table: globs in order, what each language is, shebangs, and the folders to leave out.

    `starters` are the languages whose files start what is no run of its own.
    """

    globs: tuple[tuple[str, str], ...]
    natures: dict[str, Nature]
    starters: frozenset[str]
    shebangs: dict[str, str]
    silent: frozenset[str]
    named: frozenset[str]


@cache
def languages() -> Languages:
    """The shipped languages' table."""
    table = load_toml(files("chipsieve") / "languages.toml")
    rows = cast("list[dict[str, object]]", table["language"])
    skip = cast("dict[str, list[str]]", table["skip"])
    return Languages(
        globs=tuple((glob, str(row["name"])) for row in rows for glob in cast("list[str]", row["globs"])),
        natures={str(row["name"]): cast("Nature", row["nature"]) for row in rows},
        starters=frozenset(str(row["name"]) for row in rows if row.get("starts")),
        shebangs=cast("dict[str, str]", table["shebang"]),
        silent=frozenset(skip["silent"]),
        named=frozenset(skip["named"]),
    )


class Discovery(msgspec.Struct, frozen=True):
    """What a walk found: files to read by path and language, how many were skipped, and the gaps.

    `mentions` are the vendors of whom paths speak, those of skipped files too (`kernels/ascend/`), and patches.
    """

    root: Path
    files: tuple[tuple[str, str], ...]
    skipped: int
    gaps: tuple[Gap, ...]
    mentions: frozenset[str] = frozenset()


def discover(path: Path) -> Discovery:
    """Find the files to read at or below `path`, sorted by path.

    Raises:
        FileNotFoundError: there is nothing at `path`.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    root = (path if path.is_dir() else path.parent).resolve()
    gaps: list[Gap] = []
    paths = sorted(_walk(root, gaps)) if path.is_dir() else [path.name]
    return replace(named(root, paths), gaps=tuple(sorted(gaps, key=lambda gap: gap.path)))


def named(root: Path, paths: Sequence[str]) -> Discovery:
    """The files of a list that a walk from `root` would find and a reader opens; the others are skipped."""
    skip = languages().silent | languages().named
    outside = (name for name in paths if not skip.intersection(name.split("/")[:-1]))
    found = tuple((name, language) for name in outside if (language := _language_of(root / name)))
    return Discovery(root, found, len(paths) - len(found), (), _spoken(root, paths))


def _spoken(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """The vendors of whom paths speak, and patches, which no reader opens: ports to other hardware hide in them."""
    patches = (load(root, name, "") for name in paths if name.endswith(PATCHES))
    listed = speaks("", "\n".join(paths))
    return listed.union(*(speaks(source.path, source.text) for source in patches if isinstance(source, Source)))


def _walk(root: Path, gaps: list[Gap]) -> Iterator[str]:
    """Every regular file below root as a POSIX path; folders that cannot be listed become gaps."""

    def refused(error: OSError) -> None:
        where = Path(str(error.filename or root))
        gaps.append(Gap(_relative(root, where), f"folder not listed: {error.strerror or error}"))

    skip = languages()
    for folder, folders, names in os.walk(root, onerror=refused, followlinks=False):
        here = Path(folder)
        for name in [name for name in folders if name in skip.silent | skip.named]:
            folders.remove(name)
            if name in skip.named:
                gaps.append(Gap(_relative(root, here / name), "folder left out: installed packages or caches"))
        gaps.extend(_linked_folders(root, here, folders))
        for name in names:
            where = here / name
            if where.is_symlink() and not _inside(root, where):
                gaps.append(Gap(_relative(root, where), "symbolic link leads out of the tree or nowhere"))
            elif where.is_file() and not where.is_symlink():
                yield _relative(root, where)


def _linked_folders(root: Path, here: Path, names: list[str]) -> Iterator[Gap]:
    for name in names:
        if (here / name).is_symlink():
            reason = "" if _inside(root, here / name) else " and leads out of the tree"
            yield Gap(_relative(root, here / name), f"symbolic link to a folder, not followed{reason}")


def _inside(root: Path, where: Path) -> bool:
    try:
        return where.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # a loop, or nothing there
        return False


def _relative(root: Path, where: Path) -> str:
    return where.relative_to(root).as_posix() if where.is_relative_to(root) else where.as_posix()


def language_of(name: str) -> str:
    """The language of a file by its name alone, "" for none."""
    base = name.rpartition("/")[2].casefold()
    return next((language for glob, language in languages().globs if fnmatch(base, glob)), "")


def _language_of(path: Path) -> str:
    language = language_of(path.name)
    if language or "." in path.name:
        return language
    try:
        with path.open("rb") as stream:
            shebang = SHEBANG.match(stream.read(200).split(b"\n", 1)[0])
    except OSError:
        return ""
    return languages().shebangs.get(shebang[1].decode(), "") if shebang else ""


def load(root: Path, name: str, language: str) -> Source | Gap:
    """One file's text, or the gap that stands for it: too large, binary, not readable."""
    try:
        size = (root / name).stat().st_size
        if size > SIZE_LIMIT:
            return Gap(name, f"larger than {SIZE_LIMIT // 1_000_000} MB: not read")
        data = (root / name).read_bytes()
    except OSError as error:
        return Gap(name, f"not readable: {REASONS.get(type(error), error.strerror or str(error))}")
    if b"\0" in data:
        return Gap(name, "binary content: not read")
    return Source(name, language, decode(data))


def decode(data: bytes) -> str:
    """Text of the bytes: UTF-8, else GB 18030 (common in Chinese sources), else Latin-1, which takes all."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("Latin-1 decodes every byte")
