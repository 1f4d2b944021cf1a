"""Which values may an expression have, and under which conditions? Constants, aliases, options, variables, hardware."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Question, hardware, negate, stack
from chipsieve_python import tree
from chipsieve_python.scope import Scope
from chipsieve_python.values import NONE, TRUTHS, UNKNOWN, Arms, Value, dotted, literal, one, plain_text

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
PACKAGES = {
    "flash_attn": "flash_attn", "flash_attn_2": "flash_attn", "flash_attn_3": "flash_attn_interface", "apex": "apex",
    "xformers": "xformers", "deepspeed": "deepspeed", "bitsandbytes": "bitsandbytes", "bnb": "bitsandbytes",
    "transformer_engine": "transformer_engine", "te": "transformer_engine",
}  # fmt: skip
GENERIC_KEYS = frozenset({"enabled", "enable", "value", "type", "name", "mode", "default"})
CONFIG_NAMES = re.compile(r"(?i)^_*(flags|.*(args|arguments|opts?|options|conf|config|cfg|hparams|params|settings))$")
UNWRAPPED = frozenset({"str", "bool", "int", "float", "strtobool", "str2bool"})
UNWRAPPED_METHODS = frozenset({"lower", "upper", "strip", "casefold", "item"})


def evaluate(node: tree.Expression, scope: Scope) -> Arms:
    """The values that an expression may have, each under the conditions that decide for it."""
    handler = EVALUATORS.get(type(node))
    return handler(node, scope) if handler else one(literal(node) or UNKNOWN)


def _name(node: tree.Name, scope: Scope) -> Arms:
    if node.value in TRUTHS:
        return one(TRUTHS[node.value])
    bound = scope.lookup(node.value)
    return one(Value(node.value, qualified=True)) if bound is None else bound


def _attribute(node: tree.Attribute, scope: Scope) -> Arms:
    parts = dotted(node)
    bound = scope.bindings.get(".".join(parts))
    if bound is not None:
        return bound.arms
    if not parts[0]:
        return one(_asked(parts, node))
    base = scope.lookup(parts[0])
    if base is None and (CONFIG_NAMES.match(parts[0]) or parts[0] in ("self", "cls")):
        return one(_asked(parts, node))
    return tuple((own, _member(value, parts, node)) for own, value in base or one(Value(parts[0], qualified=True)))


def _member(value: Value, parts: tuple[str, ...], node: tree.Attribute) -> Value:
    """The attribute of something known (a dotted name) or unknown (an option by its last name)."""
    if not value.qualified or value.text is None:
        return Value(test=value.test) if _asks_hardware(value) else _asked(parts, node)
    name = ".".join((value.text, *parts[1:]))
    if name in HARDWARE_NAMES or parts[-1] in HARDWARE_ATTRIBUTES:
        return Value(name, qualified=True, test=hardware(name))
    if CONFIG_NAMES.match(value.text.rpartition(".")[2]):
        return Value(name, qualified=True, test=Question("option", _option_name(parts[1:])))
    return Value(name, qualified=True)


def _asked(parts: tuple[str, ...], node: tree.Attribute) -> Value:
    if parts[-1] in HARDWARE_ATTRIBUTES or parts[-2:] == ("device", "type"):
        return Value(test=hardware(node.source()))
    return Value(test=Question("option", _option_name(parts[1:])))


def _option_name(keys: tuple[str, ...]) -> str:
    """The last key, with the one before it where the last says too little (`bf16.enabled`)."""
    return ".".join(keys[-2:]) if keys[-1] in GENERIC_KEYS else keys[-1]


def _asks_hardware(value: Value) -> bool:
    return isinstance(value.test, Question) and value.test.subject == "hardware"


def subscript(node: tree.Subscript, scope: Scope) -> Arms:
    """A variable of `os.environ`, an option named by its key, or a part of a hardware property."""
    keys, base = subscripts(node)
    if qualified(base, scope) == "os.environ" and keys and keys[0] is not None:
        return one(Value(test=Question("variable", keys[0], "set")))
    if keys and all(keys):
        outer = dotted(base)[1:] if isinstance(base, tree.Attribute) else ()
        return one(Value(test=Question("option", _option_name((*outer, *map(str, keys))))))
    asked = [value.test for _, value in evaluate(base, scope) if _asks_hardware(value)]
    return one(Value(test=asked[0] if asked else None))


def subscripts(node: tree.Expression) -> tuple[tuple[str | None, ...], tree.Expression]:
    """The keys of `base["a"]["b"]`, None for those that are no text, and the base."""
    keys: list[str | None] = []
    while isinstance(node, tree.Subscript):
        part = node.slice[0] if len(node.slice) == 1 else None
        keys.append(plain_text(part) if isinstance(part, tree.Expression) else None)
        node = node.value
    return tuple(reversed(keys)), node


def _call(node: tree.Call, scope: Scope) -> Arms:
    name = qualified(node.func, scope)
    last = name.rpartition(".")[2] or (node.func.attr if isinstance(node.func, tree.Attribute) else "")
    values = [arg.value for arg in node.args if not arg.star and arg.keyword is None]
    if name in ("os.environ.get", "os.getenv") and values:
        return _environment(values, scope)
    if name == "getattr" and len(values) > 1:
        return _keyed(plain_text(values[1]), ())
    if last == "get" and isinstance(node.func, tree.Attribute) and values:
        return _keyed(plain_text(values[0]), dotted(node.func.value)[1:])
    if last in UNWRAPPED_METHODS and isinstance(node.func, tree.Attribute):
        return evaluate(node.func.value, scope)
    if last in UNWRAPPED and len(values) == 1:
        return tuple((own, _converted(value)) for own, value in evaluate(values[0], scope))
    if name in ("os.environ.copy", "dict", "copy.copy", "copy.deepcopy"):
        return _copy(name, values, scope)
    return one(Value(test=_machine(name, last, values, node)))


def _environment(values: list[tree.Expression], scope: Scope) -> Arms:
    """An environment variable, or its default where it is not set."""
    name = text_of(values[0], scope)
    if name is None:
        return one(UNKNOWN)
    asked = Question("variable", name, "set")
    default = evaluate(values[1], scope) if len(values) > 1 else one(NONE)
    if all(value == NONE for _, value in default):
        return one(Value(test=asked))
    unset = tuple((stack((negate(asked),), *own), value) for own, value in default)
    return (((), Value(test=asked)), *unset)


def _keyed(key: str | None, outer: tuple[str, ...]) -> Arms:
    return one(Value(test=Question("option", _option_name((*outer, key)))) if key else UNKNOWN)


def _converted(value: Value) -> Value:
    """A variable's text turned into a number or a truth: `"0"` is false then."""
    if isinstance(value.test, Question) and value.test.subject == "variable":
        return Value(test=replace(value.test, operator="true"))
    if value.text is not None and not value.qualified:
        return replace(value, truthy=value.text.casefold() not in ("", "0", "false", "no", "none", "off"))
    return value


def _copy(name: str, values: list[tree.Expression], scope: Scope) -> Arms:
    inherits = name == "os.environ.copy" or any(qualified(value, scope) == "os.environ" for value in values)
    return one(Value("os.environ", qualified=True) if inherits else UNKNOWN)


def _machine(name: str, last: str, values: list[tree.Expression], node: tree.Call) -> Condition | None:
    """What a called test asks: an importable package, the hardware, or nothing we know."""
    if last == "find_spec" and values and (module := plain_text(values[0])):
        return Question("import", module)
    package = re.fullmatch(r"is_(\w+?)(_greater_or_equal\w*)?_available", last)
    if package and package[1] in PACKAGES:
        return Question("import", PACKAGES[package[1]])
    if HARDWARE_CALL.match(last) or name.startswith("platform."):
        return hardware(node.source())
    return None


def _joined(node: tree.BinaryOperation, scope: Scope) -> Arms:
    known = literal(node)
    if known is None and node.operator == "+":
        text = text_of(node, scope)
        known = None if text is None else Value(text, truthy=bool(text))
    return one(known or UNKNOWN)


def _formatted(node: tree.Expression, scope: Scope) -> Arms:
    text = text_of(node, scope)
    return one(UNKNOWN if text is None else Value(text, truthy=bool(text)))


def text_of(node: tree.Expression, scope: Scope) -> str | None:
    """The one literal text that an expression has; None where it may have several or is unknown."""
    if isinstance(node, tree.BinaryOperation) and node.operator == "+":
        left, right = text_of(node.left, scope), text_of(node.right, scope)
        return None if left is None or right is None else left + right
    if isinstance(node, tree.FormattedString):
        parts = [_piece(part, scope) for part in node.parts]
        return None if None in parts else "".join(part for part in parts if part is not None)
    arms = evaluate(node, scope)
    return arms[0][1].text if len(arms) == 1 and not arms[0][1].qualified else None


def _piece(part: tree.FormattedStringContent, scope: Scope) -> str | None:
    if isinstance(part, tree.FormattedStringText):
        return part.value
    if not (part.conversion or part.format_spec):
        return text_of(part.expression, scope)
    return None


def qualified(node: tree.Expression, scope: Scope) -> str:
    """The dotted name that an expression stands for, through aliases; "" for anything else."""
    if not isinstance(node, tree.Name | tree.Attribute):
        return ""
    names = [value.text for _, value in evaluate(node, scope) if value.qualified and value.text]
    return names[0] if names else ""


def _mapping(node: tree.Dict, scope: Scope) -> Value:
    merged = (item.value for item in node.elements if item.key is None)
    if any(qualified(item, scope) == "os.environ" for item in merged):
        return Value("os.environ", qualified=True, node=node)
    return Value(node=node)


EVALUATORS: dict[type[tree.Node], Callable[..., Arms]] = {
    tree.Name: _name,
    tree.Attribute: _attribute,
    tree.Subscript: subscript,
    tree.Call: _call,
    tree.BinaryOperation: _joined,
    tree.FormattedString: _formatted,
    tree.NamedExpr: lambda node, scope: evaluate(node.value, scope),
    tree.Await: lambda node, scope: evaluate(node.expression, scope),
    tree.List: lambda node, _: one(Value(node=node)),
    tree.Tuple: lambda node, _: one(Value(node=node)),
    tree.Set: lambda node, _: one(Value(node=node)),
    tree.Dict: lambda node, scope: one(_mapping(node, scope)),
}
