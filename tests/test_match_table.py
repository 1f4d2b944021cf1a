"""What does each kind of row ask of a fact? Every field of a row has a fact that it admits and one that it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from chipsieve.facts.finding import Match
from chipsieve.facts.reading import Fact, FactKind
from chipsieve.match.requirements import implied, parsed
from chipsieve.match.table import LONGEST_NAME, SignalTable
from chipsieve.signals.signal import Row
from link_builders import span
from small_signals import row, signal


def asked(
    rows: list[dict[str, object]], kind: FactKind, name: str, value: str | None = "true",
    path: str = "a/train.py", **further: Any,
) -> list[str]:  # fmt: skip
    """What the rows of one signal see in a fact; `further` are its other fields."""
    table = SignalTable({"s": signal("s", *rows)})
    stated = Fact(kind, name, value, span(), **further)
    found = table.asked(stated, value, path)
    assert {(match.signal, match.row) for match in found} <= {("s", kind)}
    return [match.value for match in found]


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("mlx5_0", ["mlx5_0"]),
        (' "mlx5_0" ', ["mlx5_0"]),
        ("'mlx5_0'", ["mlx5_0"]),
        ("", [""]),
        ("false", ["false"]),
        (None, [""]),
    ],
)
def test_a_variable_without_values_counts_with_any(value: str | None, seen: list[str]) -> None:
    assert asked([row("env", "NCCL_IB_HCA")], "env", "NCCL_IB_HCA", value) == seen
    assert asked([row("env", "NCCL_IB_HCA")], "env", "NCCL_IB_HC", value) == []


@pytest.mark.parametrize(
    ("value", "seen"),
    [("bf16", ["bf16"]), ("BF16", ["BF16"]), ("torch.bf16", ["torch.bf16"]), ("bf16x", []), ("", []), (None, [])],
)
def test_values_are_compared_in_their_forms(value: str | None, seen: list[str]) -> None:
    for kind, name in (("env", "DTYPE"), ("flag", "--dtype"), ("key", "dtype")):
        listed = row(kind, name, values=["BF16", "fp8"])
        assert asked([listed], kind, name, value) == seen  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "seen"), [("true", ["true"]), ("1", ["1"]), ("no", []), ("off", []), (None, [])])
def test_a_flag_without_values_must_be_on(value: str | None, seen: list[str]) -> None:
    assert asked([row("flag", "--bf16")], "flag", "--bf16", value) == seen
    assert asked([row("key", "bf16")], "key", "bf16", value) == seen


@pytest.mark.parametrize(
    ("pattern", "value", "seen"),
    [
        (r"^sm_(?P<value>\d+)$", "SM_90", ["90"]),
        (r"^sm_\d+$", "sm_90", ["sm_90"]),
        (r"^sm_\d+$", "sm_", []),
        (r"^sm_(?P<value>\d+)$", "sm_", []),
        (r"sm", None, []),
    ],
)
def test_a_pattern_sees_its_value_or_all(pattern: str, value: str | None, seen: list[str]) -> None:
    assert asked([row("env", "ARCH", pattern=pattern)], "env", "ARCH", value) == seen


def test_a_row_may_say_what_it_means_in_another_word() -> None:
    assert asked([row("env", "ARCH", values=["a"], means="h100")], "env", "ARCH", "A") == ["h100"]


def test_a_key_is_known_by_its_ending() -> None:
    rows = [row("key", "bf16.enabled")]
    assert asked(rows, "key", "enabled", parts=("zero", "bf16")) == ["true"]
    assert asked(rows, "key", "enabled", parts=("bf16",)) == ["true"]
    assert asked(rows, "key", "enabled", parts=("fp16",)) == []
    assert asked(rows, "key", "enabled") == []
    assert asked(rows, "key", "on", parts=("bf16", "enabled")) == []
    assert asked([row("key", "bf16.*")], "key", "enabled", parts=("bf16",)) == ["true"]


def test_a_key_says_which_it_is_and_what_it_counts() -> None:
    counted = signal("s", row("key", "instance_type", values=["p5"], devices=["gpus", "count"]))
    stated = Fact("key", "instance_type", "p5", span(), beside=(("count", "16"), ("other", "3")))
    assert SignalTable({"s": counted}).asked(stated, "p5", "a.yaml") == (
        Match("s", "key", "p5", "", "instance_type", 16),
    )
    without = Fact("key", "instance_type", "p5", span(), beside=(("gpus", "many"), ("other", "3")))
    assert [match.devices for match in SignalTable({"s": counted}).asked(without, "p5", "a.yaml")] == [None]


def test_a_key_counts_beside_others_and_in_certain_files() -> None:
    rows = [row("key", "dtype", values=["bf16"], beside={"engine": "Nemo"}, files=["*/ds*.json"])]
    both = (("engine", "nemo"), ("more", "x"))
    assert asked(rows, "key", "dtype", "bf16", beside=both, path="conf/DS_1.json") == ["bf16"]
    assert asked(rows, "key", "dtype", "bf16", beside=both, path="conf/other.json") == []
    assert asked(rows, "key", "dtype", "bf16", beside=(("engine", "other"),), path="conf/ds.json") == []
    assert asked(rows, "key", "dtype", "bf16", path="conf/ds.json") == []


def test_a_call_by_itself_and_an_argument_of_it() -> None:
    whole, keyword = [row("call", "m.f")], [row("call", "m.f", keyword="dtype", values=["bf16"])]
    position = [row("call", "m.f", argument=1, values=["bf16"])]
    assert asked(whole, "call", "m.f", None) == [""]
    assert asked(whole, "call", "m.f", "bf16", argument="dtype") == []
    assert asked(keyword, "call", "m.f", None) == []
    assert asked(keyword, "call", "m.f", "bf16", argument="dtype") == ["bf16"]
    assert asked(keyword, "call", "m.f", "fp16", argument="dtype") == []
    assert asked(keyword, "call", "m.f", "bf16", argument="other") == []
    assert asked(keyword, "call", "m.f", "bf16", argument=1) == []
    assert asked(position, "call", "m.f", "bf16", argument=1) == ["bf16"]
    assert asked(position, "call", "m.f", "bf16", argument=0) == []
    assert asked(position, "call", "m.g", "bf16", argument=1) == []


def test_a_keyword_goes_before_a_position() -> None:
    either = [row("call", "m.f", keyword="dtype", argument=1, values=["bf16"])]
    assert asked(either, "call", "m.f", "bf16", argument="dtype") == ["bf16"]
    assert asked(either, "call", "m.f", "bf16", argument=1) == ["bf16"]
    assert asked(either, "call", "m.f", "bf16", argument=1, beside=(("dtype", "fp16"),)) == []
    assert asked(either, "call", "m.f", "bf16", argument="other", beside=(("dtype", "fp16"),)) == []


def test_a_call_counts_beside_other_arguments() -> None:
    rows = [row("call", "m.f", argument=1, values=["bf16"], beside={"0": "CUDA"})]
    assert asked(rows, "call", "m.f", "bf16", argument=1, beside=(("0", "'cuda'"),)) == ["bf16"]
    assert asked(rows, "call", "m.f", "bf16", argument=1, beside=(("0", '"cpu"'),)) == []
    assert asked(rows, "call", "m.f", "bf16", argument=1) == []
    empty = [row("call", "m.f", argument=1, values=["bf16"], beside={"0": "XXXX"})]
    assert asked(empty, "call", "m.f", "bf16", argument=1) == []
    itself = [row("call", "m.f", argument=0, values=["cuda"], beside={"0": "cuda"})]
    assert asked(itself, "call", "m.f", "cuda", argument=0) == ["cuda"]


def test_a_module_counts_with_what_is_in_it() -> None:
    rows = [row("import", "flash_attn"), row("import", "a.b")]
    assert asked(rows, "import", "flash_attn") == ["flash_attn"]
    assert asked(rows, "import", "flash_attn.layers") == ["flash_attn.layers"]
    assert asked(rows, "import", "flash") == []
    assert asked(rows, "import", "flash_attn2") == []
    assert asked(rows, "import", "a") == []
    assert asked(rows, "import", "a", parts=("b", "c")) == ["a.b"]
    assert asked(rows, "import", "flash_attn", parts=("layers",)) == ["flash_attn"]


def test_a_name_counts_where_its_row_lists_no_values() -> None:
    rows = [row("name", "torch.bfloat16"), row("name", "torch.b*", values=["x"])]
    assert asked(rows, "name", "torch.bfloat16", None) == ["torch.bfloat16"]
    assert asked(rows, "name", "torch.bool", None) == []


@pytest.mark.parametrize(
    ("value", "seen"), [("312e12", ["3.12e+14"]), ("3.12e14", ["3.12e+14"]), ("312", []), ("", []), (None, [])]
)
def test_a_constant_is_compared_as_a_number(value: str | None, seen: list[str]) -> None:
    rows = [row("constant", "*flops*", values=["312e12"])]
    assert asked(rows, "constant", "peak_flops", value) == seen
    assert asked(rows, "constant", "width", value) == []


@pytest.mark.parametrize(
    ("listed", "value", "seen"),
    [
        ({}, "Flash_Attn>=2", ["Flash_Attn>=2"]),
        ({"values": [">=2.0"]}, "flash-attn>=2.1", ["flash-attn>=2.1"]),
        ({"values": [">=2.0"]}, "flash-attn>=1.0", []),
        ({"pattern": r"\+rocm"}, "flash-attn==2.0+rocm", ["flash-attn==2.0+rocm"]),
        ({"pattern": r"\+rocm"}, "flash-attn==2.0", []),
        ({}, "flash-attn2", []),
        ({}, "not a requirement", []),
        ({}, None, []),
    ],
)
def test_a_pin_is_read_as_a_requirement(listed: dict[str, object], value: str | None, seen: list[str]) -> None:
    assert asked([row("pin", "flash-attn", **listed)], "pin", "", value) == seen


def test_an_image_is_known_by_a_pattern() -> None:
    rows = [row("image", pattern="^nvcr[.]io/(?P<value>[a-z]+)")]
    assert asked(rows, "image", "", "NVCR.io/nvidia:24") == ["nvidia"]
    assert asked(rows, "image", "", "debian") == []
    assert asked(rows, "image", "", None) == []


def test_an_image_or_a_literal_must_hold_one_of_the_words_that_its_row_lists() -> None:
    rows = [row("literal", "flash", "paged", pattern="(?P<value>[a-z]+)_attn")]
    assert asked(rows, "literal", "", "FLASH_attn") == ["FLASH"]
    assert asked(rows, "literal", "", "the paged, or plain_attn") == ["plain"]
    assert asked(rows, "literal", "", "plain_attn") == asked(rows, "literal", "", None) == []


def test_each_of_several_globs_is_tried_and_a_name_that_is_too_long_fits_none() -> None:
    rows = [row("env", "NCCL_*"), row("env", "*_HCA"), row("env", "LONG_*")]
    assert asked(rows, "env", "NCCL_DEBUG", "1") == asked(rows, "env", "MY_HCA", "1") == ["1"]
    assert asked(rows, "env", "NCCL", "1") == []
    longest = "LONG_".ljust(LONGEST_NAME, "x")
    assert asked(rows, "env", longest, "1") == ["1"]
    assert asked(rows, "env", f"{longest}x", "1") == []


@pytest.mark.parametrize(
    ("written", "kind", "name", "value"),
    [
        (row("constant", "peak", values=["312e12"], by="constant"), "constant", "peak", "312e12"),
        (row("pin", "flash-attn", by="constant"), "pin", "flash-attn", "flash-attn>=2"),
        (row("key", "queue", values=["a"], by="constant"), "key", "queue", "a"),
        (row("literal", pattern="a", by="constant"), "literal", "", "a"),
    ],
)
def test_a_row_may_say_who_speaks(written: dict[str, object], kind: FactKind, name: str, value: str) -> None:
    (match,) = SignalTable({"s": signal("s", written)}).asked(Fact(kind, name, value, span()), value, "a.py")
    assert match.by == "constant"


def test_readers_look_for_arguments_of_calls_where_a_row_asks_for_one() -> None:
    for written in (row("call", "f", keyword="k", values=["a"]), row("call", "f", argument=0, values=["a"])):
        words = SignalTable({"s": signal("s", written)}).vocabulary
        assert (words.asks("argument", "f"), words.asks("call", "f")) == (True, False)
    plain = SignalTable({"s": signal("s", row("call", "f"))}).vocabulary
    assert (plain.asks("argument", "f"), plain.asks("call", "f")) == (False, True)


def test_rows_that_see_the_same_are_one_and_keep_their_order() -> None:
    rows = [row("env", "N_*"), row("env", "N_A"), row("env", "N_A", values=["1"], means="one")]
    assert asked(rows, "env", "N_A", "1") == ["1", "one"]


@pytest.mark.parametrize(
    ("requirement", "wanted", "within"),
    [
        ("x>=2", ">=2", True),
        ("x>=1.9", ">=2", False),
        ("x>2", ">=2", True),
        ("x~=2.5", ">=2", True),
        ("x==2.*", ">=2", True),
        ("x==1.*", ">=2", False),
        ("x<3", ">=2", False),
        ("x!=1", ">=2", False),
        ("x", ">=2", False),
        ("x<2.9", "<2.9", True),
        ("x<3", "<2.9", False),
        ("x<=2.9", "<2.9", False),
        ("x<=2.8", "<2.9", True),
        ("x==2.9", "<2.9", False),
        ("x==2.8", "<2.9", True),
        ("x===2.8", "<2.9", True),
        ("x~=2.8.0", "<2.9", True),
        ("x~=2.8", "<2.9", False),
        ("x~=2.8", "<3", True),
        ("x==2.8.*", "<2.9", True),
        ("x==2.*", "<2.9", False),
        ("x>=2", "<2.9", False),
        ("x>=2,<2.5", ">=2,<2.9", True),
        ("x>=1,<2.5", ">=2,<2.9", False),
        ("x>=2,<3", ">=2,<2.9", False),
        ("x===weird", "<2.9", False),
    ],
)
def test_a_requirement_keeps_within_bounds(requirement: str, wanted: str, within: bool) -> None:
    found = parsed(requirement)
    assert found is not None
    assert implied(found, Row("pin", ("x",), (wanted,))) is within
    assert implied(found, Row("pin", ("x",))) is True


def said(rows: list[dict[str, object]], text: str, by: str = "prose") -> list[tuple[str, int, int]]:
    """What the rows of one signal see in a claim, and from where to where."""
    found = list(SignalTable({"s": signal("s", *rows)}).claims(text, by))
    assert {(match.signal, match.row) for match, _, _ in found} <= {("s", "claim")}
    return [(match.value, start, end) for match, start, end in found]


def test_a_claim_is_found_at_each_place_in_its_line() -> None:
    named = row("claim", pattern=r"\b(?P<value>h\d+)s?\b")
    assert said([named], "8 H100s, and h20") == [("H100", 2, 6), ("h20", 13, 16)]
    assert said([row("claim", pattern=r"\bh\d+\b")], "an H20 here") == [("H20", 3, 6)]
    assert said([named], "none") == []


def test_a_claim_needs_one_of_the_words_that_its_row_lists() -> None:
    listed, other = row("claim", "gpu", pattern=r"\d+"), row("claim", pattern="[a-z]+", by="log")
    assert said([listed], "8 GPUs") == [("8", 0, 1)]
    assert said([listed], "8 cards") == []
    assert said([other, listed], "8 GPUs") == [("8", 0, 1)]  # what a log alone says does not end the search


@pytest.mark.parametrize(("by", "found"), [("log", True), ("prose", False), ("comment", False)])
def test_what_a_log_alone_says_is_asked_of_logs(by: str, found: bool) -> None:
    assert bool(said([row("claim", pattern="h20", by="log")], "h20", by)) is found
