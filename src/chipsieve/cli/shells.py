"""How does each shell ask what can follow, and how is it answered? bash, zsh, fish and Nushell, on click's completion.

click speaks the first three; where a word has a colon, a comma or a blank in it, it needs the help below.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

PROGRAM, ASKS = "chipsieve", "_CHIPSIEVE_COMPLETE"
"""The program, and the variable by which a shell asks: click makes it of the program's name."""
TWO_BACKSLASHES = 2 * "\\"
CUTS = ":=@"
"""Characters at which bash cuts words (COMP_WORDBREAKS) and that ours contain."""


class Bash(BashComplete):
    """bash hands `excludes:v1` over as three words, and wants what follows the last cut alone."""

    before_cut = ""

    @staticmethod
    def _check_version() -> None:
        """Start no shell: click asks bash how old it is."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words up to the one to complete, and that one, as they stand on the line."""
        given = os.environ["COMP_WORDS"].split("\n")[: int(os.environ["COMP_CWORD"]) + 1]
        *words, last = ("".join(split_arg_string(word)) for word in _joined(given))
        value = last.partition("=")[2] if last.startswith("-") else last
        self.before_cut = value[: max(map(value.rfind, CUTS)) + 1]
        return words[1:], last

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """The part of a word that bash replaces; of two backslashes before a blank its `read` takes one away."""
        value = str(item.value).removeprefix(self.before_cut)
        return f"{item.type},{value.replace(' ', TWO_BACKSLASHES + ' ')}"


class Joined(ShellComplete):
    """The other shells replace the whole of `--format=js`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What can follow, with the option before its value where they are one word."""
        option, equals, _ = incomplete.partition("=")
        before = option + equals if equals and option.startswith("-") else ""
        items = super().get_completions(args, incomplete)
        return [CompletionItem(before + item.value, item.type, item.help) for item in items]


class Zsh(Joined, ZshComplete):
    """As click has it."""


class Fish(Joined, FishComplete):
    """Of an answer `plain,v100,h20` the first comma alone separates."""

    source_template = FishComplete.source_template.replace('string split ","', 'string split --max 1 ","')


class Nushell(Joined):
    """Nushell asks its external completer; words and answers are JSON, and null stands for files."""

    name = "nushell"
    source_template = """\
let %(complete_func)s_else = $env.config.completions.external.completer?
$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|words|
    if ($words | first) == "%(prog_name)s" {
        let asked = {%(complete_var)s: "nushell_complete", COMP_WORDS: ($words | to json --raw)}
        with-env $asked { ^%(prog_name)s } | from json
    } else if $%(complete_func)s_else != null {
        do $%(complete_func)s_else $words
    }
}
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words up to the one to complete, and that one, without their quotes."""
        *words, last = (word.strip("\"'`") for word in json.loads(os.environ["COMP_WORDS"]))
        return words[1:], last

    def complete(self) -> str:
        """The answers as Nushell's records, or null."""
        items = self.get_completions(*self.get_completion_args())
        if any(item.type != "plain" for item in items):
            return "null"
        return json.dumps([{"value": self.format_completion(item), "description": item.help or ""} for item in items])

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """A word, in quotes where it has a blank."""
        return f'"{item.value}"' if " " in str(item.value) else str(item.value)


CLASSES: Mapping[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish, "nushell": Nushell}


def script(command: click.Command, shell: str) -> str:
    """What a shell runs when it starts, so that it asks `command` from then on."""
    return CLASSES[shell](command, {}, PROGRAM, ASKS).source()


def learn_shells() -> None:
    """Let click answer in our way, for a process that a shell has started to ask."""
    for shell, how in CLASSES.items():
        add_completion_class(how, shell)


def _joined(words: Sequence[str]) -> list[str]:
    """The words with those put together that bash cut: one that consists of cuts belongs to both its neighbours."""
    found: list[str] = []
    open_end = False
    for word in words:
        is_cut = bool(word) and not word.strip(CUTS)
        if found and (is_cut or open_end):
            found[-1] += word
        else:
            found.append(word)
        open_end = is_cut
    return found
