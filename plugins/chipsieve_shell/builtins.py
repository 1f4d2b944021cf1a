"""What do the shell's own commands change? `export`, `cd`, `source`, `set`, `exit`, `eval` and their like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

from chipsieve.facts.conditions import NEVER, Condition
from chipsieve_shell.answers import Answer, question
from chipsieve_shell.assign import assign, bind
from chipsieve_shell.external import command, external, placed_words
from chipsieve_shell.nested import scripts
from chipsieve_shell.nodes import Extent, Simple
from chipsieve_shell.state import DIRECTORY, State, inherited
from chipsieve_shell.substitution import joined_path
from chipsieve_shell.tape import Tape, tape_of
from chipsieve_shell.values import Piece, Pieces, constant, drop, prefix, scalar
from chipsieve_shell.walker import Walker

STACK = "@stack"


@dataclass(frozen=True, slots=True)
class Call:
    """A builtin with everything it may need; `words` are expanded."""

    walker: Walker
    node: Simple
    tape: Tape
    state: State
    words: tuple[Pieces, ...]

    @property
    def options(self) -> str:
        """The letters of its leading options."""
        texts = (constant(word) or "" for word in self.words[1:])
        return "".join(text[1:] for text in texts if text.startswith("-"))

    @property
    def operands(self) -> list[Pieces]:
        """The words that are no options."""
        return [word for word in self.words[1:] if not (prefix(word) or "").startswith("-")]

    @property
    def place(self) -> Extent:
        """Where the command stands in the file."""
        return self.tape.command(*self.node.extent)


def _declare(call: Call) -> None:
    """`declare`, `local`, `typeset`, `readonly`: assign; `-x` exports."""
    local = constant(call.words[0]) == "local"
    for name in _assigned(call, exported=True if "x" in call.options else None):
        if local and call.state.depth:
            call.state.locals.add(name)


def _export(call: Call) -> None:
    """`export A=1 B`; `-n` takes a name out of the environment."""
    removes = "n" in call.options
    _assigned(call, exported=not removes)


def _assigned(call: Call, *, exported: bool | None) -> list[str]:
    """Carry out a declaration's operands, `A=1` as written and `A` alone; their names."""
    expander = call.walker.expander(call.tape, call.state)
    names: list[str] = []
    for extent in (*call.node.assignments, *call.node.words[1:]):
        done = assign(call.walker, expander, extent, exported=exported)
        if done:
            names.append(done[0])
            continue
        names += [_named(call, word, extent, exported=exported) for word in expander.words(extent)]
    return [name for name in names if name]


def _named(call: Call, word: Pieces, extent: Extent, *, exported: bool | None) -> str:
    """One operand that is a name, or that an expansion made an assignment."""
    name, equals, _ = prefix(word).partition("=")
    if not name.isidentifier():
        return ""
    if equals:
        value = scalar(drop(word, len(name) + 1), call.tape.origin(*extent))
        bind(call.walker, call.state, name, value, call.tape.origin(*extent), exported=exported)
    elif exported:
        call.state.exported[name] = None
        call.walker.record.export_pending(name, call.state.conditions)
    elif exported is False:
        call.state.exported.pop(name, None)
    return name


def _unset(call: Call) -> None:
    for word in call.operands:
        name = constant(word) or ""
        call.state.variables.pop(name, None)
        call.state.exported.pop(name, None)
        call.walker.record.overwrite(name, call.state.conditions)


def _set(call: Call) -> None:
    """`set -a` exports whatever is assigned; `set -- words` binds the positional parameters."""
    texts = [constant(word) or "" for word in call.words[1:]]
    for text, following in zip_longest(texts, texts[1:], fillvalue=""):
        if text in ("--", "-"):
            call.state.arguments, call.state.shifted = tuple(call.words[2 + texts.index(text) :]), 0
            return
        allexport = (text[1:2].isalpha() and "a" in text[1:]) or (text[1:] == "o" and following == "allexport")
        if allexport and text[:1] in "-+":
            call.state.export_all = text[0] == "-"


def _cd(call: Call) -> None:
    """`cd` and `pushd`: relative folders add up."""
    before = inherited(call.state, DIRECTORY, call.place)
    target = call.operands[0] if call.operands else (Piece("variable", "HOME", *call.place),)
    if constant(call.words[-1]) == "-":
        held = call.state.value(STACK)
        target = held.pieces if held else (Piece("unknown", "cd -", *call.place),)
        call.state.variables[DIRECTORY] = scalar(target, call.place)
    else:
        call.state.variables[DIRECTORY] = scalar(joined_path(before, target), call.place)
    call.state.variables[STACK] = scalar(before, call.place)


def _popd(call: Call) -> None:
    held = call.state.value(STACK)
    back = held.pieces if held else (Piece("unknown", "popd", *call.place),)
    call.state.variables[DIRECTORY] = scalar(back, call.place)


def _source(call: Call) -> None:
    placed = placed_words(call.walker, call.node, call.tape, call.state)
    conditions = call.state.conditions
    if NEVER not in conditions:
        sourced = command(call.walker, placed, [], call.place, call.state, conditions, sources=True)
        call.walker.record.commands.append(sourced)


def _leave(call: Call) -> None:
    """`exit`, `return`, `break`, `continue`: this path ends here, with an error if the operand says so."""
    word = constant(call.words[0]) or "exit"
    status = constant(call.operands[0]) if call.operands else ""
    negative = any((constant(operand) or "").startswith("-") for operand in call.words[1:])
    call.state.stopped = call.state.stopped or {"continue": "break"}.get(word, word)
    failing = negative or (status is not None and status.isdigit() and int(status) != 0)
    call.state.failed = word in ("exit", "return") and failing


def _exec(call: Call) -> None:
    """`exec CMD` replaces the shell: it runs CMD, and nothing after it. With redirections alone it goes on."""
    if len(call.words) < 2:  # noqa: PLR2004 - the builtin and its operand
        return
    placed = placed_words(call.walker, call.node, call.tape, call.state)
    external(call.walker, placed, [], call.place, call.state)
    scripts(call.walker, [word for word, _ in placed], call.place, call.state)
    call.state.stopped, call.state.failed = "exit", False


def _eval(call: Call) -> None:
    call.walker.nested(tape_of(list(call.words[1:]), call.place), call.state)


def _shift(call: Call) -> None:
    count = constant(call.operands[0]) if call.operands else "1"
    number = int(count) if count is not None and count.isdigit() else None
    if call.state.arguments is not None and number is not None and call.state.shifted is not None:
        call.state.arguments = call.state.arguments[number:]
    elif call.state.shifted is not None:
        call.state.shifted = None if number is None else call.state.shifted + number


def _read(call: Call) -> Answer:
    """`read`, `mapfile`, `getopts`: variables that nobody knows."""
    names = [constant(word) or "" for word in call.operands]
    names += ["OPTARG", "OPTIND"] if constant(call.words[0]) == "getopts" else []
    for name in names or ["REPLY"]:
        if name.isidentifier():
            call.state.variables[name] = scalar((Piece("unknown", f"read {name}", *call.place),), call.place)
    return _worded(call)


def _worded(call: Call) -> Condition:
    return question(f"{' '.join(call.tape.text[slice(*call.node.extent)].split())} succeeds")


def _let(call: Call) -> None:
    for word in call.operands:
        name = prefix(word).partition("=")[0].rstrip("+-*/% ")
        if name.isidentifier():
            call.state.variables[name] = scalar((Piece("unknown", f"let {name}", *call.place),), call.place)


def _true(_: Call) -> Answer:
    return True


def _false(_: Call) -> Answer:
    return False


HANDLERS: dict[str, Callable[[Call], Answer | None]] = {
    "export": _export, "declare": _declare, "typeset": _declare, "local": _declare, "readonly": _declare,
    "unset": _unset, "set": _set, "cd": _cd, "pushd": _cd, "popd": _popd, "source": _source, ".": _source,
    "exit": _leave, "return": _leave, "break": _leave, "continue": _leave, "exec": _exec, "eval": _eval,
    "shift": _shift, "read": _read, "mapfile": _read, "readarray": _read, "getopts": _read, "let": _let,
    "true": _true, ":": _true, "false": _false,
}  # fmt: skip
