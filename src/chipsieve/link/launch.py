"""What is a launch? One run put together: its words, its settings, and where the facts of its files stand."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Literal

import msgspec

from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Fact, Reading
from chipsieve.facts.ternary import Ternary
from chipsieve.facts.words import Resolved
from chipsieve.link.option_values import option_name

Standing = Literal["asserted", "optional", "inert"]


def standing(answer: Ternary) -> Standing:
    """The standing of a line whose conditions answered so."""
    return "optional" if answer is None else "asserted" if answer else "inert"


class FileStandings(msgspec.Struct, frozen=True, eq=False):
    """Where the facts of one file stand in a launch; launches for which that is the same share one object.

    `standings` are those of the reading's facts and then of its findings, in their order. `chosen` are the values in
    force of the facts of which an option or variable chooses it, in the order of `Reading.chosen`, None where it is
    not known; it is None itself where every condition is taken to be met. A file that only lies `around` the run
    (requirements, an image's recipe) takes part in it as far as the run asks for what it installs.
    """

    reading: Reading
    standings: tuple[Standing, ...]
    chosen: tuple[str | None, ...] | None = None
    around: bool = False


class StatedFact(msgspec.Struct, frozen=True):
    """A fact that a launch's own words state, and no line of a file by itself: an argument handed on, a default."""

    path: str
    fact: Fact
    standing: Standing


SettingSource = Literal["command line", "environment", "config", "default"]
SOURCES: tuple[SettingSource, ...] = ("command line", "environment", "config", "default")  # the first one wins


class Setting(msgspec.Struct, frozen=True, gc=False):
    """An option, key or variable of the run with the value that is in force, and the line that sets it.

    What stayed unknown of the value shows as `${NAME}` or `$(...)`. `source` says who sets it: the command line, the
    environment, a configuration file, or the default that the program declares.
    """

    name: str
    value: str
    path: str
    span: Span
    source: SettingSource


class Launch(msgspec.Struct, frozen=True):
    """One run reconstructed from a shell script, job file or entry module.

    `standings` are the files that the launch reaches, each with the standings of its facts, `stated` the facts of its
    own words. Matching puts `findings` in the place of both: those that are not inert, each with its standing.
    `modules` are the first names of the modules that it certainly imports. `devices` is nodes times accelerators per
    node where the command says so, else 0. `settings` are the options, keys and variables that its command line,
    environment and configurations set, sorted by name; `defaults` those that each file of its code declares, in force
    where nothing sets them. `documented_at` is the line of a document, `README.md:15`, that tells people to start it
    (then it is `documented_itself`) or its program in another way, else ""; `named` says that the topmost README names
    the program, whether or not as a command. `project` is the folder of the README whose subject it is.
    """

    id: str
    role: str
    path: str
    line: int
    entry: str
    command: tuple[Resolved, ...]
    environment: Mapping[str, Resolved]
    files: tuple[str, ...]
    findings: tuple[tuple[Finding, Standing], ...] = ()
    devices: int = 0
    settings: tuple[Setting, ...] = ()
    defaults: tuple[tuple[Setting, ...], ...] = ()
    standings: tuple[FileStandings, ...] = ()
    stated: tuple[StatedFact, ...] = ()
    modules: frozenset[str] = frozenset()
    documented_at: str = ""
    documented_itself: bool = False
    named: bool = False
    project: str = ""

    def setting(self, name: str) -> Setting | None:
        """What is in force under a name (`--batch-size` and `batch_size` are one), None where nothing sets it."""
        wanted = option_name(name)
        several = chain(self.settings, chain.from_iterable(self.defaults))
        named = [one for one in several if option_name(one.name) == wanted]
        return min(named, key=lambda one: SOURCES.index(one.source), default=None)
