"""Which changes to a file change no finding? Renamed local variables, plain comments, the order of the signals."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve.facts.conditions import Always, Condition, Every, Never, Not, Question, Some
from chipsieve.facts.finding import Finding
from chipsieve.match.table import SignalTable
from python_reading import TABLE, conditions, read

PROGRAM = """\
import os
import torch
from transformers import TrainingArguments
try:
    from flash_attn import flash_attn_func
except ImportError:
    flash_attn_func = None

LEVEL = "high"

def main(args):
    dtype = torch.bfloat16 if args.bf16 else torch.float16
    able = torch.cuda.is_bf16_supported()
    wanted = args.use_bf16
    variables = {"torch_dtype": dtype}
    if wanted and able:
        model = load(torch_dtype=torch.bfloat16)
        model.bfloat16()
    elif LEVEL == "low":
        model = load(torch_dtype=torch.bfloat16)
    settings = TrainingArguments(bf16=wanted, output="x")
    if flash_attn_func is not None:
        model = flash_attn_func(variables)
    environment = os.environ.copy()
    environment["NCCL_IB_HCA"] = "mlx5"
    return settings, environment

if __name__ == "__main__":
    main(parse())
"""
LOCALS = ("dtype", "able", "wanted", "variables", "model", "settings", "environment")
LINES = PROGRAM.count("\n")


def _plain(condition: Condition) -> Condition:
    if isinstance(condition, Question):
        return replace(condition, text="")
    if isinstance(condition, Not):
        return Not(_plain(condition.condition))
    if isinstance(condition, Always | Never):
        return condition
    return type(condition)(tuple(map(_plain, condition.conditions)))


def _comparable(found: Finding) -> tuple[object, ...]:
    return found.span.line, found.signal, found.row, found.value, tuple(map(_plain, found.conditions))


def test_the_program_says_something() -> None:
    assert len(read(PROGRAM).findings) > 8
    assert {type(part) for found in read(PROGRAM).findings for part in found.conditions} <= {
        Question,
        Not,
        Every,
        Some,
        Never,
    }


@settings(max_examples=30, deadline=None)
@given(st.permutations(["alpha", "beta", "x1", "kwargs_", "result", "zeta", "thing"]))
def test_renaming_local_variables_changes_no_finding(names: list[str]) -> None:
    renamed = PROGRAM
    for old, new in zip(LOCALS, names, strict=True):
        renamed = renamed.replace(f"torch_{old}", "torch\0").replace(old, new).replace("torch\0", f"torch_{old}")
    assert sorted(map(repr, map(_comparable, read(renamed).findings))) == sorted(
        map(repr, map(_comparable, read(PROGRAM).findings))
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, LINES), st.text(alphabet="abc #'\"()é:\\", max_size=20))
def test_a_plain_comment_changes_lines_only(line: int, words: str) -> None:
    lines = PROGRAM.splitlines(keepends=True)
    commented = "".join([*lines[:line], f"# {words}\n", *lines[line:]])
    before, after = read(PROGRAM).findings, read(commented).findings
    moved = [found.span.line + (found.span.line > line) for found in before]
    assert [found.span.line for found in after] == moved
    assert [(f.signal, f.value, f.conditions) for f in after] == [(f.signal, f.value, f.conditions) for f in before]


def test_the_order_of_the_signals_does_not_matter() -> None:
    turned = SignalTable(dict(reversed(list(TABLE.signals.items()))))
    assert read(PROGRAM, table=turned) == read(PROGRAM)


def test_every_finding_points_at_its_line() -> None:
    lines = PROGRAM.splitlines()
    for found in read(PROGRAM).findings:
        assert found.snippet == lines[found.span.line - 1].strip()
        assert conditions(found) is not None
