"""What does a command line look like as text? Pieces of regular expressions from which shell rules are made.

Text it is, and not Semgrep's syntax tree for Bash: that has no prefix assignments (`A=1 cmd`), no arrays, no words of a
string, loses the default of `${A:-1}`, cannot tell `export A=1` from `local A=1`, drops what stands behind a line that
it does not understand, and opens no `.slurm`.
"""

from __future__ import annotations

from chipsieve.border.semgrep.values import Pattern

GAP = r"(?:[ \t]|\\\r?\n)+"
"""What stands between two words of a command."""
WORD_START = r"""(?<![^\s"'=(`])(?<!= )(?<!= ["'])"""
"""The start of a word that is no operand of a comparison."""
WORD_END = r"""(?=[\s"'`;|&()<>]|\z)"""
WORD_CHARACTER = r"""[^\s"'`;|&()<>$]"""

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
SAYING = r"echo|printf|cat|[ef]?grep|sed|g?awk|logger"
"""Whose words are only shown or looked for."""
LOCAL = r"find|ls|mkdir|rm|cp|mv|ln|tar|rsync|scp|git|curl|wget|jq|diff|ps|kill|which|(?:nvidia|rocm|npu)-smi"
"""Whose options are their own affair."""

COMMENT = r"(?m)(?<!\S)#.*$"
SAID = rf"(?m){HEAD}(?:{SAYING})[ \t]{REST}"
OWN = rf"(?m){HEAD}(?:{LOCAL})[ \t]{REST}"
TO_ERROR = r"(?:1?>&2[ \t]*)?"
SHOWN = rf"""(?m)^[ \t]*(?:cat|:)[ \t]*{TO_ERROR}<<-?[ \t]*(["']?)(\w+)\1[ \t]*{TO_ERROR}\n(?:.*\n)*?[ \t]*\2$"""
LABEL = r"""(?m)^[ \t]*["']?-[^\s()|]*(?:[ \t]*\|[ \t]*["']?-[^\s()|]*)*["']?[ \t]*\)"""
SILENT: list[Pattern] = [{"pattern-not-regex": f"{COMMENT}|{SHOWN}|{SAID}"}]
"""Comments and texts that are printed."""
NO_FLAGS: list[Pattern] = [*SILENT, {"pattern-not-regex": f"{OWN}|{LABEL}"}]
"""Besides, options of commands that run nothing, and labels of `case`."""
COMMENTED = r"(?m)(?<!\S)#(?!!|(?:SBATCH|PBS|BSUB|\$)[ \t]+-).*$"
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


def whole(words: str) -> str:
    """A whole command from one of its own words to its end."""
    return rf"(?<![\w.-])(?:{words})(?=\s){REST}"


CONTAINERS = (
    r"(?:docker|podman|nerdctl|nvidia-docker)[ \t]+(?:run|create|pull)"
    r"|(?:singularity|apptainer)[ \t]+(?:exec|run|shell|pull|build)|enroot[ \t]+(?:import|create|start)"
)
IMAGE = rf"{whole(CONTAINERS)}|--(?:container-)?image(?:=|{GAP})\S+"
INSTALL = whole(r"(?:pip3?(?:\.\d+)?|uv|poetry|conda|mamba|micromamba)\b[^\n;&|]*?[ \t](?:install|add|create)")
