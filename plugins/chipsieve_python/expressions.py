"""What does an expression use, call, or merely mention? One handler for each kind of expression.

Each says what holds for the expressions inside: `x if args.bf16 else y` uses x under one condition and y under another,
`a == torch.bfloat16` mentions a name and uses none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from chipsieve.commands.callables import callables
from chipsieve.facts.conditions import ALWAYS, MENTION, NEVER, Condition, Question, negate, unknown
from chipsieve.facts.conventions import SILENT_CALLS
from chipsieve.facts.reading import received
from chipsieve_python.call_facts import callee_name, state_call
from chipsieve_python.context import Context
from chipsieve_python.declarations import declare_by_call, destination
from chipsieve_python.dictionaries import TABLE, dict_entries, state_call_variables, state_dict
from chipsieve_python.evaluate import condition_of, evaluate, qualified, table_of
from chipsieve_python.literals import UNKNOWN, Arms, dotted, number, one, plain_text
from chipsieve_python.named_modules import name_by_call, name_by_keys
from chipsieve_python.package_metadata import state_package
from chipsieve_python.path_texts import JOINS, state_path
from chipsieve_python.strings import state_device_test, state_text
from chipsieve_python.subprocesses import state_command
from chipsieve_python.syntax_tree import expression_kinds as expr

SILENT = frozenset(SILENT_CALLS)
# Expressions that hand on what is named in them, and call nothing.
NAMING = frozenset({
    expr.Name, expr.Attribute, expr.IfExp, expr.BooleanOperation, expr.List, expr.Tuple, expr.Set, expr.Dict,
})  # fmt: skip
NUMBER_FORMATS = frozenset(
    {"bf16", "bfloat16", "fp16", "float16", "half", "fp32", "float32", "float", "amp_bf16", "amp_fp16"}
)
DECLARING = frozenset({"add_argument", "option", "Option", "DEFINE_enum", "DEFINE_string", "add_option"})


def visit(node: expr.Node, here: Context, bound: str = "") -> None:
    """Read one expression; `bound` is the name that it is bound to, passed as or compared with."""
    if bound != here.bound:
        here = replace(here, bound=bound)
    if here.handed is not None and type(node) not in NAMING and not _binds_arguments(node):
        here = here.handing(None)
    handler = HANDLERS.get(type(node))
    if handler is not None:
        handler(node, here)
    else:
        _parts(node, here)


def bind_target(target: expr.Node, here: Context) -> None:
    """A loop's, a with's or an unpacking's targets are bound to something unknown."""
    if isinstance(target, expr.Name):
        here.bind(target.value, one(UNKNOWN))
    elif isinstance(target, expr.LISTS):
        for element in target.elements:
            bind_target(element.value, here)
    elif isinstance(target, expr.Attribute | expr.Subscript):
        visit(target, here)


def _parts(node: expr.Node, here: Context) -> None:
    """Read the parts of an expression that has no meaning of its own."""
    for name in node.__struct_fields__:
        part = getattr(node, name)
        for item in part if isinstance(part, list) else (part,):
            if isinstance(item, expr.Node):
                visit(item, here)


# Names


def _name(node: expr.Name, here: Context) -> None:
    """A function or class is mentioned by its own name too; another variable that is handed over calls nothing."""
    bound = here.scope.lookup(node.value)
    functions = [name for _, value in bound or () if (name := value.function)]
    if here.handed is None or functions or bound is None:
        here.mention(node.value)
    for name in functions:
        if name != node.value:
            here.mention(name)
    if not functions and (here.handed is not None or here.assignment is not None):
        for name in here.scope.parameter(node.value):
            here.mention(name)
    if bound is not None or here.asks("name", node.value):
        _named(node, here)


def _named(node: expr.Expression, here: Context) -> Arms:
    """State every dotted name that an expression may stand for here, and the module that surely holds it.

    Gives the values that the expression may have.
    """
    arms = evaluate(node, here.scope)
    for own, value in arms:
        asked = value.qualified and value.text and here.asks("name", value.text)
        if asked and here.possible(((own, value),)):
            here.state("name", value.text or "", None, node, *own)
    module = _common_module(arms) if len(arms) > 1 else ""
    if module and here.asks("name", module):
        here.state("name", module, None, node)
    return arms


def _common_module(arms: Arms) -> str:
    """The module of which every value is a part: two versions name a function differently, `try` takes either."""
    modules = {(value.text or "").rpartition(".")[0] if value.qualified else "" for _, value in arms}
    return modules.pop() if len(modules) == 1 else ""


def _attribute(node: expr.Attribute, here: Context) -> None:
    """All prefixes of a dotted name are stated: `torch.bfloat16` in `torch.bfloat16.itemsize`."""
    inner: expr.Expression = node
    plain = here.handing(None)
    while isinstance(inner, expr.Attribute):
        (here if inner is node and _names_function(node, here) else plain).mention(inner.attr)
        if here.asks("name", inner.attr) or ".".join(dotted(inner)) in here.scope.bindings:
            _named(inner, here)
        inner = inner.value
    visit(inner, plain)


def _names_function(node: expr.Attribute, here: Context) -> bool:
    """Whether an attribute that is handed over is a function: a method of the class around, or what a module has."""
    if here.handed is None:
        return False
    root, *names = dotted(node)
    if root == "self" and len(names) == 1:
        return here.scope.method(node.attr)
    return any(value.qualified for _, value in here.scope.lookup(root) or ())


def _subscript(node: expr.Subscript, here: Context) -> None:
    """A table's entry is used where the key selects it; `Union[...]` is a type."""
    visit(node.value, here)
    typing = qualified(node.value, here.scope).startswith(("typing.", "collections.abc."))
    for element in node.slice:
        visit(element, here.mentioned() if typing else here)
    _entry(node, here)


def _amount(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _entry(node: expr.Expression, here: Context) -> None:
    """State and mention what a table or a module has under a key; the one number under a certain key is used."""
    arms = _named(node, here)
    if (
        len(arms) == 1
        and not arms[0][1].qualified
        and (amount := _amount(arms[0][1].text)) in here.output.vocabulary.numbers
    ):
        here.state("constant", here.bound, repr(amount), node, *arms[0][0])
    for own, value in arms:
        if value.function:
            here.under(*own).mention(value.function)


# Calls


def _call(node: expr.Call, here: Context) -> None:
    name, last = qualified(node.func, here.scope), callee_name(node.func)
    visit(node.func, here)
    for called in here.scope.parameter(last) if isinstance(node.func, expr.Name) else ():
        here.mention(called)
    for position, arg in enumerate(node.args):
        inside = here.under(*_argument_conditions(last, node, arg, here))
        if type(arg.value) in NAMING and not (here.handed is not None and _binds_arguments(node)):
            inside = inside.handing(_handed(name, node.func, position, arg))
        visit(arg.value, inside, _bound(arg, name))
    if last in ("getattr", "get"):
        _entry(node, here)
    if last == "getattr" and len(node.args) > 1:
        here.mention(plain_text(node.args[1].value) or "getattr")
    state_call(node.func, node.args, here)
    if name.rpartition(".")[2] == "partial" and node.args:
        state_call(node.args[0].value, node.args[1:], here)
    state_call_variables(name, node, here)
    state_command(name, node, here)
    name_by_call(name, node, here)
    if name in JOINS:
        state_path(node, here)
    if name == "dict":
        name_by_keys(list(dict_entries(node)), here)
    declare_by_call(name, last, node, here)
    if last == "setup":
        state_package(node, here)


def _handed(name: str, func: expr.Expression, position: int, arg: expr.Arg) -> Condition:
    """What must hold for a function to be called that is given as this argument."""
    last = callee_name(func)
    if callables().calls(name, last, is_method="." in name or isinstance(func, expr.Attribute)):
        return ALWAYS
    if not last or arg.star or last in SILENT:
        return NEVER
    return Question("call", received(last, arg.keyword.value if arg.keyword else position))


def _binds_arguments(node: expr.Node) -> bool:
    """Whether a call is `partial(function, ...)`, which is called where what it makes is."""
    return isinstance(node, expr.Call) and callee_name(node.func) == "partial"


def _bound(arg: expr.Arg, name: str) -> str:
    """What an argument's value is bound to: its keyword, or an environment for `os.environ.update`."""
    return arg.keyword.value if arg.keyword else "environ" if name == "os.environ.update" else ""


def _argument_conditions(last: str, node: expr.Call, arg: expr.Arg, here: Context) -> tuple[Condition, ...]:
    """An option's choices and help are mentioned; its default takes effect when the option has it.

    What `get` takes of a table is stated of the call: the default is only one of the values.
    """
    if last in SILENT or (last == "get" and isinstance(node.func, expr.Attribute) and _looks_up(node.func, arg, here)):
        return (MENTION,)
    if last not in DECLARING:
        return ()
    if arg.keyword is None or arg.keyword.value != "default":
        return (MENTION,) if arg.keyword is not None and arg.keyword.value in ("choices", "help", "type") else ()
    dest, text = destination(node), plain_text(arg.value)
    return (Question("option", dest, "in", (text,)),) if dest and text else ()


def _looks_up(func: expr.Attribute, default: expr.Arg, here: Context) -> bool:
    return isinstance(default.value, expr.NAMES) and table_of(func.value, here.scope) is not None


# Conditions


def _comparison(node: expr.Comparison, here: Context) -> None:
    state_device_test(node, here)
    sides = (node.left, *(target.comparator for target in node.comparisons))
    mentioned = here.mentioned()
    for side in sides:
        named = [dotted(other)[-1] for other in sides if other is not side and dotted(other)[-1]]
        visit(side, mentioned, named[0] if named else "")


def _boolean(node: expr.BooleanOperation, here: Context) -> None:
    """`x and f()` calls only where x holds, `x or f()` where it does not."""
    operands = [node.right]
    left = node.left
    while isinstance(left, expr.BooleanOperation) and left.operator == node.operator:
        operands.append(left.right)
        left = left.left
    visit(left, here)
    for operand in reversed(operands):
        test = condition_of(left, here.scope)
        here = here.under(test if node.operator == "and" else negate(test))
        visit(operand, here)
        left = operand


def _conditional(node: expr.IfExp, here: Context) -> None:
    test = condition_of(node.test, here.scope)
    visit(node.test, here.handing(None))
    visit(node.body, here.under(test))
    visit(node.orelse, here.under(negate(test)))


# Names of their own


def _lambda(node: expr.Lambda, here: Context) -> None:
    inside = here.nested().under(unknown("lambda"))
    for param in (*node.params.params, *node.params.kwonly_params):
        inside.bind(param.name.value, one(UNKNOWN))
    visit(node.body, inside)


def _comprehension(node: expr.Comprehension, here: Context) -> None:
    """The element is made only for items that pass the filters."""
    here = here.nested()
    for loop in node.loops:
        visit(loop.iter, here)
        bind_target(loop.target, here)
        for test in loop.ifs:
            visit(test, here)
            here = here.under(condition_of(test, here.scope))
    for made in node.made:
        visit(made, here)


def _walrus(node: expr.NamedExpr, here: Context) -> None:
    visit(node.value, here)
    if isinstance(node.target, expr.Name):
        here.bind(node.target.value, evaluate(node.value, here.scope))


# Literals


def _sequence(node: expr.List | expr.Tuple | expr.Set, here: Context) -> None:
    _alternatives([(element.value, "") for element in node.elements], here.handing(NEVER))


def _dict(node: expr.Dict, here: Context) -> None:
    state_dict(node, here)
    name_by_keys(list(dict_entries(node)), here)
    here = here.handing(NEVER)
    for element in node.elements:
        if element.key is None:
            visit(element.value, here)
        elif plain_text(element.key) is None:
            visit(element.key, here.mentioned())
    _alternatives([(item.value, plain_text(item.key) or "") for item in node.elements if item.key is not None], here)


def _alternatives(items: Sequence[tuple[expr.Expression, str]], here: Context) -> None:
    """Read the members of a literal: two names of one family, three numbers, or what a number format's name stands for.

    Such members are a table to choose from.
    """
    names = {id(node): qualified(node, here.scope) for node, _ in items if isinstance(node, expr.NAMES)}
    families = {name: name.rpartition(".")[0] for name in names.values() if "." in name}
    several = {family for family, count in Counter(families.values()).items() if count > 1}
    parameters = all(key.endswith("dtype") for node, key in items if id(node) in names)
    several |= {families.get(names.get(id(node), ""), "") for node, key in items if key in NUMBER_FORMATS}
    numbers = sum(number(node) is not None for node, _ in items) >= TABLE
    mentioned = here.under(MENTION)
    for node, key in items:
        chosen = families.get(names.get(id(node), "")) in several and not parameters
        visit(node, mentioned if chosen or (numbers and number(node) is not None) else here, key)


def _formatted(node: expr.FormattedString, here: Context) -> None:
    state_text(node, here)
    state_path(node, here)
    _parts(node, here.under(MENTION))


def _concatenated(node: expr.ConcatenatedString, here: Context) -> None:
    """Strings side by side are one text; what fills their holes is mentioned."""
    state_text(node, here)
    inside = here.under(MENTION)
    waiting: list[expr.Expression] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, expr.ConcatenatedString):
            waiting += (part.right, part.left)
        elif isinstance(part, expr.FormattedString):
            _parts(part, inside)


def _number(node: expr.Expression, here: Context) -> None:
    """A number by itself, or an arithmetic of numbers."""
    amount = number(node)
    if amount is None:
        if isinstance(node, expr.BinaryOperation) and node.operator in ("/", "+"):
            state_path(node, here)
        _parts(node, here)
    elif amount in here.output.vocabulary.numbers:
        (here.under(MENTION) if here.by_device else here).state("constant", here.bound, repr(amount), node)


HANDLERS: dict[type[expr.Node], Callable[[Any, Context], None]] = {
    expr.Attribute: _attribute,
    expr.BinaryOperation: _number,
    expr.BooleanOperation: _boolean,
    expr.Call: _call,
    expr.Comparison: _comparison,
    expr.Comprehension: _comprehension,
    expr.ConcatenatedString: _concatenated,
    expr.Dict: _dict,
    expr.Float: _number,
    expr.FormattedString: _formatted,
    expr.IfExp: _conditional,
    expr.Integer: _number,
    expr.Lambda: _lambda,
    expr.List: _sequence,
    expr.Name: _name,
    expr.NamedExpr: _walrus,
    expr.Set: _sequence,
    expr.SimpleString: state_text,
    expr.Subscript: _subscript,
    expr.Tuple: _sequence,
    expr.UnaryOperation: _number,
}
