"""What does this command line say once the caller's variables and arguments are filled in?

A variable that branches set which nobody can decide has several values. Each stands on a command line of its own, and
never two of them on one: a line takes alternatives that do not contradict each other. There are as few lines as show
each alternative once, not one for each combination.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Conditions, Question
from chipsieve.facts.deciding import all_hold, decide, fixed
from chipsieve.facts.ternary import Ternary
from chipsieve.facts.words import Part, Resolved, Word, written
from chipsieve.link.alternatives import Fields, common_options, saying_most, split_words, stands_apart, under
from chipsieve.link.consistency import Taken

LINES = 8  # command lines that one command may have; more alternatives are a gap
SOMETHING = "$(...)"  # how something that only a shell could tell is shown

Values = Mapping[str, tuple[Resolved, ...]]


class Scope(msgspec.Struct):
    """What one script sees: where it lies, where it runs, its variables and its arguments.

    `arguments` None means that nobody knows what the script is called with. `outer` are variables of a script that
    calls a function of this one, as far as they are not in the environment. `called` are the first words of what the
    scripts that source this one go on with: they may call its functions.
    """

    script: str
    directory: str = ""
    variables: dict[str, tuple[Resolved, ...]] = msgspec.field(default_factory=dict)
    arguments: tuple[Resolved, ...] | None = None
    assumed: Conditions = ()
    outer: dict[str, tuple[Resolved, ...]] = msgspec.field(default_factory=dict)
    called: frozenset[str] = frozenset()

    def answer(self, question: Question) -> bool | None:
        """The answer to a question about a shell variable, as far as the scope knows it."""
        if question.subject != "variable":
            return fixed(question)
        values = self.values(question.name)
        if len(values) != 1 or values[0].conditions or not values[0].known:
            return None
        return decide(question, values[0].text)

    def values(self, name: str) -> tuple[Resolved, ...]:
        """What a variable or a positional parameter may hold, one entry an alternative; empty when unknown."""
        if name.isdigit() and self.arguments is not None:
            position = int(name) - 1
            return self.arguments[position : position + 1] if position >= 0 else ()
        return self.variables.get(name) or self.outer.get(name, ())


class CommandLine:
    """One of the lines that a command may be: its words, and what variables hold on it."""

    def __init__(self, line: _Line, words: Fields) -> None:
        """Keep the walk that made the words: what the line sets for its program, it says only when it is asked."""
        self.words = words
        self._line = line
        self._taken = line.taken.copy(())  # what the words take, whatever value a variable is then shown with

    def takes(self, value: Resolved) -> bool:
        """Whether a variable may have this value on the line."""
        return not self._taken.contradict(value.conditions)

    def values(self, pairs: Sequence[tuple[str, Word]]) -> dict[str, Resolved]:
        """What these variables hold on the line: of alternatives one that it does not contradict."""
        return {name: _spaced(self._line.words(word), word, self._line.scope) for name, word in pairs}

    def otherwise(self, pairs: Sequence[tuple[str, Word]]) -> tuple[tuple[str, Resolved], ...]:
        """What else these variables may hold on the line: the constants among the alternatives that it did not take."""
        return tuple((name, value) for name, word in pairs for value in self._others(word))

    def _others(self, word: Word) -> Iterator[Resolved]:
        line, scope = self._line, self._line.scope
        if len(word.parts) != 1 or word.parts[0].kind != "choice":
            return
        taken = _spaced(line.words(word), word, scope).text
        for conditions, value in word.parts[0].alternatives:
            possible = not self._taken.contradict(conditions) and line.command.holds(conditions) is not False
            if value.literal and value.literal != taken and possible:
                yield Resolved(value.literal, scope.script, value.span, conditions)


class CommandLines(NamedTuple):
    """The lines that a command may be; `complete` says whether they show every alternative that says something new.

    `more` says whether there are others: `$DEBUGGER python` has a line without a debugger too.
    """

    lines: tuple[CommandLine, ...]
    complete: bool
    more: bool


def expand(word: Word, scope: Scope) -> list[Resolved]:
    """The words that `word` becomes, several for "$@" and unquoted lists; of alternatives the first."""
    return list(_Line(_Command(scope), Taken(scope.assumed)).words(word))


def alternatives(word: Word, scope: Scope) -> tuple[Resolved, ...]:
    """The values that `word` may have as one text each, as an assignment takes it."""
    plan = _Plan(scope, every=True)
    values = [_spaced(line.words(word), word, scope) for line in _lines(scope, plan)]
    return tuple(values) if plan.done else (_unknown(SOMETHING, word, scope),)


def command_lines(words: Sequence[Word], scope: Scope, *, every: bool = False) -> CommandLines:
    """The lines that a command of these words may be, at most LINES; `every` one, or those that say something new."""
    plan = _Plan(scope, every=every)
    found: dict[tuple[str, ...], CommandLine] = {}
    for line in _lines(scope, plan):
        fields = tuple(field for at, word in enumerate(words) for field in line.words(word, program=at == 0))
        line.settle()
        found.setdefault(tuple(field.text for field in fields), CommandLine(line, fields))
    return CommandLines(tuple(found.values()), plan.done, plan.left_out)


def _spaced(fields: Fields, word: Word, scope: Scope) -> Resolved:
    first, *rest = fields or (Resolved("", scope.script, word.span),)
    for field in rest:
        first = first.joined(field, between=" ")
    return first


def _unknown(shown: str, part: Part | Word, scope: Scope) -> Resolved:
    return Resolved(shown, scope.script, part.span, unknown=((0, len(shown)),))


Place = tuple[object, int]  # an alternative: whose it is, and its number there


class _Plan:
    """Which alternatives the lines so far show, and which wait for one.

    Those whose words all stand in another one say nothing new: they wait only where `every` one is asked for.
    """

    def __init__(self, scope: Scope, *, every: bool = False) -> None:
        self.every = every
        self.left_out = False
        self._always = Taken(scope.assumed)
        self._shown: set[Place] = set()
        self._waiting: dict[Place, Conditions] = {}

    @property
    def done(self) -> bool:
        """Whether every alternative is shown."""
        return not self._waiting

    def next(self) -> tuple[Place, Conditions]:
        """The alternative that the next line is to show, and under what conditions it is there."""
        place = next(iter(self._waiting))
        return place, self._waiting.pop(place)

    def take(self, key: object, telling: Mapping[int, Conditions], offered: Sequence[int], wanted: Place | None) -> int:
        """The number of the alternative to take, of those that are `offered`.

        `telling` are all that say something, under what conditions each is there: the others wait for their lines.
        """
        for number, conditions in telling.items():
            if (key, number) not in self._shown and not self._always.contradict(conditions):
                self._waiting.setdefault((key, number), conditions)
        fresh = [number for number in offered if (key, number) not in self._shown]
        asked = [wanted[1]] if wanted and wanted[0] == key and wanted[1] in offered else []
        number = next(iter((*asked, *fresh, *offered)))
        self._shown.add((key, number))
        self._waiting.pop((key, number), None)
        return number


def _lines(scope: Scope, plan: _Plan) -> Iterator[_Line]:
    """Lines until the plan is done, at most LINES; each has to be walked before the next."""
    command = _Command(scope)
    yield _Line(command, Taken(scope.assumed), plan)
    for _ in range(LINES - 1):
        if plan.done:
            return
        wanted, conditions = plan.next()
        yield _Line(command, Taken((*scope.assumed, *conditions)), plan, wanted)


class _Option(NamedTuple):
    """One alternative: under what conditions it is there, and what it says."""

    conditions: Conditions
    says: Word | Fields


class _Trial(NamedTuple):
    """What one alternative says, and what is taken to hold then; None where that is nothing further."""

    fields: Fields
    taken: Taken | None


class _Command:
    """What all walks over one command share: what they see, and what they found out about it.

    `trials` are by what they say and by what is taken to hold before.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.trials: dict[tuple[Word, frozenset[Condition]], _Trial] = {}
        self._answers: dict[Conditions, Ternary] = {}

    def holds(self, conditions: Conditions) -> Ternary:
        """Whether conditions hold, those that hold because the command runs among them."""
        if conditions not in self._answers:
            assumed = all(item in self.scope.assumed for item in conditions)
            self._answers[conditions] = True if assumed else all_hold(conditions, self.scope)
        return self._answers[conditions]


class _Line:
    """The walk that makes one command line.

    `taken` are the conditions of the alternatives taken so far, `_above` those of the alternatives in which the walk
    stands. Without a plan, of some alternatives the first is taken whose words do not all stand in another one.
    """

    def __init__(self, command: _Command, taken: Taken, plan: _Plan | None = None, wanted: Place | None = None) -> None:
        self.taken = taken
        self.command, self.scope = command, command.scope
        self._plan, self._wanted = plan, wanted
        self._above: Conditions = ()
        self._picked: dict[object, int] = {}
        self._made: dict[object, Fields] = {}

    def words(self, word: Word, *, program: bool = False) -> Fields:
        """The words that one word becomes; the first of a command is split, since no `program`'s name has blanks."""
        if not word.literal and any(part.kind == "arguments" for part in word.parts):
            return tuple(self._with_arguments(word))
        fields = self._word(word, split=program)
        said = tuple(field for field in fields if field.text)
        return said or (fields[:1] if any(part.quoted for part in word.parts) else ())

    def settle(self) -> None:
        """What the walk meets from here on asks for no line of its own."""
        self._plan = None

    def _with_arguments(self, word: Word) -> Iterator[Resolved]:
        """Parts before and after "$@" stand as words of their own, which is how scripts write it."""
        for part in word.parts:
            yield from self._part(part) if part.kind == "arguments" else self.words(Word((part,), part.span))

    def _word(self, word: Word, *, split: bool = False) -> Fields:
        fields: Fields = ()
        for part in word.parts:
            further = self._part(part, split=split)
            joined = fields and further
            fields = (*fields[:-1], fields[-1].joined(further[0]), *further[1:]) if joined else fields or further
        return fields or (Resolved("", self.scope.script, word.span),)

    def _part(self, part: Part, *, split: bool = False) -> Fields:
        scope = self.scope
        if part.kind == "text":
            return (written(part.text, scope.script, part.span),)
        if part.kind == "choice":
            return self._choice(part, quoted=part.quoted and not split)
        if part.kind == "variable":
            return self._variable(part)
        if part.kind == "arguments":
            return (_unknown("$@", part, scope),) if scope.arguments is None else scope.arguments[_first(part) :]
        place = _place(part, scope)
        if place is not None:
            return (Resolved(place, scope.script, part.span, root_at=0),)
        return (_unknown(SOMETHING, part, scope),)

    def _variable(self, part: Part) -> Fields:
        values = self.scope.values(part.text)
        if values and not (part.default and all(value.text == "" for value in values)):
            options = [_Option(value.conditions, (value,)) for value in values]
            return self._choose(part.text, options, quoted=part.quoted)
        if part.default is not None:
            return split_words(self._word(part.default), quoted=part.quoted)
        return (_unknown(f"${{{part.text}}}", part, self.scope),)

    def _choice(self, part: Part, *, quoted: bool) -> Fields:
        scope = self.scope
        options: list[_Option] = []
        for conditions, word in part.alternatives:
            answer = self.command.holds(conditions)
            if answer is True:
                return split_words(self._word(word), quoted=quoted)
            if answer is None:
                options.append(_Option(conditions, word))
        return self._choose(part, options, quoted=quoted) if options else (Resolved("", scope.script, part.span),)

    def _choose(self, key: object, options: Sequence[_Option], *, quoted: bool) -> Fields:
        """What one alternative says; what not all of them say is under its conditions."""
        if len(options) == 1 and not options[0].conditions:
            return split_words(self.says(options[0].says), quoted=quoted)
        if (key, quoted) in self._made:
            return self._made[key, quoted]
        trials = [self._trial(option) for option in options]
        tried = [split_words(trial.fields, quoted=quoted) for trial in trials]
        common = common_options(tried)
        if common is None:
            made = self._made[key, quoted] = tuple(replace(field, conditions=()) for field in tried[0])
            return made
        number = self._pick(key, options, tried)
        chosen, fields = options[number], tried[number]
        if self._plan is None:
            self.taken = trials[number].taken or self.taken.copy(chosen.conditions)
        else:  # what the alternative itself leaves open may ask for lines too
            self.taken.add(chosen.conditions)
            above = self._above
            self._above = (*above, *chosen.conditions)
            fields = split_words(self.says(chosen.says), quoted=quoted)
            self._above = above
        others = (one for one in tried if one != tried[number])
        alone = not any(field.text for field in fields) and all(map(stands_apart, others))
        made = self._made[key, quoted] = fields if alone else tuple(under(chosen.conditions, fields, common))
        return made

    def _trial(self, option: _Option) -> _Trial:
        """What a walk of its own makes of one alternative; kept, since lines of one command try the same ones."""
        if not isinstance(option.says, Word) or option.says.literal is not None:
            return _Trial(self.says(option.says), None)
        taken = self.taken.copy(option.conditions)
        key = (option.says, taken.held)
        trials = self.command.trials
        if key not in trials:
            line = _Line(self.command, taken)
            fields = line.says(option.says)
            trials[key] = _Trial(fields, line.taken)
        return trials[key]

    def _pick(self, key: object, options: Sequence[_Option], tried: Sequence[Fields]) -> int:
        if key not in self._picked:
            possible = [at for at, one in enumerate(options) if not self.taken.contradict(one.conditions)]
            telling = saying_most(range(len(options)), tried, every=bool(self._plan and self._plan.every))
            offered = [at for at in telling if at in possible] or saying_most(possible, tried) or telling
            if self._plan and len(telling) < len(options):
                self._plan.left_out = True
            where = {at: (*self._above, *options[at].conditions) for at in telling}
            self._picked[key] = self._plan.take(key, where, offered, self._wanted) if self._plan else offered[0]
        return self._picked[key]

    def says(self, text: Word | Fields) -> Fields:
        """What one alternative becomes."""
        return self._word(text) if isinstance(text, Word) else text


def _first(part: Part) -> int:
    """The index of the first argument meant: `"${@:2}"` leaves out one."""
    return max(int(part.text) - 1, 0) if part.text.isdigit() else 0


def _place(part: Part, scope: Scope) -> str | None:
    """A place below the scanned root that a part stands for: the script's own, its folder, the working folder."""
    if part.kind == "directory":
        return scope.directory or "."
    if part.kind == "script":
        return scope.script
    return posixpath.dirname(scope.script) or "." if part.kind == "script_directory" else None
