"""Which shell lines does this makefile run? Each rule's recipe is one script, with make's variables filled in.

Source: GNU make manual, "Writing Makefiles", "Conditional Parts of Makefiles", "Writing Recipes in Rules".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chipsieve.facts.conditions import ALWAYS, Condition, Conditions, all_of, as_conditions, negate, unknown
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.relocation import Stretch
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Word
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Scalar
from chipsieve_config.makefile_variables import Values, Variables
from chipsieve_config.workload import word

LINE = re.compile(r"(?:[^\r\n\\]++|\\\r?\n|\\|\r(?!\n))*+(?:\r?\n|\Z)")
SIGNS = re.compile(r"^\t[ \t]*[@+-]*")
COMMENT = re.compile(r"^[ ]*#[^\r\n]*", re.MULTILINE)
ASSIGNMENT = re.compile(
    r"[ ]*(?:(?P<export>export)[ \t]+|override[ \t]+|private[ \t]+)*(?P<name>[\w.-]+)[ \t]*"
    r"(?P<sign>[:]{0,3}=|\?=|\+=|!=)[ \t]*(?P<value>.*)",
    re.DOTALL | re.ASCII,
)
EXPORT = re.compile(r"[ ]*export[ \t]+(?P<names>[\w \t]+)", re.ASCII)
DEFINE = re.compile(r"[ ]*(?:override[ \t]+|export[ \t]+)*define[ \t]+(?P<name>[\w.-]+)")
CONDITION = re.compile(r"[ ]*(?P<word>ifeq|ifneq|ifdef|ifndef|else|endif)\b[ \t]*(?P<asked>.*)", re.DOTALL)
RULE = re.compile(r"(?P<targets>[^\t#=:][^=:#]*):{1,2}(?!=)(?P<rest>[^\r\n]*)")
TRAILING = re.compile(r"(?<!\\)#.*", re.DOTALL)
FOLDED = re.compile(r"(?<![ \t])[ \t]*+\\\r?\n[ \t]*")
BRANCHES = 8  # within each other; what lies deeper has one more condition
TOO_DEEP = unknown("branches within branches")
RECIPE_LIMIT = 500  # recipes read in one makefile


@dataclass(slots=True)
class _Recipe:
    """Lines of one rule under the same conditions, and what the rule's own variables hold."""

    lines: list[Stretch]
    conditions: Conditions
    targets: tuple[str, ...]
    local: dict[str, Values]

    @property
    def start(self) -> int:
        return self.lines[0].offsets[0]


@dataclass(slots=True)
class _Makefile:
    """What has been read so far: variables, recipes, the conditions and the rule in force."""

    variables: Variables = field(default_factory=Variables)
    recipes: list[_Recipe] = field(default_factory=list)
    exported: set[str] = field(default_factory=set)
    branches: list[Conditions] = field(default_factory=list)  # of each that is open, all that must hold
    own: dict[str, Variables] = field(default_factory=dict)  # by target
    targets: tuple[str, ...] = ()
    local: dict[str, Values] = field(default_factory=dict)
    is_open: bool = False  # whether the last recipe may go on
    defining: tuple[str, list[Stretch]] | None = None

    @property
    def conditions(self) -> Conditions:
        """All that must hold for a line here."""
        deep = (TOO_DEEP,) if len(self.branches) > BRANCHES else ()
        held = (condition for branch in self.branches[:BRANCHES] for condition in branch[-BRANCHES:])
        return as_conditions(all_of((*held, *deep)))


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; what nobody can fill in stays unknown to the shell."""
    collector = Collector(source, vocabulary, "makefile")
    collector.comments_like(COMMENT)
    made = _Makefile()
    for line in LINE.finditer(source.text):
        _take(made, Stretch(line[0], tuple(range(*line.span()))))
    environment = _environment(collector, made)
    for recipe in made.recipes[:RECIPE_LIMIT]:
        _state(collector, made, recipe, environment)
    if len(made.recipes) > RECIPE_LIMIT:
        line_number = collector.lines.position(made.recipes[RECIPE_LIMIT].start)[0]
        collector.gap(f"more than {RECIPE_LIMIT} recipes: the rest was not read", line_number)
    if made.variables.cut:
        collector.gap("variables with too many or too long values: left open")
    return collector.reading()


def _take(made: _Makefile, line: Stretch) -> None:
    """Take one logical line."""
    if made.defining:
        _define(made, line)
    elif line.text.startswith("\t") and made.targets:
        _recipe_line(made, line)
    elif not line.text.strip() or line.text.lstrip().startswith("#"):
        pass
    elif asked := CONDITION.match(line.text):
        made.is_open = False
        _condition(made, asked["word"], asked["asked"])
    elif defined := DEFINE.match(line.text):
        made.defining = defined["name"], []
    elif assigned := ASSIGNMENT.match(line.text):
        _assign(made, made.variables, assigned, line)
    elif exported := EXPORT.match(line.text):
        made.exported.update(exported["names"].split())
    elif rule := RULE.match(line.text):
        _rule(made, rule, line)


def _define(made: _Makefile, line: Stretch) -> None:
    name, lines = made.defining or ("", [])
    if line.text.strip() == "endef":
        made.variables.assign(name, "=", Stretch().joined(*lines), made.conditions)
        made.defining = None
    else:
        lines.append(line)


def _recipe_line(made: _Makefile, line: Stretch) -> None:
    """One more line of the recipe, without make's signs."""
    signs = SIGNS.match(line.text)
    size = signs.end() if signs else 0
    shown = Stretch(" " * size + line.text[size:], line.offsets)
    if made.is_open and made.recipes:
        made.recipes[-1].lines.append(shown)
    else:
        made.recipes.append(_Recipe([shown], made.conditions, made.targets, made.local))
    made.is_open = True


def _condition(made: _Makefile, word_: str, asked: str) -> None:
    """A branch begins, goes on with another condition (`else ifeq ...`), or ends."""
    if word_ in ("else", "endif") and not made.branches:
        return
    if word_ == "endif":
        made.branches.pop()
    elif word_ == "else":
        *before, last = made.branches[-1]
        further = CONDITION.match(asked)
        made.branches[-1] = (*before, negate(last), _asked(further) if further else ALWAYS)
    else:
        made.branches.append((_question(word_, asked),))


def _asked(branch: re.Match[str]) -> Condition:
    return _question(branch["word"], branch["asked"])


def _question(word_: str, asked: str) -> Condition:
    positive = unknown(f"{word_.replace('ifn', 'if')} {asked.strip()}")
    return negate(positive) if word_.startswith("ifn") else positive


def _assign(made: _Makefile, variables: Variables, assigned: re.Match[str], line: Stretch) -> None:
    name, sign = assigned["name"], assigned["sign"]
    value = line.cut(*assigned.span("value"))
    value = value.cut(0, len(TRAILING.sub("", value.text).rstrip()))
    value = value.sub(FOLDED, lambda _: " ")
    if assigned["export"]:
        made.exported.add(name)
    if sign != "!=":  # what a shell prints is unknown
        variables.assign(name, sign, value, made.conditions)


def _rule(made: _Makefile, rule: re.Match[str], line: Stretch) -> None:
    """A rule begins, or `target: NAME = value` sets a variable for one."""
    targets = tuple(rule["targets"].split())
    assigned = ASSIGNMENT.fullmatch(rule["rest"].strip())
    if assigned:
        at = rule.start("rest") + len(rule["rest"]) - len(rule["rest"].lstrip())
        for target in targets:
            _assign(made, made.own.setdefault(target, Variables()), assigned, line.cut(at))
        return
    before, _, command = rule["rest"].partition(";")
    start = rule.start("rest")
    needed = [(found[0], found.span()) for found in re.finditer(r"[^\s|]+", before)]
    places = [line.cut(start + first, start + last) for _, (first, last) in needed]
    every = Stretch().joined(*(Stretch(one.text + " ", (*one.offsets, one.offsets[-1])) for one in places))
    made.targets, made.is_open = targets, False
    made.local = {"<": (((), places[0]),), "^": (((), every),)} if places else {}
    if any("%" in target for target in targets):
        made.local = {}
    elif len(targets) == 1:
        made.local["@"] = (((), line.cut(*rule.span("targets"))),)
    if command.strip():
        _recipe_line(made, line.cut(start + len(before) + 1))


def _environment(collector: Collector, made: _Makefile) -> tuple[tuple[str, Word], ...]:
    """The exported variables, as facts and as words."""
    given = []
    for name in sorted(made.exported):
        values = made.variables.values(name)
        for conditions, value in values:
            if value.text:
                place = value.offsets[0], value.offsets[-1] + 1
                known = Scalar(value.text, *place).known
                collector.state("env", name, known, *place, conditions)
                if len(values) == 1:
                    given.append((name, word(collector, Scalar(value.text, *place))))
    return tuple(given)


def _state(collector: Collector, made: _Makefile, recipe: _Recipe, environment: tuple[tuple[str, Word], ...]) -> None:
    """Record a recipe as a script, once for each way in which its variables may be filled in."""
    own = {name: values for target in recipe.targets if target in made.own for name, values in made.own[target].all()}
    for conditions, text in made.variables.filled(Stretch().joined(*recipe.lines), {**own, **recipe.local}):
        if text.text.strip():
            line = collector.lines.position(recipe.start)[0]
            collector.shell(text.text, line, (*recipe.conditions, *conditions), environment, offsets=text.offsets)
