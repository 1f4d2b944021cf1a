"""Which files, functions and lines does a run reach? A fixed point over imports, names and conditions."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from chipsieve.facts.conditions import Condition, Question
from chipsieve.facts.deciding import all_hold, decide, fixed
from chipsieve.facts.reading import Reading
from chipsieve.facts.ternary import Ternary, every
from chipsieve.facts.words import Resolved
from chipsieve.link.launch import FileStandings
from chipsieve.link.live_names import needs
from chipsieve.link.memo import AnsweredOnce, InternedQuestion, Knowledge
from chipsieve.link.option_values import OptionValues
from chipsieve.link.tree_files import Targets, TreeFiles

ROUNDS = 12  # answers settle in a few; a bound for those that would swing


class Start(msgspec.Struct, frozen=True):
    """Where a run starts: its entry and configs, its environment and arguments.

    `bases` are the folders where modules and configs are looked for, `provided` the modules that the run
    asks for by name, `assumed` the conditions that hold because the run takes place at all, `called` the functions that
    an installed program calls.
    """

    entries: tuple[str, ...]
    environment: Mapping[str, Resolved] = msgspec.field(default_factory=dict)
    words: tuple[Resolved, ...] = ()
    bases: tuple[str, ...] = ("",)
    provided: frozenset[str] = frozenset()
    assumed: frozenset[Condition] = frozenset()
    called: frozenset[str] = frozenset()


class Reach:
    """What one run reaches, and the answers that follow from it.

    `files` maps each reached path to True (certainly) or None (nobody can tell); `converged` is False where ROUNDS were
    not enough.
    """

    def __init__(self, files: TreeFiles, start: Start) -> None:
        """Iterate reachability, live names and option values to a fixed point, at most ROUNDS times."""
        self._files, self._start = files, start
        self._entries = frozenset(start.entries)
        self._roots = files.index.roots(start.bases)
        self._targets: dict[str, AnsweredOnce[Targets]] = {}
        self.files: dict[str, Ternary] = dict.fromkeys(sorted(start.entries), True)
        self._declaring: list[str] = []
        self._live: frozenset[str] = frozenset()
        self.options = OptionValues(start.words, (), ())
        self._contexts = self._fresh_answers()
        self._read_options()
        self.converged = False
        for _ in range(ROUNDS):
            before = (self.files, self._live)
            self._set_live_names(self._live_names())
            self._propagate()
            self._read_options()
            self.converged = before == (self.files, self._live)
            if self.converged:
                break

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
        file = self._files[path]
        by_choice = file.standings(self._start.assumed).under(self._context(path))
        return by_choice.chosen_so(tuple(map(self._value, file.chosen)), certain=bool(self.files[path]))

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
    def live(self) -> frozenset[str]:
        """The simple names that code mentions which certainly runs."""
        return self._live

    @property
    def declaring(self) -> tuple[list[Reading], list[Reading]]:
        """The reached configurations that set keys, and the reached code that declares options."""
        files = [self._files[path] for path in self._declaring]
        configs = [file.reading for file in files if not file.is_code and self.files[file.reading.path]]
        return configs, [file.reading for file in files if file.is_code]

    def _context(self, path: str) -> Knowledge:
        return self._contexts[path in self._entries]

    def _set_live_names(self, live: frozenset[str]) -> None:
        """Answer by the names that are live from now on."""
        self._live = live
        for context in self._contexts:
            context.live = live

    def _read_options(self) -> None:
        """Answer by the options that the reached files declare from now on."""
        declaring = [path for path in self.files if self._files[path].reading.options]
        if declaring == self._declaring:
            return
        files = [self._files[path] for path in declaring]
        declared = [file.declared for file in files if file.is_code]
        configured = [file.declared for file in files if not file.is_code]
        self._declaring, self.options = declaring, OptionValues(self._start.words, declared, configured)
        self._contexts = self._fresh_answers()

    def _fresh_answers(self) -> list[_Answers]:
        return [_Answers(self._start, self.options, self._live, entry=entry) for entry in (False, True)]

    def _live_names(self) -> frozenset[str]:
        """The names that the code of the files which are certainly reached mentions."""
        certain = [path for path, answer in self.files.items() if answer]
        bodies = {path: self._files[path].calls.bodies(self._context(path)) for path in certain}
        run = tuple(bodies.pop(path) for path in self._start.entries if path in bodies)
        return self._files.live_names(tuple(bodies.values()), run, self._start.called)

    def _propagate(self) -> None:
        """Reach the files from the entries by what is known so far; each has the strongest answer of its edges."""
        self.files = dict.fromkeys(sorted(self._start.entries), True)
        files = self.files
        waiting = list(files)
        targets: dict[str, Targets] = {}
        while waiting:
            path = waiting.pop()
            if path not in targets:
                targets[path] = self._targets_of(path)
            reached = files[path]
            for target, holds in targets[path]:
                before = files.get(target, False)
                answer = reached and holds  # neither is False
                if before is False or (answer and not before):
                    files[target] = answer
                    waiting.append(target)

    def _targets_of(self, path: str) -> Targets:
        """The files that one reached file leads to, with the answers on the way."""
        if path not in self._targets:
            self._targets[path] = self._files[path].targets(self._roots, self._start.bases, self._start.assumed)
        return self._targets[path].under(self._context(path))


class _Answers(dict[InternedQuestion, Ternary]):
    """What is known of tests in the files that a run starts from, or in all others; most are worked out once."""

    def __init__(self, start: Start, options: OptionValues, live: frozenset[str], *, entry: bool) -> None:
        super().__init__()
        self._start, self._options, self._entry, self.live = start, options, entry, live

    def __missing__(self, question: InternedQuestion) -> Ternary:
        answer = self.answer(question.question)
        if question.question.subject != "call":  # what is live changes
            self[question] = answer
        return answer

    def answer(self, question: Question) -> Ternary:
        """Whether a question holds."""
        if question.subject == "option":
            return decide(question, self._options.value(question.name))
        if question.subject == "variable":
            value = self._start.environment.get(question.name)
            return decide(question, value.known_text) if value and not value.conditions else None
        if question.subject == "call":
            return True if needs(question.name) <= self.live else None
        if question.subject == "import":
            return True if question.name.partition(".")[0] in self._start.provided else None
        return self._entry if question.subject == "entry" else fixed(question)
