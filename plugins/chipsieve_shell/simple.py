"""What does one simple command do? Builtins change the state, functions are walked, the rest is recorded."""

from __future__ import annotations

from posixpath import basename

from chipsieve.commands.heads import PROBES
from chipsieve_shell import builtins, nested
from chipsieve_shell.answers import Answer, question
from chipsieve_shell.assign import assign
from chipsieve_shell.external import external, placed_words
from chipsieve_shell.nodes import Simple
from chipsieve_shell.state import State
from chipsieve_shell.tape import Tape
from chipsieve_shell.tests import holds, operand_tokens
from chipsieve_shell.values import Pieces, constant
from chipsieve_shell.walker import SUCCESS, Status, Walker


def run(walker: Walker, node: Simple, tape: Tape, state: State) -> Status:
    """Walk one simple command."""
    expander = walker.expander(tape, state)
    walker.redirected(node.redirects, tape, state)
    if not node.words:
        for extent in node.assignments:
            assign(walker, expander, extent, exported=None)
        return SUCCESS
    placed = placed_words(walker, node, tape, state)
    if not placed:
        return SUCCESS
    words = [word for word, _ in placed]
    head = constant(words[0])
    handler = builtins.HANDLERS.get(head or "")
    if handler is not None:
        answer = handler(builtins.Call(walker, node, tape, state, tuple(words)))
        return SUCCESS if answer is None else Status(answer)
    if head in ("[", "test"):
        return Status(tested(words, node, tape))
    if head in state.functions:
        return called(walker, head, tuple(words[1:]), node, tape, state)
    prefix = [assign(walker, expander, extent, exported=True, keep=False) for extent in node.assignments]
    extent = tape.command(*node.extent)
    external(walker, placed, [pair for pair in prefix if pair], extent, state)
    nested.scripts(walker, words, extent, state)
    nested.heredocs(walker, node, words, tape, state)
    worded = " ".join(tape.text[slice(*node.extent)].split())
    assumed = basename(head or "") not in PROBES
    return Status(question(f"{worded} succeeds"), assumed=assumed)


def called(walker: Walker, name: str, arguments: tuple[Pieces, ...], node: Simple, tape: Tape, state: State) -> Status:
    """Walk a function; prefix assignments hold for the call."""
    held, exported = dict(state.variables), dict(state.exported)
    names = [assign(walker, walker.expander(tape, state), one, exported=True) for one in node.assignments]
    status = walker.call(name, arguments, state)
    for pair in names:
        if pair and pair[0] not in exported:
            state.exported.pop(pair[0], None)
        if pair and pair[0] in held:
            state.variables[pair[0]] = held[pair[0]]
        elif pair:
            state.variables.pop(pair[0], None)
    return status


def tested(words: list[Pieces], node: Simple, tape: Tape) -> Answer:
    """Whether `[ ... ]` or `test ...` holds."""
    operands = words[1:-1] if constant(words[0]) == "[" and constant(words[-1]) == "]" else words[1:]
    text = " ".join(tape.text[slice(*node.extent)].split())
    return holds(operand_tokens(operands), text, globbing=False)
