"""What did each commit bring, and what did it take away? By what the contents before and after it say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from chipsieve.sources.commits import Change, Moment, Step
from chipsieve.timeline.life import Place
from chipsieve.timeline.sayings import NO_TEXT, Content, Held, Said

Says = Mapping[tuple[str, str], Held]
"""What each content says, by its id and path."""
Texts = Callable[[str], str | None]
"""Reads a content by its id; None where it cannot be read."""
Kind = Literal["brings", "surfaces", "takes", "drops", "fades"]
"""A commit brings a statement or takes it away. A merge `drops` what one of its parents says and another does not.

Where the content on the other side was not read, nobody knows: it `surfaces`, and may be older, or it `fades`, and may
be there all the same.
"""
COMES: tuple[Kind, ...] = ("brings", "surfaces")


class Key(NamedTuple):
    """What makes two statements one life: what is said, and in which file, whatever it was called."""

    signal: str
    value: str
    by: str
    deed: str
    variable: str
    file: str


class Stand(NamedTuple):
    """A statement at its place, and the id of the content that makes it."""

    said: Said
    path: str
    content: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.path, self.said.line, self.said.snippet)


class Event(NamedTuple):
    """A commit that brought a statement, or took it away; `order` counts from the oldest commit."""

    order: int
    kind: Kind
    moment: Moment
    stand: Stand

    @property
    def comes(self) -> bool:
        """Whether the statement stands after it."""
        return self.kind in COMES


class Renames:
    """Which paths are one file? Those that renames connect; it is called by the first of them in order."""

    def __init__(self, steps: Iterable[Step]) -> None:
        """Connect the paths of all renames."""
        self._above: dict[str, str] = {}
        for _, changes in steps:
            for change in changes:
                if change.old_path != change.path and any(change.before) and change.after:
                    first, second = sorted((self.file(change.old_path), self.file(change.path)))
                    if first != second:
                        self._above[second] = first

    def file(self, path: str) -> str:
        """The name of a path's file."""
        while path in self._above:
            above = self._above[path]
            self._above[path] = self._above.get(above, above)  # the next walk is shorter
            path = above
        return path


class Differences:
    """Tells what changes of files brought and took away."""

    def __init__(self, renames: Renames, says: Says, texts: Texts) -> None:
        """Tell by what contents say; `texts` are looked at where a reader understood only a part."""
        self._renames, self._says, self._texts = renames, says, texts

    def stands(self, content: str, path: str) -> Iterator[tuple[Key, Stand]]:
        """What a content says at a path."""
        held = self._says.get((content, path))
        if held is not None:
            file = self._renames.file(path)
            for said in held.said:
                yield Key(said.signal, said.value, said.by, said.deed, said.variable, file), Stand(said, path, content)

    def of(self, changes: Sequence[Change]) -> Iterator[tuple[Kind, Key, Stand]]:
        """What the changes of one commit did, over all its files together."""
        some: dict[Key, Stand] = {}
        every: dict[Key, Stand] = {}
        after: dict[Key, Stand] = {}
        for change in changes:
            sides = [dict(self.stands(content, change.old_path)) for content in change.before]
            for side in sides:
                some |= side
            every |= {key: stand for key, stand in sides[0].items() if all(key in side for side in sides)}
            after |= self.stands(change.after, change.path)
        went = [(key, stand) for key, stand in some.items() if key not in after]
        came = [(key, stand) for key, stand in after.items() if key not in some]
        hidden_after = self._unread(_afters(changes)) if went else {}
        hidden_before = self._unread(_befores(changes)) if came else {}
        for key, stand in went:
            kind: Kind = "takes" if key in every else "drops"
            yield "fades" if self._may_say(hidden_after, key, stand) else kind, key, stand
        for key, stand in came:
            yield "surfaces" if self._may_say(hidden_before, key, stand) else "brings", key, stand

    def _unread(self, contents: Iterable[tuple[Content, bool]]) -> dict[Content, bool]:
        """Those of some contents that were not read whole."""
        return {one: alone for one, alone in contents if self.unread(one.id, one.path)}

    def unread(self, content: str, path: str) -> tuple[str, ...]:
        """Why a content was not read whole, if it was not."""
        held = self._says.get((content, path))
        return held.unread if held else ()

    def _may_say(self, hidden: Mapping[Content, bool], key: Key, stand: Stand) -> bool:
        """Whether one of the contents that were not read whole may say the same.

        It is of the same file, or of one that stands on this side alone, and may be the same under another name. What
        was left unread on both sides hides nothing that one of them says.
        """
        known = self.unread(stand.content, stand.path)
        for content, alone in hidden.items():
            if alone or self._renames.file(content.path) == key.file:
                why = set(self.unread(content.id, content.path)) - set(known)
                if why & NO_TEXT or (why and _holds(self._texts(content.id), stand.said.snippet)):
                    return True
        return False


def _afters(changes: Iterable[Change]) -> Iterator[tuple[Content, bool]]:
    """The contents after a commit, and whether their files are new."""
    return ((Content(one.after, one.path), not any(one.before)) for one in changes if one.after)


def _befores(changes: Iterable[Change]) -> Iterator[tuple[Content, bool]]:
    """The contents before a commit, and whether their files are gone."""
    return ((Content(content, one.old_path), not one.after) for one in changes for content in one.before if content)


def _holds(text: str | None, snippet: str) -> bool:
    """Whether a line stands in a text, as far as anybody can tell."""
    return text is None or " ".join(snippet.split()) in " ".join(text.split())
