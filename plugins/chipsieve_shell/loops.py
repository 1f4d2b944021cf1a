"""How often does a loop run? Over a short constant list once per item, else the body is walked once."""

from __future__ import annotations

from dataclasses import dataclass

from chipsieve.facts.conditions import NEVER, Question
from chipsieve_shell.answers import Conditions, as_conditions, conjunction, negate, question
from chipsieve_shell.braces import braces
from chipsieve_shell.nodes import Extent, For, Node, While, names_assigned, uses_command, wording
from chipsieve_shell.state import State, join
from chipsieve_shell.tape import Tape
from chipsieve_shell.values import Piece, Pieces, constant, scalar
from chipsieve_shell.walker import SUCCESS, Status, Walker

UNROLL_LIMIT = 8
ALTERING = ("shift", "getopts")


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop that is walked once: what it changes, what it runs under, and the test that it runs at all."""

    body: Node
    changed: frozenset[str]
    conditions: Conditions
    runs: Question
    variable: str = ""


def loop(walker: Walker, node: For, tape: Tape, state: State) -> Status:
    """`for`: unrolled over a short constant list, else walked once with an unknown variable."""
    words = items(walker, node, tape, state)
    if words is not None and len(words) <= UNROLL_LIMIT:
        return unroll(walker, node, words, tape, state)
    changed = names_assigned(node.body, tape.text)
    runs = Question("unknown", text=f"the loop over {node.name} runs" if node.name else "the loop runs")
    once(walker, Loop(node.body, changed, (), runs, node.name), tape, state)
    return SUCCESS


def unroll(walker: Walker, node: For, words: list[Pieces], tape: Tape, state: State) -> Status:
    """One walk per item; for no item at all one that never takes effect."""
    if not words:
        walker.execute(node.body, tape, state.copy(NEVER))
    for word in words:
        place = (word[0].start, word[-1].end) if word else (0, 0)
        state.variables[node.name] = scalar(word, place)
        walker.record.plain(node.name, word, place, state.conditions)
        walker.execute(node.body, tape, state)
        state.end_guards("break")
    return SUCCESS


def items(walker: Walker, node: For, tape: Tape, state: State) -> list[Pieces] | None:
    """The constant items of a loop, None when some are unknown."""
    if node.items is None:
        return list(state.arguments) if not node.counts and state.arguments is not None else None
    expander = walker.expander(tape, state)
    words = [word for item in node.items for word in expander.words(item)]
    words = [one for word in words for one in braces(word)]
    known = (constant(word) for word in words)
    return words if all(text is not None and "*" not in text for text in known) else None


def once(walker: Walker, loop: Loop, tape: Tape, state: State) -> None:
    """Walk a loop's body once, with what it changes itself unknown at its start."""
    place: Extent = (0, 0)
    path = state.copy(*loop.conditions)
    again = Question("unknown", text="an earlier pass of the loop")
    path.forget(loop.changed, place, again)
    if loop.variable:
        path.variables[loop.variable] = scalar((Piece("unknown", loop.variable, *place),), place)
    if any(uses_command(loop.body, name, tape.text) for name in ALTERING):
        path.shifted = None
    walker.execute(loop.body, tape, path)
    path.path = state.path
    path.end_guards("break")
    taken = loop.conditions or (loop.runs,)
    join(state, [(taken, path), (as_conditions(negate(conjunction(taken))), state.copy())])
    if path.shifted is None:
        state.shifted = None


def loop_while(walker: Walker, node: While, tape: Tape, state: State) -> Status:
    """`while` and `until`: the body once, under the first test where that is one."""
    status = walker.execute(node.test, tape, state)
    answer = negate(status.answer) if node.until else status.answer
    conditions = () if status.assumed or answer is True else as_conditions(answer)
    changed = names_assigned(node.body, tape.text) | names_assigned(node.test, tape.text)
    runs = question(f"while {wording(node.test, tape.text)}")
    if answer is True and not status.assumed:
        endless(walker, node, changed, tape, state)
    else:
        once(walker, Loop(node.body, changed, conditions, runs), tape, state)
    return SUCCESS


def endless(walker: Walker, node: While, changed: frozenset[str], tape: Tape, state: State) -> None:
    """A body that certainly runs at least once."""
    state.forget(changed, (0, 0), Question("unknown", text="an earlier pass of the loop"))
    if any(uses_command(node.body, name, tape.text) for name in ALTERING):
        state.shifted = None
    walker.execute(node.body, tape, state)
    state.end_guards("break")
    state.forget(changed, (0, 0), Question("unknown", text="a later pass of the loop"))
