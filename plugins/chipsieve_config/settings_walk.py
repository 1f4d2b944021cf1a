"""What does a configuration tree state? Every value, by its path, name and shape.

Two things outside the text decide how it is read: its language, and whether its path names a scheduler.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Row
from functools import cache, partial

from chipsieve.commands.flags import BARE, flags
from chipsieve.commands.pins import conda, requirement
from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.conventions import ARGUMENT_KEYS, IMAGE_KEYS, SCHEDULER_PREFIXES
from chipsieve.facts.deciding import truth
from chipsieve.facts.paths import is_kind
from chipsieve_config.collector import Collector
from chipsieve_config.config_references import ENDINGS, custom_imports, includes, is_file_name, named
from chipsieve_config.config_tree import DEPTH_LIMIT, Entry, Mapping, Node, Scalar, Sequence
from chipsieve_config.json_stretches import FlatMapping, FlatSequence
from chipsieve_config.workload import STARTERS, TASKS, command_line, tasks, workload, written_file

NODE_LIMIT = 1_000_000  # values visited in one file
MAPPING = 12  # as much work as so many values
REPEATS = 100  # visits of one mapping or list that aliases repeat; a chain of aliases repeats without end
DATA_FROM = 1_000  # more entries than this are data (a vocabulary, an index): no settings, no file names
ONE_OF_SEVERAL = Question("unknown", text="one of several values in a list")
ACTION_INPUTS = "with"  # of a GitHub action, whose `script` may be JavaScript
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
PINNED = (("dependencies",), ("pip",))
TASK_PATHS = frozenset((name,) for name in TASKS)
NOTHING = Mapping()
IMAGES = frozenset(IMAGE_KEYS)
SCHEDULER_PREFIX = re.compile(rf"^(?:{'|'.join(SCHEDULER_PREFIXES)})[_-]", re.IGNORECASE)
ARGUMENTS = re.compile(rf"(?:^|_)(?:{ARGUMENT_KEYS})$", re.IGNORECASE)
FORMS = re.compile(f"^-|{SCHEDULER_PREFIX.pattern}|{ARGUMENTS.pattern}", re.IGNORECASE)
SEGMENT = re.compile(r"[^.]+")


class Walker:
    """One walk over the trees of one file; `left` is how many values it may still visit."""

    def __init__(self, collector: Collector) -> None:
        """Walk into the collector of the file."""
        self.out = collector
        self.left = NODE_LIMIT
        self._visits: Counter[int] = Counter()
        self._cut = False
        self._in_scheduler_file = names_scheduler(collector.source.path)
        self._is_scheduled = cache(self._below_scheduler)
        self._asks_key = partial(collector.vocabulary.asks, "key")
        self._may_state = cache(self._by_name)

    def documents(self, nodes: Row[Node], conditions: Conditions = ()) -> None:
        """Walk over every document of a file; a cut is a gap."""
        for node in nodes:
            self.node(node, (), conditions)
        if self.left <= 0:
            self.out.gap(f"more than {NODE_LIMIT:,} values: the rest was not read")
        if self._cut:
            self.out.gap(f"aliases repeat the same part more than {REPEATS} times: not read as often")

    def node(self, node: Node, path: tuple[str, ...], conditions: Conditions = (), depth: int = 0) -> None:
        """State a node and all below it; `path` are the keys from the root, without list places."""
        self.left -= 1
        if self.left <= 0 or self._repeats(node):
            return
        if depth > DEPTH_LIMIT:
            self.out.gap(f"aliases nest more than {DEPTH_LIMIT} deep: not read further down")
        elif isinstance(node, Mapping):
            self.left -= MAPPING
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
        """State one `key: value` below `path`, and `beside` others."""
        name = key.text or ""
        start, end = (value.start, value.end) if value.end > value.start else (key.start, key.end)
        self._value((*path, *split(name)), value, beside, conditions)
        self._directive(path, name, value, conditions)
        named(self.out, name, value, conditions)
        if name.startswith("-"):
            self.out.state("flag", name, value.known, start, end, conditions)
        elif name.isidentifier():
            self.out.state("env", name, value.known, start, end, conditions)
        if name in IMAGES and value.known:
            self.out.image(value.known, start, end, conditions)

    def _mapping(self, node: Mapping, path: tuple[str, ...], conditions: Conditions, depth: int) -> None:
        self._shapes(node, path, conditions)
        settings = node.size <= DATA_FROM
        if settings and path[-1:] != (ACTION_INPUTS,):
            workload(self.out, node, conditions)
        if settings and path[-1:] in TASK_PATHS:
            tasks(self.out, node, conditions)
        for key, value in self._entries(node, path, settings=settings):
            name = key.text or ""
            if isinstance(value, Scalar):
                self.left -= 1
                self.setting(path, key, value, node, conditions)
                if "\n" in (value.text or ""):
                    written_file(self.out, key, value, conditions)
                if settings and name.isidentifier():
                    self.out.option(name, path, value)
            else:
                self.node(value, (*path, *split(name)), conditions, depth + 1)
            self._arguments(path, name, value, conditions)
        if settings:
            includes(self.out, node, conditions)
            custom_imports(self.out, node, conditions)

    def _entries(self, node: Mapping, path: tuple[str, ...], *, settings: bool) -> list[Entry]:
        """The entries worth visiting: of a flat mapping those that may state something."""
        if not isinstance(node, FlatMapping) or self._is_scheduled(path):
            return node.entries
        names = {
            name
            for name, text in node.texts.items()
            if self._may_state(name) or text.endswith(ENDINGS) or (settings and name.isidentifier())
        }
        self.left -= node.size - len(names)
        return node.placed(names) if names else []

    def _by_name(self, name: str) -> bool:
        """Whether a key may state something by its name, whatever its value and wherever it stands."""
        segments = split(name)
        return (
            not segments
            or self._asks_key(segments[-1])
            or name in IMAGES
            or FORMS.search(name) is not None
            or (name.isidentifier() and self.out.vocabulary.asks("env", name))
        )

    def _sequence(self, node: Sequence, path: tuple[str, ...], conditions: Conditions, depth: int) -> None:
        several, pinned = node.several, path[-1:] in PINNED and path[-2:] != ("project", "dependencies")
        for item in self._items(node, path, pinned=pinned):
            if not isinstance(item, Scalar):
                self.node(item, path, conditions, depth + 1)
                continue
            self.left -= 1
            self._value(path, item, NOTHING, (*conditions, ONE_OF_SEVERAL) if several else conditions)
            self._assignment(item, conditions)
            if pinned:
                read = requirement if path[-2:] == ("dependencies", "pip") else conda
                self.out.pins(read(item.known or ""), item.start, item.end, conditions)

    def _items(self, node: Sequence, path: tuple[str, ...], *, pinned: bool) -> Row[Node]:
        """The items worth visiting: of a flat sequence those that may state something."""
        if not isinstance(node, FlatSequence) or pinned or (path and self._asks_key(path[-1])):
            return node.items
        places = {place for place, text in enumerate(node.texts) if "=" in text or text.endswith(ENDINGS)}
        self.left -= len(node.texts) - len(places)
        return node.placed(places) if places else ()

    def _value(self, path: tuple[str, ...], value: Scalar, beside: Mapping, conditions: Conditions) -> None:
        if path:
            self.out.key(path, value, beside, conditions)
        if value.text and is_file_name(value.text) and value.known:
            self.out.refer(value.text, value.start, value.end, conditions)

    def _shapes(self, node: Mapping, path: tuple[str, ...], conditions: Conditions) -> None:
        """What several keys say together: `name` with `value`, a node selector, an image in pieces."""
        value, choices = node.get("value"), node.get("values")
        repository = node.get("repository", "name") if path[-1:] == ("image",) else None
        if value is choices is repository is None:
            return
        name = node.known("name") or node.known("key")
        if name and isinstance(value, Scalar):
            self.out.state("env", name, value.known, value.start, value.end, conditions)
        if node.known("operator") == "In" and isinstance(choices, Sequence):
            self.node(choices, (*path, node.known("key") or ""), conditions)
        if isinstance(repository, Scalar) and repository.known:
            tag = node.known("tag")
            image = f"{repository.known}:{tag}" if tag else repository.known
            self.out.image(image, repository.start, repository.end, conditions)

    def _assignment(self, item: Scalar, conditions: Conditions) -> None:
        """An item `NAME=value`: an environment in Compose, `mpirun -x NAME=value` in a list of words."""
        assignment = ASSIGNMENT.fullmatch(item.text or "")
        if assignment:
            value = Scalar(assignment[2], item.start, item.end)
            self.out.state("env", assignment[1], value.known, item.start, item.end, conditions)

    def _directive(self, path: tuple[str, ...], name: str, value: Scalar, conditions: Conditions) -> None:
        """A scheduler's request, under a key, in a file or with a prefix that names a scheduler."""
        if SCHEDULER_PREFIX.match(name) or self._is_scheduled(path):
            option = SCHEDULER_PREFIX.sub("", name).replace("_", "-")
            self.out.state("directive", option, value.known, value.start, value.end, conditions)

    def _below_scheduler(self, path: tuple[str, ...]) -> bool:
        """Whether the file or a key above names a scheduler."""
        return self._in_scheduler_file or any(map(names_scheduler, path))

    def _arguments(self, path: tuple[str, ...], name: str, value: Node, conditions: Conditions) -> None:
        if not ARGUMENTS.search(name):
            return
        items = value.scalars() if isinstance(value, Sequence) else [value] if isinstance(value, Scalar) else []
        if isinstance(value, Scalar) and not (value.text or "").lstrip().startswith("-"):
            if name not in STARTERS:
                command_line(self.out, value, conditions)
            return  # a command line: the shell reader's
        for item in items:
            for word in (item.known or "").split():
                self.out.literal(word, item.start, item.end, conditions)
        for flag, item, operand in flags_given(items):
            self.out.state("flag", flag, operand, item.start, item.end, conditions)
            request = Scalar(operand, item.start, item.end)
            self._directive((*path, name), flag.lstrip("-"), request, conditions)


def names_scheduler(name: str) -> bool:
    """Whether a key or a file's path names a scheduler, so that the settings below it are requests."""
    return is_kind("scheduler", name)


def flags_given(items: Iterable[Scalar]) -> Iterator[tuple[str, Scalar, str | None]]:
    """Each flag of a list of arguments, the scalar that holds it, and its operand; None where nobody knows that.

    A word after a flag may be its operand or the program's next argument. Both readings are given unless the word
    switches the flag off: a signal of the bare flag then matches, and one of the value too.
    """
    words = [(word, item) for item in items for word in (item.text or "").split()]
    for flag in flags([word for word, _ in words]):
        word, item = words[flag.at]
        operand = Scalar(flag.value, item.start, item.end).known
        yield flag.name, item, operand
        if word == flag.name and not flag.bare and operand is not None and truth(operand):
            yield flag.name, item, BARE


def split(name: str) -> tuple[str, ...]:
    """The segments of a key: `zero_optimization.stage` has two, a label such as `amd.com/gpu` is one."""
    return tuple(SEGMENT.findall(name)) if "." in name and "/" not in name else (name,)
