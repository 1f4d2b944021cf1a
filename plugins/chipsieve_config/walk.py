"""Which signals does a configuration tree hold? Every value asks the table, by path, name and shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence as Row

from chipsieve.commands.pins import conda, requirement
from chipsieve.facts.conditions import Question
from chipsieve.facts.paths import is_kind
from chipsieve_config import workload
from chipsieve_config.asked import ARGUMENTS, IMAGES, SCHEDULER_PREFIX, Asked, Telling, split
from chipsieve_config.collect import Collector, Conditions
from chipsieve_config.flags import flags
from chipsieve_config.flat import FlatMapping, FlatSequence
from chipsieve_config.references import ENDINGS, hydra_defaults, is_file_name
from chipsieve_config.tree import DEPTH_LIMIT, Entry, Mapping, Node, Scalar, Sequence

NODE_LIMIT = 1_000_000  # values visited in one file
REPEATS = 100  # visits of one mapping or list that aliases repeat; a chain of aliases repeats without end
DATA_FROM = 1_000  # more entries than this are data (a vocabulary, an index): no settings, no file names
ONE_OF_SEVERAL = Question("unknown", text="one of several values in a list")
ACTION_INPUTS = "with"  # of a GitHub action, whose `script` may be JavaScript
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
PINNED = (("dependencies",), ("pip",))
NOTHING = Mapping()


class Walker:
    """One walk over the trees of one file; `left` is how many values it may still visit."""

    def __init__(self, collector: Collector) -> None:
        """Walk into the collector of the file."""
        self.out = collector
        self.table = collector.table
        self.left = NODE_LIMIT
        self._visits: Counter[int] = Counter()
        self._cut = False
        self._scheduled: dict[tuple[str, ...], bool] = {}
        self._asked = Asked(self.table)
        self._telling = Telling(self._asked)

    def documents(self, nodes: Row[Node], conditions: Conditions = ()) -> None:
        """Walk over every document of a file; a cut is a gap."""
        for node in nodes:
            self.node(node, (), conditions)
        if self.left <= 0:
            self.out.gap(f"more than {NODE_LIMIT:,} values: the rest was not read")
        if self._cut:
            self.out.gap(f"aliases repeat the same part more than {REPEATS} times: not read as often")

    def node(self, node: Node, path: tuple[str, ...], conditions: Conditions = (), depth: int = 0) -> None:
        """Ask about a node and all below it; `path` are the keys from the root, without list places."""
        self.left -= 1
        if self.left <= 0 or self._repeats(node):
            return
        if depth > DEPTH_LIMIT:
            self.out.gap(f"aliases nest more than {DEPTH_LIMIT} deep: not read further down")
        elif isinstance(node, Mapping):
            self._mapping(node, path, conditions, depth)
        elif isinstance(node, Sequence):
            self._sequence(node, path, conditions, depth)
        else:
            self._value(path, node, NOTHING, conditions)

    def _repeats(self, node: Node) -> bool:
        """Whether aliases have led to this container often enough."""
        if isinstance(node, Scalar):
            return False
        self._visits[id(node)] += 1
        repeats = self._visits[id(node)] > REPEATS
        self._cut |= repeats
        return repeats

    def setting(
        self, path: tuple[str, ...], key: Scalar, value: Scalar, beside: Mapping, conditions: Conditions
    ) -> None:
        """Ask about one `key: value` below `path`, and `beside` others."""
        name = key.text or ""
        start, end = (value.start, value.end) if value.end > value.start else (key.start, key.end)
        self._value((*path, *split(name)), value, beside, conditions)
        self._directive(path, name, value, conditions)
        if name.startswith("-"):
            self.out.add(self.table.flag(name, value.known), start, end, conditions)
        elif name.isidentifier():
            self.out.add(self.table.env(name, value.known), start, end, conditions)
        if name in IMAGES and value.known:
            self.out.add(self.table.image(value.known), start, end, conditions)

    def _mapping(self, node: Mapping, path: tuple[str, ...], conditions: Conditions, depth: int) -> None:
        self._shapes(node, path, conditions)
        if path[-1:] != (ACTION_INPUTS,):
            workload.workload(self.out, node, conditions)
        settings = node.size <= DATA_FROM
        for key, value in self._entries(node, path, settings=settings):
            name = key.text or ""
            if isinstance(value, Scalar):
                self.left -= 1
                self.setting(path, key, value, node, conditions)
                if settings and name.isidentifier():
                    self.out.option(name, value.known, value.start, value.end)
            else:
                self.node(value, (*path, *split(name)), conditions, depth + 1)
            self._arguments(path, name, value, conditions)
        if settings:
            hydra_defaults(self.out, node, conditions)

    def _entries(self, node: Mapping, path: tuple[str, ...], *, settings: bool) -> list[Entry]:
        """The entries to ask about: of a flat mapping those that may have something to say."""
        if not isinstance(node, FlatMapping) or self._is_scheduled(path):
            return node.entries
        told = {
            name
            for name, text in node.texts.items()
            if self._telling[name]
            or text.endswith(ENDINGS)
            or (name.isidentifier() and (settings or self._is_set(name, text)))
        }
        self.left -= node.size - len(told)
        return node.placed(told) if told else []

    def _is_set(self, name: str, text: str) -> bool:
        """Whether any row asks for an environment variable with this value."""
        return bool(self.table.env(name, Scalar(text, 0, 0).known))

    def _sequence(self, node: Sequence, path: tuple[str, ...], conditions: Conditions, depth: int) -> None:
        several, pinned = node.several, path[-1:] in PINNED and path[-2:] != ("project", "dependencies")
        for item in self._items(node, path, pinned=pinned):
            if not isinstance(item, Scalar):
                self.node(item, path, conditions, depth + 1)
                continue
            self.left -= 1
            self._value(path, item, NOTHING, (*conditions, ONE_OF_SEVERAL) if several else conditions)
            self._assignment(item, conditions)
            asked = requirement if path[-2:] == ("dependencies", "pip") else conda
            for pin in asked(item.known or "") if pinned else ():
                self.out.add(self.table.pin(pin.text), item.start, item.end, (*conditions, *pin.conditions))

    def _items(self, node: Sequence, path: tuple[str, ...], *, pinned: bool) -> Row[Node]:
        """The items to ask about: of a flat sequence those that may have something to say."""
        if not isinstance(node, FlatSequence) or pinned or (path and self._asked[path[-1]]):
            return node.items
        told = {place for place, text in enumerate(node.texts) if "=" in text or text.endswith(ENDINGS)}
        self.left -= len(node.texts) - len(told)
        return node.placed(told) if told else ()

    def _value(self, path: tuple[str, ...], value: Scalar, beside: Mapping, conditions: Conditions) -> None:
        if path and self._asked[path[-1]]:
            found = self.table.key(path, value.known, self.out.source.path, beside.scalars())
            self.out.add(found, value.start, value.end, conditions)
        if value.text and is_file_name(value.text) and value.known:
            self.out.refer(value.text, value.start, value.end, conditions)

    def _shapes(self, node: Mapping, path: tuple[str, ...], conditions: Conditions) -> None:
        """What several keys say together: `name` with `value`, a node selector, an image in pieces."""
        value, choices = node.get("value"), node.get("values")
        repository = node.get("repository", "name") if path[-1:] == ("image",) else None
        if value is choices is repository is None:
            return
        siblings = node.scalars()
        name = siblings.get("name", siblings.get("key", ""))
        if name and isinstance(value, Scalar):
            self.out.add(self.table.env(name, value.known), value.start, value.end, conditions)
        if siblings.get("operator") == "In" and isinstance(choices, Sequence):
            self.node(choices, (*path, siblings.get("key", "")), conditions)
        if isinstance(repository, Scalar) and repository.known:
            image = f"{repository.known}:{siblings['tag']}" if siblings.get("tag") else repository.known
            self.out.add(self.table.image(image), repository.start, repository.end, conditions)

    def _assignment(self, item: Scalar, conditions: Conditions) -> None:
        """An item `NAME=value`: an environment in Compose, `mpirun -x NAME=value` in a list of words."""
        assignment = ASSIGNMENT.fullmatch(item.text or "")
        if assignment:
            value = Scalar(assignment[2], item.start, item.end)
            self.out.add(self.table.env(assignment[1], value.known), item.start, item.end, conditions)

    def _directive(self, path: tuple[str, ...], name: str, value: Scalar, conditions: Conditions) -> None:
        """A scheduler's request, under a key, in a file or with a prefix that names a scheduler."""
        if SCHEDULER_PREFIX.match(name) or self._is_scheduled(path):
            option = SCHEDULER_PREFIX.sub("", name).replace("_", "-")
            self.out.add(self.table.directive(option, value.known), value.start, value.end, conditions)

    def _is_scheduled(self, path: tuple[str, ...]) -> bool:
        """Whether the file's name or a key above names a scheduler."""
        if path not in self._scheduled:
            self._scheduled[path] = any(is_kind("scheduler", text) for text in (*path, self.out.source.path))
        return self._scheduled[path]

    def _arguments(self, path: tuple[str, ...], name: str, value: Node, conditions: Conditions) -> None:
        if not ARGUMENTS.search(name):
            return
        items = value.scalars() if isinstance(value, Sequence) else [value] if isinstance(value, Scalar) else []
        if isinstance(value, Scalar) and not (value.text or "").lstrip().startswith("-"):
            return  # a command line: the shell reader's
        for item in items:
            for word in (item.known or "").split():
                self.out.add(self.table.literal(word), item.start, item.end, conditions)
        for flag, item, operand in flags(items):
            self.out.add(self.table.flag(flag, operand), item.start, item.end, conditions)
            request = Scalar(operand, item.start, item.end)
            self._directive((*path, name), flag.lstrip("-"), request, conditions)
