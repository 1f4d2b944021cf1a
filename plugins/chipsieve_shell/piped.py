"""Which scripts reach a shell through a pipe? `cat <<EOF | bash`, `echo '...' | sbatch`."""

from __future__ import annotations

from posixpath import basename

from chipsieve_shell.nested import REMOTE, document_tape, inner, reads_script
from chipsieve_shell.nodes import Pipeline, Simple
from chipsieve_shell.state import State
from chipsieve_shell.tape import Tape, tape_of
from chipsieve_shell.values import constant
from chipsieve_shell.walker import Walker


def feed(walker: Walker, node: Pipeline, tape: Tape, state: State) -> None:
    """Walk the script that a pipeline's first command sends to a shell at its end, if it does."""
    source, sink = node.parts[0], node.parts[-1]
    if isinstance(source, Simple) and isinstance(sink, Simple):
        _through_pipe(walker, source, sink, tape, state)


def _through_pipe(walker: Walker, source: Simple, sink: Simple, tape: Tape, state: State) -> None:
    expander = walker.expander(tape, state)
    words = [word for extent in source.words for word in expander.words(extent)]
    sinks = [basename(constant(word) or "") for extent in sink.words for word in expander.words(extent)]
    head = constant(words[0]) if words else None
    if not sinks or not reads_script(sinks):
        return
    started = inner(state, inherits=sinks[0] not in REMOTE)
    body = next((redirect.heredoc for redirect in source.redirects if redirect.heredoc), None)
    if head == "cat" and body is not None:
        walker.nested(document_tape(walker, body, tape, state), started)
    elif head in ("echo", "printf") and len(words) > 1:
        walker.nested(tape_of(words[1:]), started)
