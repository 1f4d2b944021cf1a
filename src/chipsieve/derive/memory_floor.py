"""How much memory must each device have at least for a launch's weights, gradients and optimizer state?

What a launch states of its model and of how it divides it gives a number of bytes that lie on each device at once,
whatever else lies there. An unknown term counts as nothing, and so does a term that is divided by an unknown number.
All devices are taken to be of one model, so the mean over pipeline stages bounds each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import floor, prod
from typing import NamedTuple

from chipsieve.commands.launchers import TRAINING
from chipsieve.derive.layouts import Layout, load_layouts
from chipsieve.derive.model_size import BILLION, Size, transformer_size
from chipsieve.derive.named_models import named_size
from chipsieve.derive.premises import Evidence, Premise, Quantity
from chipsieve.derive.stated import Known, Stated
from chipsieve.derive.world import world
from chipsieve.link.launch import Launch, Standing
from chipsieve.link.option_values import option_name

CLAIM = "memory-floor"
DOCUMENTATION = re.compile(r"(?:^|/)(?:docs?|documentation)/", re.IGNORECASE)
GIB = 2**30  # a card sold with 80 GB has at most that many: the bound is safe in either unit
LEAST_GB = 1.0  # less than any accelerator has says nothing
GRADIENT_BYTES = 2
ADAM_BYTES, MASTER_BYTES = 8, 4  # two moments in single precision; the copy of the weights that mixed precision keeps
SHARDS_GRADIENTS, SHARDS_WEIGHTS = 2, 3  # stages of ZeRO; the first one divides the optimizer state alone
FULL = "full"
FSDP, OFFLOAD = "fsdp", "offload"  # `--fsdp "full_shard auto_wrap offload"`
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
    terms = list(_terms(size, plan(stated, layout))) if size else []
    sure = size is not None and size.certain and layout.entries.fullmatch(launch.entry) and not _shown(launch)
    certain = _evidence([term for term in terms if term.certain], "asserted") if sure else None
    possible = _evidence(terms, "optional")
    if certain:
        yield certain
    if possible and (certain is None or certain.value != possible.value):
        yield possible


def _marked(layout: Layout, names: frozenset[str]) -> bool:
    """Whether a run that states these names is of a framework."""
    return any(all(names & some for some in mark) for mark in layout.marks)


def _shown(launch: Launch) -> bool:
    """Whether documentation shows the launch: what it says of the options need not have run."""
    return DOCUMENTATION.search(launch.path) is not None


def model_size(stated: Stated, layout: Layout) -> Size | None:
    """The parameters of the model that a launch names, or of the one whose sizes it states."""
    names = layout.sizes["model"]
    return named_size(stated, names) if names else transformer_size(stated, layout)


def _terms(size: Size, shares: Plan) -> Iterator[Term]:
    """What each device holds of the model, kind by kind."""
    for name, each, share in (
        ("weights", size.weight_bytes, shares.weights),
        ("gradients", GRADIENT_BYTES, shares.gradients),
        ("optimizer state", shares.optimizer_bytes, shares.optimizer),
    ):
        if share is not None:
            yield _term(name, size, each, share)


def _evidence(terms: Sequence[Term], standing: Standing) -> Evidence | None:
    """The claim that the terms amount to, rounded down; None where it says nothing of any chip."""
    least = floor(sum(term.quantity.number for term in terms) * 10) / 10
    if least < LEAST_GB:
        return None
    says = " + ".join(term.quantity.says.partition(":")[0] for term in terms) + " of one device"
    return Evidence(CLAIM, f"{least:g}", standing, (Quantity(says, least, "GB", tuple(one.quantity for one in terms)),))


def _term(name: str, size: Size, each: int, share: Share) -> Term:
    held = size.dense / share.dense + size.experts / share.experts
    counted = (size.dense + size.experts) / BILLION
    says = f"{name}: {counted:.3g} B parameters x {each} bytes / ({share.says})"
    used = tuple(dict.fromkeys(setting for one in share.known for setting in one.premises))
    premises: tuple[Premise, ...] = (size.quantity, *used)
    return Term(Quantity(says, held * each / GIB, "GB", premises), all(one.certain for one in share.known))


def plan(stated: Stated, layout: Layout) -> Plan:
    """What each device of a run holds at least, by what the run states of how it divides its model."""
    parallel, whole = model_parallel(stated, layout), _by_world(stated, layout)
    zero, stage = stated.values(layout.switches["deepspeed"]), _stage(stated, layout)
    weights = whole if stage >= SHARDS_WEIGHTS or _may(stated, layout, "sharded") else parallel
    in_values = any(OFFLOAD in value.setting.value for value in stated.values([FSDP]))
    if in_values or _may(stated, layout, "offload") or _may(stated, layout, "eight_bit"):
        weights = None
    if not (weights and _trains_all(stated, layout)) or _may(stated, layout, "optimizer_offload"):
        return Plan(weights, None, None, 0)
    gradients = whole if stage >= SHARDS_GRADIENTS else weights
    divided = zero or stage or _may(stated, layout, "optimizer_sharded")  # stage 0 of DeepSpeed does with bfloat16
    each = _optimizer_bytes(stated, layout)
    return Plan(weights, gradients, (whole if divided else weights) if each else None, each)


def _may(stated: Stated, layout: Layout, form: str) -> bool:
    """Whether something of a form may be on; of code that is no framework's what it declares as on counts too."""
    pattern = layout.forms[form]
    return stated.may(pattern) if layout.open_code else stated.gives(pattern)


def _trains_all(stated: Stated, layout: Layout) -> bool:
    """Whether all that the model has is certainly trained, on the devices as far as anything says."""
    if not stated.closed or _may(stated, layout, "frozen") or not stated.values(layout.sizes["steps"]):
        return False
    if layout.open_code and not _says_whole(stated, layout):
        return False
    unread = stated.values(layout.switches["deepspeed"]) and not stated.values([DEEPSPEED_STAGE])
    return not unread  # what DeepSpeed's configuration moves to the host


def _says_whole(stated: Stated, layout: Layout) -> bool:
    """Whether a run says in so many words that all of the model is trained: `finetuning_type: full`."""
    values = stated.values(layout.switches["whole"])
    return bool(values) and all(one.certain and one.setting.value.casefold().startswith(FULL) for one in values)


def model_parallel(stated: Stated, layout: Layout) -> Share | None:
    """What tensor, pipeline and expert parallelism divide a model by; None where one of their sizes is unknown."""
    sizes, defaults = layout.sizes, layout.defaults
    tensor, pipeline = (stated.most(sizes[name], defaults.get(name)) for name in ("tensor", "pipeline"))
    if not (tensor and pipeline):
        return None
    wide, deep = max(tensor.number, 1), max(pipeline.number, 1)
    used, says, by = [tensor, pipeline], f"TP {wide} x PP {deep}", wide * deep
    if not stated.values(sizes["experts"]):
        return Share(by, by, says, tuple(used))
    several, within = stated.most(sizes["expert"], defaults.get("expert")), tensor
    if stated.values(sizes["expert_tensor"]):
        within = max(tensor, stated.most(sizes["expert_tensor"]) or Known(0), key=lambda one: one.number)
    if several is None:
        return None
    says += f", experts / EP {several.number}"
    return Share(by, max(within.number, 1) * deep * max(several.number, 1), says, (*used, within, several))


def _by_world(stated: Stated, layout: Layout) -> Share | None:
    """What is divided by all devices: as many as the launcher starts, or as the sizes of a layout multiply to."""
    if layout.sizes["data"]:
        kinds = [kind for kind in ("data", "tensor", "pipeline", "context", "expert") if layout.sizes[kind]]
        sizes = [stated.most(layout.sizes[kind], layout.defaults.get(kind)) for kind in kinds]
        known = tuple(size for size in sizes if size)
        if len(known) < len(sizes):
            return None
    else:
        devices = world(stated)
        known = (devices,) if devices else ()
    count = prod(max(one.number, 1) for one in known)
    return Share(count, count, f"{count} devices", known) if known else None


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
    if not is_adam or _may(stated, layout, "other_optimizer"):
        return 0
    return ADAM_BYTES + (MASTER_BYTES if stated.on(layout.switches["half"]) else 0)
