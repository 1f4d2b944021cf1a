"""What does a job ask the scheduler for? `#SBATCH`, `#PBS`, `#BSUB`, `#$` lines and the same options of commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

Extent = tuple[int, int]
Option = tuple[str, str | None, Extent]
Token = tuple[str | None, Extent]

DIRECTIVE = re.compile(r"#(SBATCH|PBS|BSUB|\$)(?=[ \t]+-)[ \t]+")
MANAGERS = {"SBATCH": "slurm", "PBS": "pbs", "BSUB": "lsf", "$": "pbs"}  # by the mark of their directives
LONG_NAMES = {
    "slurm": {"C": "constraint", "p": "partition", "G": "gpus", "N": "nodes", "n": "ntasks", "A": "account",
              "q": "qos", "w": "nodelist", "M": "clusters", "J": "job-name", "t": "time", "c": "cpus-per-task",
              "o": "output", "e": "error", "D": "chdir", "x": "exclude", "L": "licenses", "d": "dependency"},
    "pbs": {"q": "partition", "l": "resources", "N": "job-name", "A": "account", "P": "project", "o": "output",
            "e": "error", "v": "variables", "W": "attributes", "m": "mail", "M": "mail-user", "pe": "environment"},
    "lsf": {"q": "partition", "gpu": "gpu", "R": "resources", "n": "ntasks", "m": "nodelist", "J": "job-name",
            "o": "output", "e": "error", "W": "time", "P": "project", "nnodes": "nodes", "M": "memory"},
}  # fmt: skip
BARE = {
    "slurm": frozenset({
        "exclusive", "pty", "label", "l", "unbuffered", "u", "verbose", "v", "quiet", "Q", "overlap", "overcommit", "O",
        "requeue", "no-requeue", "parsable", "wait-all", "hold", "H", "immediate", "I", "test-only", "X",
        "disable-status", "Z", "preserve-env", "E", "no-kill", "k", "V", "cwd", "j", "y",
    }),
    "pbs": frozenset({"V", "I", "X", "h", "z", "cwd", "f", "hard", "soft"}),
    "lsf": frozenset({"K", "I", "Is", "Ip", "x", "H", "B", "N", "r"}),
}  # fmt: skip
TOKEN = re.compile(r"(?:[^\s\"'#]|\"[^\"]*\"|'[^']*'|(?<=\S)#)+")
LSF_SELECT = re.compile(r"select\[([^\]]*)\]")


def directive_lines(text: str, comments: tuple[Extent, ...]) -> Iterator[tuple[Extent, list[Option]]]:
    """The directives among a script's comments, each with its options; `##SBATCH` and `# SBATCH` are none."""
    for start, end in comments:
        marked = DIRECTIVE.match(text, start, end)
        if marked and (start == 0 or text[start - 1] in "\n\r\ufeff"):
            tokens: list[Token] = [
                (re.sub(r"[\"']", "", token[0]), token.span()) for token in TOKEN.finditer(text, marked.end(), end)
            ]
            yield (start, end), list(scheduler_options(MANAGERS[marked[1]], tokens))


def scheduler_options(manager: str, tokens: list[Token]) -> Iterator[Option]:
    """The options of a command or directive of a workload manager by long name, up to the first operand."""
    at = 0
    while at < len(tokens):
        text, extent = tokens[at]
        at += 1
        if text is None:
            continue
        if not text.startswith("-") or text in ("-", "--"):
            return
        name, equals, value = text.lstrip("-").partition("=")
        if not text.startswith("--") and manager == "slurm" and len(name) > 1:
            name, value, equals = name[0], name[1:] + equals + value, "="
        operand: str | None = value
        if not equals and name not in BARE[manager] and at < len(tokens):
            following, place = tokens[at]
            if following is None or not following.startswith("-"):
                operand, extent, at = following, (extent[0], max(extent[1], place[1])), at + 1
        yield from _named(manager, LONG_NAMES[manager].get(name, name), operand, extent)


def _named(manager: str, name: str, value: str | None, extent: Extent) -> Iterator[Option]:
    """An option under its long name; resource lists of PBS and LSF come apart."""
    if name != "resources" or value is None:
        yield name, value, extent
    elif manager == "lsf":
        yield from (("select", inner, extent) for inner in LSF_SELECT.findall(value))
    else:
        for item in value.split(","):
            resource, _, amount = item.partition("=")
            yield resource, amount or "true", extent
