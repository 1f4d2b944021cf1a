"""How much memory must each device have at least for a launch's weights, gradients and optimizer state?

What a launch states of its model and of how it divides it gives a number of bytes that lie on each device at once,
whatever else lies there. An unknown term counts as nothing, and so does a term that is divided by an unknown number.
All devices are taken to be of one model, so the mean over pipeline stages bounds each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import floor
from typing import NamedTuple

from chipsieve.commands.launchers import TRAINING
from chipsieve.derive.layouts import Layout, load_layouts
from chipsieve.derive.model_size import BILLION, Size, transformer_size
from chipsieve.derive.premises import Evidence, Premise, Quantity
from chipsieve.derive.stated import Known, Stated
from chipsieve.derive.world import world
from chipsieve.link.launch import Launch, Standing
from chipsieve.link.option_values import option_name

CLAIM = "memory-floor"
GIB = 2**30  # a card sold with 80 GB has at most that many: the bound is safe in either unit
LEAST_GB = 1.0  # less than any accelerator has says nothing
WEIGHT_BYTES = 2  # of a parameter in bfloat16 or half precision; single precision has more
GRADIENT_BYTES = 2
ADAM_BYTES, MASTER_BYTES = 8, 4  # two moments in single precision; the copy of the weights that mixed precision keeps
SHARDS_GRADIENTS, SHARDS_WEIGHTS = 2, 3  # stages of ZeRO; the first one divides the optimizer state alone
DEEPSPEED_STAGE = "zero_optimization.stage"  # every configuration of DeepSpeed that chooses a stage has this key


class Share(NamedTuple):
    """What a term is divided by, of a dense parameter and of an expert's; None where that is unknown."""

    dense: int
    experts: int
    says: str
    known: tuple[Known, ...]


class Plan(NamedTuple):
    """What each device holds of weights, gradients and optimizer state: its share, None where that may be nothing."""

    weights: Share | None
    gradients: Share | None
    optimizer: Share | None
    optimizer_bytes: int


class Term(NamedTuple):
    """The bytes of one kind on each device, as a premise, and whether all that it rests on is certain."""

    quantity: Quantity
    certain: bool


def memory_floor(launch: Launch) -> Iterable[Evidence]:
    """The memory that each device must have at least for what the launch trains; nothing where it states too little."""
    found = _floor(launch) if launch.role in TRAINING else None
    return () if found is None else (found,)


def _floor(launch: Launch) -> Evidence | None:
    names = frozenset(option_name(one.name) for one in launch.settings)
    for layout in load_layouts():
        if any(names.issuperset(mark) for mark in layout.marks):
            stated = Stated(launch, layout.bare)
            size = transformer_size(stated, layout)
            return _evidence(size, plan(stated, layout)) if size else None
    return None


def _evidence(size: Size, shares: Plan) -> Evidence | None:
    """The claim that the terms amount to, rounded down; None where it says nothing of any chip."""
    terms = [
        _term(name, size, each, share)
        for name, each, share in (
            ("weights", WEIGHT_BYTES, shares.weights),
            ("gradients", GRADIENT_BYTES, shares.gradients),
            ("optimizer state", shares.optimizer_bytes, shares.optimizer),
        )
        if share is not None
    ]
    total = sum(term.quantity.number for term in terms)
    least = floor(total * 10) / 10
    if least < LEAST_GB:
        return None
    standing: Standing = "asserted" if size.certain and all(term.certain for term in terms) else "optional"
    says = " + ".join(term.quantity.says.partition(":")[0] for term in terms) + " of one device"
    whole = Quantity(says, least, "GB", tuple(term.quantity for term in terms))
    return Evidence(CLAIM, f"{least:g}", standing, (whole,))


def _term(name: str, size: Size, each: int, share: Share) -> Term:
    held = size.dense / share.dense + size.experts / share.experts
    counted = (size.dense + size.experts) / BILLION
    says = f"{name}: {counted:.3g} B parameters x {each} bytes / ({share.says})"
    used = tuple(dict.fromkeys(setting for one in share.known for setting in one.premises))
    premises: tuple[Premise, ...] = (size.quantity, *used)
    return Term(Quantity(says, held * each / GIB, "GB", premises), all(one.certain for one in share.known))


def plan(stated: Stated, layout: Layout) -> Plan:
    """What each device of a run holds at least, by what the run states of how it divides its model."""
    forms, parallel, whole = layout.forms, model_parallel(stated, layout), _by_world(stated)
    zero, stage = stated.values(layout.switches["deepspeed"]), _stage(stated, layout)
    weights = whole if stage >= SHARDS_WEIGHTS or stated.may(forms["sharded"]) else parallel
    if stated.may(forms["offload"]) or stated.may(forms["eight_bit"]):
        weights = None
    if not (weights and _trains_all(stated, layout)) or stated.may(forms["optimizer_offload"]):
        return Plan(weights, None, None, 0)
    gradients = whole if stage >= SHARDS_GRADIENTS else weights
    divided = zero or stage or stated.may(forms["optimizer_sharded"])  # stage 0 of DeepSpeed does with bfloat16
    each = _optimizer_bytes(stated, layout)
    return Plan(weights, gradients, (whole if divided else weights) if each else None, each)


def _trains_all(stated: Stated, layout: Layout) -> bool:
    """Whether all that the model has is certainly trained, on the devices as far as anything says."""
    if not stated.closed or stated.may(layout.forms["frozen"]) or not stated.values(layout.sizes["steps"]):
        return False
    unread = stated.values(layout.switches["deepspeed"]) and not stated.values([DEEPSPEED_STAGE])
    return not unread  # what DeepSpeed's configuration moves to the host


def model_parallel(stated: Stated, layout: Layout) -> Share | None:
    """What tensor, pipeline and expert parallelism divide a model by; None where one of their sizes is unknown."""
    sizes, defaults = layout.sizes, layout.defaults
    tensor, pipeline = (stated.most(sizes[name], defaults.get(name)) for name in ("tensor", "pipeline"))
    if not (tensor and pipeline and tensor.number and pipeline.number):
        return None
    used, says = [tensor, pipeline], f"TP {tensor.number} x PP {pipeline.number}"
    by = tensor.number * pipeline.number
    if not stated.values(sizes["experts"]):
        return Share(by, by, says, tuple(used))
    several, within = stated.most(sizes["expert"], defaults.get("expert")), tensor
    if stated.values(sizes["expert_tensor"]):
        within = max(tensor, stated.most(sizes["expert_tensor"]) or Known(0), key=lambda one: one.number)
    if several is None or stated.may(layout.forms["shares_experts"]) is None:
        return None
    says += f", experts / EP {several.number}"
    return Share(by, within.number * pipeline.number * max(several.number, 1), says, (*used, within, several))


def _by_world(stated: Stated) -> Share | None:
    devices = world(stated)
    if devices is None or not devices.number:
        return None
    return Share(devices.number, devices.number, f"{devices.number} devices", (devices,))


def _stage(stated: Stated, layout: Layout) -> int:
    """The largest stage of ZeRO that may be in force, the last one where it is unknown."""
    if not (stated.values(layout.switches["deepspeed"]) or stated.values(layout.sizes["stage"])):
        return 0
    stage = stated.most(layout.sizes["stage"])
    return stage.number if stage else SHARDS_WEIGHTS


def _optimizer_bytes(stated: Stated, layout: Layout) -> int:
    """What the optimizer keeps of each parameter at least; 0 where nobody knows which one it is."""
    named = stated.values(layout.sizes["optimizer"])
    is_adam = all(value.setting.value.casefold() in layout.adam for value in named)
    if not is_adam or stated.may(layout.forms["other_optimizer"]):
        return 0
    return ADAM_BYTES + (MASTER_BYTES if stated.on(layout.switches["half"]) else 0)
