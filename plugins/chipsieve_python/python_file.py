"""What does one Python text say? Outline it, parse it, walk over its tree."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from chipsieve.facts.claims import claims
from chipsieve.facts.conditions import MENTION
from chipsieve.facts.neighbourhood import Neighbourhood
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Fact, Gap, Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_python.blocks import MAIN, block, finish
from chipsieve_python.context import Context, Mentions, Output
from chipsieve_python.declarations import options
from chipsieve_python.scope import Scope
from chipsieve_python.syntax_tree import Parsed, parse
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import statement_kinds as stmt
from chipsieve_python.syntax_tree.lexer import Comment, Unreadable, Unsafe, outline
from chipsieve_python.top_level import is_program

BOM = "\ufeff"
LIMIT = 2_000_000  # characters; the tree of so many takes some 300 MB
FRAMES = 12_000  # what the deepest text that the lexer lets through needs
SHARED = re.compile(r"^[ \t]*(?:global|nonlocal)[ \t]+([\w, \t]+)", re.MULTILINE)
HANDED = re.compile(  # functions whose parameters a library makes options
    r"\b(?:tyro\.cli|fire\.Fire|Fire|typer\.run|jsonargparse\.CLI|CLI|auto_cli|defopt\.run)\(\s*([A-Za-z_]\w*)\s*[,)]"
)
PYTHON_2 = re.compile(r"^\s*(print\s+[\"'\w]|exec\s+[\"'\w]|raise\s+\w+\s*,|except\s+\w+\s*,\s*\w+\s*:)")


def read_python(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything that a Python file says; a file that cannot be parsed becomes a gap."""
    nothing = Reading(source.path, source.language)
    if len(source.text) > LIMIT:
        return replace(nothing, gaps=(Gap(source.path, f"longer than {LIMIT:,} characters: not read"),))
    text = source.text.removeprefix(BOM)
    try:
        outlined = outline(text)
        with _deep():
            return _read(source, vocabulary, parse(text, outlined), outlined.comments)
    except Unsafe as error:
        gap = Gap(source.path, f"not read: {error}", error.line)
    except Unreadable as error:
        gap = Gap(source.path, _syntax(source.text, error.line), error.line)
    except (SyntaxError, UnicodeError) as error:
        gap = Gap(source.path, f"not readable as Python 3: {error}", getattr(error, "lineno", None))
    except RecursionError:
        gap = Gap(source.path, "not read: expressions nested too deeply")
    return replace(nothing, gaps=(gap,))


@contextmanager
def _deep() -> Iterator[None]:
    """Room for deep trees, and no garbage collection while one is built (a fifth of the time).

    Python's own frames do not use the machine's stack, so their limit may be what the lexer's limits need.
    """
    before, collected = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(before, FRAMES))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
        if collected:
            gc.enable()


def _syntax(text: str, number: int) -> str:
    if PYTHON_2.match(Lines(text).line(number)):
        return "not readable as Python 3: written in Python 2"
    return "not readable as Python 3: syntax error"


def _read(source: Source, vocabulary: Vocabulary, parsed: Parsed, comments: Iterable[Comment]) -> Reading:
    shift = len(source.text) - len(source.text.removeprefix(BOM))
    handed = frozenset(HANDED.findall(source.text))
    claiming = next(claims(source.text, vocabulary), None) is not None
    output = Output(vocabulary, Lines(source.text), shift, parsed.engine, handed, claiming)
    scope = _walk(parsed.suite, comments, output)
    return Reading(
        source.path,
        source.language,
        facts=tuple(sorted(output.all_facts(), key=_order)),
        commands=tuple(output.commands),
        options=options(output.declared),
        imports=tuple(output.imports),
        references=tuple(output.references),
        functions=output.all_functions(),
        documents=tuple(output.documents),
        entry=MAIN in output.functions or is_program(parsed.suite, scope),
        programs=tuple(output.programs),
        doubtful=output.doubtful_names(),
    )


def _walk(module: stmt.Suite, comments: Iterable[Comment], output: Output) -> Scope:
    """Read the module's statements, then the bodies of its functions, then the claims in comments; gives its names."""
    listed = (name.strip() for names in SHARED.findall(output.lines.text) for name in names.split(","))
    scope = Scope("module", shared=frozenset(listed), configurable_until=_configurable_until(module))
    here = Context(output, scope, Mentions(output.functions.setdefault("", {}), 0))
    block(module, here)
    finish(scope)
    neighbourhood, written = Neighbourhood(output.lines), here.under(MENTION)
    for comment in comments if output.claims else ():
        for start, end in claims(comment.text, output.vocabulary):
            place = (comment.offset + start, comment.offset + end)
            context = neighbourhood.comment(place[0] + output.shift)
            written.state("claim", "", comment.text[start:end], place, by="comment", context=context)
    return scope


def _configurable_until(module: stmt.Suite) -> int:
    """Where a module runs `exec(...)`, for the first time, over its constants; 0 where it does not."""
    small = (item.body[0] for item in module.body if isinstance(item, stmt.Line))
    calls = (item.value for item in small if isinstance(item, stmt.Expr) and isinstance(item.value, expr.Call))
    return next((call.start for call in calls if isinstance(call.func, expr.Name) and call.func.value == "exec"), 0)


def _order(fact: Fact) -> tuple[Span, str, str, str, str]:
    """A total order: facts come in a set, which every process orders otherwise."""
    rest = fact.value, fact.conditions, fact.parts, fact.beside, fact.chosen, fact.by, fact.context
    return fact.span, fact.kind, fact.name, repr(fact.argument), repr(rest)
