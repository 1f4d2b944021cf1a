"""What does one file say? Everything that a reader states of a source; signals are asked later and elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from sys import intern
from typing import Literal

import msgspec
from msgspec.structs import force_setattr

from chipsieve.facts.conditions import SHARED, Conditions, Question, shared
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.facts.words import Word

FactKind = Literal[
    "env",  # an environment variable that is set: its name and value
    "flag",  # an option on a command line: its name and operand, "true" where it has none
    "key",  # a setting of a configuration: `parts` are the keys above it, `beside` its scalar siblings
    "name",  # a qualified name that code uses: `torch.bfloat16`
    "call",  # a call by its qualified name; with `argument`, the value of that argument, `beside` its certain ones
    "import",  # a module that code imports, `parts` are the names taken from it
    "constant",  # a number, and the name it is bound to or compared with
    "directive",  # a request to a scheduler: long option name and value
    "image",  # a container image's reference
    "pin",  # a PEP 508 requirement
    "literal",  # a word of a command or a string of code (no comment, no docstring)
    "claim",  # a line of prose, of a comment, of a log, or of a test of a device's name
    "demand",  # what the device must have, or the program stops: `assert capability >= (9, 0)`
]


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One thing that a file states at one place, and what must hold for it to take effect.

    `value` is its text, None where nobody knows it before the run. `chosen` is the option or variable of which the
    value is taken, when it is one: what it may be is asked when it is matched. `by` is who says a claim, or a constant
    (`comment`, `log`, `device-test`), `context` what stands above a claim and says what it is about, the nearest first:
    a table's head, the line that introduces a list, headings. `engine` is the parser that found it.
    """

    kind: FactKind
    name: str
    value: str | None
    span: Span
    snippet: str = ""
    conditions: Conditions = ()
    engine: str = ""
    parts: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    argument: str | int | None = None
    chosen: Question | None = None
    by: str = ""
    context: tuple[str, ...] = ()


class Gap(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What could not be read, and why. `line` is None when the whole file is meant.

    A `notice` lists what somebody asked to leave out, by configuration or comment: the file can be read.
    """

    path: str
    reason: str
    line: int | None = None
    notice: bool = False


class Command(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One simple command: its words, the environment in force for it, and when it runs.

    `environment` holds exported variables and prefix assignments, later ones last; `directory` is the
    operand of the `cd` in force. `sources` marks `source FILE` and `. FILE`.
    """

    words: tuple[Word, ...]
    span: Span
    environment: tuple[tuple[str, Word], ...] = ()
    conditions: Conditions = ()
    directory: Word | None = None
    sources: bool = False


class Option(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A declared argument of a program: argparse, click, absl, dataclass field, or a config's key.

    `default` is None when unknown, "" when declared empty or None, else its text (`true`, `false`,
    `bf16`). `stores` is the value that giving the bare flag stores (`true`, `false`, `const`). `above` are the keys
    below which a config's key stands.
    """

    flags: tuple[str, ...]
    dest: str
    span: Span
    default: str | None = None
    stores: str | None = None
    choices: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One imported module: `module` with `level` leading dots, and the names taken from it."""

    module: str
    span: Span
    level: int = 0
    names: tuple[str, ...] = ()
    conditions: Conditions = ()


class Reference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file that the source names: a script it calls, a config it opens, code that is `imported` by its path.

    A configuration that chooses it for a `group` of Hydra's may be overruled: by the command line, and by a
    configuration that `overrules` the choices of others. `chosen` is the option that fills in what is unknown of the
    text, where that is one thing.
    """

    text: str
    span: Span
    conditions: Conditions = ()
    group: str = ""
    overrules: bool = False
    chosen: Question | None = None
    imported: bool = False


class Function(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function, method or class and the simple names its body mentions (so: may call).

    `name` is qualified inside its module, `Trainer.train_step`; the module's own top level is "".
    Names mentioned in the `__main__` block belong to the function "__main__". `guarded` are the names that
    are mentioned only where conditions hold that a run may answer: `if args.fp8: start_fp8()`. A function that calls
    what it is given mentions the parameter (`received`), by which those are called whom others hand over to it.
    Names are sorted, each once: as sets they would take three times the memory.
    """

    name: str
    mentions: tuple[str, ...]
    guarded: tuple[tuple[Conditions, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        """Share names and conditions: a tree has each of them in ten places, and every file and worker its own copy."""
        force_setattr(self, "mentions", _shared_names(self.mentions))
        guarded = tuple((shared(conditions), _shared_names(names)) for conditions, names in self.guarded)
        force_setattr(self, "guarded", guarded)


@lru_cache(SHARED)
def _shared_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(intern, names))


def received(function: str, parameter: str | int) -> str:
    """The name that stands among mentions for a function's parameter, by its name or position: `launch(0)`."""
    return f"{function}({parameter})"


class Document(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A text inside a file that another reader understands: a here-document, a `run:` block, a README's code.

    `path_text` is the file it is written to (no parts: none); `span` begins where its first line stands. Its lines are
    those of the file around it, unless `offsets` say where in that file (without byte order mark) each of its
    characters stands. What it starts has the variables of `environment`, and runs in `directory` unless it says
    otherwise.
    """

    path_text: Word
    language: str
    text: str
    span: Span
    conditions: Conditions = ()
    environment: tuple[tuple[str, Word], ...] = ()
    directory: Word | None = None
    offsets: tuple[int, ...] = ()


class ConsoleScript(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A program that installing a package puts on the path: `fairseq-train` of `setup.py`.

    It calls `function` of the Python module `module`; of a script that is installed as it is, `path` is the file, seen
    from the folder of the file that states it, and the other two are "".
    """

    name: str
    module: str
    function: str
    span: Span
    path: str = ""


class Source(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file to read: its path below the root (POSIX), its language, and its text."""

    path: str
    language: str
    text: str


class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that one file says. Pure: depends on the file's path, its text and the vocabulary alone.

    `origin` is the file in which the text stands, where another one writes this one (a here-document); "" for a file of
    its own. `findings` are marks that another scanner left. `doubtful` are the names that its functions mention where
    no run can answer the conditions: they may be called, but never certainly are. `bindings` are a script's variables
    at its end (for a script that sources it); `entry` says that the file is meant to be run (`__main__` block, training
    or a call of its `main` at top level, notebook); `mentions` are the vendors that its text speaks of; `programs` are
    those that installing its package puts on the path.
    """

    path: str
    language: str = ""
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    commands: tuple[Command, ...] = ()
    bindings: tuple[tuple[str, Word], ...] = ()
    options: tuple[Option, ...] = ()
    imports: tuple[Import, ...] = ()
    references: tuple[Reference, ...] = ()
    functions: tuple[Function, ...] = ()
    documents: tuple[Document, ...] = ()
    entry: bool = False
    gaps: tuple[Gap, ...] = ()
    mentions: frozenset[str] = frozenset()
    origin: str = ""
    programs: tuple[ConsoleScript, ...] = ()
    doubtful: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Share names: most stand in several files, and functions have them too."""
        force_setattr(self, "doubtful", tuple(map(intern, self.doubtful)))

    @property
    def chosen(self) -> list[tuple[int, Question]]:
        """The facts of which an option or a variable chooses the value: their indices, and which it is."""
        return [(index, fact.chosen) for index, fact in enumerate(self.facts) if fact.chosen is not None]

    @property
    def conditions(self) -> list[Conditions]:
        """What must hold for each of its facts, then for each of its findings, in their order."""
        return [*(fact.conditions for fact in self.facts), *(item.conditions for item in self.findings)]


def ordered_gaps(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps without duplicates, by place: the order in which they are listed everywhere."""
    return tuple(sorted(set(gaps), key=lambda gap: (gap.path, gap.line or 0, gap.reason)))
