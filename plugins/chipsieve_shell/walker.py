"""What may the parts of the interpreter ask of each other? One protocol, so that none imports another in a circle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chipsieve_shell.answers import Answer
from chipsieve_shell.expand import Expander
from chipsieve_shell.nodes import Node, Redirect
from chipsieve_shell.record import Record
from chipsieve_shell.state import State
from chipsieve_shell.tape import Tape
from chipsieve_shell.values import Pieces


@dataclass(frozen=True, slots=True)
class Status:
    """How a command exits: whether with success. `assumed` marks a guess that most commands succeed."""

    answer: Answer
    assumed: bool = False


SUCCESS = Status(answer=True)


class Walker(Protocol):
    """Walks trees of one file; what it finds goes to the record."""

    @property
    def record(self) -> Record:
        """Where findings, commands and gaps go."""

    def expander(self, tape: Tape, state: State) -> Expander:
        """What reads words of a tape in a state."""

    def execute(self, node: Node, tape: Tape, state: State) -> Status:
        """Walk a node; `state` becomes the state behind it."""

    def nested(self, tape: Tape, state: State) -> None:
        """Walk a script that stands in a string or a here-document."""

    def call(self, name: str, arguments: tuple[Pieces, ...], state: State) -> Status:
        """Walk a function's body with its positional parameters bound."""

    def redirected(self, redirects: tuple[Redirect, ...], tape: Tape, state: State) -> None:
        """Walk the process substitutions among redirections' targets."""
