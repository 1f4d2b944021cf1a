"""Which things does chipsieve talk about? Every type of the flow, frozen, and nothing of ours imported.

The vocabulary is docs/architecture.md's. Lines and columns count from 1, columns in code points, and a
span's end column lies one past the last character, as in SARIF. The room is long because it holds types
alone, and everything else speaks of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Effect = Literal["requires", "prefers", "names", "technique", "site"]
Strength = Literal["definitive", "strong", "weak"]
Standing = Literal["asserted", "optional", "inert"]
Subject = Literal[
    "option",  # an argument of the program: `args.bf16`, `--precision`
    "variable",  # an environment or shell variable
    "constant",  # decided by the reader: `if False`, `NET_TYPE="high"`
    "hardware",  # asks the machine: `torch.cuda.is_bf16_supported()`
    "import",  # a module that may be absent: `try: import flash_attn`
    "call",  # inside a function or method, which somebody has to call
    "entry",  # inside `if __name__ == "__main__"`
    "mention",  # written but not used: comment, comparison, lookup table, choices, help text
    "unknown",  # anything else that decides whether the line takes effect
]


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A stretch of one file: from (line, column) up to and without (end_line, end_column)."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, order=True, slots=True)
class Test:
    """One question that decides whether a line takes effect.

    `true` asks for a truthy value, `set` for any value at all, `in` for one of `values` (compared as
    text, case folded, dtype prefixes such as `torch.` dropped). A `constant` carries its answer as
    `values == ("true",)` or `("false",)`.
    """

    subject: Subject
    name: str = ""
    operator: Literal["true", "set", "in"] = "true"
    values: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, order=True, slots=True)
class Not:
    """Holds when `condition` does not."""

    condition: Condition


@dataclass(frozen=True, order=True, slots=True)
class Every:
    """Holds when all `conditions` do."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, order=True, slots=True)
class Some:
    """Holds when at least one of `conditions` does."""

    conditions: tuple[Condition, ...]


Condition = Test | Not | Every | Some

NEVER = Test("constant", values=("false",))
MENTION = Test("mention")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a signal matched.

    `conditions` must all hold for the line to take effect. `row` is the kind of match row that fired
    (`env`, `flag`, `key` ...); `by` says who names the chip when the effect is `names`; `name` is a config's key,
    which a command line may override.
    """

    signal: str
    row: str
    path: str
    span: Span
    value: str
    snippet: str
    conditions: tuple[Condition, ...] = ()
    engine: str = ""
    by: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be read, and why. `line` is None when the whole file is meant.

    A `notice` tells of what somebody asked to leave out, by configuration or comment: the file can be read.
    """

    path: str
    reason: str
    line: int | None = None
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a shell word.

    `text` stands for itself; `variable` for the value of the variable named `text`, or `default` where
    that is unset; `arguments` for "$@" or "$*"; `choice` for one of `alternatives`, whichever
    conditions hold; `unknown` for something only a shell could tell. An unquoted part is split at
    white space once its value is known. `span` is where the literal text stands in `path`.
    """

    kind: Literal["text", "variable", "arguments", "choice", "unknown"]
    text: str
    span: Span
    quoted: bool = False
    default: Word | None = None
    alternatives: tuple[tuple[tuple[Condition, ...], Word], ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command line as far as constants go."""

    parts: tuple[Part, ...]
    span: Span

    @property
    def literal(self) -> str | None:
        """The word's text when it is known to the last character, else None."""
        known = all(part.kind == "text" for part in self.parts)
        return "".join(part.text for part in self.parts) if known else None


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command: its words, the environment in force for it, and when it runs.

    `environment` holds exported variables and prefix assignments, later ones last; `directory` is the
    operand of the `cd` in force. `sources` marks `source FILE` and `. FILE`.
    """

    words: tuple[Word, ...]
    span: Span
    environment: tuple[tuple[str, Word], ...] = ()
    conditions: tuple[Condition, ...] = ()
    directory: Word | None = None
    sources: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A declared argument of a program: argparse, click, absl, dataclass field, or a config's key.

    `default` is None when unknown, "" when declared empty or None, else its text (`true`, `false`,
    `bf16`). `stores` is the value that giving the bare flag stores (`true`, `false`, `const`).
    """

    flags: tuple[str, ...]
    dest: str
    span: Span
    default: str | None = None
    stores: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module: `module` with `level` leading dots, and the names taken from it."""

    module: str
    span: Span
    level: int = 0
    names: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A file that the source names: a script it calls, a config it opens."""

    text: str
    span: Span
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function, method or class and the simple names its body mentions (so: may call).

    `name` is qualified inside its module, `Trainer.train_step`; the module's own top level is "".
    Names mentioned in the `__main__` block belong to the function "__main__". `guarded` are the names that
    are mentioned only where conditions hold: `if args.fp8: start_fp8()`.
    """

    name: str
    mentions: frozenset[str]
    guarded: tuple[tuple[tuple[Condition, ...], frozenset[str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A text inside a file that another reader understands: a here-document, a `run:` block, a README's code.

    `path_text` is the file it is written to (no parts: none); `span` begins where its first line stands.
    """

    path_text: Word
    language: str
    text: str
    span: Span
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its path below the root (POSIX), its language, and its text."""

    path: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one file says. Pure: depends on the file's path, its text and the signal table alone.

    `bindings` are a script's variables at its end (for a script that sources it); `entry` says that the
    file is meant to be run (`__main__` block, notebook); `mentions` are the vendors that its text speaks of.
    """

    path: str
    language: str = ""
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


Cell = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A chip model as sold; one row of the catalogue.

    `facts` are the columns of docs/catalogue.md: booleans, numbers (units in the column's name) or text;
    None means unknown (`?` in the table). `source`, `confidence` and `date` hold for the row's facts,
    except those that `sources` names.
    """

    id: str
    name: str
    vendor: str
    segment: str
    architecture: str
    facts: Mapping[str, Cell] = field(hash=False)
    source: str = ""
    confidence: str = ""
    date: str = ""
    notes: str = ""
    sources: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Signal:
    """A kind of construct that says something about hardware; one TOML file.

    `requires` is a predicate over the catalogue, as data (see chipsieve.predicates). `provides` names
    modules whose import guards count as met in a launch that asserts this signal. `presumes` is
    a predicate too: what may be taken for granted, however weak the signal, of vendors of whom the tree nowhere speaks.
    A launch that asserts a signal that `abstains` computes on processors, and says nothing of accelerators.
    """

    id: str
    title: str
    question: str
    step: str
    effect: Effect
    strength: Strength
    requires: Mapping[str, object] = field(hash=False)
    why: str
    caveats: tuple[str, ...]
    references: tuple[str, ...]
    rows: tuple[Row, ...]
    label: str = ""
    provides: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    presumes: Mapping[str, object] = field(default_factory=dict, hash=False)
    abstains: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One match row of a signal. Which fields a kind of row uses is written in docs/signals-format.md."""

    kind: str
    names: tuple[str, ...]
    values: tuple[str, ...] = ()
    pattern: str = ""
    keyword: str = ""
    argument: int | None = None
    files: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict, hash=False)
    by: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A row that fired: which signal, which kind of row, the value it saw, and the key that held it."""

    signal: str
    row: str
    value: str
    by: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A word of a launch's command line, or a value of its environment, with every known variable filled in.

    What stayed unknown shows as `${NAME}` or `$(...)`. `path` and `span` point at the literal text;
    `conditions` are those that nobody could decide.
    """

    text: str
    path: str
    span: Span
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """One run reconstructed from a shell script, job file or entry module.

    `standings` maps each finding that the launch reaches to its standing; a finding that is absent is
    inert. `devices` is nodes times accelerators per node where the command says so, else 0.
    """

    id: str
    role: str
    path: str
    line: int
    entry: str
    command: tuple[Resolved, ...]
    environment: Mapping[str, Resolved] = field(hash=False)
    files: tuple[str, ...]
    findings: tuple[tuple[Finding, Standing], ...]
    devices: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The findings of one signal and value in one launch, merged over engines and lines."""

    signal: str
    value: str
    standing: Standing
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the sieve: a question, asked in its turn."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What one piece of evidence excludes at one step; `presumed`: only vendors of whom the tree nowhere speaks."""

    step: str
    signal: str
    strength: Strength
    evidence: Evidence
    excluded: tuple[str, ...]
    presumed: bool = False


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step's outcome: how many accelerators went in and came out, and what cut them."""

    step: str
    question: str
    before: int
    after: int
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """Somebody wrote a chip's name: which accelerators it can mean, who wrote it, where."""

    accelerators: tuple[str, ...]
    by: str
    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A name that evidence speaks against: the ids that it keeps in, and the signals that would exclude them."""

    naming: Naming
    accelerators: tuple[str, ...]
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A technique or a site, and the place that shows it."""

    label: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Evidence that cannot all be true of one chip.

    `disagreeing` are the minimal sets of evidence that no accelerator satisfies; `explanations` the
    smallest groups that satisfy every piece between them: of each class in a group, one accelerator; a class
    holds those that the same evidence allows. `kept` are the ids of all such groups, shown or not: they remain.
    """

    disagreeing: tuple[tuple[Cut, ...], ...]
    explanations: tuple[tuple[tuple[str, ...], ...], ...]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that a comment at `place` (`path:line`) asks to leave out; `overridden` when it counts all the same."""

    finding: Finding
    reason: str
    place: str
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class LaunchVerdict:
    """What remains possible for one launch, with the proof of every exclusion."""

    launch: Launch
    evidence: tuple[Evidence, ...]
    steps: tuple[StepResult, ...]
    remaining: tuple[str, ...]
    named: tuple[Naming, ...]
    techniques: tuple[Note, ...]
    sites: tuple[Note, ...]
    unproven: tuple[Evidence, ...] = ()
    conflict: Conflict | None = None
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was looked at: files found, read by a plugin, skipped, and not parsed whole."""

    files: int = 0
    read: int = 0
    skipped: int = 0
    unparsed: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one tree: per launch, then for the repository."""

    root: str
    policy: str
    scope: str
    role: str
    accelerators: tuple[Accelerator, ...]
    catalogue_date: str
    signals: Mapping[str, Signal] = field(hash=False)
    launches: tuple[LaunchVerdict, ...]
    possible: tuple[str, ...]
    remaining: tuple[str, ...]
    main: str
    named: tuple[Naming, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage
    conflict: Conflict | None = None
    ignored: tuple[Ignored, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    mentions: tuple[str, ...] = ()
