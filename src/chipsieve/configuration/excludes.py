"""Which files does a configuration leave out? Globs as in a .gitignore, relative to the configuration's folder.

`name` and `*.log` fit a file or folder at any depth; with a slash at the start or inside, `third_party/**`, the glob
is bound to the folder; a slash at the end asks for a folder; what lies in a folder that fits is left out with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from chipsieve.configuration.file import Config
from chipsieve.facts.reading import Gap
from chipsieve.sources.discovery import Discovery
from chipsieve.sources.languages import languages

EXCLUDED = "excluded"
"""The kind of what a configuration leaves out."""


def excludes(glob: str, path: str) -> bool:
    """Whether a glob leaves a file out; `path` is the file's, relative to the configuration's folder."""
    parts = tuple(part for part in glob.strip("/").split("/") if part)
    anchored = "/" in glob.rstrip("/")
    wanted = parts if anchored else ("**", *parts)
    return _fits((*wanted, "**") if glob.endswith("/") else wanted, PurePosixPath(path).parts)


def _fits(wanted: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether a path, or a folder above it, fits the glob's parts; a last `**` asks for something inside."""
    if not wanted:
        return True
    if wanted == ("**",):
        return bool(parts)
    if wanted[0] == "**":
        return _fits(wanted[1:], parts) or (bool(parts) and _fits(wanted, parts[1:]))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and _fits(wanted[1:], parts[1:])


def leave_out(found: Discovery, config: Config) -> Discovery:
    """What was found without the files that `config` excludes: they are skipped, and a notice a glob counts them.

    Unless `config.honour_ignores`, nothing is left out, and the notices count what would have been. One more notice
    names the globs that fit nothing, where the whole folder of the configuration was walked.
    """
    gone: dict[str, str] = {}
    for name, _ in found.files:
        glob = glob_for(found.tree.folder / name, config)
        if glob:
            gone[name] = glob
    counted: defaultdict[str, int] = defaultdict(int)
    for glob in gone.values():
        counted[glob] += 1
    used = (_notice(glob, count, config) for glob, count in sorted(counted.items()))
    notices = (*used, *_idle(found, config, counted))
    if not config.honour_ignores:
        return replace(found, gaps=found.gaps + notices)
    kept = tuple(file for file in found.files if file[0] not in gone)
    skipped = (*found.skipped, (EXCLUDED, len(gone))) if gone else found.skipped
    return replace(found, files=kept, skipped=skipped, gaps=found.gaps + notices)


def _idle(found: Discovery, config: Config, used: Collection[str]) -> Iterator[Gap]:
    """The notice of globs that fit no file of the tree, opened or not, and no folder that nobody walks."""
    if not found.paths or not config.folder.is_relative_to(found.tree.folder):
        return
    skipped = languages().silent | languages().named
    below = config.folder.relative_to(found.tree.folder).as_posix()
    inside = "" if below == "." else f"{below}/"
    paths = [path.removeprefix(inside) for path in found.paths if path.startswith(inside)]
    paths += [f"{folder}/any" for folder in skipped]
    idle = [glob for glob in config.exclude if glob not in used and not any(excludes(glob, path) for path in paths)]
    if idle:
        listed = ", ".join(map(repr, idle))
        yield Gap(config.where, f"'exclude' has what fits no file: {listed}; take it out", notice=True)


def glob_for(file: Path, config: Config) -> str:
    """The first glob of the configuration that leaves a file out, "" for none; `file` is resolved."""
    if not config.exclude or not file.is_relative_to(config.folder):
        return ""
    path = file.relative_to(config.folder).as_posix()
    return next((glob for glob in config.exclude if excludes(glob, path)), "")


def _notice(glob: str, count: int, config: Config) -> Gap:
    files, them = ("1 file", "it") if count == 1 else (f"{count} files", "them")
    if config.honour_ignores:
        return Gap(glob, f"{files} left out by an exclude of {config.where}", notice=True)
    return Gap(glob, f"{files} read although an exclude of {config.where} leaves {them} out", notice=True)
