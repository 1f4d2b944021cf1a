"""What holds for every text the configuration reader gets?"""

from __future__ import annotations

import json
import re
from unittest.mock import patch

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from chipsieve_config import LANGUAGES, json_reader, json_stretches, settings_walk, yaml_reader
from chipsieve_config.config_tree import Mapping, Node, Scalar, Sequence
from config_readers import covered, read

PIECES = (
    "{", "}", "[", "]", ":", ",", '"', "'", "#", "//", "\\", "\n", "\r\n", "\t", "  ", "- ", "|", ">", "&a", "*a", "<<",
    "---", "=", "$X", "${", "{{", "}}", "```", "bf16", "enabled", "true", "torch_dtype", "NCCL_IB_HCA", "torch==2.1",
    "A100", "FROM", "RUN", "ENV", "pip install", "<<EOF", "%post", "-r", "args", "--bf16", "\x00", "\ufeff", "\u2028",
    "\ud800", "中", "😀",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)
ATOMS = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


def trees(atoms: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Lists and dictionaries of atoms."""
    return st.recursive(
        atoms, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
    )


KEYS = st.sampled_from([
    "bf16", "x.bf16", "Trainer.dtype", "enabled", "loss_scale", "NCCL_IB_HCA", "--bf16", "image", "slurm_gres", "gres",
    "args", "run", "env", "name", "value", "_base_", "a", "1", "2", "...", 'a"b', "中",
]) | st.text(max_size=3)  # fmt: skip
WRITTEN = st.sampled_from([
    "true", "bf16", "--bf16 --precision bf16", "x.yaml", "A=1", "NCCL_IB_HCA=mlx5", "nvcr.io/nvidia/x:1", "torch==2.1",
    "bash x.sh --a", "${x}", "a100:8", "0", "\\", "}", "]", "[", "中\t",
])  # fmt: skip
VALUES = WRITTEN | st.none() | st.booleans() | st.integers() | st.floats()
PARENTS = st.sampled_from(["", "slurm", "dependencies", "pip", "bf16", "args", "env", "image", "with", "a"])


@pytest.mark.parametrize("language", LANGUAGES)
@given(TEXTS)
@example("a: &a\n  b: *a\n")
@example("[" * 300)
@example("{" * 300)
@example("\t")
def test_no_text_stops_the_reader_and_every_finding_stands_in_it(language: str, text: str) -> None:
    reading = read(f"x.{language}", text, language)
    places = list(covered(text, reading))
    assert len(places) == len(reading.findings)
    last_line = len(re.findall(r"\r\n?|\n", text)) + 1
    assert all(gap.path == reading.path and 1 <= (gap.line or 1) <= last_line for gap in reading.gaps)
    assert all(1 <= document.span.line <= last_line for document in reading.documents)


@given(trees(ATOMS | st.none()), st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_the_standard_library_reads_it(value: object, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    parsed = json_reader.parse(text)
    assert (parsed.broken, parsed.strange) == (None, [])
    (node,) = parsed.builder.finish()
    assert plain(node) == as_text(json.loads(text))
    assert all(spelled(text, scalar) for scalar in scalars(node))


@pytest.mark.parametrize("data_from", [0, 1000])
@given(PARENTS, st.lists(st.tuples(KEYS, VALUES), max_size=9), st.sampled_from([None, 2]), st.booleans())
@example("", [("a", 0)] * 2 + [("a", 1)], None, False)  # noqa: FBT003 - an example has no names
def test_flat_json_says_what_its_items_say_one_by_one(
    data_from: int, parent: str, pairs: list[tuple[str, object]], indent: int | None, listed: bool
) -> None:
    values = [value for _, value in pairs] if listed else {f"{key}": value for key, value in pairs}
    text = json.dumps({parent: values, "command": ["a", "--b"]} if parent else values, indent=indent)
    twice = text.replace('"a": ', '"bf16": ')  # equal keys
    with patch.object(settings_walk, "DATA_FROM", data_from), patch.object(json_stretches, "SHORTEST", 0):
        quick = [read("x.json", text), read("x.json", twice)]
        with patch.object(json_reader, "flat", lambda *_: None):
            assert quick == [read("x.json", text), read("x.json", twice)]


@given(trees(ATOMS))
@example({"<<": False})  # in quotes a key as any other
def test_yaml_is_read_as_pyyaml_reads_it(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    parsed = yaml_reader.parse(text)
    (node,) = parsed.builder.finish()
    assert parsed.reason == ""
    assert plain(node) == as_text(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - texts alone


@given(st.lists(st.sampled_from(["x: 1", "y: [a, b]", "# 中", "z:\n  w: '😀'"]), max_size=5))
def test_a_setting_stands_where_it_is_written(lines: list[str]) -> None:
    before = "".join(f"k{number}:\n  {line.replace(chr(10), chr(10) + '  ')}\n" for number, line in enumerate(lines))
    text = f"{before}deep:\n    torch_dtype:   bfloat16 # 中\n"
    reading = read("a.yaml", text)
    assert [part for _, part in covered(text, reading)] == ["bfloat16"]
    assert reading.gaps == ()


def plain(node: Node) -> object:
    """A tree as Python values, scalars as text."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


def as_text(value: object) -> object:
    """Python values with scalars as the reader gives them."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def scalars(node: Node) -> list[Scalar]:
    """Every value and key of a tree."""
    if isinstance(node, Mapping):
        return [found for key, value in node.entries for found in (key, *scalars(value))]
    return [found for item in node.items for found in scalars(item)] if isinstance(node, Sequence) else [node]


def spelled(text: str, scalar: Scalar) -> bool:
    """Whether the text at a scalar's place, read alone, is that scalar."""
    alone: object = json.loads(text[scalar.start : scalar.end])
    return as_text(alone) == scalar.text
