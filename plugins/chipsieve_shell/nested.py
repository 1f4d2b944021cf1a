"""Which scripts stand inside a script? `bash -c '...'`, `ssh host "..."`, `eval`, here-documents."""

from __future__ import annotations

import re
from posixpath import basename, splitext

from chipsieve.facts.reading import Document
from chipsieve_shell.nodes import Extent, Heredoc, Redirect, Simple
from chipsieve_shell.state import State
from chipsieve_shell.tape import Tape, tape_of
from chipsieve_shell.values import Pieces, constant
from chipsieve_shell.walker import Walker

SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh"})
SUBMITTERS = frozenset({"sbatch", "qsub", "bsub"})
READERS = SHELLS | SUBMITTERS | {"ssh", "su"}
REMOTE = frozenset({"ssh", "pdsh", "pssh", "clush", "parallel-ssh"})
REMOTE_OPERANDS = frozenset({
    "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p", "-Q", "-R", "-S",
    "-W", "-w", "-h", "-g", "-x", "-f",
})  # fmt: skip
COMMAND_OPTION = re.compile(r"-[a-zA-Z]*c")
LANGUAGES = {
    ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".py": "python", ".conf": "ini", ".cfg": "ini",
    ".ini": "ini", ".sh": "shell", ".bash": "shell", ".slurm": "shell", ".sbatch": "shell", ".pbs": "shell",
    ".lsf": "shell", ".job": "shell", ".sub": "shell",
}  # fmt: skip


def scripts(walker: Walker, words: list[Pieces], site: Extent, state: State) -> None:
    """Walk the scripts that the words of a command hold: `... bash -c STRING`, `ssh HOST COMMAND`."""
    texts = [constant(word) for word in words]
    for index in range(len(words) - 2):
        option = texts[index + 1]
        if option and COMMAND_OPTION.fullmatch(option) and basename(texts[index] or "") in SHELLS:
            local = not any(basename(text or "") in REMOTE for text in texts[:index])
            walker.nested(tape_of([words[index + 2]], site), inner(state, inherits=local))
            return
    if basename(texts[0] or "") in REMOTE:
        remote = words[_remote(texts) :]
        if remote:
            walker.nested(tape_of(remote, site), inner(state, inherits=False))


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
    own.variables = {name: value for name, value in state.variables.items() if name in kept or name.startswith("@")}
    own.exported = dict(kept)
    own.functions, own.arguments, own.shifted = {}, None, None
    return own


def document_tape(walker: Walker, heredoc: Heredoc, tape: Tape, state: State) -> Tape:
    """The tape of a here-document's body, expanded unless its delimiter was quoted."""
    start, end = heredoc.body
    if heredoc.quoted:
        return tape_of([tuple(tape.literal(start, end, quoted=True))])
    return tape_of([walker.expander(tape, state).pieces(start, end, document=True)])


def heredocs(walker: Walker, node: Simple, words: list[Pieces], tape: Tape, state: State) -> None:
    """What the here-documents of a command are: a script for a shell, or the text of a file."""
    body = next((redirect.heredoc for redirect in node.redirects if redirect.heredoc), None)
    if body is None:
        return
    texts = [basename(constant(word) or "") for word in words]
    if reads_script(texts):
        remote = texts[0] in REMOTE
        walker.nested(document_tape(walker, body, tape, state), inner(state, inherits=not remote))
        return
    target = written(walker, node.redirects, words, tape, state)
    if target is not None:
        document(walker, body, target, tape, state)


def reads_script(texts: list[str]) -> bool:
    """Whether a command reads commands from its standard input."""
    heads = [text for text in texts if text in READERS]
    if not heads:
        return False
    if heads[-1] not in SHELLS:
        return True
    last = len(texts) - 1 - texts[::-1].index(heads[-1])
    return all(text.startswith("-") for text in texts[last + 1 :])


def written(
    walker: Walker, redirects: tuple[Redirect, ...], words: list[Pieces], tape: Tape, state: State
) -> tuple[Pieces, Extent] | None:
    """The file that a `cat` or `tee` writes."""
    head = constant(words[0]) if words else None
    if head == "tee" and len(words) > 1:
        return words[-1], (words[-1][0].start, words[-1][-1].end)
    target = next((r.target for r in redirects if r.operator in (">", ">>", ">|") and r.target), None)
    if head not in ("cat", "echo", "printf") or target is None:
        return None
    return walker.expander(tape, state).pieces(*target), tape.origin(*target)


def document(walker: Walker, body: Heredoc, target: tuple[Pieces, Extent], tape: Tape, state: State) -> None:
    """Keep the text that is written to a file whose name says what it is."""
    record = walker.record
    content = document_tape(walker, body, tape, state)
    language = language_of(target[0], content.text)
    if language:
        text = "".join(_shown(content, at, language) for at in range(len(content.text)))
        path = record.lines.word(*target)
        span = record.lines.span(*tape.origin(*body.body))
        record.documents.append(Document(path, language, text, span, state.conditions))


def _shown(content: Tape, at: int, language: str) -> str:
    """A character of a document; what only a shell could tell stays `${NAME}`, or null as a JSON value."""
    char = content.text[at]
    hole = content.holes.get(char)
    if hole is None:
        return char
    if hole.default is not None and (default := constant(hole.default)) is not None:
        return default.replace("\n", " ")
    before = content.text[content.text.rfind("\n", 0, at) + 1 : at]
    if language == "json" and before.count('"') % 2 == 0:
        return "null"
    return f"${{{hole.text}}}" if hole.kind == "variable" else hole.text.replace("\n", " ")


def language_of(path: Pieces, text: str) -> str:
    """The language of a file by the end of its name, or by the first line of its text."""
    last = path[-1].text if path and path[-1].kind == "text" else ""
    if text.lstrip().startswith("#!") and "sh" in text.lstrip().partition("\n")[0]:
        return "shell"
    return LANGUAGES.get(splitext(last)[1].lower() or (last.lower() if last.startswith(".") else ""), "")
