"""How much memory must each device have at least for a launch's weights, gradients and optimizer state?

What a launch states of its model and of how it divides it gives a number of bytes that lie on each device at once,
whatever else lies there. An unknown term counts as nothing, and so does a term that is divided by an unknown number.
All devices are taken to be of one model, so the mean over pipeline stages bounds each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import floor
from typing import NamedTuple

from chipsieve.commands.launchers import TRAINING
from chipsieve.derive.holding import Held, held, on_devices
from chipsieve.derive.layouts import Layout, load_layouts
from chipsieve.derive.model_size import BILLION, Size, transformer_size
from chipsieve.derive.named_models import named_size
from chipsieve.derive.premises import Evidence, Premise, Quantity
from chipsieve.derive.stated import Stated
from chipsieve.link.launch import Launch, Standing
from chipsieve.link.option_values import option_name

CLAIM = "memory-floor"
GIB = 2**30  # a card sold with 80 GB has at most that many: the bound is safe in either unit
LEAST_GB = 1.0  # less than any accelerator has says nothing
UNKNOWN = "over a number of devices that is not stated"
DOCUMENTATION = re.compile(r"(?:^|/)(?:docs?|documentation)/", re.IGNORECASE)


class Term(NamedTuple):
    """The memory that one kind takes on each device, in words and GB, what it rests on, and whether all is certain."""

    name: str
    says: str
    number: float
    premises: tuple[Premise, ...]
    certain: bool


def memory_floor(launch: Launch) -> Iterable[Evidence]:
    """The memory that each device must have at least for what the launch trains; nothing where it states too little.

    What is certain is one claim, and what may be more is another one, which excludes nothing.
    """
    if launch.role not in TRAINING:
        return
    names = frozenset(option_name(one.name) for one in launch.settings)
    layout = next((one for one in load_layouts() if _marked(one, names)), None)
    if layout is None or any(item.signal in layout.unless for item, _ in launch.findings):
        return
    stated = Stated(launch, layout.bare)
    size = model_size(stated, layout)
    if size is None:
        return
    terms = [_term(size, one) for one in held(stated, layout, size.weight_bytes)]
    if not terms and on_devices(stated, layout):
        yield from _of_all(size)
        return
    sure = size.certain and layout.entries.fullmatch(launch.entry) and not DOCUMENTATION.search(launch.path)
    certain = _evidence(size, [term for term in terms if term.certain], "asserted") if sure else None
    possible = _evidence(size, terms, "optional")
    if certain:
        yield certain
    if possible and (certain is None or certain.value != possible.value):
        yield possible


def _of_all(size: Size) -> Iterable[Evidence]:
    """What all devices hold together, where nobody knows how many they are: it bounds the memory of none."""
    counted = size.dense + size.experts
    total = floor(counted * size.weight_bytes / GIB * 10) / 10
    if total >= LEAST_GB:
        says = f"weights of all devices together: {counted / BILLION:.3g} B parameters x {size.weight_bytes} bytes"
        yield Evidence(CLAIM, "0", "optional", (Quantity(f"{says}, {UNKNOWN}", total, "GB", (size.quantity,)),))


def _marked(layout: Layout, names: frozenset[str]) -> bool:
    """Whether a run that states these names is of a framework."""
    return any(all(names & some for some in mark) for mark in layout.marks)


def model_size(stated: Stated, layout: Layout) -> Size | None:
    """The parameters of the model that a launch names, or of the one whose sizes it states."""
    return named_size(stated, layout) if layout.sizes["model"] else transformer_size(stated, layout)


def _term(size: Size, one: Held) -> Term:
    share = one.share
    number = (size.dense / share.dense + size.experts / share.experts) * one.each / GIB
    counted = (size.dense + size.experts) / BILLION
    premises: dict[Premise, None] = dict.fromkeys(setting for known in share.known for setting in known.premises)
    says = f"{one.name}: {counted:.3g} B parameters x {one.each} bytes / ({share.says})"
    return Term(one.name, says, number, tuple(premises), one.certain and all(x.certain for x in share.known))


def _evidence(size: Size, terms: Sequence[Term], standing: Standing) -> Evidence | None:
    """The claim that the terms amount to, rounded down; None where it says nothing of any chip.

    Its premises are the count of parameters and the terms, each with the lines that those before do not rest on.
    """
    least = floor(sum(term.number for term in terms) * 10) / 10
    if least < LEAST_GB:
        return None
    shown: set[Premise] = set()
    parts = [size.quantity]
    for term in terms:
        further = tuple(premise for premise in term.premises if premise not in shown)
        parts.append(Quantity(term.says, round(term.number, 2), "GB", further))
        shown.update(term.premises)
    says = " + ".join(term.name for term in terms) + " of one device"
    return Evidence(CLAIM, f"{least:g}", standing, (Quantity(says, least, "GB", tuple(parts)),))
