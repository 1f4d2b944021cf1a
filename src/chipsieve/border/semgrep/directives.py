"""How do Slurm, PBS and LSF write a request? In `#SBATCH` lines and their like, and as options of their commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chipsieve.border.semgrep.command import GAP, SILENT, whole
from chipsieve.border.semgrep.values import Pattern, named

LETTERS = {"constraint": "C", "partition": "p", "gpus": "G"}
QUEUE = r"""-q[ \t]+["']?(?P<V>[^\s"']+)"""
WORD = r"""["']?(?P<V>[^\s"'\\]+)"""
LSF = {
    "gpu": r"""-gpu[ \t]+["']?(?P<V>[^"'\n]+)""",
    "select": r"""-R[ \t]+["']?[^"'\n]*?select\[(?P<V>[^\]\n]+)\]""",
    "partition": QUEUE,
}


def directives(names: Sequence[str]) -> Pattern:
    """Any of the requests, by their long names, in any of the three schedulers; its value is `$V`."""
    return {"pattern-either": [{"patterns": place} for place in _places(names)]}


def _places(names: Sequence[str]) -> Iterator[list[Pattern]]:
    lsf = [regex for name, regex in LSF.items() if name in names]
    written = [(r"SBATCH", "srun|sbatch|salloc", _slurm(names)), (r"(?:PBS|\$)", "qsub", _pbs(names))]
    written += [("BSUB", "bsub", "|".join(lsf))] if lsf else []
    for sign, commands, option in written:
        regex: Pattern = {"pattern-regex": rf"(?<!\S)(?|{option})"}
        yield [regex, {"pattern-regex": rf"(?m)^#{sign}[ \t].*$"}]
        yield [regex, {"pattern-regex": whole(commands)}, *SILENT]


def _slurm(names: Sequence[str]) -> str:
    letters = "".join(letter for name, letter in LETTERS.items() if name in names)
    short = rf"|-[{letters}](?:=|{GAP})?{WORD}" if letters else ""
    return rf"--(?i:{named(names)})(?:=|{GAP}){WORD}{short}"


def _pbs(names: Sequence[str]) -> str:
    resource = rf"""-l[ \t]*["']?(?:[^\s,"']+,)*(?i:{named(names)})=(?P<V>[^\s,"']+)"""
    return f"{resource}|{QUEUE}" if "partition" in names else resource
