"""How does a launch show a known machine? The words of its row in sites.toml, as match rows that mean its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from chipsieve.signals.signal import Row
from chipsieve.sites import Level, Site, load_sites

WILD = re.compile(r"[*#]")
PLACES = ("output", "error", "chdir")
"""Scheduler options whose operand is a path."""
VARIABLES = ("*_HOME", "*_DIR", "*_PATH", "*_CACHE", "*_ROOT", "*_FOLDER", "SCRATCH", "WORK", "PATH", "PYTHONPATH")
"""Variables whose value is a path."""
OPTIONS = {
    "partition": ("partition",),
    "qos": ("qos",),
    "constraint": ("constraint",),
    "account": ("account", "project"),
    "select": ("select",),
    "filesystems": ("filesystems",),
}
"""Scheduler options by the kind of word that they hold."""
KEYS = {
    "partition": ("partition", "slurm_partition", "queue"),
    "qos": ("qos", "slurm_qos"),
    "account": ("slurm_account",),
    "cluster": ("cluster", "clusters"),
}
FLAGS = {"partition": ("--partition", "--slurm-partition", "--queue"), "cluster": ("--cluster", "--clusters")}
CALLS = {"partition": "slurm_partition", "qos": "slurm_qos", "account": "slurm_account"}
"""Where else a kind of word is asked for: a config's keys, a program's flags, keywords of submitit."""


def site_rows(level: Level) -> tuple[Row, ...]:
    """The match rows of all machines for the words of a level."""
    return tuple(row for site in load_sites() for row in _rows(site, level))


def _rows(site: Site, level: Level) -> Iterator[Row]:
    by = "site" if level == "ground" else "scheduler"
    for kind, words in site.words[level].items():
        for found in _requested(kind, words) if by == "scheduler" else _touched(kind, words):
            yield replace(found, by=by, means=site.name)


def _requested(kind: str, words: tuple[str, ...]) -> Iterator[Row]:
    """What a request holds: one of the words, alone or in a list."""
    if kind == "resource":  # `-l rt_F=4` of PBS and Grid Engine
        yield Row("directive", words, pattern=r"^[1-9]\d*$")
        return
    pattern = rf"(?:^|[,:+&\s])(?:{_any(words, '[^,:+&|]*')})(?=$|[,:+&\s])"
    if kind in OPTIONS:
        yield Row("directive", OPTIONS[kind], pattern=pattern)
    if kind in KEYS:
        yield Row("key", KEYS[kind], pattern=pattern)
    if kind in FLAGS:
        yield Row("flag", FLAGS[kind], pattern=pattern)
    if kind in CALLS:
        yield Row("call", ("*.update_parameters",), pattern=pattern, keyword=CALLS[kind])


def _touched(kind: str, words: tuple[str, ...]) -> Iterator[Row]:
    """What a script touches: a path below one of the words, or a name that is one."""
    if kind in OPTIONS:
        yield from _requested(kind, words)
        return
    if kind == "option":
        yield Row("directive", words)
        return
    if kind == "word":
        yield Row("literal", _held(words), pattern=f"^(?:{_any(words, '[^/]*')})$")
        return
    end = "" if kind == "path" else r"(?![\w-])"
    pattern = rf"(?<![\w/.~$-])(?:{_any(words, '[^/:,]*')}){end}"
    yield Row("literal", _held(words), pattern=pattern)
    yield Row("env", VARIABLES, pattern=pattern)
    if kind == "path":
        yield Row("directive", PLACES, pattern=pattern)


def _any(words: tuple[str, ...], wild: str) -> str:
    """A pattern for any of the words, in which `*` stands for any text and `#` for a digit."""
    return "|".join(re.escape(word).replace(r"\*", wild).replace(r"\#", r"\d") for word in words)


def _held(words: tuple[str, ...]) -> tuple[str, ...]:
    """What every text that one of the words fits holds: the longest piece without a wild card."""
    return tuple(dict.fromkeys(max(WILD.split(word), key=len).casefold() for word in words))
