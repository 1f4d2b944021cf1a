"""Which scalars does a long stretch of plain JSON hold? Their texts at once, their places only when asked for.

Measurements, vocabularies and indexes are long mappings and lists of scalars of which hardly any says something.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container

from chipsieve_config.config_tree import Entry, Mapping, Node, Scalar, Sequence

SHORTEST = 150  # characters; a shorter stretch is read as fast item by item
CONSTANTS = {None: "", True: "true", False: "false"}
STRING = r"""(?:"(?:[^"\\]++|\\.)*+")"""
VALUE = rf"""(?:{STRING}|[^\s"\[\]{{}},]++)"""
STRETCHES = {
    "{": re.compile(rf"{{(?:\s*+{STRING}\s*+:\s*+{VALUE}\s*+,?)*+}}"),
    "[": re.compile(rf"\[(?:\s*+{VALUE}\s*+,?)*+\]"),
}
ENTRY = re.compile(rf"\s*+(?P<key>{STRING})\s*+:\s*+(?P<value>{VALUE})\s*+,?")
ITEM = re.compile(rf"\s*+(?P<value>{VALUE})\s*+,?")
DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


Stretch = tuple[str, int, int]  # the whole text, from the opening bracket's offset up to the closing one's


class FlatMapping(Mapping):
    """A mapping of scalars alone: the text of each by its key."""

    def __init__(self, texts: dict[str, str], stretch: Stretch) -> None:
        """Keep the texts and where they stand."""
        self.texts = texts
        self._stretch = stretch

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.texts)

    @property
    def entries(self) -> list[Entry]:
        """All entries with their places."""
        return self.placed(self.texts)

    def placed(self, names: Container[str]) -> list[Entry]:
        """The entries of these names with their places; of equal keys the last one's."""
        found: dict[str, Entry] = {}
        for entry in ENTRY.finditer(*self._stretch):
            token = entry["key"]
            name = json.loads(token) if "\\" in token else token[1:-1]
            if name in names:
                value = Scalar(self.texts[name], *entry.span("value"))
                found[name] = (Scalar(name, *entry.span("key")), value)
        return list(found.values())

    def get(self, *names: str) -> Node | None:
        """The value under the first of the names that is there."""
        return super().get(*names) if any(name in self.texts for name in names) else None

    def known(self, name: str) -> str | None:
        """The text under a name, None where there is none or nobody knows it."""
        return Scalar(self.texts[name], 0, 0).known if name in self.texts else None


class FlatSequence(Sequence):
    """A sequence of scalars alone: the text of each."""

    def __init__(self, texts: list[str], stretch: Stretch) -> None:
        """Keep the texts and where they stand."""
        self.texts = texts
        self._stretch = stretch

    @property
    def items(self) -> list[Node]:
        """All items with their places."""
        return [*self.placed(range(len(self.texts)))]

    @property
    def several(self) -> bool:
        """Whether there is more than one item."""
        return len(self.texts) > 1

    def placed(self, numbers: Container[int]) -> list[Scalar]:
        """The items of these numbers with their places."""
        found = zip(self.texts, ITEM.finditer(*self._stretch), strict=True)
        return [Scalar(text, *item.span("value")) for at, (text, item) in enumerate(found) if at in numbers]


def flat(text: str, offset: int) -> tuple[Node, int] | None:
    """The mapping or sequence that a bracket opens and the offset past it, when it is long, plain and flat."""
    found = STRETCHES[text[offset]].match(text, offset)
    if found is None or found.end() - offset < SHORTEST:
        return None
    try:
        value = DECODER.decode(found[0])
    except ValueError:
        return None
    stretch = text, offset + 1, found.end() - 1
    if isinstance(value, list):
        items = [item if isinstance(item, str) else CONSTANTS[item] for item in value]
        return FlatSequence(items, stretch), found.end()
    texts = {name: item if isinstance(item, str) else CONSTANTS[item] for name, item in value.items()}
    return FlatMapping(texts, stretch), found.end()
