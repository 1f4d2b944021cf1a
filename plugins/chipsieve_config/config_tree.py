"""What does a configuration say, whatever its syntax? Scalars, mappings and sequences with their places.

Readers feed a Builder with the events of their parser. Nothing here recurses, so depth is the reader's
to bound; what was added before an error is kept.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

DEPTH_LIMIT = 100  # deeper nesting is no configuration
MERGE = "<<"
MERGE_LIMIT = 100_000  # entries that YAML merge keys may add in one file
INTERPOLATION = re.compile(r"\$\{|\$\(|\$[A-Za-z_]|\{\{|\{%|<%|%\(")


class Scalar(NamedTuple):
    """One value as written (escapes decoded, null as ""), from offset `start` up to `end`.

    `text` is None where the file holds something that is no value of its syntax, such as a placeholder.
    """

    text: str | None
    start: int
    end: int

    @property
    def known(self) -> str | None:
        """The text, or None when a template or a variable decides it."""
        return None if self.text is None or INTERPOLATION.search(self.text) else self.text


class Mapping:
    """Keys with their values in order of writing; none is added once somebody has asked for one."""

    def __init__(self, entries: list[Entry] | None = None) -> None:
        """Take the entries."""
        self._entries = [] if entries is None else entries

    @property
    def entries(self) -> list[Entry]:
        """The keys, each with its value."""
        return self._entries

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    @cached_property
    def _named(self) -> dict[str | None, Node]:
        return {key.text: value for key, value in self.entries}

    def get(self, *names: str) -> Node | None:
        """The value under the first of the names that is there."""
        return next((self._named[name] for name in names if name in self._named), None)

    def known(self, name: str) -> str | None:
        """The text of the scalar under a name, None where there is none or nobody knows it."""
        value = self._named.get(name)
        return value.known if isinstance(value, Scalar) else None


class Sequence:
    """Values in order of writing."""

    def __init__(self, items: list[Node] | None = None) -> None:
        """Take the items."""
        self._items = [] if items is None else items

    @property
    def items(self) -> list[Node]:
        """The values."""
        return self._items

    def scalars(self) -> list[Scalar]:
        """The scalar items."""
        return [item for item in self.items if isinstance(item, Scalar)]

    @property
    def several(self) -> bool:
        """Whether there is more than one scalar item."""
        return len(self.scalars()) > 1


Node = Scalar | Mapping | Sequence
Entry = tuple[Scalar, Node]


class Builder:
    """Builds trees from events; of equal keys the last one counts, as in every parser of these formats."""

    def __init__(self, *, merge_keys: bool = False) -> None:
        """Start without a document; `merge_keys` gives `<<` its YAML meaning."""
        self.documents: list[Node] = []
        self.cut = False
        self._merge_keys = merge_keys
        self._merged = 0
        self._open: list[tuple[Mapping | Sequence, list[Scalar]]] = []

    @property
    def depth(self) -> int:
        """How many mappings and sequences are open."""
        return len(self._open)

    def is_open(self, node: Node) -> bool:
        """Whether the node is not closed yet, so that an alias to it would be a cycle."""
        return any(container is node for container, _ in self._open)

    def add(self, node: Node) -> None:
        """Put a node where the parser stands: as document, item, key or value."""
        if not self._open:
            self.documents.append(node)
            return
        container, pending = self._open[-1]
        if isinstance(container, Sequence):
            container.items.append(node)
        elif pending:
            container.entries.append((pending.pop(), node))
        else:
            pending.append(node if isinstance(node, Scalar) else Scalar(None, 0, 0))

    def open(self, node: Mapping | Sequence) -> None:
        """Put a container and go into it."""
        self.add(node)
        self._open.append((node, []))

    def close(self) -> None:
        """Leave the innermost container."""
        container, _ = self._open.pop()
        if isinstance(container, Mapping):
            entries = self._with_merges(container) if self._merge_keys else container.entries
            container.entries[:] = {key.text: (key, value) for key, value in entries}.values()

    def finish(self) -> list[Node]:
        """The documents, with all that is still open closed."""
        while self._open:
            self.close()
        return self.documents

    def _with_merges(self, mapping: Mapping) -> list[tuple[Scalar, Node]]:
        """The entries after those that `<<` brings in; a merge beyond the limit is left out."""
        own = [(key, value) for key, value in mapping.entries if not _merges(key)]
        given = [value for key, value in mapping.entries if _merges(key)]
        sources = [item for value in given for item in (value.items if isinstance(value, Sequence) else [value])]
        brought = [entry for item in reversed(sources) if isinstance(item, Mapping) for entry in item.entries]
        self._merged += len(brought)
        if self._merged > MERGE_LIMIT:
            self.cut = True
            return own
        return brought + own


def _merges(key: Scalar) -> bool:
    """Whether a key brings another mapping in; in quotes it is a key as any other (YAML 1.1, merge keys)."""
    return key.text == MERGE and key.end - key.start == len(MERGE)
