"""Which Semgrep rules say a signal's rows for shell scripts and job files? Text rules, on all that the reader opens.

Text it is, and not Semgrep's syntax tree for Bash: that has no prefix assignments (`A=1 cmd`), no arrays, no words of a
string, loses the default of `${A:-1}`, cannot tell `export A=1` from `local A=1`, drops what stands behind a line that
it does not understand, and opens no `.slurm`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from chipsieve.border.semgrep.rule_parts import Branch, Pattern, Rule, accepts, any_of, either, every, rule
from chipsieve.border.semgrep.rule_patterns import (
    accepts_true,
    flag_names,
    globs,
    in_a_word,
    named,
    package,
    shown,
)
from chipsieve.border.semgrep.text_rules import claims
from chipsieve.commands.schedulers import LONG_NAMES
from chipsieve.signals.signal import Row, Signal

LANGUAGE = "shell"
FILES = globs("shell")

GAP = r"(?:[ \t]|\\\r?\n)+"
"""What stands between two words of a command."""
WORD_START = r"""(?<![^\s"'=(`])(?<!= )(?<!= ["'])"""
"""The start of a word that is no operand of a comparison."""
WORD_END = r"""(?=[\s"'`;|&()<>]|\z)"""
WORD_CHARACTER = r"""[^\s"'`;|&()<>$]"""
FLAG_CHARACTER = r"[\w.:-]"

DEFAULT = r"""["']?\$\{\w+:?[-=](?P<V>[^"'${}\n]*)\}["']?"""
CONSTANT = rf"""(?|{DEFAULT}|"(?P<V>[^"$`\n]*)"|'(?P<V>[^'\n]*)'|(?P<V>{WORD_CHARACTER}*)){WORD_END}"""
"""A value that is written there, also as a default: `${DTYPE:-bf16}`."""
EXPANSION = r"""\$\{[^}\n]*\}|\$\([^)\n]*\)"""
ANYTHING = rf"""(?|{DEFAULT}|"(?P<V>[^"]*)"|'(?P<V>[^']*)'|(?P<V>(?:{EXPANSION}|[^\s"'`;|&()<>])*))"""
OPERAND = rf"""(?:=|["']?{GAP}(?!["']?-\D)){CONSTANT}"""

REST = r"""(?>"[^"]*"|'[^'\n]*'|\\\r?\n|\\.|[^\n;&|\\"'])*+"""
"""The rest of a command, continuation lines included."""
HEAD = r"(?:^|[;&|({`]|\b(?:then|do|else|sudo)\b)[ \t]*"
"""Where a command begins."""
PRINTING = r"echo|printf|cat|[ef]?grep|sed|g?awk|logger|which|type|hash|command|test|\["
"""Commands whose words are only shown or looked for, as chipsieve.commands lists them, in fewer alternatives."""
OWN_FLAGS = r"find|ls|mkdir|rm|cp|mv|ln|tar|rsync|scp|git|curl|wget|jq|diff|ps|kill|which|(?:nvidia|rocm|npu)-smi"
"""Commands that train nothing, so that their options say nothing: the common ones that chipsieve.commands lists."""

COMMENT = r"(?m)(?<!\S)#.*$"
PRINTED = rf"(?m){HEAD}(?:{PRINTING})[ \t]{REST}"
WITH_OWN_FLAGS = rf"(?m){HEAD}(?:{OWN_FLAGS})[ \t]{REST}"
TO_ERROR = r"(?:1?>&2[ \t]*)?"
HEREDOC = rf"""(?m)^[ \t]*(?:cat|:)[ \t]*{TO_ERROR}<<-?[ \t]*(["']?)(\w+)\1[ \t]*{TO_ERROR}\n(?:.*\n)*?[ \t]*\2$"""
CASE_LABEL = r"""(?m)^[ \t]*["']?-[^\s()|]*(?:[ \t]*\|[ \t]*["']?-[^\s()|]*)*["']?[ \t]*\)"""
NOT_SILENT: list[Pattern] = [{"pattern-not-regex": f"{COMMENT}|{HEREDOC}|{PRINTED}"}]
"""Outside comments and texts that are printed."""
OPTIONS_OF_RUNS: list[Pattern] = [*NOT_SILENT, {"pattern-not-regex": f"{WITH_OWN_FLAGS}|{CASE_LABEL}"}]
"""Also outside commands that train nothing, and labels of `case`."""
PLAIN_COMMENT = r"(?m)(?<!\S)#(?!!|(?:SBATCH|PBS|BSUB|\$)[ \t]+-).*$"
"""A comment that is no directive."""

DECLARATION = rf"(?m){HEAD}(?:export|declare|typeset|local|readonly)\b{REST}"
EXPORT = (
    r"(?<![\w$./-])(?:export|(?:declare|typeset)[ \t]+-\w*x\w*)(?=[ \t\\])"
    r"""(?:"[^"\n]*"|'[^'\n]*'|\\\r?\n|[^\n;&|"'#\\])*?(?<=\s)"""
)
PASSED = r"""(?<!\S)(?:-x|-e|-env|--env)[ \t=]["']?"""
PREFIX = r"""(?<![^\s;&|({`"',])(?<!=["'])(?<!build-arg )(?<!build-arg=)"""
BEFORE_A_COMMAND = rf"""(?=["']?{GAP}["']?[\w./~"'$:-])"""
EXPORTED_LATER = r"(?=[ \t]*(?:\#.*)?\r?$[\s\S]*?^[ \t]*export[ \t](?:[^\n=;]*[ \t])?(?P=NAME)(?![\w=]))"

ARGUMENTS = r"""["']?\$(?:[@*]|\{?\w*(?:ARG|OPT|OPTION|FLAG|PARAM|ARGUMENT)S)"""
BARE = rf"""(?:["']?[ \t]*(?:\r?$|[;|&)`]|\d?[<>])|[ \t]+\#|["']?{GAP}(?:["']?-(?!\d)|{ARGUMENTS}|["']?\r?$))"""
"""What stands behind a flag that has no operand: the command's end, another flag, or a list of arguments."""

CONTAINERS = (
    r"(?:docker|podman|nerdctl|nvidia-docker)[ \t]+(?:run|create|pull)"
    r"|(?:singularity|apptainer)[ \t]+(?:exec|run|shell|pull|build)|enroot[ \t]+(?:import|create|start)"
)
INSTALLERS = r"(?:pip3?(?:\.\d+)?|uv|poetry|conda|mamba|micromamba)\b[^\n;&|]*?[ \t](?:install|add|create)"

QUEUE = r"""-q[ \t]+["']?(?P<V>[^\s"']+)"""
REQUESTED = r"""["']?(?P<V>[^\s"'\\]+)"""
LSF = {
    "gpu": r"""-gpu[ \t]+["']?(?P<V>[^"'\n]+)""",
    "select": r"""-R[ \t]+["']?[^"'\n]*?select\[(?P<V>[^\]\n]+)\]""",
    "partition": QUEUE,
}


def _whole_command(words: str) -> str:
    """A command from one of its own words to its end."""
    return rf"(?<![\w.-])(?:{words})(?=\s){REST}"


IMAGE = rf"{_whole_command(CONTAINERS)}|--(?:container-)?image(?:=|{GAP})\S+"
INSTALL = _whole_command(INSTALLERS)


def rules(signal: Signal) -> Iterator[tuple[str, Rule]]:
    """The rules of one signal, with their language: one for a kind of row and a way to show it."""
    branches: defaultdict[tuple[str, str, str], list[Branch]] = defaultdict(list)
    for row in signal.rows:
        for value, branch in BRANCHES[row.kind](row) if row.kind in BRANCHES else ():
            branches[row.kind, row.by, value].append(branch)
    for (kind, by, value), found in branches.items():
        match = {"patterns": [*any_of(found), *AROUND.get(kind, NOT_SILENT)]}
        yield LANGUAGE, rule(signal, Row(kind, (), by=by), ["regex"], match, value=value, files=FILES)
    yield from ((LANGUAGE, found) for found in claims(signal, FILES, comment=PLAIN_COMMENT))


ShownBranches = Iterator[tuple[str, Branch]]
"""Each branch with what the marker shows."""


def _flag(row: Row) -> ShownBranches:
    name = f"{WORD_START}--?{flag_names(row, FLAG_CHARACTER)}"
    if accepts_true(row):
        yield "true", [{"pattern-regex": f"(?mi){name}(?={BARE})"}]
    yield shown(row), [{"pattern-regex": f"(?i){name}{OPERAND}"}, *accepts(row)]


def _env(row: Row) -> ShownBranches:
    """Exported, given to one command, or handed to a launcher; a variable that stays in the shell is none."""
    value = CONSTANT if row.values or row.pattern else ANYTHING
    name = named(row.names)
    prefix = f"(?m){PREFIX}(?P<NAME>{name})={value}(?:{BEFORE_A_COMMAND}|{EXPORTED_LATER})"
    declared: Pattern = {"pattern-regex": rf"(?:{EXPORT}|{PASSED})\K{name}={value}"}
    given: list[Pattern] = [{"pattern-regex": prefix}, {"pattern-not-regex": DECLARATION}]
    yield shown(row), [*any_of([[declared], given]), *accepts(row)]


def _directive(row: Row) -> ShownBranches:
    """A request by its long name in any of the three schedulers: in `#SBATCH` lines and their like, and as options."""
    yield shown(row), [either([every(*place) for place in _requests(row.names)]), *accepts(row)]


def _requests(names: tuple[str, ...]) -> Iterator[Branch]:
    lsf = [regex for name, regex in LSF.items() if name in names]
    written = [(r"SBATCH", "srun|sbatch|salloc", _slurm(names)), (r"(?:PBS|\$)", "qsub", _pbs(names))]
    written += [("BSUB", "bsub", "|".join(lsf))] if lsf else []
    for sign, commands, option in written:
        regex: Pattern = {"pattern-regex": rf"(?<!\S)(?|{option})"}
        yield [regex, {"pattern-regex": rf"(?m)^#{sign}[ \t].*$"}]
        yield [regex, {"pattern-regex": _whole_command(commands)}, *NOT_SILENT]


def _slurm(names: tuple[str, ...]) -> str:
    letters = "".join(letter for letter, name in LONG_NAMES["slurm"].items() if name in names)
    short = rf"|-[{letters}](?:=|{GAP})?{REQUESTED}" if letters else ""
    return rf"--(?i:{named(names)})(?:=|{GAP}){REQUESTED}{short}"


def _pbs(names: tuple[str, ...]) -> str:
    resource = rf"""-l[ \t]*["']?(?:[^\s,"']+,)*(?i:{named(names)})=(?P<V>[^\s,"']+)"""
    return f"{resource}|{QUEUE}" if "partition" in names else resource


def _image(row: Row) -> ShownBranches:
    """Any word of a command that runs or fetches an image."""
    text = f"(?={WORD_CHARACTER}*?(?:{in_a_word(row.pattern)}))(?P<V>{WORD_CHARACTER}+)"
    yield shown(row), [{"pattern-regex": f"(?i){WORD_START}{text}{WORD_END}"}]


def _pin(row: Row) -> ShownBranches:
    asked = package(row)
    if asked:
        yield "$V", [{"pattern-regex": WORD_START + asked}]


def _literal(row: Row) -> ShownBranches:
    yield "$VALUE", [{"pattern-regex": f"(?i){in_a_word(row.pattern, always=True)}"}]


BRANCHES: dict[str, Callable[[Row], ShownBranches]] = {
    "env": _env, "flag": _flag, "directive": _directive, "image": _image, "pin": _pin, "literal": _literal,
}  # fmt: skip
AROUND: dict[str, list[Pattern]] = {
    "flag": OPTIONS_OF_RUNS,
    "directive": [],
    "image": [{"pattern-regex": IMAGE}, *NOT_SILENT],
    "pin": [{"pattern-regex": INSTALL}, *NOT_SILENT],
}
