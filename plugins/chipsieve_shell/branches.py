"""Which branch is taken? `if`, `case`, `&&`, `||`, pipes and groups, decided where constants decide."""

from __future__ import annotations

from collections.abc import Iterable

from chipsieve.facts.conditions import Not, Question
from chipsieve_shell import piped
from chipsieve_shell.answers import Answer, Conditions, all_of, any_of, as_conditions, conjunction, negate, question
from chipsieve_shell.compare import matches
from chipsieve_shell.nodes import (
    AndOr,
    Bracketed,
    Case,
    Doubtful,
    Function,
    Group,
    If,
    Node,
    Pipeline,
    Sequence,
    wording,
)  # fmt: skip
from chipsieve_shell.state import State, join
from chipsieve_shell.tape import Tape
from chipsieve_shell.tests import arithmetic, bracket_tokens, holds
from chipsieve_shell.walker import SUCCESS, Status, Walker


def bracketed(walker: Walker, node: Bracketed, tape: Tape, state: State) -> Status:
    """Whether `[[ ]]` or `(( ))` holds."""
    expander = walker.expander(tape, state)
    start, end = node.extent
    if node.kind == "arithmetic":
        return Status(arithmetic(expander, node.extent))
    return Status(holds(bracket_tokens(expander, start + 2, end - 2), tape.text[start:end], globbing=True))


def split(walker: Walker, state: State, branches: Iterable[tuple[Conditions, Node | None]], tape: Tape) -> None:
    """Walk alternatives, each under its conditions, and join what they leave."""
    outcomes = []
    for conditions, body in branches:
        path = state.copy(*conditions)
        if body is not None:
            walker.execute(body, tape, path)
        path.path = state.path
        outcomes.append((conditions, path))
    join(state, outcomes)


def conditional(walker: Walker, node: If, tape: Tape, state: State) -> Status:
    """`if`: each branch under its test and the negation of those before."""
    refused: Conditions = ()
    branches: list[tuple[Conditions, Node | None]] = []
    for test, body in node.branches:
        asking = state.copy(*refused)
        answer = walker.execute(test, tape, asking).answer
        if not refused:
            state.variables, state.shifted = asking.variables, asking.shifted
        branches.append(((*refused, *as_conditions(answer)), body))
        refused = tuple(dict.fromkeys((*refused, *as_conditions(negate(answer)))))
    branches.append((refused, node.otherwise))
    split(walker, state, branches, tape)
    return SUCCESS


def case(walker: Walker, node: Case, tape: Tape, state: State) -> Status:
    """`case`: each arm under its patterns and the negation of those before; `;&` runs the next one too."""
    expander = walker.expander(tape, state)
    subject = expander.pieces(*node.subject)
    refused: Conditions = ()
    fallen: Answer = False
    branches: list[tuple[Conditions, Node | None]] = []
    for arm in node.arms:
        patterns = [expander.pieces(*pattern) for pattern in arm.patterns]
        worded = f"{tape.text[slice(*node.subject)]} matches {'|'.join(tape.text[slice(*p)] for p in arm.patterns)}"
        hit = matches(subject, patterns, worded)
        taken = any_of((fallen, all_of((conjunction(refused), hit))))
        branches.append((as_conditions(taken), arm.body))
        fallen = taken if arm.falls else False
        refused = tuple(dict.fromkeys((*refused, *as_conditions(negate(hit)))))
    branches.append((refused, None))
    split(walker, state, branches, tape)
    return SUCCESS


def and_or(walker: Walker, node: AndOr, tape: Tape, state: State) -> Status:
    """`&&` and `||`: a command in front of `&&` is taken to succeed unless it is a test."""
    left = walker.execute(node.left, tape, state)
    succeeds: Answer = True if left.assumed and node.operator == "&&" else left.answer
    gate = succeeds if node.operator == "&&" else negate(succeeds)
    path = state.copy(*as_conditions(gate))
    right = walker.execute(node.right, tape, path)
    path.path = state.path
    if path.stopped and left.assumed and node.operator == "||":
        path.failed = True  # `cd DIR || exit`: what follows is what happens when it worked
    join(state, [(as_conditions(gate), path), (as_conditions(negate(gate)), state.copy())])
    combine = all_of if node.operator == "&&" else any_of
    return Status(combine((left.answer, right.answer)), assumed=left.assumed and right.assumed)


def pipeline(walker: Walker, node: Pipeline, tape: Tape, state: State) -> Status:
    """Every part runs in a shell of its own; the last one's status counts."""
    if len(node.parts) == 1:
        status = walker.execute(node.parts[0], tape, state)
    else:
        for part in node.parts:
            status = walker.execute(part, tape, state.copy())
        piped.feed(walker, node, tape, state.copy())
        if not isinstance(status.answer, bool):
            status = Status(question(wording(node, tape.text)), assumed=status.assumed)
    return Status(negate(status.answer), status.assumed) if node.negated else status


def group(walker: Walker, node: Group, tape: Tape, state: State) -> Status:
    """`{ }` and `( )`; a subshell keeps its changes for itself."""
    walker.redirected(node.redirects, tape, state)
    inner = state.copy() if node.subshell else state
    return walker.execute(node.body, tape, inner)


def doubtful(walker: Walker, node: Doubtful, tape: Tape, state: State) -> Status:
    """What was read of a broken block may run, or not."""
    doubt = Question("unknown", text=node.reason)
    split(walker, state, [((doubt,), node.body), ((Not(doubt),), None)], tape)
    return SUCCESS


def sequence(walker: Walker, node: Sequence, tape: Tape, state: State) -> Status:
    """Commands in order; the last one's status counts."""
    status = SUCCESS
    for item in node.items:
        status = walker.execute(item, tape, state)
    return status


def define(walker: Walker, node: Function, tape: Tape, state: State) -> Status:
    """A function is remembered until it is called."""
    del walker
    state.functions[node.name] = (tape, node.body)
    return SUCCESS
