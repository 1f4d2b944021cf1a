"""Which files, functions and lines does a run reach? A fixed point over imports, names and conditions."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from chipsieve.commands.flags import given
from chipsieve.facts.conditions import Condition, Question
from chipsieve.facts.deciding import all_hold
from chipsieve.facts.reading import Reading
from chipsieve.facts.ternary import Ternary, every
from chipsieve.facts.words import Resolved
from chipsieve.link.answers import Answers
from chipsieve.link.branches import Said
from chipsieve.link.choices import Choice
from chipsieve.link.launch import FileStandings
from chipsieve.link.live_names import Bodies, live_names
from chipsieve.link.memo import Knowledge
from chipsieve.link.option_values import Declared, OptionValues, declared_by, layered
from chipsieve.link.precedence import in_order, set_otherwise
from chipsieve.link.tree_files import Beginning, Targets, TreeFiles

ROUNDS = 12  # answers settle in a few; a bound for those that would swing


class Start(msgspec.Struct, frozen=True):
    """Where a run starts: its entry and configs, its environment and arguments.

    `bases` are the folders where modules and configs are looked for, `provided` the modules that the run
    asks for by name, `assumed` the conditions that hold because the run takes place at all, `called` the functions that
    an installed program calls. Of each of the `choices` the run takes one file, nobody knows which, and of the
    `possible` any; for the `groups` of Hydra it chooses itself the files that are `placed` below a key of the group.
    """

    entries: tuple[str, ...]
    environment: Mapping[str, Resolved] = msgspec.field(default_factory=dict)
    words: tuple[Resolved, ...] = ()
    bases: tuple[str, ...] = ("",)
    provided: frozenset[str] = frozenset()
    assumed: frozenset[Condition] = frozenset()
    called: frozenset[str] = frozenset()
    choices: tuple[tuple[str, ...], ...] = ()
    possible: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    placed: frozenset[str] = frozenset()

    @property
    def configs(self) -> tuple[str, ...]:
        """What the run names by itself, in the order in which it does; a later one wins over those before."""
        return tuple(dict.fromkeys((*self.entries, *(path for candidates in self.choices for path in candidates))))


class Reach:
    """What one run reaches, and the answers that follow from it.

    `files` maps each reached path to True (certainly) or None (nobody can tell), `live` are the simple names that code
    mentions which certainly runs; `converged` is False where ROUNDS were not enough.
    """

    def __init__(self, files: TreeFiles, start: Start) -> None:
        """Iterate reachability, live names and option values to a fixed point, at most ROUNDS times."""
        self._files, self._start = files, start
        self._entries = frozenset(start.entries)
        self.files = self._first_files()
        self._leaves = frozenset(path for path in self.files if not files[path].leads_on)
        roots = files.index.roots(start.bases)
        leading = self._entries - self._leaves
        self._ways = files.ways(Beginning(leading, roots, start.bases, start.assumed, start.groups))
        self._choices: list[Choice] = []
        self._set_otherwise: Mapping[str, frozenset[int]] | None = None
        self._declaring: dict[str, Ternary] = {}
        self.live: frozenset[str] = frozenset()
        self._given = tuple(given(start.words))
        self.options = OptionValues(self._given, declared_by(()), ())
        self._contexts = [Answers(start.environment, start.provided, self.options, entry=one) for one in (False, True)]
        self._led_to: dict[str, Targets] = {}  # for as long as the answers stand
        self._propagated = False  # by the answers that stand
        self._read_options()
        self.converged = any(self._settles() for _ in range(ROUNDS))

    def _settles(self) -> bool:
        """Iterate once; whether nothing has changed. Without new answers no other file is reached."""
        before = (self.files, self.live)
        self._set_live_names(self._live_names())
        if not self._propagated:
            self._propagate()
            self._read_options()
        return before == (self.files, self.live)

    def holds(self, conditions: Collection[Condition], path: str) -> Ternary:
        """Whether the conditions of something in `path` hold in this run, the file's own reach included."""
        reached = self.files.get(path, False)
        if not conditions or reached is False:
            return reached
        assumed = self._start.assumed
        rest = [item for item in conditions if item not in assumed] if assumed else conditions
        return every((reached, all_hold(rest, self._context(path))))

    def standings(self, path: str) -> FileStandings:
        """Where the facts of a reached file stand, the file's own reach included."""
        return self._standings(path, certain=bool(self.files[path]))

    def agreed(self, path: str) -> frozenset[Said]:
        """What a file that nobody knows to be taken states like all those that may be taken in its place."""
        taken = [choice for choice in self._choices if path in choice.files and not self.files[path]]
        return frozenset().union(*(choice.agreed(self._if_taken) for choice in taken))

    def set_otherwise(self, path: str) -> frozenset[int]:
        """The indices of the keys of a configuration for which another one of the run, that wins, has another value."""
        if self._set_otherwise is None:
            taken = {path for path, answer in self.files.items() if answer}.union(*(one.files for one in self._choices))
            self._set_otherwise = set_otherwise([self._files[path].reading for path in self._in_order(taken)])
        return self._set_otherwise.get(path, frozenset())

    def _in_order(self, taken: Collection[str]) -> list[str]:
        """The configurations among some files, those that win behind the others."""
        configs = frozenset(path for path in taken if not self._files[path].is_code)
        if len(configs) <= 1:
            return list(configs)
        named = [path for path in self._start.configs if path in configs]
        opened = (path for code in sorted(set(taken) - configs) for path in self._configs_of(code, configs))
        others = [path for path in (*opened, *sorted(configs)) if path not in named]
        return in_order((*others, *named), lambda path: self._configs_of(path, configs))

    def _configs_of(self, path: str, configs: Collection[str]) -> list[str]:
        if self._ways.leading(path).possible.isdisjoint(configs):
            return []
        return [target for target, _ in self._targets_of(path) if target in configs]

    def _layers(self, configs: Mapping[str, Declared]) -> list[Declared]:
        """Configurations whose keys stand at the same places as one; a group's file may stand below any key."""
        choosing = self._files.choosing & self.files.keys()
        placed = self._start.placed.union(*(self._files[path].placed(self._start.bases) for path in choosing))
        plain = [configs[path] for path in self._in_order(self.files) if path in configs and path not in placed]
        return [layered(plain), *(one for path, one in configs.items() if path in placed)]

    def _if_taken(self, path: str) -> FileStandings:
        """The standings of a file in a run that certainly takes it."""
        return self._standings(path, certain=True)

    def _standings(self, path: str, *, certain: bool) -> FileStandings:
        file = self._files[path]
        by_choice = file.standings(self._start.assumed).under(self._context(path))
        return by_choice.chosen_so(tuple(map(self._value, file.chosen)), certain=certain)

    def _value(self, chosen: Question) -> str | None:
        """The value in force of an option or a variable, None where nobody knows it."""
        if chosen.subject == "option":
            return self.options.value(chosen.name)
        value = self._start.environment.get(chosen.name)
        return value.known_text if value and not value.conditions else None

    def modules(self) -> frozenset[str]:
        """The modules, by their first names, that the run certainly imports, of the tree or not."""
        certain = (path for path, answer in self.files.items() if answer)
        return frozenset().union(*(self._files[path].modules.under(self._context(path)) for path in certain))

    @property
    def declaring(self) -> tuple[list[Reading], list[Reading]]:
        """The reached configurations that set keys, a later one winning, and the code that declares options."""
        certain = self._in_order([path for path, answer in self.files.items() if answer])
        configs = [self._files[path].reading for path in certain if path in self._declaring]
        return configs, [self._files[path].reading for path in self._declaring if self._files[path].is_code]

    def _context(self, path: str) -> Knowledge:
        return self._contexts[path in self._entries]

    def _set_live_names(self, live: frozenset[str]) -> None:
        """Answer by the names that are live from now on."""
        if live == self.live:
            return
        self.live = live
        for context in self._contexts:
            context.answer_by_names(live)
        self._led_to, self._propagated = {}, False

    def _read_options(self) -> None:
        """Answer by the options that the reached files declare from now on."""
        several = ((self._files[path], answer) for path, answer in self.files.items())
        declaring = {one.reading.path: one.is_code or answer for one, answer in several if one.reading.options}
        if declaring == self._declaring:
            return
        self._declaring = declaring
        code = tuple(self._files[path].declared for path in declaring if self._files[path].is_code)
        configs = {path: self._files[path].declared for path in declaring if not self._files[path].is_code}
        certain = self._layers({path: one for path, one in configs.items() if declaring[path]})
        agreed = [choice.options(configs) for choice in self._choices]
        possible = [one for path, one in configs.items() if not declaring[path]]
        self.options = OptionValues(self._given, self._files.declared_by(code), [*certain, *agreed], possible)
        for context in self._contexts:
            context.answer_by_options(self.options)
        self._led_to, self._propagated = {}, False

    def _live_names(self) -> frozenset[str]:
        """The names that the code of the files which are certainly reached mentions."""
        certain = tuple(path for path, answer in self.files.items() if answer and path not in self._leaves)
        if self._choices:
            return self._mentioned(certain)
        walks, answers = self._ways.live(certain, self._start.called), self._contexts[0]
        known = walks.known(answers)
        if known is None:
            asking = (self._files[path].calls.answered for path in certain)
            known = walks.keep(asking, answers, self._mentioned(certain))
        return known

    def _mentioned(self, certain: Collection[str]) -> frozenset[str]:
        """The names that some files mention, and what these lead to."""
        bodies = {path: self._bodies_of(path) for path in certain}
        mentioned = (one.run if path in self._entries else one.loaded for path, one in bodies.items())
        agreed = (choice.names(self._bodies_of) for choice in self._choices)
        return live_names((self._start.called, *mentioned, *agreed), bodies, self._files.waiting_for)

    def _bodies_of(self, path: str) -> Bodies:
        return self._files[path].calls.answered.under(self._context(path))

    def _propagate(self) -> None:
        """Reach the files from the entries by what is known so far; each has the strongest answer of its edges."""
        self.files, self._propagated = self._first_files(), True
        self._spread(self.files)
        self._choices = [Choice([self._led(path) for path in candidates]) for candidates in self._start.choices]
        for choice in self._choices:
            self.files.update(dict.fromkeys(sorted(choice.shared), True))
            self._spread(self.files)

    def _first_files(self) -> dict[str, Ternary]:
        """What the run starts from: its entries, and the files that it may take."""
        several = (path for candidates in (*self._start.choices, self._start.possible) for path in candidates)
        return {**dict.fromkeys(sorted(several)), **dict.fromkeys(sorted(self._start.entries), True)}

    def _led(self, path: str) -> frozenset[str]:
        """The files that one file certainly leads to, with it."""
        files: dict[str, Ternary] = {path: True}
        self._spread(files)
        return frozenset(path for path, answer in files.items() if answer)

    def _spread(self, files: dict[str, Ternary]) -> None:
        """Add what some files lead to, and where that leads; each with the strongest answer of its edges."""
        found = {path: answer for path, answer in files.items() if path not in self._leaves}
        walks, answers = self._ways.spreads(tuple(found.items())), self._contexts[0]
        known = walks.known(answers)
        if known is None:
            self._walk(found)
            known = walks.keep((self._ways.leading(path).answered for path in found), answers, found)
        for path, answer in known.items():
            if path not in files or (answer and not files[path]):
                files[path] = answer

    def _walk(self, files: dict[str, Ternary]) -> None:
        """Follow each file to where it leads."""
        waiting = list(files)
        while waiting:
            path = waiting.pop()
            reached = files[path]
            for target, holds in self._targets_of(path):
                before = files.get(target, False)
                answer = reached and holds  # neither is False
                if before is False or (answer and not before):
                    files[target] = answer
                    waiting.append(target)

    def _targets_of(self, path: str) -> Targets:
        """The files that one reached file leads to, with the answers on the way."""
        if path not in self._led_to:
            self._led_to[path] = self._ways.leading(path).answered.under(self._context(path))
        return self._led_to[path]
