"""Which runs do a tree's documents tell people to start, and where? A README's command, in plain sight."""

from __future__ import annotations

import posixpath
from collections import defaultdict

from msgspec.structs import replace

from chipsieve.link.file_index import FileIndex, above
from chipsieve.link.following import Followed
from chipsieve.link.launch import Launch
from chipsieve.link.roles import shows_use

Place = tuple[str, int]


class Guides:
    """What documents tell people to run: commands, and the programs that these start in the end."""

    def __init__(self, followed: Followed, index: FileIndex) -> None:
        """Note what each document's commands lead to."""
        self._commands: defaultdict[Place, list[Place]] = defaultdict(list)
        self._entries: defaultdict[str, list[Place]] = defaultdict(list)
        documents = [path for path in index.readings if index.nature(path) == "prose"]
        self._described = {posixpath.dirname(path) for path in documents if _is_readme(path)}
        topmost = [index.readings[path] for path in documents if "/" not in path and _is_readme(path)]
        self._named = {item.text for reading in topmost for item in reading.references}
        for document in sorted(followed.runs, key=reading_order):
            if index.nature(document) == "prose" and not document.startswith("."):  # those are for tools
                for run in followed.runs[document]:
                    for place in run.chain:
                        self._commands[place].append(run.chain[0])
                    self._entries[run.program.entry].append(run.chain[0])

    def placed(self, launch: Launch) -> Launch:
        """The launch with the line that tells people to start it, or its program, and with its project."""
        itself = self._commands.get((launch.path, launch.line))
        shown = itself or self._entries.get(launch.entry) or []
        place = next((f"{document}:{line}" for document, line in shown), "")
        project = self._project(posixpath.dirname(launch.path))
        named = not self._named.isdisjoint(_endings(launch.entry))
        return replace(launch, documented_at=place, documented_itself=bool(itself), project=project, named=named)

    def _project(self, folder: str) -> str:
        """The nearest folder, at or above one, that has a README; the root where none has."""
        return next((one for one in above(folder) if one in self._described), "")


def _endings(path: str) -> list[str]:
    """The path as it may be written: whole, and from each folder in it."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def reading_order(document: str) -> tuple[bool, int, bool, int, str]:
    """Documents in the order in which people read them: the topmost README first, translations and examples behind."""
    name = posixpath.basename(document)
    return shows_use(document), document.count("/"), not _is_readme(document), len(name), document


def _is_readme(document: str) -> bool:
    return posixpath.basename(document).casefold().startswith("readme")
