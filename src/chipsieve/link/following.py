"""Which programs does a script end up starting, and with what? Follows scripts that call scripts."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain as in_turn
from itertools import islice, pairwise
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from chipsieve.commands.launchers import launchers
from chipsieve.facts.conditions import Condition, Question
from chipsieve.facts.deciding import all_hold
from chipsieve.facts.reading import Command, Gap
from chipsieve.facts.words import Resolved
from chipsieve.limits import FOLLOWED_PER_COMMAND, FOLLOWED_PER_SCRIPT, FOLLOWED_PER_TREE
from chipsieve.link.environments import assignments, exported, single, values_of
from chipsieve.link.expansion import (
    LINES,
    CommandLine,
    CommandLines,
    Scope,
    Values,
    command_lines,
    expand,
)  # fmt: skip
from chipsieve.link.file_index import FileIndex, above
from chipsieve.link.programs import Program, program, started, unknown_launcher
from chipsieve.link.sourced_configs import expected, fitting
from chipsieve.sources.languages import languages

DEPTH = 6  # scripts calling scripts; deeper is a loop
COMMAND_OPTION = re.compile(r"-[a-z]*c")
READ_WHOLE = ("script", "prose")  # what is in strings there is read as well
NOT_FOLLOWED = "sources and runs too much: more than {:,} commands are not followed"
RUNS_PER_SCRIPT = 64  # commands of one script, unrolled loops included


class Run(msgspec.Struct, frozen=True):
    """A program started at the end of a chain of scripts.

    `chain` holds (script, line) of every call from the outermost script to the command itself;
    `conditions` are the undecided ones under which the command runs; `variant` is the script that the run takes
    where it sources one of many by a name that nobody knows (`source config_${SYSTEM}.sh`), or expects its user to;
    `outer` are the words of the commands that called the scripts, the outermost last; `otherwise` are values that
    variables of the environment may have instead.
    """

    chain: tuple[tuple[str, int], ...]
    program: Program
    words: tuple[Resolved, ...]
    environment: Mapping[str, Resolved]
    directory: str
    scripts: tuple[str, ...]
    conditions: tuple[Condition, ...]
    variant: str = ""
    outer: tuple[Resolved, ...] = ()
    otherwise: tuple[tuple[str, Resolved], ...] = ()

    @property
    def operands(self) -> tuple[Resolved, ...]:
        """The words that belong to the entry: its own arguments."""
        return self.words[self.program.first :]


class Followed(NamedTuple):
    """The runs of each script as if somebody called it, the scripts that others call, and what could not be followed.

    Scripts are the files that hold commands: shell, here-documents, `run:` blocks, Python that calls programs.
    """

    runs: Mapping[str, Sequence[Run]]
    called: frozenset[str]
    gaps: tuple[Gap, ...]


def follow(index: FileIndex) -> Followed:
    """Follow every script of a tree."""
    follower = _Follower(index)
    scripts = sorted(path for path, reading in index.readings.items() if reading.commands)
    runs = {script: follower.runs(script) for script in scripts}
    return Followed(runs, frozenset(follower.called), tuple(follower.gaps))


class _Follower:
    """Follows the commands of one script after the other, and notes what they call."""

    def __init__(self, index: FileIndex) -> None:
        self.index = index
        self.called: set[str] = set()
        self.gaps: list[Gap] = []
        self._defined: dict[str, dict[str, list[Command]]] = {}
        commands = sum(len(reading.commands) for reading in index.readings.values())
        self._left = FOLLOWED_PER_TREE + FOLLOWED_PER_COMMAND * commands
        self._until = 0  # what of that must be left when the script that is being followed is done
        self._variants = 0  # of the script that is being followed: the product of the files it may source

    def runs(self, script: str) -> list[Run]:
        """Every program that the script starts when somebody calls it; what exceeds the limit becomes a gap."""
        self._variants, self._until = 1, max(self._left - FOLLOWED_PER_SCRIPT, 0)
        limit = self._left - self._until
        started = self._started(script)
        found = list(islice(started, RUNS_PER_SCRIPT))
        further = next(started, None)
        if self._left <= self._until:
            self.gaps.append(Gap(script, NOT_FOLLOWED.format(limit)))
            return found
        if further is not None:
            reason = f"starts more than {RUNS_PER_SCRIPT} runs: the rest is not judged"
            self.gaps.append(Gap(script, reason, further.chain[0][1]))
        return found

    def _started(self, script: str) -> Iterator[Run]:
        """The runs of a script as its user starts it: with each configuration that it expects to be sourced before."""
        configurations = expected(self.index, script)
        self._variants = len(configurations) or 1
        for path in configurations:
            scope = Scope(script, posixpath.dirname(script))
            sourced = self._source_variables(path, scope, scope.directory, ())
            for run in self._follow(scope, dict(scope.variables), ()):
                scripts = tuple(dict.fromkeys((*run.scripts, *sourced)))
                yield replace(run, scripts=scripts, variant=run.variant or posixpath.basename(path))
        if not configurations:
            yield from self._follow(Scope(script, posixpath.dirname(script)), {}, ())

    def _follow(
        self,
        scope: Scope,
        inherited: Mapping[str, tuple[Resolved, ...]],
        chain: tuple[tuple[str, int], ...],
    ) -> Iterator[Run]:
        scope.variables = {**inherited, **scope.variables}
        yield from self._commands(self.index.readings[scope.script].commands, scope, inherited, chain, [])

    def _commands(
        self, commands: Sequence[Command], scope: Scope, inherited: Values, chain: tuple[tuple[str, int], ...],
        sourced: list[str],
    ) -> Iterator[Run]:  # fmt: skip
        """The runs of a script's commands in turn; from a script of many on, once for each that it may source."""
        for place, command in enumerate(commands):
            if not self._goes_on():
                return
            function = _function_of(command)
            if (function and self._calls_elsewhere(scope)) or all_hold(command.conditions, scope) is False:
                continue
            here = replace(scope, assumed=command.conditions, directory=self._directory(command, scope))
            here.arguments = scope.arguments if function is None else None
            lines = command_lines(command.words, here)
            if command.sources:
                words = lines.lines[0].words
                candidates = self._named(lines, here) or fitting(self.index, words, self._bases(here), here.script)
                candidates = self._bounded(candidates, scope, command) if set(candidates).isdisjoint(sourced) else []
                self._variants *= len(candidates) or 1
                for path in candidates:
                    taken = replace(scope, variables=dict(scope.variables))
                    also = self._source_variables(path, taken, here.directory, words)
                    rest = self._commands(commands[place + 1 :], taken, inherited, chain, [*sourced, *also])
                    yield from (replace(run, variant=run.variant or posixpath.basename(path)) for run in rest)
                if candidates:
                    return
                environment = exported(command, lines.lines[0], here, inherited, sourced)
                found = self._source(words, here, scope)
                sourced += found
                entered = {scope.script, *dict(chain)}
                for path in found[:1] if len(chain) <= DEPTH and not entered.intersection(found[:1]) else ():
                    inner = Scope(path, here.directory, arguments=words[2:] or scope.arguments)
                    inner.called = scope.called | _heads(commands[place + 1 :])
                    yield from self._follow(inner, environment, (*chain, (scope.script, command.span.line)))
                continue
            yield from self._start_lines(command, lines, here, inherited, chain, tuple(sourced))

    def _bounded(self, candidates: list[str], scope: Scope, command: Command) -> list[str]:
        """The scripts that a command may source, none where they make more variants than anybody would judge."""
        if self._variants * len(candidates) <= RUNS_PER_SCRIPT:
            return candidates
        reason = f"may source {len(candidates)} scripts: more than {RUNS_PER_SCRIPT} variants are not judged"
        self.gaps.append(Gap(scope.script, reason, command.span.line))
        return []

    def _start_lines(
        self, command: Command, lines: CommandLines, scope: Scope, inherited: Values,
        chain: tuple[tuple[str, int], ...], sourced: tuple[str, ...],
    ) -> Iterator[Run]:  # fmt: skip
        """The runs of each line that a command may be; where none starts anything, of those that say less."""
        started = (self._start(command, line, scope, inherited, chain, sourced) for line in lines.lines)
        runs = in_turn.from_iterable(started)
        first = next(runs, None)
        if first is not None:
            if not lines.complete:
                reason = f"may be more than {LINES} command lines: the rest is not judged"
                self.gaps.append(Gap(scope.script, reason, command.span.line))
            yield first
            yield from runs
        elif lines.more:
            every = command_lines(command.words, scope, every=True)._replace(more=False)
            yield from self._start_lines(command, every, scope, inherited, chain, sourced)

    def _start(
        self, command: Command, line: CommandLine, scope: Scope, inherited: Values,
        chain: tuple[tuple[str, int], ...], sourced: tuple[str, ...],
    ) -> Iterator[Run]:  # fmt: skip
        words, place = assignments(line.words)[0], (scope.script, command.span.line)
        called = list(self._called(command, line, scope, inherited, chain, sourced)) if place not in chain else []
        if called:
            yield from called
            return
        if self._is_read(words, scope):
            return
        first = started(line.words, self.index, self._bases(scope))
        if first is None:
            self._note_unknown(command, words, scope)
            return
        words, target = first.words, first.program
        environment = {**exported(command, line, scope, inherited, sourced), **first.assigned}
        chain = (*chain, place)
        scripts = tuple(dict.fromkeys([path for path, _ in chain] + list(sourced)))
        wrapped = self._wrapped(words, target, scope)
        followed = False
        if target.kind == "script" and target.entry not in dict(chain) and self._may_go_on(chain):
            self._note_called(target.entry, chain)
            inner = Scope(target.entry, scope.directory, arguments=words[target.first :])
            for run in self._follow(inner, environment, chain):
                followed = True
                yield replace(run, scripts=tuple(dict.fromkeys((*scripts, *run.scripts))), outer=run.outer + words,
                              conditions=_undecided(command, scope) + run.conditions)  # fmt: skip
        if not followed and (wrapped or target.kind != "script"):
            around = (target.entry,) if target.kind == "script" else ()
            yield Run(chain, wrapped or target, words, single(environment), scope.directory,
                      (*scripts, *around), _undecided(command, scope),
                      otherwise=line.otherwise(command.environment))  # fmt: skip

    def _called(
        self, command: Command, line: CommandLine, scope: Scope, inherited: Values,
        chain: tuple[tuple[str, int], ...], sourced: tuple[str, ...],
    ) -> Iterator[Run]:  # fmt: skip
        """The runs of the function of a sourced script that a command line calls, one more than counts at most."""
        words, assigned = assignments(line.words)
        body = self._body(words, sourced)
        if body is None or len(chain) > DEPTH:
            return
        path, commands = body
        environment = {**exported(command, line, scope, inherited, sourced), **assigned}
        inner = self._inside(path, command.span.line, words, scope)
        inner.variables |= environment
        runs = self._commands(commands, inner, environment, (*chain, (scope.script, command.span.line)), [*sourced])
        for run in islice(runs, RUNS_PER_SCRIPT + 1):
            yield replace(run, conditions=_undecided(command, scope) + run.conditions)

    def _body(self, words: Sequence[Resolved], sourced: Sequence[str]) -> tuple[str, list[Command]] | None:
        """The sourced script that defines the function which a command line calls, and the function's commands."""
        name = words[0].text if words else ""
        path = next((path for path in reversed(sourced) if name in self._functions(path)), None)
        return None if path is None else (path, self._functions(path)[name])

    def _inside(self, path: str, line: int, words: Sequence[Resolved], scope: Scope) -> Scope:
        """What a function of a sourced script sees that a line of a script calls: its arguments and all variables."""
        bindings = self.index.readings[scope.script].bindings
        before = [(name, word) for name, word in bindings if word.span.line <= line]
        outer = {**scope.outer, **values_of(before, scope)}
        return Scope(path, scope.directory, dict(scope.variables), tuple(words[1:]), outer=outer)

    def _calls_elsewhere(self, scope: Scope) -> bool:
        """Whether who sources the script calls functions of it: they run there, and those that nobody calls nowhere."""
        return bool(scope.called) and not scope.called.isdisjoint(self._functions(scope.script))

    def _functions(self, path: str) -> Mapping[str, list[Command]]:
        """The commands of a script's functions, by name; what holds is only that the function is called."""
        if path not in self._defined:
            self._defined[path] = defaultdict(list)
            for command in self.index.readings[path].commands:
                name = _function_of(command)
                if name is not None:
                    rest = tuple(item for item in command.conditions if item != Question("call", name))
                    self._defined[path][name].append(replace(command, conditions=rest))
        return self._defined[path]

    def _goes_on(self) -> bool:
        """Whether one more command is followed, which is counted."""
        self._left = max(self._left - 1, self._until)
        return self._left > self._until

    def _note_unknown(self, command: Command, words: Sequence[Resolved], scope: Scope) -> None:
        """A gap for a command that starts something unknown, where its words say what signals know."""
        name = unknown_launcher(words)
        if not name:
            return
        begins, lines = command.span.line, self.index.asked_lines(scope.script)
        at = bisect_left(lines, begins)
        if at < len(lines) and lines[at] <= command.span.end_line:
            self.gaps.append(Gap(scope.script, f"what {name} starts is not known: its run is not judged", begins))

    def _wrapped(self, words: Sequence[Resolved], started: Program, scope: Scope) -> Program | None:
        """The program that another one is to start: what stands behind `--`, as in `./bind.sh -- python train.py`."""
        for at, word in enumerate(words[started.first :], started.first + 1):
            inner = program(words[at:], self.index, self._bases(scope)) if word.text == "--" else None
            if inner and inner.kind != "script":
                return replace(inner, first=inner.first + at)
        return None

    def _source(self, words: Sequence[Resolved], here: Scope, scope: Scope) -> list[str]:
        """Take over the variables of a sourced script; the paths of what was found, those that it sources included."""
        path = self._sourced_script(words, here)
        return self._source_variables(path, scope, here.directory, words) if path else []

    def _sourced_script(self, words: Sequence[Resolved], scope: Scope) -> str | None:
        """The script of the tree that `source NAME` names."""
        return self.index.named(words[1], self._bases(scope)) if len(words) > 1 else None

    def _source_variables(
        self, path: str, scope: Scope, directory: str, words: Sequence[Resolved], inside: frozenset[str] = frozenset()
    ) -> list[str]:
        """Take over the variables of one script and of those that it sources itself; their paths, its own first."""
        self._note_called(path, ((scope.script, 0),))
        inner = Scope(path, directory, dict(scope.variables), tuple(words[2:]) or scope.arguments)
        taken = [path]
        inside |= {path}
        sourced_at: dict[str, int] = {}  # the line of the last script that sets a variable, against its own line for it
        for command in self.index.readings[path].commands if len(inside) <= DEPTH else ():
            if self._goes_on() and command.sources and all_hold(command.conditions, inner) is not False:
                asked = tuple(word for item in command.words for word in expand(item, inner))
                before = dict(inner.variables)
                found = self._sourced_script(asked, inner)
                taken += (
                    self._source_variables(found, inner, directory, asked, inside)
                    if found and found not in inside
                    else []
                )
                changed = (name for name, values in inner.variables.items() if before.get(name) != values)
                sourced_at.update(dict.fromkeys(changed, command.span.line))
        own = values_of(self.index.readings[path].bindings, inner)
        lines = {name: word.span.line for name, word in self.index.readings[path].bindings}
        late = {name: values for name, values in own.items() if lines[name] >= sourced_at.get(name, 0)}
        scope.variables.update({**own, **inner.variables, **late})
        return taken

    def _named(self, lines: CommandLines, here: Scope) -> list[str]:
        """The scripts that the lines of one `source` name, where that depends on what nobody can decide."""
        named = (self._sourced_script(line.words, here) for line in lines.lines)
        found = dict.fromkeys(path for path in named if path)
        return [*found] if len(found) > 1 else []

    def _is_read(self, words: Sequence[Resolved], scope: Scope) -> bool:
        """Whether a command hands a shell a script in a string: the reader of scripts has read it as commands."""
        shells = launchers().shells
        pairs = ((posixpath.basename(word.text), option.text) for word, option in pairwise(words))
        given = any(name in shells and COMMAND_OPTION.fullmatch(option) for name, option in pairs)
        return given and self.index.nature(scope.script) in READ_WHOLE

    def _may_go_on(self, chain: Sequence[tuple[str, int]]) -> bool:
        """Whether scripts do not call each other too deep yet."""
        if len(chain) > DEPTH:
            script, line = chain[-1]
            self.gaps.append(Gap(script, f"scripts call each other more than {DEPTH} deep", line))
        return len(chain) <= DEPTH

    def _note_called(self, script: str, chain: Sequence[tuple[str, int]]) -> None:
        """A script that another calls is no run of its own; one that only prose or a workflow shows is."""
        starters = languages().starters
        if all(self.index.readings[path].language in starters for path, _ in chain):
            self.called.add(script)

    def _directory(self, command: Command, scope: Scope) -> str:
        """The folder the command runs in: where it changed to, when the tree has it."""
        for word in expand(command.directory, scope) if command.directory else ():
            if word.root_at == 0:
                return posixpath.normpath(word.text)
            if word.known and not word.text.startswith("/"):
                named = posixpath.normpath(posixpath.join(scope.directory, word.text))
                return self.index.folder(named) or named
        return scope.directory

    def _bases(self, scope: Scope) -> tuple[str, ...]:
        """Where relative names may start: the working folder, the script's own, every folder above, the root."""
        return tuple(dict.fromkeys((scope.directory, *above(posixpath.dirname(scope.script)))))


def _function_of(command: Command) -> str | None:
    """The function in which a command stands that its own script does not call."""
    asked = (item for item in command.conditions if isinstance(item, Question) and item.subject == "call")
    return next((item.name for item in asked), None)


def _heads(commands: Iterable[Command]) -> frozenset[str]:
    """The first words of some commands."""
    return frozenset(command.words[0].literal or "" for command in commands if command.words)


def _undecided(command: Command, scope: Scope) -> tuple[Condition, ...]:
    return tuple(item for item in command.conditions if all_hold([item], scope) is None)
