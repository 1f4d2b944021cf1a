"""Which question does a name, a call or a text ask? The idioms of training code, by which its tests are understood.

A question goes to an option of the program (`args.bf16`), to a variable of the environment, to the machine
(`torch.cuda.is_available()`), or to a package that may be missing (`is_flash_attn_available()`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import contains

from msgspec.structs import replace

from chipsieve.facts.conditions import (
    ALWAYS,
    NEVER,
    Condition,
    Question,
    any_of,
    hardware,
    negate,
    questions,
    unknown,
)
from chipsieve.facts.conventions import CONFIG_OBJECTS
from chipsieve.facts.deciding import FALSY
from chipsieve_python.literals import UNKNOWN, Value, literal, plain_text
from chipsieve_python.syntax_tree import expression_kinds as expr

HARDWARE_CALL = re.compile(
    r"(is|has|have|supports?|can)_\w*(available|supported|support)$|(has|have|supports?)_\w+|\w*_(available|supported|capability)$"
    r"|is_(rocm|npu|cuda|hip|xpu|hpu|tpu|mlu|musa|gpu|ampere|hopper|blackwell|sm\d+)\w*$|get_(device|gpu)_\w+|get_sm\w*"
    r"|get_soc\w*|device_count$|machine$|mem_get_info$"
)
HARDWARE_NAMES = frozenset({"torch.version.hip", "torch.version.cuda", "sys.platform", "os.name"})
HARDWARE_ATTRIBUTES = frozenset({
    "is_cuda", "is_xpu", "is_npu", "is_hpu", "device_type", "major", "minor", "total_memory", "gcnArchName",
    "multi_processor_count", "current_platform", "compute_capability", "device_capability",
})  # fmt: skip
HARDWARE_TEXT = re.compile(
    r"capability|is_available|_available\(|_supported\(|device_name|gpu_name|device_prop|version\.(hip|cuda)|device\.type"
    r"|platform\.(machine|system)|sys\.platform|\bdevice_type\b|default_backend|get_backend\(|hasattr\(torch"
)
# Of `is_X_available()`, the helper of transformers, accelerate and their like: the module that X stands for.
PACKAGES = {
    "flash_attn": "flash_attn", "flash_attn_2": "flash_attn", "flash_attn_3": "flash_attn_interface", "apex": "apex",
    "xformers": "xformers", "deepspeed": "deepspeed", "bitsandbytes": "bitsandbytes", "bnb": "bitsandbytes",
    "transformer_engine": "transformer_engine", "te": "transformer_engine",
}  # fmt: skip
FINDS: dict[str, Callable[[str, str], bool]] = {"in": contains, "startswith": str.startswith, "endswith": str.endswith}
GENERIC_KEYS = frozenset({"enabled", "enable", "value", "type", "name", "mode", "default"})
CONFIG_NAMES = re.compile(rf"(?i)^_*{CONFIG_OBJECTS}$")
ABOUT_NUMBER_FORMATS = re.compile(r"(?i)dtype|precision")


def opaque(node: expr.Expression) -> Question:
    """What an expression asks that is none of the idioms: the machine, or something unknown."""
    text = node.source()
    return hardware(text) if HARDWARE_TEXT.search(text) else unknown(text)


def truth_of(value: Value, node: expr.Expression) -> Condition:
    """The condition under which a value of the expression is true."""
    if value.test is not None:
        return value.test
    if value.module:
        return ALWAYS
    if value.truthy is not None:
        return ALWAYS if value.truthy else NEVER
    if isinstance(value.node, expr.List | expr.Tuple | expr.Dict):
        return ALWAYS if value.node.elements else NEVER
    return opaque(node)


def is_one_of(value: Value, wanted: tuple[str, ...], node: expr.Expression) -> Condition:
    """The condition under which a value of the expression is one of the wanted texts."""
    test = value.test
    if isinstance(test, Question) and test.subject in ("option", "variable"):
        return _option_is(test, wanted)
    if test is not None and wanted == ("true",):
        return test
    if test is not None and (wanted == ("false",) or (wanted == ("none",) and _asks_import(test))):
        return negate(test)
    if test is not None:
        asked = opaque(node)
        return asked if asked.subject == "hardware" else _about(test, node)
    if value.text is not None:
        is_wanted = value.text.casefold() in {text.casefold() for text in wanted}
        if not value.qualified or is_wanted:
            return ALWAYS if is_wanted else NEVER
        return NEVER if wanted == ("none",) else opaque(node)
    return opaque(node)


def holds_part(value: Value, part: str, where: str, node: expr.Expression) -> Condition:
    """The condition under which a text holds, begins or ends with another; open for an option that is not just that."""
    if value.text is not None and not value.qualified:
        return ALWAYS if FINDS[where](value.text, part) else NEVER
    if value.begins is not None and where != "endswith" and FINDS[where](value.begins, part):
        return ALWAYS
    same = is_one_of(value, (part,), node)
    return same if same == ALWAYS else any_of((same, opaque(node)))


def _option_is(test: Question, wanted: tuple[str, ...]) -> Condition:
    if wanted == ("true",):
        return replace(test, operator="true")
    if wanted == ("false",):
        return negate(replace(test, operator="true"))
    if wanted == ("none",):
        return negate(replace(test, operator="set"))
    return replace(test, operator="in", values=wanted)


def _asks_import(condition: Condition) -> bool:
    return any(test.subject == "import" for test in questions(condition))


def _about(test: Condition, node: expr.Expression) -> Question:
    text = node.source()
    return hardware(text) if isinstance(test, Question) and test.subject in ("hardware", "import") else unknown(text)


def constant_of(node: expr.Expression) -> str | None:
    """The text of a literal, or of True, False and None; None of anything else."""
    if isinstance(node, expr.Name):
        return {"True": "true", "False": "false", "None": "none"}.get(node.value)
    value = literal(node)
    return value.text if value else None


def member(value: Value, parts: tuple[str, ...], node: expr.Attribute) -> Value:
    """The attribute `parts` of something known (a dotted name) or unknown (an option by its last name)."""
    if not value.qualified or value.text is None:
        return Value(test=value.test) if asks_hardware(value) else asked_of(parts, node)
    name = ".".join((value.text, *parts[1:]))
    if name in HARDWARE_NAMES or parts[-1] in HARDWARE_ATTRIBUTES:
        return Value(name, qualified=True, test=hardware(name))
    if CONFIG_NAMES.match(value.text.rpartition(".")[2]):
        return Value(name, qualified=True, test=Question("option", option_name(parts[1:])))
    return Value(name, qualified=True)


def asked_of(parts: tuple[str, ...], node: expr.Attribute) -> Value:
    """The attribute of an object that nobody knows: a property of the machine, or an option."""
    if parts[-1] in HARDWARE_ATTRIBUTES or parts[-2:] == ("device", "type"):
        return Value(test=hardware(node.source()))
    return Value(test=Question("option", option_name(parts[1:])))


def keyed(key: str | None, outer: tuple[str, ...]) -> Value:
    """The value that is looked up by a key, below outer keys: an option; unknown without a key."""
    return Value(test=Question("option", option_name((*outer, key)))) if key else UNKNOWN


def option_name(keys: tuple[str, ...]) -> str:
    """The last key, with the one before it where the last says too little (`bf16.enabled`)."""
    return ".".join(keys[-2:]) if keys[-1] in GENERIC_KEYS else keys[-1]


def asks_hardware(value: Value) -> bool:
    """Whether the value is the machine's answer."""
    return isinstance(value.test, Question) and value.test.subject == "hardware"


def converted(value: Value) -> Value:
    """A variable's text turned into a number or a truth: `"0"` is false then."""
    if isinstance(value.test, Question) and value.test.subject == "variable":
        return Value(test=replace(value.test, operator="true"))
    if value.text is not None and not value.qualified:
        return replace(value, truthy=value.text.casefold() not in FALSY)
    return value


def asked_by_call(name: str, last: str, values: list[expr.Expression], node: expr.Expression) -> Condition | None:
    """What a called test asks: an importable package, the machine, or nothing that we know."""
    if last == "find_spec" and values and (module := plain_text(values[0])):
        return Question("import", module)
    package = re.fullmatch(r"is_(\w+?)(_greater_or_equal\w*)?_available", last)
    if package and package[1] in PACKAGES:
        return Question("import", PACKAGES[package[1]])
    if HARDWARE_CALL.match(last) or name.startswith("platform."):
        return hardware(node.source())
    return None
