"""What does each device of a run hold at once: which share of the weights, the gradients and the optimizer state?

Sources: Rajbhandari et al., ZeRO, section 5 (what each stage divides); DeepSpeed documentation, "ZeRO Offload" (the
gradients move to the host with the optimizer state); NVIDIA/Megatron-LM megatron/core/optimizer (an fp32 copy of the
weights and two moments), megatron/core/parallel_state.py (what tensor, pipeline and expert parallelism divide).
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from chipsieve.derive.layouts import Layout
from chipsieve.derive.model_size import WEIGHT_BYTES
from chipsieve.derive.stated import Known, Stated
from chipsieve.derive.world import world

GRADIENT_BYTES = 2
ADAM_BYTES, MASTER_BYTES = 8, 4  # two moments in single precision; the copy of the weights that mixed precision keeps
SHARDS_GRADIENTS, SHARDS_WEIGHTS = 2, 3  # stages of ZeRO; the first one divides the optimizer state alone
FULL = "full"
FSDP, OFFLOAD = "fsdp", "offload"  # `--fsdp "full_shard auto_wrap offload"`


class Share(NamedTuple):
    """What a term is divided by, of a dense parameter and of an expert's, in words, and what says so."""

    dense: int
    experts: int
    says: str
    known: tuple[Known, ...]


class Held(NamedTuple):
    """One kind of thing that each device holds: so many bytes of each parameter, of a share of them, and how surely."""

    name: str
    each: int
    share: Share
    certain: bool = True


def held(stated: Stated, layout: Layout, weight_bytes: int = WEIGHT_BYTES) -> list[Held]:
    """What each device holds at least, as far as a run states how it divides its model and keeps it on devices."""
    parallel, whole = _model_parallel(stated, layout), _by_world(stated, layout)
    zero, stage = stated.values(layout.switches["deepspeed"]), _stage(stated, layout)
    weights = whole if stage >= SHARDS_WEIGHTS or _may(stated, layout, "sharded") else parallel
    in_values = any(OFFLOAD in value.setting.value for value in stated.values([FSDP]))
    if weights is None or in_values or _may(stated, layout, "offload") or _may(stated, layout, "eight_bit"):
        return []
    found = [Held("weights", weight_bytes, weights)]
    if _trains_parts(stated, layout) or _may(stated, layout, "optimizer_offload"):
        return found
    sure = not layout.open_code or _says_whole(stated, layout)
    gradients = whole if stage >= SHARDS_GRADIENTS else weights
    found += [Held("gradients", GRADIENT_BYTES, gradients, sure)] if gradients else []
    divided = zero or stage or _may(stated, layout, "optimizer_sharded")  # stage 0 of DeepSpeed does with bfloat16
    state = whole if divided else weights
    kept = _optimizer(stated, layout, state, in_zero=stage > 0) if state else None
    return [*found, kept._replace(certain=sure)] if kept else found


def _may(stated: Stated, layout: Layout, form: str) -> bool:
    """Whether something of a form may be on; of code that is no framework's what it declares as on counts too."""
    pattern = layout.forms[form]
    return stated.may(pattern) if layout.open_code else stated.gives(pattern)


def _trains_parts(stated: Stated, layout: Layout) -> bool:
    """Whether parts of the model, or all of it, may not be trained, or be trained on the host."""
    adapted = any(item.signal in layout.adapters for item, _ in stated.launch.findings)
    by_config = any(value.setting.source == "config" for value in stated.values(layout.sizes["stage"]))
    unread = stated.values(layout.switches["deepspeed"]) and not by_config  # it may move some to the host
    stops = not stated.closed or not stated.values(layout.sizes["steps"]) or _may(stated, layout, "frozen")
    return bool(adapted or unread or stops)


def _says_whole(stated: Stated, layout: Layout) -> bool:
    """Whether a run says in so many words that all of the model is trained: `finetuning_type: full`."""
    values = stated.values(layout.switches["whole"])
    return bool(values) and all(one.certain and one.setting.value.casefold().startswith(FULL) for one in values)


def _optimizer(stated: Stated, layout: Layout, share: Share, *, in_zero: bool) -> Held | None:
    """What Adam keeps of each parameter at least; nothing where it may be another optimizer, or keep less."""
    named = stated.values(layout.sizes["optimizer"])
    is_adam = all(value.setting.value.casefold() in layout.adam for value in named)
    if not is_adam or _may(stated, layout, "other_optimizer") or (layout.open_code and not in_zero):
        return None
    mixed = stated.on(layout.switches["half"])
    if mixed is None:
        return Held("optimizer state", layout.adam_bytes, share)
    return Held("optimizer state", ADAM_BYTES + MASTER_BYTES, share._replace(known=(*share.known, mixed)))


def _model_parallel(stated: Stated, layout: Layout) -> Share | None:
    """What tensor, pipeline and expert parallelism divide a model by; None where one of their sizes is unknown."""
    sizes, defaults = layout.sizes, layout.defaults
    tensor, pipeline = (stated.most(sizes[name], defaults.get(name)) for name in ("tensor", "pipeline"))
    if not (tensor and pipeline):
        return None
    wide, deep = max(tensor.number, 1), max(pipeline.number, 1)
    says, by = f"TP {wide} x PP {deep}", wide * deep
    if not stated.values(sizes["experts"]):
        return Share(by, by, says, (tensor, pipeline))
    own = stated.most(sizes["expert_tensor"]) if stated.values(sizes["expert_tensor"]) else tensor
    several = stated.most(sizes["expert"], defaults.get("expert"))
    if own is None or several is None:
        return None
    experts = max(wide, own.number) * deep * max(several.number, 1)
    return Share(by, experts, f"{says}, experts / EP {several.number}", (tensor, pipeline, own, several))


def _by_world(stated: Stated, layout: Layout) -> Share | None:
    """What is divided by all devices: as many as the launcher starts, or as the factors of a layout multiply to."""
    if layout.factors:
        numbers = [stated.most([name], 1) for name in layout.factors]
        known = tuple(number for number in numbers if number)
        if len(known) < len(numbers):
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
