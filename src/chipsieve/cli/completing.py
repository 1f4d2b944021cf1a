"""What can the user press Tab for? The command that sets a shell up, and the words that arguments can be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

import click

from chipsieve.cli.common import ENDINGS
from chipsieve.cli.help_pages import Grouped
from chipsieve.cli.screen import write
from chipsieve.report import FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from chipsieve.configuration.file import Config

SHELLS = ("bash", "zsh", "fish", "nushell")


@click.command(cls=Grouped)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script by which a shell completes words.

    These are commands, options, paths, and the names of accelerators and signals. The shell runs the script when it
    starts, as the first example does from ~/.bashrc. docs/completion.md has the line for each shell.

    \b
    Examples:
      eval "$(chipsieve completion bash)"
      chipsieve completion fish > ~/.config/fish/completions/chipsieve.fish
    """
    from chipsieve.cli.shells import script

    write(script(context.find_root().command, shell), None)


def paths(_context: click.Context, _option: click.Parameter, start: str) -> list[CompletionItem[str]]:
    """Files and folders, which the shell knows."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(start, type="file")]


def accelerators(_context: click.Context, _option: click.Parameter, start: str) -> list[CompletionItem[str]]:
    """Families and ids of the catalogue."""
    return _starting(start, _chips())


def fleets(context: click.Context, _option: click.Parameter, start: str) -> list[CompletionItem[str]]:
    """What `runs-on` takes: accelerators, vendors and the configuration's fleets, with commas between them."""
    from chipsieve.catalogue import load_catalogue

    config: Config | None = context.params.get("config")
    known = {
        **dict.fromkeys(config.fleets if config else (), "a fleet of the configuration"),
        **{vendor: f"all of {name}" for vendor, name in load_catalogue().vendors.items()},
        **_chips(),
    }
    before, comma, last = start.rpartition(",")
    return _starting(last, known, before + comma)


def signals(_context: click.Context, _option: click.Parameter, start: str) -> list[CompletionItem[str]]:
    """Ids of signals."""
    from chipsieve.signals import load_signals

    return _starting(start, {one.id: one.title for one in load_signals().values()})


def conditions(context: click.Context, option: click.Parameter, start: str) -> list[CompletionItem[str]]:
    """Conditions to fail on: effects and signals, and accelerators after a colon."""
    from chipsieve.signals.signal import Effect

    kind, colon, _ = start.partition(":")
    if colon:
        return _starting(start, dict.fromkeys((f"{kind}:{chip}" for chip in ("any", *_chips())), ""))
    known = {**dict.fromkeys(get_args(Effect), "a signal of this effect"), "excludes:any": "", "names:any": ""}
    return [*_starting(start, known), *signals(context, option, start)]


def facts(_context: click.Context, _option: click.Parameter, start: str) -> list[CompletionItem[str]]:
    """Facts to choose accelerators by; the values in the catalogue of one that is typed, or where one alone is left."""
    from chipsieve.catalogue.selection import KEYS

    keys = [key for key in KEYS if key.startswith(start.partition("=")[0])]
    if "=" not in start and len(keys) > 1:
        return _starting(start, {f"{key}=": "" for key in keys})
    return _starting(start, {f"{key}={value}": "" for key in keys for value in _values(key)})


def engines(_context: click.Context, _option: click.Parameter, start: str) -> list[CompletionItem[str]]:
    """Who can look for findings."""
    return _starting(start, dict.fromkeys(("visitors", "semgrep", "semgrep,visitors"), ""))


def also(_context: click.Context, _option: click.Parameter, start: str) -> list[CompletionItem[str]]:
    """Each format with a file for it."""
    endings = {form: ending for ending, form in reversed(ENDINGS.items())}
    return _starting(start, {f"{form}=verdict{endings.get(form, '.txt')}": "" for form in FORMATS})


def _chips() -> dict[str, str]:
    """Every family, and every accelerator by its id, each with its name."""
    from chipsieve.catalogue import load_catalogue

    chips = load_catalogue().accelerators
    families = {one.family.casefold().replace(" ", "-"): f"every {one.family}" for one in chips if one.family}
    return {**families, **{one.id: one.name for one in chips}}


def _values(key: str) -> Iterable[str]:
    """What the catalogue holds under a fact, as a condition says it."""
    from chipsieve.catalogue import load_catalogue
    from chipsieve.catalogue.predicates import OWN
    from chipsieve.catalogue.selection import AT_LEAST, AT_MOST

    fact = next((key.removesuffix(end) for end in (AT_LEAST, AT_MOST) if key.endswith(end)), key)
    cells = {getattr(one, fact) if fact in OWN else one.facts.get(fact) for one in load_catalogue().accelerators}
    words = {f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells if cell is not None}
    words = {word.lower() if word in {"True", "False"} else word for word in words}
    return sorted(words, key=lambda word: (len(word), word))


def _starting(start: str, known: dict[str, str], before: str = "") -> list[CompletionItem[str]]:
    """The known words that begin as was typed, with what they mean; `before` stands before each."""
    from click.shell_completion import CompletionItem

    found = (word for word in known if word.casefold().startswith(start.casefold()))
    return [CompletionItem(before + word, help=known[word] or None) for word in found]
