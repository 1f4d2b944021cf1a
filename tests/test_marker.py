"""Does a marker come back from a message as it went in, whatever text stands around and inside it?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chipsieve.border.marker import Mark, read_mark, write_mark

IDS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
MARKS = st.builds(
    Mark,
    signals=st.lists(IDS, min_size=1, max_size=3).map(tuple),
    row=st.sampled_from(["env", "flag", "key", "call"]),
    value=st.text().map(str.strip).filter(lambda text: text[:1] not in ("'", '"')),
    by=st.sampled_from(["", "scheduler", "device-test"]),
    name=st.sampled_from(["", "bf16.enabled", "torch_dtype"]),
)


@given(MARKS)
def test_a_mark_comes_back(mark: Mark) -> None:
    assert read_mark(f"bf16 asked for: `x[0]`. {write_mark(mark)}") == mark


def test_quotes_of_the_source_are_dropped() -> None:
    assert read_mark('[chipsieve nccl-backend key backend: "nccl"]') == Mark(
        ("nccl-backend",), "key", "nccl", name="backend"
    )


def test_an_earlier_name_of_a_row_is_understood() -> None:
    assert read_mark("[chipsieve named-in-prose word/comment: H800]") == Mark(
        ("named-in-prose",), "claim", "H800", by="comment"
    )


def test_another_message_has_no_mark() -> None:
    assert read_mark("`torch.bfloat16` is banned") is None
