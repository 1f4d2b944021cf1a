"""Does our grammar read a statement as bashlex does? And where bashlex reads it wrongly, as Bash does?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve_shell.syntax.bashlex_engine import read_by_bashlex
from chipsieve_shell.syntax.masking import mask
from chipsieve_shell.syntax.nodes import (
    Arm,
    Bracketed,
    Case,
    EngineError,
    Function,
    Group,
    If,
    Node,
    Simple,
    While,
    children,
)  # fmt: skip
from chipsieve_shell.syntax.script_parser import _Parser, parse
from chipsieve_shell.syntax.statement_reader import StatementReader, Unsure
from shell_builders import lines, reading
from test_shell_masking import SHELL

SCRIPTS = sorted((Path(__file__).resolve().parents[1] / "fixtures").rglob("*.sh"))
PIECES = st.lists(
    st.sampled_from([
        "a", "bb-c ", "A=1 ", "A+=x", "A[0]=1 ", "A=(x\n y)", " ", " \\\n", "\\\n", "\n", "\n\n", "'x\ny' ", '"$Q z" ',
        "$C ", "if ", "\nthen ", "fi\n", "for x", " in ", "\ndo ", "done", "{ ", "\n}\n", "f()", "function g", "(", ")",
        "; ", "&\n", "|", "&&", ">", "2>&1 ", "<<< ", "<<E\n", "\nE\n", "! ", "[[ a ]]", "((1))", "time ",
        "case x in\na) ", ";;\nesac\n", "# c\n", "export ", "select ", "while ", "1", "~/b ", "<X>", "é", "else ",
        "coproc ", "\r\n", "%", "'",
    ]),
    max_size=14,
).map("".join)  # fmt: skip
WORDS = st.sampled_from(["a", "b-c", "A=1", "A+=2", "'d e'", '"$A $(b)"', "7", "$1", "if", "done", "~/x", "*.py", "-x"])
SIMPLE = st.lists(
    st.one_of(WORDS, WORDS, st.sampled_from(["> f", "2>&1", ">&2", "< g", "&> h", "<<< i", "2>/dev/null", "<&-"])),
    min_size=1, max_size=5,
).map(" ".join)  # fmt: skip
GAPS = st.sampled_from([" ", " ", "\n", "\n\n", " \\\n", "\\\n ", " # c\n"])
JOINTS = st.sampled_from([" && ", " || ", "; ", " & ", "\n", ";\n", " | ", " |& ", " &&\n", "|\n", " ;\n\n", "\n;"])


def _lists(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Several statements, each with what joins it to the next."""
    pairs = st.lists(st.tuples(parts, JOINTS), min_size=1, max_size=3)
    return pairs.map(lambda several: "".join(part + joint for part, joint in several))


def _compound(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """What statements can be within."""
    held = _lists(parts)
    return st.one_of(
        st.builds("{{{}{}}}".format, GAPS, held),
        st.builds("({}{})".format, held, GAPS),
        st.builds("! {}".format, parts),
        st.builds("if {}then{}{}fi".format, held, GAPS, held),
        st.builds("if {}then{}{}elif {}then {}else{}{}fi".format, held, GAPS, held, held, held, GAPS, held),
        st.builds("if {}then {}elif {}then {}elif {}then {}fi".format, held, held, held, held, held, held),
        st.builds("for x in {};{}do {}done".format, SIMPLE, GAPS, held),
        st.builds("for x{}do {}done >f".format, GAPS, held),
        st.builds("while {}do {}done <f".format, held, held),
        st.builds("until {}do{}{}done 2>&1".format, held, GAPS, held),
        st.builds("f(){}{{ {}}}".format, GAPS, held),
        st.builds("function f{}{{ {}}}".format, GAPS, held),
        st.builds("case {} in a|b) {};; *) {};; esac".format, WORDS, held, held),
    )


NESTED = _lists(st.recursive(SIMPLE, _compound, max_leaves=8))
COMMON = """
# what scripts are made of
set -euo pipefail
export A=1 B="$C" && cd "$(dirname "$0")" || exit 1
if [ -n "$A" ] && [[ $B == x* ]]; then
  N=8
elif ! grep -q b c; then N=4; else { echo a; echo b; } >&2; fi
for i in 1 2 3; do (echo $i; sleep 1) & done 2>&1 | tee -a log
while read -r line; do case $line in a) b ;; *) c ;; esac; done < list
function start() { torchrun --nproc_per_node=$N train.py "$@" > out.log 2> err.log; }
start --bf16 <<EOF
text
EOF
"""


def statements(text: str) -> Iterator[tuple[Node, Node | None]]:
    """What our grammar reads of a text, and what bashlex reads there: None where it refuses what we read."""
    parser = _Parser(text, mask(text))
    at = parser.behind_blanks(0, len(text))
    while at < len(text):
        try:
            ours, end = StatementReader(parser.builder, at, len(text)).statement()
        except Unsure:
            end = text.find("\n", at) if "\n" in text[at:] else len(text)
        else:
            yield ours, _theirs(parser, at, end)
        at = parser.behind_blanks(end, len(text))


def _theirs(parser: _Parser, at: int, end: int) -> Node | None:
    """Bashlex's reading of what we read up to an offset."""
    whole = len(parser.text)
    try:
        found = read_by_bashlex(parser.builder, at, whole)
    except EngineError:
        return None
    assert found is not None
    assert parser.behind_blanks(found[1], whole) == parser.behind_blanks(end, whole)
    return found[0]


def halved(node: Node) -> Node:
    """A tree as bashlex has it, which drops what follows an `elif` behind an `elif`."""
    if isinstance(node, If) and len(node.branches) > 2:
        node = If(node.branches[:2])
    changed: Any = {name: _halved(getattr(node, name)) for name in node.__struct_fields__}
    return replace(node, **changed)


def _halved(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_halved, value))
    if isinstance(value, Arm):
        return Arm(value.patterns, halved(value.body), value.falls)
    return halved(value) if isinstance(value, Node) else value


def beyond(node: Node) -> bool:
    """Whether bashlex may refuse it: a `do` without a `;` before it, a masked body of a function, a `!` of nothing."""
    masked = isinstance(node, Function) and isinstance(_inside(node.body), Case | Bracketed)
    nothing = isinstance(node, Simple) and not (node.assignments or node.words or node.redirects)
    return masked or nothing or isinstance(node, While) or any(map(beyond, children(node)))


def _inside(node: Node) -> Node:
    """A compound command without its redirections."""
    return node.body if isinstance(node, Group) else node


def compare(text: str) -> None:
    for ours, theirs in statements(text):
        if theirs is None:
            assert beyond(ours)
        else:
            assert halved(ours) == halved(theirs)


@pytest.mark.costly
@given(st.one_of(PIECES, SHELL, NESTED, NESTED))
@settings(max_examples=1000)
def test_statements_are_read_as_bashlex_reads_them(text: str) -> None:
    compare(text)


@pytest.mark.slow
def test_scripts_are_read_as_bashlex_reads_them() -> None:
    assert len(SCRIPTS) > 100
    for path in SCRIPTS:
        compare(path.read_bytes().decode(errors="replace"))


def test_common_scripts_are_read_as_bashlex_reads_them() -> None:
    assert len([*statements(COMMON)]) == 7
    compare(COMMON)


def test_common_scripts_need_no_bashlex() -> None:
    code = "import sys; from chipsieve_shell.syntax.script_parser import parse; parse(sys.argv[1])"
    loaded = f"{code}; print('bashlex' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", loaded, COMMON], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_each_branch_of_an_if_is_read() -> None:
    body = parse("if a; then b; elif c; then d; elif e; then f; elif g; then h; else i; fi").body
    assert isinstance(body, If)
    assert len(body.branches) == 4
    assert body.otherwise is not None


@pytest.mark.parametrize("word", ["while", "until"])
def test_a_loops_test_may_end_with_its_line(word: str) -> None:
    script = parse(f"{word} read -r a\ndo\n b $a\ndone < c")
    assert not script.lost
    assert isinstance(script.body, Group)
    assert isinstance(script.body.body, While)
    assert script.body.body.until == (word == "until")


@pytest.mark.parametrize(
    "text",
    [
        "a )", "a () b", "( a ) b", "if a; then fi", "if a; fi", "if a then b; fi", "for a in b do c; done", "{ a }",
        "a | | b", "a && ; b", "a ;; b", "fi", "a; fi", "while a; do done", "! | a", "> a B=1 c", "a >", "a > > b",
        "a ( b )", "done < a", "function a", "a() b", "2a() ( b ) c", "for a b; do c; done", "echo }", "a {b}> c",
    ],
)  # fmt: skip
def test_what_is_no_statement_is_not_read_by_us(text: str) -> None:
    assert [*statements(text)] == []


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("f() case $1 in a) b;; esac\nf a\n", ["b"]),
        ("function f case $1 in a) b;; esac > log\nf a\n", ["b"]),
        ("f() [[ -n $1 ]]\na\n", ["a"]),
        ("f()\n(( $1 > 2 ))\na\n", ["a"]),
    ],
)
def test_a_functions_body_may_be_any_compound_command(text: str, commands: list[str]) -> None:
    assert lines(text) == commands
    assert reading(text).gaps == ()


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("! # c\na\n", ["a"]),
        ("!\na\n", ["a"]),
        ("! ; a\n", ["a"]),
        ("! ! # c\na\n", ["a"]),
        ("a && ! # c\nb\n", ["a", "b"]),
        ("( ! # c\n)\na\n", ["a"]),
        ("if ! # c\nthen a; else b; fi\n", ["b"]),
    ],
)
def test_a_bang_with_nothing_behind_it_turns_an_empty_command_round(text: str, commands: list[str]) -> None:
    assert lines(text) == commands
    assert reading(text).gaps == ()


@pytest.mark.parametrize("text", ["! && a\n", "a | ! # c\n"])
def test_a_bang_stands_before_no_operator_and_behind_no_pipe(text: str) -> None:
    assert [gap.line for gap in reading(text).gaps] == [1]


@pytest.mark.parametrize("text", ["f() a\n", "f() g() { a; }\n", "f() A=1\n"])
def test_a_functions_body_is_no_simple_command(text: str) -> None:
    assert [gap.line for gap in reading(text).gaps] == [1]
