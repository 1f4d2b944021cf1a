"""Is every command found where it stands? tree-sitter-bash is the oracle for scripts that it reads whole."""

from __future__ import annotations

import time
from pathlib import Path
from unittest.mock import patch

import bashlex
import pytest
import tree_sitter_bash
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Language, Parser
from tree_sitter import Node as Branch

from chipsieve.facts.reading import Source
from chipsieve.match.table import default_table
from chipsieve.sources.readers import read_source
from chipsieve_shell.constants.expander import Expander
from chipsieve_shell.constants.pieces import Pieces
from chipsieve_shell.constants.source_map import MappedText
from chipsieve_shell.constants.state import State
from chipsieve_shell.syntax import script_parser
from chipsieve_shell.syntax.building import Builder
from chipsieve_shell.syntax.masking import Masked
from chipsieve_shell.syntax.nodes import (
    Bracketed,
    Case,
    Doubtful,
    Extent,
    For,
    Group,
    Node,
    Simple,
    children,
)
from chipsieve_shell.syntax.script_parser import parse
from chipsieve_shell.syntax.word_scanner import ASSIGNMENT
from shell_builders import lines, reading
from test_shell_masking import SHELL

HOSTILE = sorted((Path(__file__).resolve().parents[1] / "fixtures" / "hostile" / "shell").glob("*.sh"))
WHOLE = [path for path in HOSTILE if path.stem in ("constructs", "crlf", "functions", "comment-only")]
ORACLE = Parser(Language(tree_sitter_bash.language()))


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


def expected(text: str) -> set[tuple[str, int]]:
    """What tree-sitter says: command names and assignments by offset; to it, `time` is a command."""
    found: set[tuple[str, int]] = set()
    waiting: list[Branch] = [ORACLE.parse(text.encode()).root_node]
    while waiting:
        node = waiting.pop()
        counting = node.parent is not None and node.parent.type == "c_style_for_statement"
        if node.type in ("command_name", "variable_assignment") and node.text != b"time" and not counting:
            found.add((node.type, len(text.encode()[: node.start_byte].decode())))
        waiting += node.children
    return found


class Collector(Expander):
    """Commands and assignments of our own tree, those in substitutions too."""

    def __init__(self, text: str) -> None:
        """Collect from one text."""
        super().__init__(MappedText(text), State())
        self.text, self.found = text, set[tuple[str, int]]()

    def substitute(self, start: int, end: int) -> Pieces:
        self.collect(parse(self.text, start, end).body)
        return ()

    def word(self, extent: Extent) -> None:
        if (parts := self.assigned(extent)) and self.text.startswith("(", parts[3][0]):
            self.elements(*parts[3])
        else:
            self.pieces(*extent)

    def collect(self, node: Node) -> None:
        if isinstance(node, Simple):
            self.found |= {("command_name", node.words[0][0])} if node.words else set()
            assigned = [one for one in node.words if ASSIGNMENT.match(self.text, *one)]
            self.found |= {("variable_assignment", start) for start, _ in (*node.assignments, *assigned)}
        for extent in extents(node):
            self.word(extent)
        for child in children(node):
            self.collect(child)


def extents(node: Node) -> list[Extent]:
    """The words that a node holds."""
    if isinstance(node, Simple):
        targets = [redirect.target for redirect in node.redirects if redirect.target]
        return [*node.assignments, *node.words, *targets]
    if isinstance(node, For):
        return list(node.items or ())
    if isinstance(node, Group):
        return [redirect.target for redirect in node.redirects if redirect.target]
    return [node.extent] if isinstance(node, Bracketed) else [node.subject] if isinstance(node, Case) else []


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_every_command_is_found_where_the_oracle_finds_it(path: Path) -> None:
    text = text_of(path)
    collector = Collector(text)
    script = parse(text)
    collector.collect(script.body)
    assert script.lost == ()
    assert expected(text) <= collector.found


def test_a_comment_that_was_left_ends_what_is_read() -> None:
    text = "(a)\n# b"
    built = script_parser._Parser(text, Masked(text)).build(0, len(text))  # noqa: SLF001 - parse() reads on behind it
    assert built == Group(Simple((1, 2), (), ((1, 2),)), subshell=True)


def test_the_oracle_has_something_to_say() -> None:
    assert len(expected(text_of(next(path for path in WHOLE if path.stem == "constructs")))) > 40


def test_what_the_oracle_cannot_read() -> None:
    text = text_of(next(path for path in HOSTILE if path.stem == "beyond-the-oracle"))
    assert lines(text) == ["first", "second !(keep|this) --two", "third --three", "fourth", "fifth"]


def test_offsets_are_characters() -> None:
    text = "# 当前机器\nA=é; torchrun 'é' --bf16\n"
    (command,) = reading(text).commands
    assert (command.span.line, command.span.column) == (2, 6)
    assert (command.words[-1].span.column, command.words[-1].span.end_column) == (19, 25)


@pytest.mark.parametrize("stem", ["broken-line", "unclosed-quote", "broken-if"])
def test_what_comes_before_a_broken_line_is_kept(stem: str) -> None:
    text = text_of(next(path for path in HOSTILE if path.stem == stem))
    result = reading(text)
    assert ("BEFORE", "1") in [(name, word.literal) for name, word in result.bindings]
    assert result.gaps
    assert all(gap.line and gap.reason for gap in result.gaps)


def test_lines_that_cannot_be_read_are_one_gap() -> None:
    result = reading("a\nx ) y\nz ( a ) b\nc\n")
    assert [(gap.line, gap.reason) for gap in result.gaps] == [(2, "the shell parser cannot read this (lines 2 to 3)")]
    assert [command.words[0].literal for command in result.commands] == ["a", "c"]
    assert result.commands[1].conditions == ()


def test_a_broken_block_is_in_doubt() -> None:
    result = reading("if [ 1 = 1 ]; then\n torchrun a.py --bf16\nexport NCCL_X=1\n")
    assert [gap.line for gap in result.gaps] == [1]
    assert [command.words[1].literal for command in result.commands] == ["a.py"]
    assert all(command.conditions for command in result.commands)
    assert all(finding.conditions for finding in result.findings)


def test_a_statement_with_an_open_brace_is_lost_whole() -> None:
    result = reading("a\nb ${c/d \\\n  --bf16 ${e} \\\n  --f\ng\n")
    assert [(gap.line, gap.reason) for gap in result.gaps] == [
        (2, "a quote, bracket or block opens here and is never closed (lines 2 to 4)")
    ]
    assert [command.words[0].literal for command in result.commands] == ["a", "g"]
    assert result.findings == ()


def test_too_much_that_is_open_is_given_up_with_a_gap() -> None:
    result = reading("a\n" + "b ${c\n" * 30)
    assert [command.words[0].literal for command in result.commands] == ["a"]
    assert [gap.line for gap in result.gaps] == [2]


def test_after_an_open_quote_everything_is_in_doubt() -> None:
    result = reading('a\necho "open\nb --bf16\n')
    assert [(bool(command.conditions), command.words[0].literal) for command in result.commands] == [
        (False, "a"),
        (True, "b"),
    ]


def test_a_broken_arm_costs_itself_alone() -> None:
    result = reading("case $1 in a) ( x;; b) good;; esac\nlast")
    assert [gap.line for gap in result.gaps] == [1]
    assert [command.words[0].literal for command in result.commands][-2:] == ["good", "last"]


def test_empty_and_blank_scripts_say_nothing() -> None:
    for text in ("", "\n\n", "# remark\n", "   ", ";", "\r\n"):
        assert reading(text).commands == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "echo " + "$(" * 3000,
        "if a; then\n" * 1500,
        "(" * 20000,
        "((" * 5000,
        "${" * 5000,
        "foo ) bar\n" * 3000,
        "A=$A$A\n" * 60,
        "for a in 1 2 3 4 5 6 7 8; do\n" * 8 + "b $a\n" + "done\n" * 8,
        "f() { f; f; f; }\nf\n",
        "cat <<E\n" * 500,
        "a && " * 2000 + "b",
        'bash -c "' * 40,
        "x" * 200_000,
    ],
    ids=[
        "substitutions",
        "ifs",
        "parentheses",
        "arithmetic",
        "braces",
        "noise",
        "doubling",
        "loops",
        "recursion",
        "heredocs",
        "chain",
        "strings",
        "line",
    ],
)
def test_hostile_sizes_end_soon_and_say_so(text: str) -> None:
    began = time.process_time()
    result = reading(text)
    assert time.process_time() - began < 15
    assert result.gaps or result.commands or text.startswith(("A=", "f()", "bash", "cat"))


def test_a_fault_of_the_tree_builder_is_no_fault_of_the_script() -> None:
    def broken(*_: object) -> Node:
        raise TypeError("a fault of ours")

    with patch.object(Builder, "simple", broken), pytest.raises(TypeError):
        reading("if a; then b; fi\n")
    with patch.object(Builder, "simple", broken):
        (whole,) = read_source(Source("run.sh", "shell", "if a; then b; fi\n"), default_table().vocabulary)
    assert [gap.reason for gap in whole.gaps] == ["the shell reader failed: TypeError: a fault of ours"]


@pytest.mark.parametrize("fault", [bashlex.errors.ParsingError("x", "y", 1), TypeError("its own"), RecursionError()])
def test_a_fault_of_the_engine_costs_the_statement_alone(fault: Exception) -> None:
    with patch.object(bashlex, "parsesingle", side_effect=fault):
        result = reading("a\n( b ) c\nd\n")
    assert [command.words[0].literal for command in result.commands] == ["a", "d"]
    assert [gap.line for gap in result.gaps] == [2]


@pytest.mark.parametrize(
    ("text", "engine"),
    [("python x --bf16 > log", "shell"), (">l B= a --bf16", "bashlex"), ("bash -c '>l B= a --bf16'", "bashlex")],
)
def test_the_engine_is_named_where_it_was_needed(text: str, engine: str) -> None:
    assert reading(text).findings[-1].engine == engine


@given(st.one_of(st.text(max_size=60), SHELL))
def test_reading_never_raises(text: str) -> None:
    result = reading(text)
    assert result.path == "run.sh"


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_plain_comment_changes_nothing_but_line_numbers(path: Path) -> None:
    text = text_of(path).removeprefix("\ufeff")
    before, after = reading(text), reading("# a plain remark\n" + text)
    assert [c.words[0].literal for c in before.commands] == [c.words[0].literal for c in after.commands]
    assert [f.span.line + 1 for f in before.findings] == [f.span.line for f in after.findings]
    assert [(f.signal, f.value) for f in before.findings] == [(f.signal, f.value) for f in after.findings]


def test_doubt_is_a_node_of_the_tree() -> None:
    assert any(isinstance(child, Doubtful) for child in children(parse("if a; then\nb\n").body))


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("for m in a b c d e f g h i; do\n  python $m\ndone", [2]),
        ("for m in a b c d e f g h i; do\n  echo $m\ndone", []),
        ("for m in 1 2 3 4 5 6 7 8 9; do\n  python $m\ndone", []),
        ("for m in $(ls); do\n  python $m\ndone", []),
        ("bash -c 'bash -c \"eval eval eval eval python\"'", [1]),
        ("bash -c 'bash -c \"eval python\"'", []),
    ],
)
def test_a_limit_behind_which_words_are_lost_is_a_gap(text: str, gaps: list[int]) -> None:
    assert [gap.line for gap in reading(text).gaps] == gaps


def test_a_command_of_which_a_word_has_too_many_values_is_a_gap() -> None:
    arms = " ".join(f"{number}) A='{number} x'; B=$A;;" for number in range(70))
    assert [gap.line for gap in reading(f"case $1 in {arms} esac\npython $B\n").gaps] == [2]
    assert reading(f"case $1 in {arms} esac\necho $B\n").gaps == ()
