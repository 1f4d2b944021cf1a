"""Does a hostile or broken Python file end in a gap, quickly, and never in an exception?"""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_reading import read, seen

HOSTILE = Path(__file__).parents[1] / "fixtures" / "hostile"

DEEP = {
    "parentheses": "x = {}1{}\n".format("(" * 5000, ")" * 5000),
    "lists": "x = {}{}\n".format("[" * 5000, "]" * 5000),
    "dicts": "x = {}1{}\n".format('{"a":' * 5000, "}" * 5000),
    "nots": "x = {}1\n".format("not " * 50_000),
    "minuses": "x = {}1\n".format("-" * 50_000),
    "attributes": "x = a{}\n".format(".a" * 50_000),
    "calls": "x = a{}\n".format("()" * 50_000),
    "sums": "x = a{}\n".format(" + a" * 50_000),
    "conditionals": "x = a{}\n".format(" if b else a" * 20_000),
    "lambdas": "x = {}1\n".format("lambda: " * 20_000),
    "elifs": "if a:\n pass\n{}".format("elif a:\n pass\n" * 20_000),
    "formatted": "x = {}1{}\n".format('f"{' * 5000, '}"' * 5000),
    "holes": 'x = f"{{{}a{}}}"\n'.format("(" * 5000, ")" * 5000),
    "patterns": "match a:\n  case {}b{}: pass\n".format("[" * 40, "]" * 40),
    "conditionals of names": "x = {}b\n".format("torch.bfloat16 if a else " * 900),
    "many long lines": "x = a{}\n".format(" + a" * 900) * 300,
}
BROKEN = {
    "print 'hello'\n": (1, "Python 2"),
    "import os\nexec 'x = 1'\n": (2, "Python 2"),
    "try:\n    x\nexcept IOError, e:\n    x\n    print e\n": (5, "Python 2"),
    "x = (\n": (None, "syntax"),
    "<<<<<<< HEAD\nx = 1\n": (None, "syntax"),
    "{% if a %}\nx = 1\n": (None, "syntax"),
    "def f():\n\tx\n        y\n": (None, ""),
    "x = 1\0\n": (None, ""),
    "x = '\ud800'\n": (None, ""),
}


@pytest.mark.parametrize("kind", DEEP)
def test_a_text_too_deep_to_parse_is_a_gap_and_takes_no_time(kind: str) -> None:
    start = time.process_time()
    reading = read(DEEP[kind])
    assert time.process_time() - start < 5
    assert [gap.line is not None for gap in reading.gaps] == [True]


GROWING = {
    "sums": ("a = 'x'", "a = a + a"),
    "formatted": ("a = 'x'", "a = f'{a}{a}'"),
    "sums in place": ("a = ['x']", "a += a"),
    "extended": ("a = ['x']", "a.extend(a)"),
    "members of itself": ("a = ['x']", "a = [*a, *a]"),
    "joined": ("a = 'x'", "a = ''.join([a, a])"),
    "filled in": ("a = 'x'", "a = '%s%s' % (a, a)"),
    "merged": ("a = {'x': 1}", "a = {**a, **a}"),
}


@pytest.mark.parametrize("kind", GROWING)
def test_what_doubles_with_each_line_ends_at_a_limit_and_costs_no_file(kind: str) -> None:
    first, again = GROWING[kind]
    used = "subprocess.run(a)\nos.environ['NCCL_IB_HCA'] = a\nuse(torch.bfloat16)\n"
    tracemalloc.start()
    reading = read("import os, subprocess, torch\n" + "\n".join([first, *[again] * 40]) + "\n" + used)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not reading.gaps
    assert [fact.name for fact in reading.facts if fact.name == "torch.bfloat16"]
    assert peak < 20_000_000


def test_lists_that_hold_each_other_twice_are_put_together_once() -> None:
    lists = "\n".join(f"a{number} = [*a{number - 1}, *a{number - 1}]" for number in range(1, 60))
    (command,) = read(f"import subprocess\na0 = ['torchrun', 'train.py']\n{lists}\nsubprocess.run(a59)\n").commands
    assert len(command.words) == 500


def test_a_list_that_is_a_part_of_itself_costs_no_file() -> None:
    code = "import subprocess\na = ['torchrun']\na = ['torchrun', 'train.py', *a, '--bf16']\nsubprocess.run(a)\n"
    (command,) = read(code).commands
    assert [word.literal for word in command.words] == ["torchrun", "train.py", None, "--bf16"]


def test_a_statement_longer_than_any_that_somebody_writes_is_a_gap() -> None:
    (gap,) = read("x = [" + "1, " * 400_000 + "]\n").gaps
    assert "1,000,000 characters" in gap.reason


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_file_is_a_gap_with_its_line(code: str) -> None:
    line, reason = BROKEN[code]
    (gap,) = read(code).gaps
    assert reason in gap.reason
    assert line is None or gap.line == line


def test_what_may_look_too_deep_and_is_not_is_read() -> None:
    sums = "x = torch.bfloat16" + " + a" * 450 + "\n"
    table = "t = [" + "'a b c', 1.5, " * 3000 + "]\n"
    text = 's = """' + "words and (brackets, " * 1000 + '"""\n'
    template = 'h = f"""' + "words of a template {x}\n" * 500 + '"""\n'
    reading = read("import torch\n" + sums + table + text + template)
    assert not reading.gaps
    assert seen(reading) == ["2 bf16 []"]


@pytest.mark.parametrize(
    "code", ["", "\n", "\ufeffimport torch\nuse(torch.bfloat16)\n", "import torch\r\ruse(torch.bfloat16)", "\f\nx = 1"]
)
def test_odd_texts_are_read(code: str) -> None:
    reading = read(code)
    assert not reading.gaps
    assert len(reading.findings) == code.count("bfloat16")
    assert all("bfloat16" in item.snippet for item in reading.findings)


def test_a_very_long_file_is_a_gap() -> None:
    assert [gap.line for gap in read("x = 1\n" * 600_000).gaps] == [None]


@pytest.mark.parametrize("path", sorted(HOSTILE.glob("*.py")), ids=lambda path: path.name)
def test_hostile_fixtures(path: Path) -> None:
    reading = read(path.read_text(encoding="utf-8", errors="replace"), path.name)
    assert reading.gaps or reading.findings


PIECES = st.sampled_from(
    ["if x:", "else:", "try:", "except:", "torch.bfloat16", "import torch", "\n", "\n    ", "(", ")", "[", "]", "{",
     "}", '"', "'''", "f'{", "lambda", "=", ",", "\\", "#", "match a:", "case ", "with a as b:", "\t", "x", "*", ":=",
     "**", "not ", "é", "\0"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_text_raises(code: str) -> None:
    reading = read(code)
    assert reading.path == "train.py"
    assert len(reading.gaps) <= 1


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_no_notebook_raises(text: str) -> None:
    assert read(text, "a.ipynb", "notebook").language == "notebook"


def test_a_table_that_holds_an_entry_of_itself_is_read() -> None:
    code = """
import torch
def f(rows):
    for row in rows:
        item = g(row)
        if item.short:
            item = {"ids": item["ids"][0:3]}
        y = item["ids"]
x = torch.bfloat16
"""
    reading = read(code)
    assert reading.gaps == ()
    assert [item.span.line for item in reading.findings] == [9]
