"""What do the tests of the configuration reader read with? A small table of signals, and short forms."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from msgspec.structs import replace

import chipsieve_config
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Command, Reading, Source
from chipsieve.facts.words import Word
from chipsieve.match.matching import findings
from chipsieve.match.table import SignalTable
from chipsieve.signals import read_signal
from chipsieve.sources.contents import decode
from chipsieve.sources.languages import language_of
from chipsieve.sources.readers import read_source

TECHNIQUE = """
title = "a setting"
question = "Which setting?"
step = "none"
effect = "technique"
strength = "weak"
label = "setting"
why = "It is asked for."

[[match]]
kind = "env"
names = ["NCCL_*", "TORCH_CUDA_ARCH_LIST"]

[[match]]
kind = "key"
names = ["bf16.enabled", "bf16", "precision.bf16", "torch_dtype", "zero_optimization.stage", "Trainer.dtype"]

[[match]]
kind = "key"
names = ["cloud.google.com/gke-accelerator", "nvidia.com/gpu.product", "quant_method"]

[[match]]
kind = "key"
names = ["enabled"]
beside = { loss_scale = "0" }

[[match]]
kind = "flag"
names = ["bf16"]

[[match]]
kind = "flag"
names = ["precision"]
values = ["bf16"]

[[match]]
kind = "image"
pattern = "nvcr\\\\.io/nvidia|rocm/"

[[match]]
kind = "pin"
names = ["torch", "pytorch", "flash-attn", "flash-attention", "cuda"]

[[match]]
kind = "directive"
names = ["gres", "constraint", "gpus-per-node"]

[[match]]
kind = "literal"
pattern = "^npu:\\\\d$"
"""
NAMES = """
title = "a chip's name"
question = "Which chip?"
step = "names"
effect = "names"
strength = "weak"
requires = { named = "$value" }
why = "Somebody wrote it."

[[match]]
kind = "claim"
pattern = '\\b(?P<value>A100|H100)\\b'
by = "prose"
"""
TABLE = SignalTable(
    {"setting": read_signal("setting", tomllib.loads(TECHNIQUE)), "chip": read_signal("chip", tomllib.loads(NAMES))}
)


def read(path: str, text: str, language: str = "") -> Reading:
    """The reading of a text; its language is that of the path's name unless given."""
    return matched(chipsieve_config.read(Source(path, language or language_of(path), text), TABLE.vocabulary))


def matched(reading: Reading) -> Reading:
    """A reading with what the table finds in its facts."""
    return replace(reading, findings=tuple(findings(reading.facts, reading.path, TABLE)))


def read_whole(path: str, text: str) -> Reading:
    """The reading of a text with all that the shell's reader finds in the scripts inside it."""
    return matched(read_source(Source(path, language_of(path), text), TABLE.vocabulary)[0])


def read_bytes(path: str, data: bytes) -> Reading:
    """The reading of a file's bytes, decoded as the tool decodes them."""
    return read(path, decode(data))


def rows(reading: Reading) -> list[tuple[str, str]]:
    """Kind of row and value of every finding, sorted."""
    return sorted((found.row, found.value) for found in reading.findings)


def only(reading: Reading) -> Finding:
    """The one finding there is."""
    (found,) = reading.findings
    return found


def covered(text: str, reading: Reading) -> Iterator[tuple[Finding, str]]:
    """Each finding with the text that its span covers; fails when a span leaves the text."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for found in reading.findings:
        at = found.span
        assert 1 <= at.line <= at.end_line <= len(lines)
        assert 1 <= at.column <= len(lines[at.line - 1]) + 1
        part = lines[at.line - 1 : at.end_line]
        part[-1] = part[-1][: at.end_column - 1]
        part[0] = part[0][at.column - 1 :]
        yield found, "\n".join(part)


def shown(word: Word) -> str:
    """A word as far as it is known; what a file around gives a variable stands behind its name."""
    pieces = []
    for part in word.parts:
        given = f"={shown(part.default)}" if part.default else ""
        choices = "|".join(shown(one) for _, one in part.alternatives)
        pieces.append(part.text if part.kind == "text" else f"<{part.text}{given}{choices}>")
    return "".join(pieces)


def command_line(command: Command) -> str:
    """A command's words."""
    return " ".join(map(shown, command.words))


def commands(path: str, text: str) -> list[str]:
    """The commands of a text in order, each of which stands on a line that is there."""
    reading = read_whole(path, text)
    lines = text.splitlines()
    assert all(0 < command.span.line <= len(lines) for command in reading.commands)
    return [command_line(command) for command in sorted(reading.commands, key=lambda command: command.span)]
