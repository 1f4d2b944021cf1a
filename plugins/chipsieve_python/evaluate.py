"""Which values may an expression have, and under which condition is it true?

The two questions need each other: `x if test else y` has two values under the condition of the test, and a test is true
where a value of it is. What the idioms do not know is unknown, so never certain.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from chipsieve.facts.conditions import (
    ALWAYS,
    NEVER,
    SIZE_LIMIT,
    Condition,
    Question,
    all_of,
    any_of,
    hardware,
    negate,
    size,
    stack,
)
from chipsieve_python.idioms import (
    ABOUT_NUMBER_FORMATS,
    CONFIG_NAMES,
    asked_by_call,
    asked_of,
    asks_hardware,
    constant_of,
    converted,
    holds_part,
    is_one_of,
    keyed,
    member,
    opaque,
    option_name,
    truth_of,
)
from chipsieve_python.literals import (
    DTYPE_ROOTS,
    DTYPES,
    NONE,
    TEXT_LIMIT,
    TRUTHS,
    UNKNOWN,
    Arm,
    Arms,
    Value,
    dotted,
    literal,
    one,
    plain_text,
    subscripts,
    unprefixed,
)
from chipsieve_python.scope import Scope
from chipsieve_python.syntax_tree import expression_kinds as expr

ENTRIES = 16
UNWRAPPED = frozenset({"str", "bool", "int", "float", "strtobool", "str2bool"})
UNWRAPPED_METHODS = frozenset({"lower", "upper", "strip", "casefold", "item"})
OPPOSITES = {"!=": "==", "not in": "in", "is not": "is"}


def text_of(node: expr.Expression, scope: Scope) -> str | None:
    """The one literal text that an expression has; None where it may have several, is unknown or too long."""
    if isinstance(node, expr.BinaryOperation) and node.operator == "+":
        return _together([text_of(node.left, scope), text_of(node.right, scope)])
    if isinstance(node, expr.FormattedString):
        return _together([_piece(part, scope) for part in node.parts])
    arms = evaluate(node, scope)
    return arms[0][1].text if len(arms) == 1 and not arms[0][1].qualified else None


def _together(texts: list[str | None]) -> str | None:
    """One text of several that are known; a text that doubles itself line by line ends at the limit."""
    known = [text for text in texts if text is not None]
    return "".join(known) if len(known) == len(texts) and sum(map(len, known)) <= TEXT_LIMIT else None


def _piece(part: expr.FormattedStringContent, scope: Scope) -> str | None:
    if isinstance(part, expr.FormattedStringText):
        return part.value
    return None if part.conversion or part.format_spec else text_of(part.expression, scope)


def qualified(node: expr.Expression, scope: Scope) -> str:
    """The dotted name that an expression stands for, through aliases; "" for anything else."""
    if not isinstance(node, expr.NAMES):
        return ""
    names = [value.text for _, value in evaluate(node, scope) if value.qualified and value.text]
    return names[0] if names else ""


def evaluate(node: expr.Expression, scope: Scope) -> Arms:
    """The values that an expression may have, each under the conditions that decide for it."""
    handler = EVALUATORS.get(type(node))
    return handler(node, scope) if handler else one(literal(node) or UNKNOWN)


def _name(node: expr.Name, scope: Scope) -> Arms:
    if node.value in TRUTHS:
        return one(TRUTHS[node.value])
    bound = scope.lookup(node.value)
    return one(Value(node.value, qualified=True)) if bound is None else bound


def _attribute(node: expr.Attribute, scope: Scope) -> Arms:
    parts = dotted(node)
    bound = scope.bindings.get(".".join(parts))
    if bound is not None:
        return bound.arms
    initial = scope.attribute(parts[1]) if parts[0] == "self" and len(parts) == 2 else None  # noqa: PLR2004 - self.name
    if initial is not None:
        return initial
    if not parts[0]:
        return one(asked_of(parts, node))
    base = scope.lookup(parts[0])
    if base is None and (CONFIG_NAMES.match(parts[0]) or parts[0] in ("self", "cls")):
        return one(asked_of(parts, node))
    return tuple((own, member(value, parts, node)) for own, value in base or one(Value(parts[0], qualified=True)))


def _selected(node: expr.Subscript, scope: Scope) -> Arms:
    """The entries of a dict literal, each under the condition that the key selects it; else as any subscript."""
    table = table_of(node.value, scope)
    index = node.slice[0] if len(node.slice) == 1 else None
    if table is None or not isinstance(index, expr.Expression) or node in scope.opened:
        return _subscript(node, scope)
    return _entries(table, index, (), node, scope)


def table_of(node: expr.Expression, scope: Scope) -> expr.Dict | None:
    """The one dict literal that an expression stands for."""
    tables = [value.node for _, value in evaluate(node, scope) if isinstance(value.node, expr.Dict)]
    return tables[0] if len(tables) == 1 else None


def _entries(table: expr.Dict, index: expr.Expression, default: Arms, node: expr.Expression, scope: Scope) -> Arms:
    """The entries of a table, each where the key selects it, and the default where no key is selected."""
    scope.opened.add(node)
    arms: list[Arm] = []
    others: Condition = ALWAYS
    for element in table.elements:
        wanted = None if element.key is None else constant_of(element.key)
        if wanted is None or len(arms) > ENTRIES:
            arms = [*one(UNKNOWN)]
            break
        condition = equals(index, (wanted,), scope)
        others = all_of((others, negate(condition)))
        arms += [(stack((condition,), *own), value) for own, value in evaluate(element.value, scope)]
    else:
        arms += [(stack((), others, *own), value) for own, value in default]
    scope.opened.discard(node)
    return tuple(arm for arm in arms if NEVER not in arm[0])


def _named_member(values: list[expr.Expression], scope: Scope) -> Arms:
    """`getattr(args, "bf16")` is an option; `getattr(torch, args.dtype)` a number format, which the option chooses."""
    module, known = qualified(values[0], scope), plain_text(values[1])
    if module.partition(".")[0] not in DTYPE_ROOTS or (known is not None and known not in DTYPES):
        return one(keyed(known, ()))
    if known is None and not ABOUT_NUMBER_FORMATS.search(values[1].source()):
        return one(UNKNOWN)
    index = unprefixed(values[1])
    arms = ((equals(index, (name,), scope), Value(f"{module}.{name}", qualified=True)) for name in DTYPES)
    return tuple((stack((), condition), value) for condition, value in arms if condition != NEVER)


def _subscript(node: expr.Subscript, scope: Scope) -> Arms:
    """A variable of `os.environ`, an option named by its key, or a part of a hardware property."""
    keys, base = subscripts(node)
    if qualified(base, scope) == "os.environ" and keys and keys[0] is not None:
        return one(Value(test=Question("variable", keys[0], "set")))
    if keys and all(keys):
        outer = dotted(base)[1:] if isinstance(base, expr.Attribute) else ()
        return one(Value(test=Question("option", option_name((*outer, *map(str, keys))))))
    asked = [value.test for _, value in evaluate(base, scope) if asks_hardware(value)]
    return one(Value(test=asked[0] if asked else None))


def _call(node: expr.Call, scope: Scope) -> Arms:
    name = qualified(node.func, scope)
    last = name.rpartition(".")[2] or (node.func.attr if isinstance(node.func, expr.Attribute) else "")
    values = [arg.value for arg in node.args if not arg.star and arg.keyword is None]
    if name in ("os.environ.get", "os.getenv") and values:
        return _environment(values, scope)
    if name == "getattr" and len(values) > 1:
        return _named_member(values, scope)
    if last == "get" and isinstance(node.func, expr.Attribute) and values:
        table = table_of(node.func.value, scope)
        if table is not None and node not in scope.opened:
            return _entries(table, values[0], evaluate(values[1], scope) if len(values) > 1 else one(NONE), node, scope)
        return one(keyed(plain_text(values[0]), dotted(node.func.value)[1:]))
    if last in UNWRAPPED_METHODS and isinstance(node.func, expr.Attribute):
        return evaluate(node.func.value, scope)
    if last in UNWRAPPED and len(values) == 1:
        return tuple((own, converted(value)) for own, value in evaluate(values[0], scope))
    if name in ("os.environ.copy", "dict", "copy.copy", "copy.deepcopy"):
        return _copy(name, values, scope)
    return one(Value(test=asked_by_call(name, last, values, node)))


def _environment(values: list[expr.Expression], scope: Scope) -> Arms:
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


def _copy(name: str, values: list[expr.Expression], scope: Scope) -> Arms:
    inherits = name == "os.environ.copy" or any(qualified(value, scope) == "os.environ" for value in values)
    return one(Value("os.environ", qualified=True) if inherits else UNKNOWN)


def _conditional(node: expr.IfExp, scope: Scope) -> Arms:
    test = condition_of(node.test, scope)
    arms: list[Arm] = []
    for condition, side in ((test, node.body), (negate(test), node.orelse)):
        arms += [(stack((), all_of((condition, *own))), value) for own, value in evaluate(side, scope)]
    return tuple(arm for arm in arms if NEVER not in arm[0]) if len(arms) <= ENTRIES else one(UNKNOWN)


def _logical(node: expr.Expression, scope: Scope) -> Arms:
    return one(Value(test=condition_of(node, scope)))


def _negated(node: expr.UnaryOperation, scope: Scope) -> Arms:
    """`not x` is a truth; `-x` and `~x` are numbers, known or not."""
    return _logical(node, scope) if node.operator == "not" else one(literal(node) or UNKNOWN)


def _formatted(node: expr.Expression, scope: Scope) -> Arms:
    text = text_of(node, scope)
    if text is not None:
        return one(Value(text, truthy=bool(text), node=node))
    first = node.parts[0] if isinstance(node, expr.FormattedString) and node.parts else None
    return one(Value(begins=first.value if isinstance(first, expr.FormattedStringText) else None, node=node))


def _joined(node: expr.BinaryOperation, scope: Scope) -> Arms:
    known = literal(node)
    return _formatted(node, scope) if known is None and node.operator == "+" else one(known or UNKNOWN)


def _mapping(node: expr.Dict, scope: Scope) -> Arms:
    """A dict literal; one that merges `os.environ` stands for it."""
    merged = (item.value for item in node.elements if item.key is None)
    if any(qualified(item, scope) == "os.environ" for item in merged):
        return one(Value("os.environ", qualified=True, node=node))
    return one(Value(node=node))


# Conditions


def condition_of(node: expr.Expression, scope: Scope) -> Condition:
    """The condition under which the expression is true."""
    condition = _condition(node, scope)
    return condition if size(condition) <= SIZE_LIMIT else opaque(node)


def _condition(node: expr.Expression, scope: Scope) -> Condition:
    if isinstance(node, expr.UnaryOperation) and node.operator == "not":
        return negate(condition_of(node.expression, scope))
    if isinstance(node, expr.BooleanOperation):
        parts = (condition_of(node.left, scope), condition_of(node.right, scope))
        return all_of(parts) if node.operator == "and" else any_of(parts)
    if isinstance(node, expr.Comparison):
        targets = ((link, link.comparisons[0]) for link in node.links())
        return all_of(_compared(link.left, target.operator, target.comparator, link, scope) for link, target in targets)
    if isinstance(node, expr.NAMES) and dotted(node)[-1] == "TYPE_CHECKING":
        return NEVER
    called = _called(node, scope) if isinstance(node, expr.Call) else None
    if called is not None:
        return called
    return any_of(all_of((*own, truth_of(value, node))) for own, value in evaluate(node, scope))


def _called(node: expr.Call, scope: Scope) -> Condition | None:
    """`any([...])`, `all([...])` and `option.startswith("x")`; None of other calls."""
    name = qualified(node.func, scope)
    values = [arg.value for arg in node.args if not arg.star and arg.keyword is None]
    if name in ("any", "all") and len(values) == 1 and isinstance(values[0], expr.LISTS):
        parts = [condition_of(element.value, scope) for element in values[0].elements]
        return any_of(parts) if name == "any" else all_of(parts)
    if isinstance(node.func, expr.Attribute) and node.func.attr in ("startswith", "endswith") and values:
        text = plain_text(values[0])
        return None if text is None else _containing(node.func.value, text, node.func.attr, node, scope)
    return None


def _containing(whole: expr.Expression, part: str, where: str, node: expr.Expression, scope: Scope) -> Condition:
    """The condition under which a text holds, begins or ends with a part."""
    return any_of(all_of((*own, holds_part(value, part, where, node))) for own, value in evaluate(whole, scope))


def _compared(
    left: expr.Expression, operator: str, right: expr.Expression, node: expr.Comparison, scope: Scope
) -> Condition:
    if operator in ("is not", "!=") and constant_of(right) == "none":
        arms = evaluate(left, scope)
        return any_of(all_of((*own, negate(is_one_of(value, ("none",), node)))) for own, value in arms)
    if operator in OPPOSITES:
        return negate(_compared(left, OPPOSITES[operator], right, node, scope))
    if operator == "in":
        return _is_member(left, right, node, scope)
    if operator in ("==", "is"):
        if constant_of(left) is not None and constant_of(right) is None:
            left, right = right, left
        return _equal(left, right, node, scope)
    return _ordered(left, operator, right, node, scope)


def _equal(left: expr.Expression, right: expr.Expression, node: expr.Comparison, scope: Scope) -> Condition:
    if isinstance(left, expr.Name) and left.value == "__name__" and plain_text(right) == "__main__":
        return Question("entry")
    wanted = _comparable(right, scope)
    return opaque(node) if wanted is None else equals(left, (wanted,), scope, node)


def equals(
    node: expr.Expression, wanted: tuple[str, ...], scope: Scope, whole: expr.Expression | None = None
) -> Condition:
    """The condition under which an expression is one of the wanted texts."""
    return any_of(all_of((*own, is_one_of(value, wanted, whole or node))) for own, value in evaluate(node, scope))


def _is_member(left: expr.Expression, right: expr.Expression, node: expr.Comparison, scope: Scope) -> Condition:
    text, arms = text_of(left, scope), evaluate(right, scope)
    if text is not None and qualified(right, scope) == "os.environ":
        return Question("variable", text, "set")
    listed = [value.node for _, value in arms if value.node is not None]
    wanted = _listed_texts(listed[0], scope) if len(listed) == 1 else None
    if wanted is not None:
        return equals(left, wanted, scope, node)
    return opaque(node) if text is None else _containing(right, text, "in", node, scope)


def _listed_texts(node: expr.Expression, scope: Scope) -> tuple[str, ...] | None:
    """The texts of a list, tuple or set, when all are known."""
    if not isinstance(node, expr.COLLECTIONS):
        return None
    texts = tuple(_comparable(element.value, scope) or "" for element in node.elements)
    return None if "" in texts else texts


def _comparable(node: expr.Expression, scope: Scope) -> str | None:
    """The text of a literal, or of a dtype; another dotted name says nothing about its value."""
    arms = evaluate(node, scope)
    if len(arms) != 1 or arms[0][1].text is None:
        return None
    value = arms[0][1]
    root = (value.text or "").partition(".")[0]
    return value.text if not value.qualified or root in DTYPE_ROOTS else None


def _ordered(
    left: expr.Expression, operator: str, right: expr.Expression, node: expr.Comparison, scope: Scope
) -> Condition:
    """`option > 0` is the option's truth; other orders are open."""
    values = [value for _, value in evaluate(left, scope)]
    test = values[0].test if len(values) == 1 else None
    if isinstance(test, Question) and test.subject == "hardware":
        return hardware(node.source())
    if isinstance(test, Question) and values[0].is_chosen and operator == ">" and constant_of(right) == "0":
        return replace(test, operator="true")
    return opaque(node)


EVALUATORS: dict[type[expr.Node], Callable[..., Arms]] = {
    expr.Attribute: _attribute,
    expr.Await: lambda node, scope: evaluate(node.expression, scope),
    expr.BinaryOperation: _joined,
    expr.BooleanOperation: _logical,
    expr.Call: _call,
    expr.Comparison: _logical,
    expr.Dict: _mapping,
    expr.FormattedString: _formatted,
    expr.IfExp: _conditional,
    expr.List: lambda node, _: one(Value(node=node)),
    expr.Name: _name,
    expr.NamedExpr: lambda node, scope: evaluate(node.value, scope),
    expr.SimpleString: lambda node, _: one(replace(literal(node) or UNKNOWN, node=node)),
    expr.Set: lambda node, _: one(Value(node=node)),
    expr.Subscript: _selected,
    expr.Tuple: lambda node, _: one(Value(node=node)),
    expr.UnaryOperation: _negated,
}
