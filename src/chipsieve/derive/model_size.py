"""How many parameters does the model have at least that a launch states? Transformers, from their sizes.

A layer has attention (queries and outputs as wide as its heads together, keys and values as wide as the heads that
share them) and an MLP of two matrices, or three where it is gated. Norms, biases, routers, shared experts and positions
are left out, and what is unknown counts as nothing: the count is a lower bound.
"""

from __future__ import annotations

from typing import NamedTuple

from chipsieve.derive.layouts import Layout
from chipsieve.derive.premises import Premise, Quantity
from chipsieve.derive.stated import Known, Stated

BILLION = 1e9
WEIGHT_BYTES = 2  # of a parameter in bfloat16 or half precision; single precision has more
GATED_WIDTH = 64  # the default width of a gated MLP, 8/3 of the hidden size, is rounded down to a multiple of it


class Size(NamedTuple):
    """A model: its `dense` parameters and those of `experts`, what says so, how surely, and the bytes of one."""

    dense: int
    experts: int
    premises: tuple[Premise, ...]
    says: str
    certain: bool = True
    weight_bytes: int = WEIGHT_BYTES

    @property
    def quantity(self) -> Quantity:
        """The count as a premise, in billions."""
        return Quantity(self.says, round((self.dense + self.experts) / BILLION, 2), "B parameters", self.premises)


class _Part(NamedTuple):
    """Some matrices: how many numbers they hold, how that is computed, and from which settings."""

    number: int
    says: str
    known: tuple[Known, ...] = ()


NOTHING = _Part(0, "")


def transformer_size(stated: Stated, layout: Layout) -> Size | None:
    """The parameters of the transformer whose sizes a launch states; None where one of them is missing."""
    if stated.gives(layout.forms["other_layers"]):
        return None
    layers, hidden, heads = (stated.least(layout.sizes[name]) for name in ("layers", "hidden", "heads"))
    if not (layers and hidden and heads and heads.number):
        return None
    attention = _attention(stated, layout, hidden, heads)
    dense, expert = _mlp(stated, layout, hidden)
    vocabulary = _embeddings(stated, layout, hidden)
    used = (layers, hidden, *attention.known, *dense.known, *expert.known, *vocabulary.known)
    shown = " + ".join(part.says for part in (attention, dense, expert) if part.says)
    says = f"{layers.number} layers x ({shown})" + (f" + {vocabulary.says}" if vocabulary.says else "")
    return Size(
        layers.number * (attention.number + dense.number) + vocabulary.number,
        layers.number * expert.number,
        tuple(dict.fromkeys(setting for one in used for setting in one.premises)),
        says,
        all(one.certain for one in used),
    )


def _attention(stated: Stated, layout: Layout, hidden: Known, heads: Known) -> _Part:
    """The matrices of queries, keys, values and outputs."""
    if stated.gives(layout.forms["other_attention"]):
        return NOTHING
    width, known = hidden.number, [heads]
    stated_width = stated.values(layout.sizes["head_width"])
    if stated_width:
        each = stated.least(layout.sizes["head_width"])
        if each is None:
            return NOTHING
        width, known = heads.number * each.number, [heads, each]
    shared = stated.least(layout.sizes["kv_heads"])
    grouped = stated.values((*layout.sizes["kv_heads"], *layout.switches["grouped_query"]))
    if shared and shared.number <= heads.number:
        keys, known = width * shared.number // heads.number, [*known, shared]
    else:
        keys = 0 if grouped or not stated.closed else width
    number = hidden.number * 2 * (width + keys)
    return _Part(number, f"attention 2 x {hidden.number} x ({width} + {keys})", tuple(known))


def _mlp(stated: Stated, layout: Layout, hidden: Known) -> tuple[_Part, _Part]:
    """What an MLP holds: matrices of every device's own, and those of experts."""
    one = _dense_mlp(stated, layout, hidden)
    experts = stated.least(layout.sizes["experts"])
    if not stated.values(layout.sizes["experts"]):
        return (NOTHING, NOTHING) if stated.gives(layout.forms["shares_experts"]) else (one, NOTHING)
    if experts is None:
        return NOTHING, NOTHING
    if experts.number <= 1:
        return one, NOTHING
    each = one
    if stated.values(layout.sizes["expert_ffn"]):
        width = stated.least(layout.sizes["expert_ffn"])
        each = _matrices(stated, layout, hidden, width) if width else NOTHING
    several = _Part(
        experts.number * each.number, f"{experts.number} experts of {each.says.removeprefix('MLP ')}",
        (experts, *each.known),
    )  # fmt: skip
    every_other = stated.values(layout.switches["deepspeed"])  # Megatron-DeepSpeed's default
    if every_other or stated.gives(layout.forms["some_layers"]):  # the rest of the layers has a dense MLP
        several = min((several, one), key=lambda part: part.number)
    return NOTHING, several if several.number else NOTHING


def _dense_mlp(stated: Stated, layout: Layout, hidden: Known) -> _Part:
    if stated.values(layout.sizes["ffn"]):
        width = stated.least(layout.sizes["ffn"])
        return _matrices(stated, layout, hidden, width) if width else NOTHING
    if not (layout.ffn_default and stated.closed):
        return NOTHING
    if stated.values(layout.switches["gated"]):
        third = hidden.number * 8 // 3 // GATED_WIDTH * GATED_WIDTH
        return _Part(3 * hidden.number * third, f"MLP 3 x {hidden.number} x {third} (default width)")
    return _Part(8 * hidden.number**2, f"MLP 2 x {hidden.number} x {4 * hidden.number} (default width)")


def _matrices(stated: Stated, layout: Layout, hidden: Known, width: Known) -> _Part:
    gated = stated.on(layout.switches["gated"]) if layout.ffn_matrices > 1 else None
    count = 3 if gated else layout.ffn_matrices
    number = count * hidden.number * width.number
    return _Part(number, f"MLP {count} x {hidden.number} x {width.number}", (width, *((gated,) if gated else ())))


def _embeddings(stated: Stated, layout: Layout, hidden: Known) -> _Part:
    words = stated.least(layout.sizes["vocabulary"]) if layout.sizes["vocabulary"] else None
    if words is None:
        return NOTHING
    untied = stated.on(layout.switches["untied"])
    times, known = (2, (words, untied)) if untied else (1, (words,))
    return _Part(times * words.number * hidden.number, f"embeddings {times} x {words.number} x {hidden.number}", known)
