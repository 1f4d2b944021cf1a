"""In which order do a script's commands run, and what is known at each? Partial evaluation, nothing run.

A test that constants decide picks its branch; the other one is walked too, under NEVER, for its facts.
An undecided test splits the state and joins it again behind the branches. A loop over a short constant list is walked
once per item, any other once.
"""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename

import msgspec
from msgspec.structs import replace

from chipsieve.commands.known import known
from chipsieve.facts.conditions import (
    ALWAYS,
    NEVER,
    Always,
    Condition,
    Conditions,
    Never,
    Not,
    Question,
    all_of,
    any_of,
    as_conditions,
    negate,
)  # fmt: skip
from chipsieve.limits import CALLS, CARRIED, NESTED, UNROLLED
from chipsieve_shell.constants.conditionals import (
    arithmetic,
    ask_loop,
    bracket_tokens,
    holds,
    matches,
    operand_tokens,
    question,
    refuse,
)  # fmt: skip
from chipsieve_shell.constants.pieces import Piece, Pieces, constant, scalar
from chipsieve_shell.constants.source_map import MappedText
from chipsieve_shell.constants.state import Defined, State, join
from chipsieve_shell.record import Record
from chipsieve_shell.run.builtins import BUILTINS, Call
from chipsieve_shell.run.nested_scripts import Nested, in_heredoc, in_words, is_remote, printed, through_pipe
from chipsieve_shell.run.simple_commands import PIECE, Here
from chipsieve_shell.syntax.nodes import (
    AndOr,
    Bracketed,
    Case,
    Doubtful,
    Extent,
    For,
    Function,
    Group,
    If,
    Node,
    Pipeline,
    Redirect,
    Script,
    Sequence,
    Simple,
    While,
    names_assigned,
    start_of,
    uses_command,
    wording,
)  # fmt: skip
from chipsieve_shell.syntax.script_parser import parse

ALTERING = ("shift", "getopts")
NOWHERE = (0, 0)
CHARACTERS_OF_A_STEP = 20  # of a script in a string, which is parsed where it is run
PLAIN = (Simple, Sequence, Function)  # nodes of which the walk makes no copy of the state


class Status(msgspec.Struct, frozen=True):
    """How a command exits: whether with success. `assumed` marks a guess that most commands succeed."""

    answer: Condition
    assumed: bool = False


SUCCESS = Status(ALWAYS)


class Interpreter(Here):
    """Walks the trees of one text in one state; what it finds goes to the record."""

    def __init__(self, mapped: MappedText, state: State, record: Record, engine: str, nesting: int = 0) -> None:
        """Walk a text in a state; `nesting` counts the texts that it stands in."""
        super().__init__(mapped, state, record, engine)
        self.nesting = nesting

    def under(self, state: State) -> Interpreter:
        """The walk in another state."""
        return Interpreter(self.mapped, state, self.record, self.engine, self.nesting)

    def substitute(self, start: int, end: int) -> Pieces:
        """What `$(...)` prints, where that is constant; else its commands are walked."""
        if self.nesting >= NESTED:
            return ()
        self.record.step(self.state.weight)
        script = self._parsed(self.mapped, start, end)
        found = printed(self._inside(self.mapped, self.state.copy(), script.engine), script.body)
        if not found:
            self._inside(self.mapped, self.state.copy(), script.engine).execute(script.body)
        return found

    def _inside(self, mapped: MappedText, state: State, engine: str) -> Interpreter:
        return Interpreter(mapped, state, self.record, engine, self.nesting + 1)

    def _parsed(self, mapped: MappedText, start: int, end: int) -> Script:
        """A stretch of a text; what it loses becomes gaps."""
        self.record.step(CARRIED * (end - start) // CHARACTERS_OF_A_STEP)
        script = parse(mapped.text, start, end)
        for lost in script.lost:
            self.record.gap_at(mapped.origin(*lost.extent)[0], lost.reason)
        return script

    def walk(self, scripts: Iterable[Nested]) -> None:
        """Walk scripts that stand in strings or here-documents."""
        for mapped, state in scripts:
            if self.nesting >= NESTED:
                self.record.gap_at(mapped.origin(0, 0)[0], f"scripts in scripts, more than {NESTED} deep: not read")
                continue
            script = self._parsed(mapped, 0, len(mapped.text))
            self._inside(mapped, state, script.engine).execute(script.body)

    def uncalled(self) -> None:
        """Walk the functions that nothing in this file calls: somebody else may."""
        for name, defined in [pair for pair in self.state.functions.items() if pair[0] not in self.record.called]:
            path = self.state.copy(Question("call", name))
            path.guards, path.stopped, path.shifted, path.arguments = (), "", 0, None
            Interpreter(defined.text, path, self.record, defined.engine, self.nesting).execute(defined.body)

    def execute(self, node: Node) -> Status:
        """Walk a node; the state becomes the one behind it."""
        self.record.step(self.state.burden if isinstance(node, PLAIN) else self.state.weight)
        match node:
            case Simple():
                return self.simple(node)
            case Sequence(items):
                status = SUCCESS
                for item in items:
                    status = self.execute(item)
                return status
            case Bracketed():
                return Status(self.bracketed(node))
            case AndOr():
                return self.and_or(node)
            case Pipeline():
                return self.pipeline(node)
            case Group():
                self.redirected(node.redirects)
                in_heredoc(self, node, [])
                return (self.under(self.state.copy()) if node.subshell else self).execute(node.body)
        self._compound(node)
        return SUCCESS

    def _compound(self, node: Node) -> None:
        """Walk what changes the state, and of which no test asks whether it succeeds."""
        match node:
            case Function(name, body):
                self.state.functions[name] = Defined(self.mapped, body, self.engine)
            case If():
                self.conditional(node)
            case Case():
                self.case(node)
            case For():
                self.loop(node)
            case While():
                self.loop_while(node)
            case Doubtful(body, reason):
                doubt = Question("unknown", text=reason)
                self.split([((doubt,), body), ((Not(doubt),), None)])

    def redirected(self, redirects: tuple[Redirect, ...]) -> None:
        """Walk the process substitutions among redirections' targets."""
        for target in (redirect.target for redirect in redirects if redirect.target):
            self.pieces(*target)

    def simple(self, node: Simple) -> Status:
        """A simple command: builtins change the state, functions are walked, all else is recorded."""
        self.redirected(node.redirects)
        if not node.words:
            for extent in node.assignments:
                self.assign(extent, exported=None)
            return SUCCESS
        placed = self.placed_words(node)
        if not placed:
            return SUCCESS
        words = [word for word, _ in placed]
        head = constant(words[0]) or ""
        if head in BUILTINS:
            call = Call(self, node, placed)
            answer = BUILTINS[head](call)
            self.walk(call.scripts)
            return SUCCESS if answer is None else Status(answer)
        if head in ("[", "test"):
            operands = words[1:-1] if head == "[" and constant(words[-1]) == "]" else words[1:]
            return Status(holds(operand_tokens(operands), self.worded(node.extent), globbing=False))
        if head in self.state.functions:
            return self.prefixed_call(head, tuple(words[1:]), node)
        given = [self.assign(extent, exported=True, keep=False) for extent in node.assignments]
        run_at = self.mapped.where_run(*node.extent)
        scripts = in_words(words, run_at, self.state)
        remote = bool(scripts) and is_remote(head)
        passed = self.start(placed, [pair for pair in given if pair], run_at, kept=not remote)
        scripts += in_heredoc(self, node, words)
        for _, inside in scripts if not remote else ():
            inside.take_over(passed)
        self.walk(scripts)
        return Status(question(f"{self.worded(node.extent)} succeeds"), assumed=basename(head) not in known().probes)

    def prefixed_call(self, name: str, arguments: tuple[Pieces, ...], node: Simple) -> Status:
        """A function's call; prefix assignments hold for it alone."""
        state = self.state
        held, exported = dict(state.variables), dict(state.exported)
        given = [self.assign(extent, exported=True) for extent in node.assignments]
        status = self.call(name, arguments)
        for assigned in filter(None, given):
            if assigned[0] not in exported:
                state.exported.pop(assigned[0], None)
            state.restore(assigned[0], held)
        return status

    def call(self, name: str, arguments: tuple[Pieces, ...]) -> Status:
        """Walk a function's body with its positional parameters bound."""
        state = self.state
        self.record.called.add(name)
        if state.depth >= CALLS:
            return Status(question(f"{name} succeeds"), assumed=True)
        defined = state.functions[name]
        outer = (state.arguments, state.shifted, state.locals)
        held = dict(state.variables)
        state.arguments, state.shifted, state.locals = arguments, 0, set()
        state.depth += 1
        status = Interpreter(defined.text, state, self.record, defined.engine, self.nesting).execute(defined.body)
        state.depth -= 1
        for local in state.locals:
            state.restore(local, held)
        state.arguments, state.shifted, state.locals = outer
        state.end_guards("return")
        return status

    def bracketed(self, node: Bracketed) -> Condition:
        """Whether `[[ ]]` or `(( ))` holds."""
        start, end = node.extent
        if node.kind == "arithmetic":
            return arithmetic(self, node.extent)
        return holds(bracket_tokens(self, start + 2, end - 2), self.mapped.text[start:end], globbing=True)

    def split(self, branches: Iterable[tuple[Conditions, Node | None]]) -> None:
        """Walk alternatives, each under its conditions, and join what they leave."""
        outcomes = []
        for conditions, body in branches:
            self.record.step(self.state.weight + PIECE * len(conditions))
            path = self.state.copy(*conditions)
            if body is not None:
                self.under(path).execute(body)
            path.path = self.state.path
            outcomes.append((conditions, path))
        join(self.state, outcomes)

    def conditional(self, node: If) -> None:
        """`if`: each branch under its test and the negation of those before."""
        refused: Conditions = ()
        branches: list[tuple[Conditions, Node | None]] = []
        for test, body in node.branches:
            asking = self.state.copy(*refused)
            answer = self.under(asking).execute(test).answer
            if not refused:
                self.state.variables, self.state.shifted = asking.variables, asking.shifted
            branches.append(((*refused, *as_conditions(answer)), body))
            refused = refuse(refused, answer, start_of(node.branches[0][0]))
        branches.append((refused, node.otherwise))
        self.split(branches)

    def case(self, node: Case) -> None:
        """`case`: each arm under its patterns and the negation of those before; `;&` runs the next one too."""
        text = self.mapped.text
        subject = self.pieces(*node.subject)
        refused: Conditions = ()
        fallen: Condition = NEVER
        branches: list[tuple[Conditions, Node | None]] = []
        for arm in node.arms:
            self.record.step(PIECE * len(refused))
            patterns = [self.pieces(*pattern) for pattern in arm.patterns]
            worded = f"{text[slice(*node.subject)]} matches {'|'.join(text[slice(*p)] for p in arm.patterns)}"
            hit = matches(subject, patterns, worded)
            taken = any_of((fallen, all_of((*refused, hit))))
            branches.append((as_conditions(taken), arm.body))
            fallen = taken if arm.falls else NEVER
            refused = refuse(refused, hit, node.extent[0])
        branches.append((refused, None))
        self.split(branches)

    def and_or(self, node: AndOr) -> Status:
        """`&&` and `||`: a command in front of `&&` is taken to succeed unless it is a test."""
        left = self.execute(node.left)
        succeeds = ALWAYS if left.assumed and node.operator == "&&" else left.answer
        gate = succeeds if node.operator == "&&" else negate(succeeds)
        path = self.state.copy(*as_conditions(gate))
        right = self.under(path).execute(node.right)
        path.path = self.state.path
        if path.stopped and left.assumed and node.operator == "||":
            path.failed = True  # `cd DIR || exit`: what follows is what happens when it worked
        join(self.state, [(as_conditions(gate), path), (as_conditions(negate(gate)), self.state.copy())])
        combine = all_of if node.operator == "&&" else any_of
        return Status(combine((left.answer, right.answer)), assumed=left.assumed and right.assumed)

    def pipeline(self, node: Pipeline) -> Status:
        """Every part runs in a shell of its own; the last one's status counts."""
        if len(node.parts) == 1:
            status = self.execute(node.parts[0])
        else:
            for part in node.parts:
                status = self.under(self.state.copy()).execute(part)
            self.walk(through_pipe(self.under(self.state.copy()), node))
            if not isinstance(status.answer, Always | Never):
                status = Status(question(wording(node, self.mapped.text)), assumed=status.assumed)
        return Status(negate(status.answer), status.assumed) if node.negated else status

    def loop(self, node: For) -> None:
        """`for`: walked once per item of a short constant list, else once with an unknown variable."""
        words = self.looped(node)
        if words is None or len(words) > UNROLLED:
            runs = ask_loop(node, f"the loop over {node.name} runs" if node.name else "the loop runs")
            before = len(self.record.commands)
            self.once(node, names_assigned(node.body, self.mapped.text), (runs,), variable=node.name)
            named = words and not all((constant(word) or "").isdigit() for word in words)
            if named and len(self.record.commands) > before:
                reason = f"a loop over more than {UNROLLED} values of {node.name}: which of them a command has is lost"
                self.record.gap_at(self.mapped.origin(start_of(node), start_of(node))[0], reason)
            return
        if not words:
            self.under(self.state.copy(NEVER)).execute(node.body)
        for word in words:
            self.bind(node.name, scalar(word, _extent(word)), _extent(word), exported=False)
            self.execute(node.body)
            self.state.end_guards("break")

    def loop_while(self, node: While) -> None:
        """`while` and `until`: the body once, under the first test where that is one."""
        text = self.mapped.text
        status = self.execute(node.test)
        answer = negate(status.answer) if node.until else status.answer
        changed = names_assigned(node.body, text) | names_assigned(node.test, text)
        if answer != ALWAYS or status.assumed:
            runs = replace(question(f"while {wording(node.test, text)}"), name=ask_loop(node, "").name)
            self.once(node, changed, (runs,), () if status.assumed else as_conditions(answer))
            return
        self.state.forget(changed, NOWHERE, ask_loop(node, "an earlier pass of the loop"))
        self._forget_arguments(node.body, self.state)
        self.execute(node.body)
        self.state.end_guards("break")
        self.state.forget(changed, NOWHERE, ask_loop(node, "a later pass of the loop"))

    def once(
        self, loop: For | While, changed: frozenset[str], runs: Conditions, conditions: Conditions = (),
        variable: str = "",
    ) -> None:  # fmt: skip
        """Walk a loop's body once, with what it changes itself unknown at its start.

        `runs` asks whether it runs at all, where no `conditions` say so.
        """
        path = self.state.copy(*conditions)
        path.forget(changed, NOWHERE, ask_loop(loop, "an earlier pass of the loop"))
        if variable:
            path.variables[variable] = scalar((Piece("unknown", variable, *NOWHERE),), NOWHERE)
        self._forget_arguments(loop.body, path)
        self.under(path).execute(loop.body)
        path.path = self.state.path
        path.end_guards("break")
        taken = conditions or runs
        join(self.state, [(taken, path), (as_conditions(negate(all_of(taken))), self.state.copy())])
        if path.shifted is None:
            self.state.shifted = None

    def _forget_arguments(self, body: Node, state: State) -> None:
        """After a `shift` somewhere in a loop nobody knows which argument is which."""
        if any(uses_command(body, name, self.mapped.text) for name in ALTERING):
            state.shifted = None


def _extent(word: Pieces) -> Extent:
    return (word[0].start, word[-1].end) if word else NOWHERE
