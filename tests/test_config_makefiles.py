"""Does a makefile's recipe read as make would run it, with its variables filled in and alternatives kept apart?"""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config_readers import command_line, commands, read_whole, rows

ALTERNATIVES = "ifeq ($(GPU),1)\nARGS = --bf16\nelse\nARGS = --cpu\nendif\nt:\n\tpython a.py $(ARGS)\n"


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("PY ?= python\nt:\n\t$(PY) a.py\n", ["python a.py"]),
        ("PY := python\nRUN = $(PY) -m run\nt:\n\t$(RUN) a.py\n", ["python -m run a.py"]),
        ("A = --x\nA += --y \\\n  --z # all\nt:\n\tpython a.py ${A}\n", ["python a.py --x --y --z"]),
        ("A = --x\nA := $(A) --y\nt:\n\tpython a.py $(A)\n", ["python a.py --x --y"]),
        ("A ?= --x\nA ?= --y\nt:\n\tpython a.py $(A)\n", ["python a.py --x"]),
        ("t: a.py b.py\n\tpython $< $^ $@\n", ["python a.py a.py b.py t"]),
        ("t: ; python a.py\n", ["python a.py"]),
        ("A = 1\nt: A = 2\nt:\n\tpython a.py $(A)\nu:\n\tpython a.py $(A)\n", ["python a.py 2", "python a.py 1"]),
        ("define run\npython $(1)\npython b.py\nendef\nt:\n\t$(call run,a.py)\n", ["python a.py", "python b.py"]),
        ("t:\n\t@$(PY) a.py $(ARGS) $$HOME\n", ["<PY> a.py <ARGS> <HOME>"]),
        ("A = $(shell pwd)\nt:\n\tpython a.py $(A)\n", ["python a.py <shell_pwd>"]),
        ("A != pwd\nt:\n\tpython a.py $(A)\n", ["python a.py <A>"]),
        ("RUN = $(strip  python )\nt:\n\t$(RUN) a.py\n", ["python a.py"]),
        (ALTERNATIVES, ["python a.py --bf16", "python a.py --cpu"]),
        ("R := $(if $(UV),uv run,)\nt:\n\t$(R) python a.py\n", ["uv run python a.py", "python a.py"]),
        ("A = --x\nifdef B\nA += --y\nendif\nt:\n\tpython a.py $(A)\n", ["python a.py --x --y", "python a.py --x"]),
        ("ifeq (1,$(B))\nA = --x\nelse ifdef C\nA = --y\nelse\nA = --z\nendif\nt:\n\tpython a.py $(A)\n",
         ["python a.py --x", "python a.py --y", "python a.py --z"]),
        ("%.out: %.py\n\tpython $< $@\n", ["python <_> <_>"]),
        ("A = $(A)\nt:\n\tpython a.py $(A)\n", ["python a.py <A>"]),
        ("A = $(B)\nB = $(A)\nt:\n\tpython a.py $(A)\n", ["python a.py <B>"]),
        ("\tpython a.py\n", []),
        ("# t:\n#\tpython a.py\n", []),
        ("A = python a.py\n", []),
    ],
)  # fmt: skip
def test_what_a_recipe_runs(text: str, started: list[str]) -> None:
    assert sorted(commands("Makefile", text)) == sorted(started)


def test_a_command_stands_in_its_recipe_and_an_option_where_it_is_written() -> None:
    reading = read_whole("Makefile", "PY = python\nA = --x --bf16\nt:\n\t$(PY) a.py $(A)\n")
    (command,) = reading.commands
    assert command.span.line == 4
    quoted = read_whole("Makefile", 'RUN = python\nt:\n\tbash -c "cd x && $(RUN) a.py"\n').commands
    assert {one.span.line for one in quoted} == {3}
    (found,) = reading.findings
    assert (found.span.line, found.span.column, found.span.end_column) == (2, 9, 15)


def test_alternatives_are_conditional() -> None:
    first, second = read_whole("Makefile", ALTERNATIVES).commands
    assert first.conditions
    assert second.conditions
    assert first.conditions != second.conditions


def test_two_variables_of_one_condition_go_together() -> None:
    text = "ifdef X\nA = --a\nB = --b\nelse\nA = --c\nB = --d\nendif\nt:\n\tpython a.py $(A) $(B)\n"
    assert sorted(commands("Makefile", text)) == ["python a.py --a --b", "python a.py --c --d"]


def test_a_recipe_under_a_condition() -> None:
    (command,) = read_whole("Makefile", "ifdef X\nt:\n\tpython a.py\nendif\n").commands
    assert command.conditions


def test_only_exported_variables_are_in_the_environment() -> None:
    text = "export NCCL_DEBUG = INFO\nNCCL_P2P_DISABLE = 1\nt:\n\tpython a.py\n"
    reading = read_whole("Makefile", text)
    assert rows(reading) == [("env", "INFO")]
    assert [(name, word.literal) for name, word in reading.commands[0].environment] == [("NCCL_DEBUG", "INFO")]


def test_too_many_alternatives_are_left_open() -> None:
    lines = "".join(f"ifdef X{n}\nA += --a{n}\nendif\n" for n in range(12))
    reading = read_whole("Makefile", f"{lines}t:\n\tpython a.py $(A)\n")
    assert [command_line(command) for command in reading.commands][-1].startswith("python a.py")
    assert len(reading.commands) <= 8
    doubling = "A0 = x\n" + "".join(f"A{n} = $(A{n - 1})$(A{n - 1})\n" for n in range(1, 40))
    assert read_whole("Makefile", f"{doubling}t:\n\tpython a.py $(A11) $(A39)\n").gaps


@given(
    st.lists(
        st.sampled_from(
            [
                "$(",
                ")",
                "${",
                "}",
                "$$",
                "$",
                "A",
                " = ",
                "\n",
                "\t",
                ":",
                ",",
                "if ",
                "call ",
                "\\\n",
                "ifeq ",
                "else\n",
                "endif\n",
                "define A\n",
                "endef\n",
                "+= ",
            ]
        )
    )
)
def test_no_makefile_stops_the_reader(pieces: list[str]) -> None:
    assert not any("failed" in gap.reason for gap in read_whole("Makefile", "".join(pieces)).gaps)


def test_empty_values_are_not_combined_without_end() -> None:
    chain = "".join(f"A{number} = {f'$(A{number - 1})' * 9}\n" for number in range(1, 13))
    start = time.process_time()
    reading = read_whole("Makefile", f"A0 =\n{chain}all:\n\t$(A12) python train.py\n")
    assert time.process_time() - start < 10
    assert [gap.reason for gap in reading.gaps] == ["variables with too many or too long values: left open"]
