"""Which stretches of a document are shell, and how do they read as a script?

Documents show commands as people type them: behind a prompt, with `<port>` for what the reader fills in, with comments
between continued lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from operator import itemgetter

from chipsieve.commands.launchers import launchers

SHELL = frozenset({"bash", "sh", "shell", "zsh", "console", "shell-session", "bashrc"})
SHELL_WORDS = frozenset({"then", "do", "time", "watch", "command", ".", "source"})  # also words of any text
FENCE = re.compile(r"[ \t]*(?P<fence>```+|~~~+)[ \t]*\{?\.?(?P<language>[\w+-]*)")
FENCE_SIGN = re.compile("```|~~~")
DIRECTIVE_SIGN = re.compile(r"\.\.[ \t]+(?:code|sourcecode)")
DIRECTIVE = re.compile(
    r"^(?P<indent>[ \t]*)\.\.[ \t]+(?:code-block|code|sourcecode)::[ \t]*(?P<language>[\w-]+)[ \t]*\r?\n"
    r"(?P<body>(?:(?P=indent)[ \t]+\S[^\r\n]*(?:\r?\n|\Z)|[ \t]*\r?\n)+)",
    re.MULTILINE,
)
LINE = re.compile(r"[^\n]*\n|[^\n]+")
INDENTED = re.compile(r"(?: {4}|\t)[ \t]*\S")
BLANK = "\n\n"  # what begins a text is behind a blank line
# A line, and those below it that stand further in, with blank lines between them.
BLOCK = re.compile(r"[^\n]*(?:\n(?:[^\S\n]*\n)*+[ \t]+\S[^\n]*)*+\n?")
FAR = 1_000  # characters of blank lines between what introduces a block and the block
INLINE = re.compile(r"`(?<!``)([^`\n]+)`(?!`)")
PROMPT = re.compile(
    r"^([ \t]*)((?:\([\w.-]+\)[ \t]*)?(?:[\w.-]+@[\w.-]+(?:[: ][^\s$#%]*)?[$#%]|[$%\u276f]))(?=[ \t])", re.MULTILINE
)
PLACEHOLDER = re.compile(r"(?<!<)<(?=\w)[^<>\n]*(?<=\S)>")
LEFT_OUT = re.compile(r"(?<!\S)(?:\.{3,}|…|\[(?=[-\w<])[^\[\]\n]*\])(?!\S)")  # `...`, `[options]`
CONTINUED = re.compile(r"\\[ \t]+(?:#[^\n]*)?$", re.MULTILINE)
GOES_ON = re.compile(r"[ \t]+\S|-|\S+\.py\b")

Stretch = tuple[int, int]


def shell_stretches(text: str) -> list[Stretch]:
    """Where the shell of Markdown and reStructuredText stands: blocks, and commands within a sentence."""
    directives = DIRECTIVE.finditer(text) if DIRECTIVE_SIGN.search(text) else ()
    blocks = [*fenced(text), *((found["language"], *found.span("body")) for found in directives)]
    taken = sorted((start, end) for _, start, end in blocks)
    shell = [
        (start, end)
        for language, start, end in blocks
        if language.casefold() in SHELL or (not language and command_lines().search(text, start, end))
    ]
    indented = [block for block in _indented(text) if not _inside(block, taken)]
    taken = sorted((*taken, *indented))
    return sorted((*shell, *indented, *(span for span in _inline(text) if not _inside(span, taken))))


@cache
def command_lines() -> re.Pattern[str]:
    """Lines that begin with a program which starts others, and name a file or give an option."""
    return re.compile(rf"^[ \t]*{_command()}", re.MULTILINE)


@cache
def _further_in_behind_blank() -> re.Pattern[str]:
    """Such a line that stands further in, below a blank one."""
    return re.compile(rf"\n[^\S\n]*\n(?P<line>[ \t]+(?=\S){_command()})")


def _command() -> str:
    table = launchers()
    heads = table.starting | table.wrappers
    names = "|".join(re.escape(name) for name in sorted(heads - SHELL_WORDS, key=lambda name: (-len(name), name)))
    return (
        rf"(?:{PROMPT.pattern[1:]}[ \t]+)?(?:[A-Z_][A-Z0-9_]*=\S*[ \t]+)*"
        rf"(?:export[ \t]+\w+=|(?:(?:\S*/)?(?:{names})|python[\d.]+|(?:\./|\.\./|[\w-]+/)\S+\.(?:py|sh))(?=[ \t]).*"
        rf"(?:[ \t]-{{1,2}}[A-Za-z]|\w\.(?:py|sh|ya?ml|toml|json|slurm|sbatch)\b|[ \t][\w.+]+=\S))"
    )


def fenced(text: str) -> Iterator[tuple[str, int, int]]:
    """Markdown's fenced code blocks: language and where the code stands; one that is never closed is none."""
    language, sign, start = "", "", 0
    for line in _lines_with(FENCE_SIGN, text) if "```" in text or "~~~" in text else ():
        fence = FENCE.match(line[0])
        if fence and not sign:
            language, sign, start = fence["language"], fence["fence"], line.end()
        elif fence and line[0].strip().startswith(sign) and not line[0].strip().strip(sign[0]):
            yield language, start, line.start()
            sign = ""


def _lines_with(sign: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The lines that hold a sign, each once."""
    at = 0
    while (found := sign.search(text, at)) and (line := LINE.match(text, text.rfind("\n", 0, found.start()) + 1)):
        yield line
        at = line.end()


def _indented(text: str) -> Iterator[Stretch]:
    """Indented blocks that begin with a command: of Markdown behind a blank line, of reStructuredText behind `::`."""
    shift = len(BLANK)
    text = BLANK + text
    at = 0
    while found := _further_in_behind_blank().search(text, at):
        start = at = found.start("line")
        block = BLOCK.match(text, start)
        if block and (INDENTED.match(text, start) or _introduced(text, found.start())):
            at = block.end()
            yield start - shift, at - shift


def _introduced(text: str, end: int) -> bool:
    """Whether the last line above some blank ones, the first of which begins at an offset, ends with `::`."""
    sign = text.rfind("::", max(0, end - FAR), end)
    return sign >= 0 and not text[sign + 2 : end].strip()


def _inline(text: str) -> Iterator[Stretch]:
    return (found.span(1) for found in INLINE.finditer(text) if command_lines().match(found[1]))


def _inside(stretch: Stretch, others: list[Stretch]) -> bool:
    """Whether a stretch begins inside one of others, which are sorted."""
    at = bisect_right(others, stretch[0], key=itemgetter(0))
    return at > 0 and stretch[0] < others[at - 1][1]


def as_script(shown: str) -> str:
    """The commands as a shell reads them, each where it stands: no prompts, variables for what readers fill in."""
    text = PROMPT.sub(lambda found: found[1] + " " * len(found[2]), shown)
    text = LEFT_OUT.sub(lambda found: " " * len(found[0]), text)
    text = PLACEHOLDER.sub(lambda found: _variable(len(found[0])), text)
    return _without_pauses(CONTINUED.sub("\\\\", text))


def _variable(length: int) -> str:
    """A variable that nothing sets, spelled in so many characters."""
    return "${" + "_" * (length - 3) + "}" if length > 3 else "$" + "_" * (length - 1)  # noqa: PLR2004 - `${_}` has 4


def _without_pauses(text: str) -> str:
    """The text without blank lines and comments between a continued line and what goes on with it."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if not line.rstrip("\r").endswith("\\"):
            continue
        after = at + 1
        while after < len(lines) and lines[after].strip()[:1] in ("", "#"):
            after += 1
        if after < len(lines) and GOES_ON.match(lines[after]):
            lines[at + 1 : after] = ["\\"] * (after - at - 1)
    return "\n".join(lines)
