"""What does the manual page say? The commands' help as one page for `man`, with options of several commands once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

import click

from command_help import options, paragraphs, usage, walk

Option = tuple[str, str]
"""Its names with its values, and what it does."""
NAME = "say on which accelerators code can run, on which it was probably trained, and which line proves it"
DESCRIPTION = (
    "chipsieve reads a code base without running it and without the network, and gives two answers that it never "
    "mixes. What the code needs excludes accelerators of a catalogue, each with the line that does it. What it was "
    "probably trained on is an estimate, families of accelerators with probabilities, each with the lines for it and "
    "against it."
)
COMMON = "`--version` and `--debug` stand before the command. The others mean the same in each command that names them."
ENVIRONMENT = {
    "CHIPSIEVE_CACHE_DIR": "The folder that holds what earlier runs read, in place of the user's own cache folder.",
    "NO_COLOR": "Where it is set, text has no colours.",
    "FORCE_COLOR": "Where it is set, text has colours also where it does not go to a terminal.",
}
FILES = {
    "chipsieve.toml": "The configuration, in the working directory or a folder above, up to the one that holds .git.",
    "pyproject.toml": "The configuration, in the table [tool.chipsieve].",
}
ESCAPES = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "^": r"\(ha", "~": r"\(ti", "`": r"\(ga"}


def man_page(command: click.Command, version: str, exit_codes: Mapping[str, str], note: str) -> str:
    """The page in troff's man macros; `note` stands in it as a comment."""
    contexts = list(walk(command, "chipsieve"))
    shared = _shared(contexts)
    lines = [
        rf".\" {note}",
        f'.TH CHIPSIEVE 1 "" "chipsieve {version}" "User Commands"',
        *(".nh", ".ad l"),  # words that are typed are not broken, nor set apart
        *(".SH NAME", rf"chipsieve \- {_text(NAME)}"),
        *(".SH SYNOPSIS", ".nf", *(_usage(context) for context in contexts if not _is_group(context)), ".fi"),
        *(".SH DESCRIPTION", _text(DESCRIPTION)),
        *(".SH COMMANDS", *(line for context in contexts[1:] for line in _command(context, shared))),
        *(".SH OPTIONS", _text(COMMON), *_options([*_own(contexts[0], shared), *shared])),
        *(".SH EXIT STATUS", *_list(exit_codes)),
        *(".SH ENVIRONMENT", *_list(ENVIRONMENT)),
        *(".SH FILES", *_list(FILES)),
        *(".SH SEE ALSO", _text("`ruff`, `flake8` and `semgrep` can find the same lines. The manual: docs/ of"), ".br"),
        _text("https://github.com/chipsieve/chipsieve"),
    ]
    return "\n".join(lines) + "\n"


def _shared(contexts: Iterable[click.Context]) -> list[Option]:
    """The options that several commands have and that mean the same in each, by their names."""
    times = Counter(option for context in contexts for option in options(context))
    variants = Counter(_long(names) for names, _ in times)
    several = [option for option, count in times.items() if count > 1 and variants[_long(option[0])] == 1]
    return sorted(several, key=lambda option: _long(option[0]))


def _is_group(context: click.Context) -> bool:
    return isinstance(context.command, click.Group)


def _usage(context: click.Context) -> str:
    """The call with the command in bold and what varies in italics."""
    path, pieces = context.command_path, usage(context).removeprefix(context.command_path)
    return rf"\fB{_escaped(path)}\fR\fI{_escaped(pieces)}\fR"


def _command(context: click.Context, shared: Collection[Option]) -> Iterator[str]:
    """A command's section: what it does, its own options, and the names of those that it shares."""
    (first, _), *others = paragraphs(context.command)
    yield from (f'.SS "{_escaped(context.command_path)}"', _text(first))
    for text, keeps_lines in others:
        yield from _example(text) if keeps_lines else (".PP", _text(text))
    yield from _options(_own(context, shared))
    found = options(context)
    if named := [_long(names) for names, text in found if (names, text) in shared and "--help" not in names]:
        yield from (".PP", _text(f"Described under OPTIONS: {', '.join(named)}."))


def _own(context: click.Context, shared: Collection[Option]) -> list[Option]:
    return [option for option in options(context) if option not in shared]


def _example(text: str) -> Iterator[str]:
    """A heading, and below it lines that stay as they are, less their common indent."""
    head, *below = text.splitlines()
    yield from (".PP", _text(head), ".RS 4", ".nf", *(_begin(_escaped(line.strip())) for line in below), ".fi", ".RE")


def _options(several: Iterable[Option]) -> Iterator[str]:
    for names, text in several:
        called = " ".join(word for word in names.split(" ") if word.startswith("-"))
        values = _escaped(names.removeprefix(called)).replace("|", r"|\:")  # where a narrow line may break
        yield from (".TP", rf"\fB{_escaped(called)}\fR\fI{values}\fR", _text(text))


def _long(names: str) -> str:
    """The long name of an option, of `-v, --verbose` and the like."""
    return next(word for word in names.split(" ") if word.startswith("--"))


def _list(rows: Mapping[str, str]) -> Iterator[str]:
    for word, text in rows.items():
        yield from (".TP", rf"\fB{_escaped(word)}\fR", _text(text))


def _text(text: str) -> str:
    """Prose on one line: options in bold, and what stands in backquotes; a narrow line may break within an address."""
    parts = re.split(r"`([^`]*)`|(?<![\w-])(--?[a-z][\w-]*)", " ".join(text.split()))
    prose, code, option = parts[::3], parts[1::3], parts[2::3]
    bold = [rf"\fB{_escaped(one or other)}\fR" for one, other in zip(code, option, strict=True)]
    plain = (re.sub(r"(?<=[\w}])/", r"/\:", _escaped(one)) for one in prose)
    return _begin("".join(before + after for before, after in zip(plain, [*bold, ""], strict=True)))


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in text)


def _begin(line: str) -> str:
    """A line that does not begin as a request does."""
    return rf"\&{line}" if line.startswith((".", r"\(aq")) else line
