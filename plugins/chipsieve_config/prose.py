"""Which chips does this text name, and which commands does it tell its reader to run?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from chipsieve.facts.conditions import MENTION, Question
from chipsieve.facts.paths import is_kind
from chipsieve.facts.reading import Reading, Source
from chipsieve.match.table import SignalTable
from chipsieve_config.collect import Collector

SIZE_LIMIT = 1_000_000  # characters; longer texts are logs, and repeat themselves
LONGEST_LINE = 500  # characters in which a line shows that a device query printed it
LOG_LINE = re.compile(r"\bGPU\s+[\d,]+:|\(UUID: |^\|\s+\d+\s+\S.*\|.*\|", re.IGNORECASE)
FENCE = re.compile(r"[ \t]*(?P<fence>```+|~~~+)[ \t]*\{?\.?(?P<language>[\w+-]*)")
DIRECTIVE = re.compile(
    r"^(?P<indent>[ \t]*)\.\.[ \t]+(?:code-block|code|sourcecode)::[ \t]*(?P<language>[\w-]+)[ \t]*\r?\n"
    r"(?P<body>(?:(?P=indent)[ \t]+\S[^\r\n]*(?:\r?\n|\Z)|[ \t]*\r?\n)+)",
    re.MULTILINE,
)
SHELL = frozenset({"bash", "sh", "shell", "zsh", "console", "shell-session", "bashrc"})
COMMAND = re.compile(
    r"^[ \t]*(?:\$ )?(?:[A-Z_]+=\S* )*"
    r"(?:torchrun|python3?|deepspeed|accelerate|colossalai|bash|sh|sbatch|srun|mpirun|export)[ \t]",
    re.MULTILINE,
)
PROMPT = re.compile(r"^([ \t]*)[$%](?=[ \t])", re.MULTILINE)
LINE = re.compile(r"[^\n]*\n|[^\n]+")
IN_README = Question("unknown", text="a README's code block")


def read(source: Source, table: SignalTable) -> Reading:
    """Everything the text says; a name in prose is a mention, whoever wrote it."""
    collector = Collector(source, table)
    text = source.text[:SIZE_LIMIT]
    if len(source.text) > SIZE_LIMIT:
        cut = collector.lines.position(SIZE_LIMIT)[0]
        collector.gap(f"longer than {SIZE_LIMIT:,} characters: the rest was not read", cut)
    log = is_kind("log", source.path)
    for match, start, end in table.words(text):
        line = collector.lines.line(collector.lines.position(start)[0], LONGEST_LINE)
        logged = log or LOG_LINE.search(line)
        by = "log" if logged else match.by or "prose"
        collector.add([replace(match, by=by)], start, end, (MENTION,))
    if not log:
        _code(collector, text)
    return collector.reading()


def _code(collector: Collector, text: str) -> None:
    """Record the shell blocks of Markdown and reStructuredText."""
    directives = ((found["language"], *found.span("body")) for found in DIRECTIVE.finditer(text))
    for language, start, end in (*fenced(text), *directives):
        body = text[start:end]
        if language.casefold() in SHELL or (not language and COMMAND.search(body)):
            collector.shell(PROMPT.sub(r"\1 ", body), collector.lines.position(start)[0], (IN_README,))


def fenced(text: str) -> Iterator[tuple[str, int, int]]:
    """Markdown's fenced code blocks: language and where the code stands; one that is never closed is none."""
    language, sign, start = "", "", 0
    for line in LINE.finditer(text):
        fence = FENCE.match(line[0])
        if fence and not sign:
            language, sign, start = fence["language"], fence["fence"], line.end()
        elif fence and line[0].strip().startswith(sign) and not line[0].strip().strip(sign[0]):
            yield language, start, line.start()
            sign = ""
