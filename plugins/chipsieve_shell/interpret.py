"""In which order do a script's commands run, and what is known at each? Partial evaluation, nothing run.

A test that constants decide picks its branch; the other one is walked too, under NEVER, for its findings.
An undecided test splits the state and joins it again behind the branches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chipsieve.facts.conditions import Question
from chipsieve_shell import branches, loops, simple, substitution
from chipsieve_shell.answers import question
from chipsieve_shell.expand import Expander
from chipsieve_shell.nodes import (
    AndOr,
    Bracketed,
    Case,
    Doubtful,
    For,
    Function,
    Group,
    If,
    Node,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
    While,
)  # fmt: skip
from chipsieve_shell.parse import parse
from chipsieve_shell.record import Record
from chipsieve_shell.state import State
from chipsieve_shell.tape import Tape
from chipsieve_shell.values import Pieces
from chipsieve_shell.walker import Status

CALL_DEPTH = 8
NESTING_LIMIT = 5  # scripts in strings in scripts
HANDLERS: dict[type, Callable[[Any, Any, Tape, State], Status]] = {
    Simple: simple.run, Sequence: branches.sequence, Bracketed: branches.bracketed, AndOr: branches.and_or,
    Pipeline: branches.pipeline, If: branches.conditional, Case: branches.case, Group: branches.group,
    Doubtful: branches.doubtful, Function: branches.define, For: loops.loop, While: loops.loop_while,
}  # fmt: skip


@dataclass(slots=True)
class Interpreter:
    """Walks trees of one file; what it finds goes to the record."""

    record: Record
    called: set[str] = field(default_factory=set)
    nesting: int = 0

    def expander(self, tape: Tape, state: State) -> Expander:
        """What reads words of a tape in a state."""
        return Expander(tape, state, self.substitute)

    def substitute(self, tape: Tape, start: int, end: int, state: State) -> Pieces:
        """What `$(...)` prints, where that is constant; its commands are walked as well."""
        if self.nesting >= NESTING_LIMIT:
            return ()
        self.nesting += 1
        node = self.parsed(tape, start, end)
        printed = substitution.printed(self, node, tape, state.copy())
        if not printed:
            self.execute(node, tape, state.copy())
        self.nesting -= 1
        return printed

    def parsed(self, tape: Tape, start: int, end: int) -> Node:
        """The tree of a stretch of a tape; what it loses becomes gaps."""
        script = parse(tape.text, start, end)
        for lost in script.lost:
            first, _ = tape.origin(*lost.extent)
            self.record.gap(lost.reason, self.record.lines.position(first)[0])
        return script.body

    def nested(self, tape: Tape, state: State) -> None:
        """Walk a script that stands in a string or a here-document."""
        if self.nesting < NESTING_LIMIT:
            self.nesting += 1
            self.execute(self.parsed(tape, 0, len(tape.text)), tape, state)
            self.nesting -= 1

    def execute(self, node: Node, tape: Tape, state: State) -> Status:
        """Walk a node; `state` becomes the state behind it."""
        self.record.step()
        return HANDLERS[type(node)](self, node, tape, state)

    def redirected(self, redirects: tuple[Redirect, ...], tape: Tape, state: State) -> None:
        """Walk the process substitutions among redirections' targets."""
        for redirect in redirects:
            if redirect.target:
                self.expander(tape, state).pieces(*redirect.target)

    def call(self, name: str, arguments: tuple[Pieces, ...], state: State) -> Status:
        """Walk a function's body with its positional parameters bound."""
        self.called.add(name)
        if state.depth >= CALL_DEPTH:
            return Status(question(f"{name} succeeds"), assumed=True)
        tape, body = state.functions[name]
        outer = (state.arguments, state.shifted, state.locals)
        held = dict(state.variables)
        state.arguments, state.shifted, state.locals = arguments, 0, set()
        state.depth += 1
        status = self.execute(body, tape, state)
        state.depth -= 1
        for local in state.locals:
            if local in held:
                state.variables[local] = held[local]
            else:
                state.variables.pop(local, None)
        state.arguments, state.shifted, state.locals = outer
        state.end_guards("return")
        return status

    def uncalled(self, state: State) -> None:
        """Walk the functions that nothing in this file calls: somebody else may."""
        for name in list(state.functions):
            if name not in self.called:
                path = state.copy(Question("call", name))
                path.guards, path.stopped, path.shifted, path.arguments = (), "", None, None
                tape, body = state.functions[name]
                self.execute(body, tape, path)
