"""Which options does the program declare? argparse, click, typer, absl, and the fields of dataclasses."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from msgspec.structs import replace

from chipsieve.facts.conditions import Question
from chipsieve.facts.reading import Option, Reference
from chipsieve_python.call_facts import callee_name
from chipsieve_python.context import Context, NewDefault
from chipsieve_python.evaluate import evaluate, qualified
from chipsieve_python.literals import literal, plain_text
from chipsieve_python.path_texts import folder
from chipsieve_python.scope import Scope
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import statement_kinds as stmt

FIELDS = frozenset({"field", "Field", "ib", "attrib", "Option", "Argument"})
RECORDS = frozenset({"dataclass", "define", "frozen", "attrs", "s", "configclass", "auto_dataclass", "chz"})
RECORD_BASES = ("Arguments", "BaseModel", "BaseSettings", "Config", "Args", "Options", "NamedTuple")
CONFIG_CLASSES = ("Config", "Arguments", "Args", "HParams", "Hparams", "Hyperparameters")
ENDINGS = (".yaml", ".yml")
CONFIG_FUNCTION = "get_config"  # what ml_collections calls in a configuration written in Python
IMPLIED = {
    "store_true": ("false", "true"),
    "store_false": ("true", "false"),
    "store_const": ("", None),
    "count": ("", None),
}


def declare_by_call(name: str, last: str, node: expr.Call, here: Context) -> None:
    """Keep the options that a call declares: `add_argument`, `set_defaults`, `DEFINE_*`."""
    if last in ("add_argument", "add_option", "_add_argument"):
        _argparse(node, here)
    elif last == "set_defaults":
        _set_defaults(node, here)
    elif last.startswith("DEFINE_") and not name.startswith("*"):
        _absl(last, node, here)
    elif last == "compose" and "config_name" in keywords(node):
        _composed(node, here)


def keywords(node: expr.Call) -> dict[str, expr.Expression]:
    """The keyword arguments of a call."""
    return {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}


def _names(node: expr.Call) -> list[str]:
    texts = (plain_text(arg.value) for arg in node.args if arg.keyword is None and not arg.star)
    return [text for text in texts if text]


def destination(node: expr.Call) -> str:
    """The name under which the program sees the option that `add_argument` or `option` declares; "" if unknown."""
    given = keywords(node).get("dest")
    names = _names(node)
    if given is not None:
        return plain_text(given) or ""
    plain = [name for name in names if not name.startswith("-")]
    long = [name for name in names if name.startswith("--")]
    best = plain or long or names
    return best[0].partition("/")[0].lstrip("-").replace("-", "_") if best else ""


def text(node: expr.Expression | None, scope: Scope) -> str | None:
    """A default as text: "" for None or nothing, None when it is not literal."""
    if node is None:
        return ""
    arms = evaluate(node, scope)
    value = arms[0][1] if len(arms) == 1 else None
    if value is None or value.text is None:
        return "" if value is not None and isinstance(value.node, expr.List | expr.Tuple | expr.Dict) else None
    return "" if value.text == "none" and not value.truthy else value.text


def _choices(node: expr.Expression | None, scope: Scope) -> tuple[str, ...]:
    found = [value.node for _, value in evaluate(node, scope)] if node is not None else []
    elements = found[0].elements if found and isinstance(found[0], expr.COLLECTIONS) else ()
    values = (literal(element.value) for element in elements)
    return tuple(value.text for value in values if value is not None and value.text is not None)


def declare(
    place: expr.Placed,
    flags: tuple[str, ...],
    dest: str,
    here: Context,
    *,
    default: str | None,
    stores: str | None = None,
    choices: tuple[str, ...] = (),
) -> None:
    """Keep one option; the fields are those of `Option`."""
    here.output.declared.append(Option(flags, dest, here.output.span(place), default, stores, choices))


def options(declared: Iterable[Option | NewDefault]) -> tuple[Option, ...]:
    """The options that are declared, a later default in place of the earlier ones of the same option."""
    found: list[Option] = []
    for item in declared:
        if isinstance(item, Option):
            found.append(item)
        elif any(option.dest == item.dest for option in found):
            found = [replace(one, default=item.default) if one.dest == item.dest else one for one in found]
        else:
            found.append(Option((), item.dest, item.span, item.default))
    return tuple(found)


def _argparse(node: expr.Call, here: Context) -> None:
    given, dest = keywords(node), destination(node)
    flags = tuple(name for name in _names(node) if name.startswith("-"))
    if not dest or not _names(node):
        return
    action = given.get("action")
    kind = (plain_text(action) or qualified(action, here.scope).rpartition(".")[2]) if action is not None else ""
    implied, stores = IMPLIED.get(kind, ("", None))
    default = text(given["default"], here.scope) if "default" in given else implied
    required = given.get("required")
    if required is not None and text(required, here.scope) == "true" and "default" not in given:
        default = None
    if "const" in given:
        stores = text(given["const"], here.scope)
    choices = _choices(given.get("choices"), here.scope)
    if kind == "BooleanOptionalAction":
        off = tuple(f"--no-{flag.removeprefix('--')}" for flag in flags if flag.startswith("--"))
        declare(node, flags, dest, here, default=default, stores="true")
        declare(node, off, dest, here, default=default, stores="false")
    else:
        declare(node, flags, dest, here, default=default, stores=stores, choices=choices)


def _set_defaults(node: expr.Call, here: Context) -> None:
    output = here.output
    for dest, value in keywords(node).items():
        output.declared.append(NewDefault(dest, text(value, here.scope), output.span(value)))


def _absl(last: str, node: expr.Call, here: Context) -> None:
    names = _names(node)
    if not names:
        return
    if last == "DEFINE_config_file":
        here.mention(CONFIG_FUNCTION)
    values = [arg.value for arg in node.args if arg.keyword is None]
    default = text(values[1] if len(values) > 1 else keywords(node).get("default"), here.scope)
    choices = _choices(dict(enumerate(values)).get(2), here.scope) if last == "DEFINE_enum" else ()
    boolean = last in ("DEFINE_bool", "DEFINE_boolean")
    declare(
        node, (f"--{names[0]}",), names[0], here, default=default, stores="true" if boolean else None, choices=choices
    )
    if boolean:
        declare(node, (f"--no{names[0]}",), names[0], here, default=default, stores="false")


def declare_by_decorators(node: stmt.FunctionDef, here: Context) -> frozenset[str]:
    """Keep the options of a click or typer command; gives the parameters that are options."""
    found = set()
    for decorator in node.decorators:
        if isinstance(decorator, expr.Call):
            _hydra(decorator, here.under(Question("call", f"{here.function}.{node.name}".lstrip("."))))
        name = callee_name(decorator.func if isinstance(decorator, expr.Call) else decorator)
        if isinstance(decorator, expr.Call) and name in ("option", "argument"):
            found.add(_click(decorator, here))
        elif name in ("command", "callback"):
            found |= _parameters(node, here)
    if node.name in here.output.handed and not here.function:
        found |= _parameters(node, here)
    return frozenset(found)


def _parameters(node: stmt.FunctionDef, here: Context) -> set[str]:
    """Keep the parameters with defaults of a function whose command line a library makes."""
    several = (*node.params.params, *node.params.kwonly_params)
    return {name for param in several if (name := _typer(param, here))}


def _hydra(node: expr.Call, here: Context) -> None:
    """Keep the configuration of `@hydra.main(config_path="conf", config_name="train")`; flags name another one.

    Source: Hydra documentation, "Command line flags" (`--config-path`, `--config-name`).
    """
    given = keywords(node)
    if qualified(node.func, here.scope) == "hydra.main":
        given = {**dict(zip(("config_path", "config_name"), _positional(node), strict=False)), **given}
    elif not {"config_path", "config_name"} <= given.keys():
        return
    asked = []
    for dest, short in (("config_path", "-cp"), ("config_name", "-cn")):
        value = given.get(dest)
        default = text(value, here.scope)
        if default is None and value is not None and dest == "config_path":
            default = folder(value, here.scope)
        declare(node, (f"--{dest.replace('_', '-')}", short), dest, here, default=default)
        asked.append((Question("option", dest, "in", (default or "",)), default))
    (in_path, path), (is_named, name) = asked
    if name and path is not None and "://" not in path:
        file = posixpath.join(path, name if name.endswith(ENDINGS) else f"{name}.yaml")
        span, conditions = here.output.span(node), here.under(in_path, is_named).conditions
        here.output.references.append(Reference(file, span, conditions))


def _composed(node: expr.Call, here: Context) -> None:
    """Keep the configuration of Hydra's `compose(config_name="train")`, wherever `initialize` looks for it."""
    name = text(keywords(node)["config_name"], here.scope)
    if name:
        file = name if name.endswith(ENDINGS) else f"{name}.yaml"
        here.output.references.append(Reference(file, here.output.span(node), here.conditions))


def _positional(node: expr.Call) -> list[expr.Expression]:
    return [arg.value for arg in node.args if arg.keyword is None and not arg.star]


def _click(node: expr.Call, here: Context) -> str:
    """An option of click's, or an argument, which has no flags."""
    given, dest = keywords(node), destination(node)
    names = [name for name in _names(node) if name.startswith("-")]
    on = tuple(name.partition("/")[0].strip() for name in names)
    off = tuple(name.partition("/")[2].strip() for name in names if "/" in name)
    is_flag = bool(off) or ("is_flag" in given and text(given["is_flag"], here.scope) == "true")
    default = text(given["default"], here.scope) if "default" in given else "false" if is_flag else ""
    kind = given.get("type")
    listed = kind.args[0].value if isinstance(kind, expr.Call) and kind.args else None
    stores = "true" if is_flag else None
    declare(node, on, dest, here, default=default, stores=stores, choices=_choices(listed, here.scope))
    if off:
        declare(node, off, dest, here, default=default, stores="false")
    return dest


def _typer(param: expr.Param, here: Context) -> str:
    """A parameter with a literal default; `typer.Option(default, "--flag")` gives flags, in `Annotated` too."""
    name, default = param.name.value, param.default
    if default is None:
        return ""
    flags = [f"--{name.replace('_', '-')}"]
    annotated = param.annotation.slice if isinstance(param.annotation, expr.Subscript) else ()
    for call in (default, *annotated):
        if isinstance(call, expr.Call) and callee_name(call.func) == "Option":
            flags = [flag for flag in _names(call) if flag.startswith("-")] or flags
    if isinstance(default, expr.Call) and callee_name(default.func) == "Option":
        default = default.args[0].value if default.args else None
    value = text(default, here.scope)
    boolean = value in ("true", "false")
    declare(param.name, tuple(flags), name, here, default=value, stores="true" if boolean else None)
    if boolean:
        declare(param.name, (f"--no-{name.replace('_', '-')}",), name, here, default=value, stores="false")
    return name


def is_record(node: stmt.ClassDef) -> bool:
    """Whether a class's fields are options: a dataclass and its kin, or a base such as `TrainingArguments`."""
    names = {callee_name(item.func if isinstance(item, expr.Call) else item) for item in node.decorators}
    based = any(callee_name(base.value).endswith(RECORD_BASES) for base in node.bases)
    return based or bool(names & RECORDS) or (not node.bases and node.name.endswith(CONFIG_CLASSES))


def declare_field(node: stmt.AnnAssign, here: Context) -> None:
    """Keep a dataclass field as an option `--name`."""
    if not isinstance(node.target, expr.Name):
        return
    name, value = node.target.value, node.value
    if isinstance(value, expr.Call) and callee_name(value.func) in FIELDS:
        positional = [arg.value for arg in value.args if arg.keyword is None]
        default = keywords(value).get("default", positional[0] if positional else None)
        known = None if default is None or isinstance(default, expr.EllipsisLiteral) else text(default, here.scope)
    else:
        known = None if value is None else text(value, here.scope)
    annotated = node.annotation
    boolean = known in ("true", "false") or (isinstance(annotated, expr.Name) and annotated.value == "bool")
    declare(node.target, (f"--{name}",), name, here, default=known, stores="true" if boolean else None)
    if boolean and known == "true":
        declare(node.target, (f"--no_{name}", f"--no-{name}"), name, here, default=known, stores="false")
