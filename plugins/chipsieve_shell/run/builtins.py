"""What do the shell's own commands change? `export`, `cd`, `source`, `set`, `exit`, `eval` and their like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest

import msgspec

from chipsieve.facts.conditions import ALWAYS, NEVER, Condition
from chipsieve.limits import PIECES
from chipsieve_shell.constants.conditionals import question
from chipsieve_shell.constants.pieces import (
    Piece,
    Pieces,
    Value,
    constant,
    drop,
    fields,
    known_parts,
    prefix,
    requoted,
    scalar,
)  # fmt: skip
from chipsieve_shell.constants.state import State
from chipsieve_shell.run.nested_scripts import (
    Nested,
    as_scripts,
    document_pieces,
    heredoc_of,
    in_words,
    joined_path,
    without_newlines,
)
from chipsieve_shell.run.simple_commands import Here, Placed
from chipsieve_shell.syntax.nodes import Extent, Simple


class Call(msgspec.Struct, frozen=True):
    """A builtin with everything it may need; `scripts` are those that it runs, for the interpreter to walk."""

    here: Here
    node: Simple
    placed: list[Placed]
    scripts: list[Nested] = msgspec.field(default_factory=list)

    @property
    def state(self) -> State:
        """What is known before the command, and is changed by it."""
        return self.here.state

    @property
    def words(self) -> list[Pieces]:
        """Its words, expanded."""
        return [word for word, _ in self.placed]

    def make_unknown(self, name: str) -> None:
        """Give a variable a value that nobody knows: this command's."""
        if name.isidentifier():
            text = f"{constant(self.words[0])} {name}"
            self.state.variables[name] = scalar((Piece("unknown", text, *self.place),), self.place)

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
        return self.here.mapped.where_run(*self.node.extent)


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
    names: list[str] = []
    for extent in (*call.node.assignments, *call.node.words[1:]):
        done = call.here.assign(extent, exported=exported)
        if done:
            names.append(done[0])
            continue
        names += [_named(call, word, extent, exported=exported) for word in call.here.words(extent)]
    return [name for name in names if name]


def _named(call: Call, word: Pieces, extent: Extent, *, exported: bool | None) -> str:
    """One operand that is a name, or that an expansion made an assignment."""
    name, equals, _ = prefix(word).partition("=")
    if not name.isidentifier():
        return ""
    if equals:
        place = call.here.mapped.origin(*extent)
        call.here.bind(name, scalar(drop(word, len(name) + 1), place), place, exported=exported)
    elif exported:
        call.state.exported[name] = None
        call.here.record.export_pending(name, call.state.conditions)
    elif exported is False:
        call.state.exported.pop(name, None)
    return name


def _unset(call: Call) -> None:
    for word in call.operands:
        name = constant(word) or ""
        call.state.variables.pop(name, None)
        call.state.exported.pop(name, None)
        call.here.record.overwrite(name, call.state.conditions)


def _set(call: Call) -> None:
    """`set -a` exports whatever is assigned; `set -- words` binds the positional parameters."""
    texts = [constant(word) or "" for word in call.words[1:]]
    for text, following in zip_longest(texts, texts[1:], fillvalue=""):
        if text in ("--", "-"):
            given = tuple(call.words[2 + texts.index(text) :])
            many = sum(map(len, given)) > PIECES
            call.state.arguments, call.state.shifted = (None, None) if many else (given, 0)
            return
        allexport = (text[1:2].isalpha() and "a" in text[1:]) or (text[1:] == "o" and following == "allexport")
        if allexport and text[:1] in "-+":
            call.state.export_all = text[0] == "-"


def _cd(call: Call) -> None:
    """`cd` and `pushd`: relative folders add up."""
    before, state = call.state.here(call.place), call.state
    target = call.operands[0] if call.operands else (Piece("variable", "HOME", *call.place),)
    if constant(call.words[-1]) == "-":
        target = state.left.pieces if state.left else (Piece("unknown", "cd -", *call.place),)
    else:
        target = joined_path(before, target)
    state.directory, state.left = scalar(target, call.place), scalar(before, call.place)


def _popd(call: Call) -> None:
    left = call.state.left
    back = left.pieces if left else (Piece("unknown", "popd", *call.place),)
    call.state.directory = scalar(back, call.place)


def _source(call: Call) -> None:
    call.here.keep(call.placed, [], call.place, sources=True)
    for word, extent in call.placed[1:2]:
        call.here.record.fact("literal", "", known_parts(word), extent, call.here.state.conditions, call.here.engine)


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
    call.here.start(call.placed, [], call.place)
    call.scripts.extend(in_words(call.words, call.place, call.state))
    call.state.stopped, call.state.failed = "exit", False


def _eval(call: Call) -> None:
    call.scripts.extend(as_scripts(call.words[1:], call.place, call.state))


def _shift(call: Call) -> None:
    count = constant(call.operands[0]) if call.operands else "1"
    number = int(count) if count is not None and count.isdigit() else None
    if call.state.arguments is not None and number is not None and call.state.shifted is not None:
        call.state.arguments = call.state.arguments[number:]
    elif call.state.shifted is not None:
        call.state.shifted = None if number is None else call.state.shifted + number


def _read(call: Call) -> Condition:
    """`read`, `mapfile`, `getopts`: variables that nobody knows, unless the text that is read stands in the script."""
    names = [constant(word) or "" for word in call.operands]
    names += ["OPTARG", "OPTIND"] if constant(call.words[0]) == "getopts" else []
    for name in names or ["REPLY"]:
        call.make_unknown(name)
    if constant(call.words[0]) == "read":
        known_names = [name for name in names if name.isidentifier()]
        for name, value in _given(known_names, _text_read(call), call.place, array="a" in call.options):
            call.state.variables[name] = value
    return question(f"{call.here.worded(call.node.extent)} succeeds")


def _text_read(call: Call) -> Pieces:
    """The text that a `read` is given in the script: all of a here-document under `-d`, else one line."""
    heredoc = heredoc_of(call.node)
    if heredoc:
        text = without_newlines(document_pieces(call.here, heredoc))
        one_line = all("\n" not in piece.text for piece in text)
        return text if one_line or "d" in call.options else ()
    string = next((one.target for one in call.node.redirects if one.operator == "<<<" and one.target), None)
    return call.here.pieces(*string) if string else ()


def _given(names: list[str], text: Pieces, place: Extent, *, array: bool) -> Iterator[tuple[str, Value]]:
    """What variables read of a text: one all of it, several a word each where there are as many words."""
    words = fields(requoted(text, quoted=False))
    if len(names) == 1 and array:
        yield names[0], Value(tuple((str(at), word) for at, word in enumerate(words)), place, array=True)
    elif len(names) == 1 and text:
        yield names[0], scalar(text, place)
    elif len(names) == len(words):
        yield from ((name, scalar(word, place)) for name, word in zip(names, words, strict=True))


def _let(call: Call) -> None:
    for word in call.operands:
        call.make_unknown(prefix(word).partition("=")[0].rstrip("+-*/% "))


def _true(_: Call) -> Condition:
    return ALWAYS


def _false(_: Call) -> Condition:
    return NEVER


BUILTINS: dict[str, Callable[[Call], Condition | None]] = {
    "export": _export, "declare": _declare, "typeset": _declare, "local": _declare, "readonly": _declare,
    "unset": _unset, "set": _set, "cd": _cd, "pushd": _cd, "popd": _popd, "source": _source, ".": _source,
    "exit": _leave, "return": _leave, "break": _leave, "continue": _leave, "exec": _exec, "eval": _eval,
    "shift": _shift, "read": _read, "mapfile": _read, "readarray": _read, "getopts": _read, "let": _let,
    "true": _true, ":": _true, "false": _false,
}  # fmt: skip
