"""Which scripts stand inside a script, and which files does it write? Strings, here-documents, pipes, `$(...)`.

Nothing is walked here: the scripts that are found go back to the interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import repeat
from posixpath import basename, splitext

from chipsieve.commands.known import known
from chipsieve.commands.launchers import launchers
from chipsieve.facts.conditions import NEVER, all_of
from chipsieve.facts.reading import Document
from chipsieve_shell.constants.expander import parent
from chipsieve_shell.constants.pieces import OUTSIDE, Piece, Pieces, constant, cut, prefix, readings
from chipsieve_shell.constants.source_map import MappedText, map_words
from chipsieve_shell.constants.state import State
from chipsieve_shell.run.simple_commands import Here
from chipsieve_shell.syntax.nodes import AndOr, Extent, Group, Heredoc, Node, Pipeline, Sequence, Simple, children

REMOTE_OPERANDS = frozenset({
    "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p", "-Q", "-R", "-S",
    "-W", "-w", "-h", "-g", "-x", "-f",
})  # fmt: skip
COMMAND_OPTION = re.compile(r"-[a-zA-Z]*c")
ASSIGNS = re.compile(r"(?:^|\s)[A-Za-z_]\w*=\S*$", re.ASCII)
SETS = re.compile(r"\s+[A-Za-z_]\w*=", re.ASCII)
SYNTAX = re.compile(r"[;&|<>()\"'\\\n]")
LANGUAGES = {  # by the ending of the file that a script writes
    ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".py": "python", ".conf": "ini", ".cfg": "ini",
    ".ini": "ini", ".sh": "shell", ".bash": "shell", ".slurm": "shell", ".sbatch": "shell", ".pbs": "shell",
    ".lsf": "shell", ".job": "shell", ".sub": "shell",
}  # fmt: skip
ECHO_OPTIONS = ("-e", "-n", "-E", "-en", "-ne")
PATH_PRINTERS = ("realpath", "readlink")
PLACES = OUTSIDE - {"variable"}

Nested = tuple[MappedText, State]  # a script to walk, and the state in which it starts


@cache
def shells() -> frozenset[str]:
    """The programs that run a script in a shell of its own."""
    return launchers().shells - {"source", "."}


def in_words(words: list[Pieces], run_at: Extent, state: State) -> list[Nested]:
    """The script that the words of a command hold: `... bash -c STRING`, `ssh HOST COMMAND`."""
    texts = [constant(word) for word in words]
    for index in range(len(words) - 2):
        option = texts[index + 1]
        if option and COMMAND_OPTION.fullmatch(option) and basename(texts[index] or "") in shells():
            local = not any(is_remote(text) for text in texts[:index])
            return as_scripts([words[index + 2]], run_at, inner(state, inherits=local))
    if is_remote(texts[0]):
        remote = words[_remote(texts) :]
        return as_scripts(remote, run_at, inner(state, inherits=False)) if remote else []
    return []


def is_remote(text: str | None) -> bool:
    """Whether a word is a command that runs its operands on another machine."""
    return basename(text or "") in known().remote


def as_scripts(words: list[Pieces], run_at: Extent, state: State) -> list[Nested]:
    """The script that words make; one for each alternative where what is not decided holds more than plain words."""
    if not any(_holds_syntax(piece) or _sets_more(word[:at], piece) for word in words for at, piece in enumerate(word)):
        return [(map_words(words, run_at), state)]
    whole = tuple(piece for word in words for piece in (*word, _blank(word)))
    return [
        (map_words([pieces], run_at), state.copy(*conditions))
        for conditions, pieces in readings(whole)
        if all_of((*state.conditions, *conditions)) != NEVER
    ]


def _blank(word: Pieces) -> Piece:
    at = word[-1].end if word else 0
    return Piece("text", " ", at, at)


def _sets_more(before: Pieces, piece: Piece) -> bool:
    """Whether an alternative ends an assignment in front of it and makes another one: `A=1` and ` B=2`."""
    assigns = bool(before) and before[-1].kind == "text" and ASSIGNS.search(before[-1].text)
    return bool(assigns) and any(SETS.match(prefix(pieces)) for _, pieces in piece.alternatives)


def _holds_syntax(piece: Piece) -> bool:
    """Whether an alternative of a choice holds what a shell has to parse: a quote, an operator, a line's end."""
    return any(
        bool(SYNTAX.search(part.text)) if part.kind == "text" else _holds_syntax(part)
        for _, pieces in piece.alternatives
        for part in pieces
    )


def _remote(texts: list[str | None]) -> int:
    """The index of the first word of the remote command: past the options and, for ssh, the host."""
    at, host = 1, basename(texts[0] or "") != "ssh"
    while at < len(texts):
        text = texts[at]
        if text is not None and text.startswith("-"):
            at += 2 if text in REMOTE_OPERANDS else 1
        elif host:
            return at
        else:
            host, at = True, at + 1
    return at


def inner(state: State, *, inherits: bool) -> State:
    """The state that a nested shell starts in: exported variables alone, or none over the network."""
    own = state.copy()
    kept = state.exported if inherits else {}
    own.variables = {name: value for name, value in state.variables.items() if name in kept}
    own.exported = dict(kept)
    own.functions, own.arguments, own.shifted = {}, None, None
    return own


def document_text(here: Here, heredoc: Heredoc) -> MappedText:
    """A here-document's body as a text to read."""
    return map_words([document_pieces(here, heredoc)])


def document_pieces(here: Here, heredoc: Heredoc) -> Pieces:
    """A here-document's body, expanded unless its delimiter was quoted."""
    start, end = heredoc.body
    if heredoc.quoted:
        return tuple(here.mapped.literal(start, end, quoted=True))
    return here.pieces(start, end, document=True)


def without_newlines(pieces: Pieces) -> Pieces:
    """A text as `$(...)` takes it over: without the newlines at its end."""
    if not pieces or pieces[-1].kind != "text":
        return pieces
    kept = pieces[-1].text.rstrip("\n")
    return (*pieces[:-1], *([cut(pieces[-1], 0, len(kept))] if kept else []))


def in_heredoc(here: Here, node: Simple | Group, words: list[Pieces]) -> list[Nested]:
    """The script that a command reads from its here-document; a file that it writes is recorded.

    Any other is expanded all the same: what its substitutions start runs. A block has no words.
    """
    body = heredoc_of(node)
    if body is None:
        return []
    texts = [basename(constant(word) or "") for word in words]
    if reads_script(texts):
        return [(document_text(here, body), inner(here.state, inherits=texts[0] not in known().remote))]
    target = _written(here, node, words)
    if target is not None:
        _record_document(here, body, target)
    else:
        document_pieces(here, body)
    return []


def heredoc_of(node: Simple | Group) -> Heredoc | None:
    """The here-document that a command reads."""
    return next((redirect.heredoc for redirect in node.redirects if redirect.heredoc), None)


def reads_script(texts: list[str]) -> bool:
    """Whether a command reads commands from its standard input."""
    heads = [text for text in texts if text in shells() or text in known().reads_script]
    if not heads:
        return False
    if heads[-1] not in shells():
        return True
    last = len(texts) - 1 - texts[::-1].index(heads[-1])
    return all(text.startswith("-") for text in texts[last + 1 :])


def _written(here: Here, node: Simple | Group, words: list[Pieces]) -> tuple[Pieces, Extent] | None:
    """The file that a `cat` or `tee` writes."""
    head = constant(words[0]) if words else None
    if head == "tee" and len(words) > 1:
        return words[-1], (words[-1][0].start, words[-1][-1].end)
    target = next((r.target for r in node.redirects if r.operator in (">", ">>", ">|") and r.target), None)
    if head not in ("cat", "echo", "printf") or target is None:
        return None
    return here.pieces(*target), here.mapped.origin(*target)


def _record_document(here: Here, body: Heredoc, target: tuple[Pieces, Extent]) -> None:
    """Keep the text that is written to a file whose name says what it is."""
    content = document_text(here, body)
    language = language_of(target[0], content.text)
    if language:
        lines, stands = here.record.lines, here.mapped.origin(*body.body)
        shown = [_shown(content, at, language) for at in range(len(content.text))]
        text = "".join(shown)
        offsets = () if text == lines.text[slice(*stands)] else tuple(_places(content, shown, stands))
        document = Document(
            lines.word(*target), language, text, lines.span(*stands), here.state.conditions, offsets=offsets
        )
        here.record.documents.append(document)


def _places(content: MappedText, shown: list[str], stands: Extent) -> Iterator[int]:
    """Where each character of a document stands in the file; of a value that comes from elsewhere, where it is used."""
    start, end = stands
    at = behind = start
    for index, text in enumerate(shown):
        written, _ = content.origin(index, index + 1)
        inside = start <= written < end
        at = written if inside else min(behind, end - 1)
        behind = written + 1 if inside else behind
        yield from repeat(at, len(text))


def _shown(content: MappedText, at: int, language: str) -> str:
    """A character of a document; what only a shell could tell stays `${NAME}`, or null as a JSON value."""
    char = content.text[at]
    held = content.placeholders.get(char)
    if held is None:
        return char
    if held.default is not None and (default := constant(held.default)) is not None:
        return default.replace("\n", " ")
    before = content.text[content.text.rfind("\n", 0, at) + 1 : at]
    if language == "json" and before.count('"') % 2 == 0:
        return "null"
    return f"${{{held.text}}}" if held.kind in OUTSIDE else held.text.replace("\n", " ")


def language_of(path: Pieces, text: str) -> str:
    """The language of a file by the end of its name, or by the first line of its text."""
    last = path[-1].text if path and path[-1].kind == "text" else ""
    if text.lstrip().startswith("#!") and "sh" in text.lstrip().partition("\n")[0]:
        return "shell"
    return LANGUAGES.get(splitext(last)[1].lower() or (last.lower() if last.startswith(".") else ""), "")


def through_pipe(here: Here, node: Pipeline) -> list[Nested]:
    """The script that a pipeline's first command sends to a shell at its end: `echo ... | sbatch`."""
    source, sink = node.parts[0], node.parts[-1]
    if not isinstance(source, Simple) or not isinstance(sink, Simple):
        return []
    words = [word for word, _ in here.placed_words(source)]
    sinks = [basename(constant(word) or "") for word, _ in here.placed_words(sink)]
    if not sinks or not reads_script(sinks):
        return []
    head, body = constant(words[0]) if words else None, heredoc_of(source)
    if head == "cat" and body is not None:
        sent = document_text(here, body)
    elif head in ("echo", "printf") and len(words) > 1:
        sent = map_words(words[1:])
    else:
        return []
    return [(sent, inner(here.state, inherits=sinks[0] not in known().remote))]


def printed(here: Here, node: Node) -> Pieces:
    """What a command list prints, when it is a path idiom or an `echo` of constants; else nothing."""
    if isinstance(node, Group) or (isinstance(node, Sequence) and len(node.items) == 1):
        return printed(here, children(node)[0])
    if isinstance(node, AndOr) and node.operator == "&&" and _words(here, node.right, "pwd"):
        target = _words(here, node.left, "cd")
        return joined_path(here.state.here((0, 0)), target[1]) if len(target) > 1 else ()
    words = _words(here, node, "")
    name = constant(words[0]) if words else None
    if name == "pwd":
        return here.state.here((words[0][0].start, words[0][-1].end))
    body = heredoc_of(node) if isinstance(node, Simple) else None
    if name == "cat" and len(words) == 1 and body:
        return without_newlines(document_pieces(here, body))
    if name == "echo":
        return _echoed([word for word, _ in here.placed_words(node)][1:]) if isinstance(node, Simple) else ()
    operand = words[-1] if len(words) > 1 else ()
    if name == "dirname":
        return parent(operand)
    if name == "basename" and (text := constant(operand)):
        return (operand[0]._replace(text=basename(text), exact=False),)
    return operand if name in PATH_PRINTERS and _is_path(operand) else ()


def _echoed(words: list[Pieces]) -> Pieces:
    """What `echo` prints, when it is constant."""
    while words and constant(words[0]) in ECHO_OPTIONS:
        words = words[1:]
    known_words = all(constant(word) is not None for word in words)
    return tuple(piece for word in words for piece in (_blank(word), *word))[1:] if known_words else ()


def _is_path(pieces: Pieces) -> bool:
    """Whether a path stays itself when it is made absolute: it hangs on the script's place, or is known."""
    return bool(pieces) and (pieces[0].kind in PLACES or constant(pieces) is not None)


def _words(here: Here, node: Node, name: str) -> list[Pieces]:
    """The words of a simple command without assignments, if it is that and has this name."""
    if not isinstance(node, Simple) or node.assignments or not node.words:
        return []
    words = [word for word, _ in here.placed_words(node)]
    options = [word for word in words if (constant(word) or "").startswith("-")]
    words = [word for word in words if word not in options]
    return words if words and name in ("", constant(words[0])) else []


def joined_path(base: Pieces, path: Pieces) -> Pieces:
    """Where `cd PATH` leads from a directory."""
    first = path[0] if path else None
    absolute = first is not None and (first.text.startswith(("/", "~")) or first.kind != "text")
    at_start = len(base) == 1 and base[0].kind == "directory"
    if absolute or not path or (at_start and first is not None):
        return path
    slash = Piece("text", "/", path[0].start, path[0].start)
    return (*base, slash, *path)
